-- A letter is delivered outside of any transaction: who delivers it takes it for a while, and what failed waits until its time.
alter table mail add column wait_until timestamptz;
update mail set wait_until = queued_at + interval '1 minute' * power(2, attempts) where state = 'queued' and attempts > 0;

-- As before, but for the time from which a letter may go.
create or replace function list_waiting_offices() returns table (office_id int) language sql stable security definer set search_path = pg_catalog, public
  as $$ select o.id from public.office o cross join lateral (select e.xid, e.id from public.event e where e.office_id = o.id order by e.xid desc, e.id desc limit 1) e
      left join lateral (select s.xid, s.event_id from public.event_seal s where s.office_id = o.id order by s.position desc limit 1) s on true
      where s.xid is null or (e.xid, e.id) > (s.xid, s.event_id)
    union select m.office_id from public.mail m where m.state = 'queued' and (m.wait_until is null or m.wait_until < now()) $$;
revoke execute on function list_waiting_offices() from public;
grant execute on function list_waiting_offices() to kabinet_app;
