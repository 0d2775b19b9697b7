-- The last step of the one-time code that was taken: a code is good once.
alter table person add column totp_step int;
