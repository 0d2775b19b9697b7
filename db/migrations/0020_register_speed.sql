-- What a register of 200,000 cases needs beside 0008 (docs/benchmarks.md).
-- lower() is not leakproof, so behind a policy its index cannot be used: addresses are kept in small letters and compared as they are.
update party set email = lower(email) where email <> lower(email);
drop index party_email;
create index party_email on party (office_id, email) where email is not null;
