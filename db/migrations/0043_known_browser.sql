-- What the cookies of known browsers are bound to: another one, and all that were given before are worth nothing.
alter table person add column known_stamp uuid not null default gen_random_uuid();
