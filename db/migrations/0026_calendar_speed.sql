-- A week is one short range of an index: behind a policy no index serves && of ranges (it is not leakproof), so what lasts longer than two days is found apart.
alter table occurrence add is_long boolean generated always as (busy_until - busy_from > interval '2 days') stored;
create index occurrence_long on occurrence (office_id, calendar_id, starts_at) where is_long;
drop index occurrence_busy;
-- A series that is not held on days on which the office is closed.
alter table engagement add skips_closing boolean not null default false;
