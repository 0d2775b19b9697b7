-- What a million cases of one office, or a thousand offices of one database, need (docs/decisions/0022).

-- The newest that hold a word are found a day, a month, a year at a time: one index leads to the office, the time and the word together,
-- so that neither the rows of other offices nor those of earlier years are met.
create function search_shelf(office int, step int, number int) returns bigint language sql immutable parallel safe
  as $$ select office::bigint * 1000000 + step * 100000 + number $$;
create function search_shelves(office int, at timestamptz) returns bigint[] language sql immutable parallel safe
  as $$ select array[
    public.search_shelf(office, 0, (floor(extract(epoch from at at time zone 'UTC') / 86400))::int),
    public.search_shelf(office, 1, (extract(year from at at time zone 'UTC') * 12 + extract(month from at at time zone 'UTC'))::int),
    public.search_shelf(office, 2, extract(year from at at time zone 'UTC')::int)] $$;
drop index search_entry_vector;
drop index search_entry_folded;
create index search_entry_vector on search_entry using gin (search_shelves(office_id, at), vector);
create index search_entry_folded on search_entry using gin (search_shelves(office_id, at), folded gin_trgm_ops);

-- The shelves of the current office, newest first: four days, four months, the years; each holds only what is before its bound.
create function search_steps() returns table (shelf bigint, bound timestamptz) language sql stable security definer rows 20 set search_path = pg_catalog, public
  as $$ with ends as (select public.current_office() as office,
      (select date_trunc('day', at at time zone 'UTC') from public.search_entry where office_id = public.current_office() order by at desc limit 1) as newest,
      (select at at time zone 'UTC' from public.search_entry where office_id = public.current_office() order by at limit 1) as oldest),
    bounds as (select *, newest - interval '3 days' as days_end, date_trunc('month', newest - interval '3 days') - interval '3 months' as months_end from ends where newest is not null)
    select public.search_shelf(office, 0, (extract(epoch from newest) / 86400)::int - n), 'infinity'::timestamptz from bounds, generate_series(0, 3) n
    union all select public.search_shelf(office, 1, (extract(year from days_end) * 12 + extract(month from days_end))::int - n), days_end at time zone 'UTC' from bounds, generate_series(0, 3) n
    union all select public.search_shelf(office, 2, extract(year from months_end)::int - n), months_end at time zone 'UTC'
      from bounds, generate_series(0, greatest(0, (extract(year from months_end) - extract(year from oldest))::int)) n $$;
revoke execute on function search_steps() from public;

create or replace function search_matches(query tsquery, newest int) returns table (id uuid, case_id uuid, at timestamptz) language sql stable security definer
  set search_path = pg_catalog, public
  as $$ select f.id, f.case_id, f.at from public.search_steps() s cross join lateral (
      select e.id, e.case_id, e.at from public.search_entry e where public.search_shelves(e.office_id, e.at) @> array[s.shelf] and e.at < s.bound and e.vector @@ query order by e.at desc limit newest) f
    limit newest $$;
create or replace function search_similar(word text, newest int) returns table (id uuid, case_id uuid, at timestamptz) language sql stable security definer
  set search_path = pg_catalog, public
  as $$ select f.id, f.case_id, f.at from public.search_steps() s cross join lateral (
      select e.id, e.case_id, e.at from public.search_entry e where public.search_shelves(e.office_id, e.at) @> array[s.shelf] and e.at < s.bound and word operator(public.<%) e.folded order by e.at desc limit newest) f
    limit newest $$;

-- A server sees no office from outside: these tell it which offices have something to do, and no more of them.
create function list_waiting_offices() returns table (office_id int) language sql stable security definer set search_path = pg_catalog, public
  as $$ select o.id from public.office o cross join lateral (select e.xid, e.id from public.event e where e.office_id = o.id order by e.xid desc, e.id desc limit 1) e
      left join lateral (select s.xid, s.event_id from public.event_seal s where s.office_id = o.id order by s.position desc limit 1) s on true
      where s.xid is null or (e.xid, e.id) > (s.xid, s.event_id)
    union select m.office_id from public.mail m where m.state = 'queued' and (m.attempts = 0 or m.queued_at + interval '1 minute' * power(2, m.attempts) < now()) $$;
create index import_run_open on import_run (office_id) where state in ('checking', 'running');
create function list_offices_due(work text) returns table (office_id int) language sql stable security definer set search_path = pg_catalog, public
  as $$ select distinct a.office_id from public.arrival a where work = 'arrival' and a.judged_at is null
    union select distinct b.office_id from public.mailbox b where work = 'mailbox' and b.is_active
    union select distinct r.office_id from public.import_run r where work = 'import' and r.state in ('checking', 'running')
    union select distinct d.office_id from public.dispatch d where work = 'dispatch' and d.state = 'waiting' and d.mail_id is not null
    union select distinct m.office_id from public.mail m where work = 'dispatch' and m.state = 'bounced' and m.bounced_at > now() - interval '7 days' $$;
-- The ends of all chains at once, for the anchors of a day.
create function list_heads() returns table (office_id int, "position" bigint, hash bytea) language sql stable security definer set search_path = pg_catalog, public
  as $$ select o.id, s.position, s.hash from public.office o cross join lateral (select position, hash from public.event_seal where office_id = o.id order by position desc limit 1) s order by o.id $$;
revoke execute on function list_waiting_offices(), list_offices_due(text), list_heads() from public;
grant execute on function list_waiting_offices(), list_offices_due(text), list_heads() to kabinet_app;
