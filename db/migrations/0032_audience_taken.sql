-- A time is taken also by somebody whom the caller may not see: the count looks past the wall of cases and says nothing else.
create function is_slot_taken(the_slot uuid) returns boolean language sql stable security definer set search_path = pg_catalog, public
  as $$ select exists (select 1 from public.audience a where a.office_id = public.current_office() and a.slot_id = the_slot
        and a.state in ('scheduled', 'confirmed', 'arrived', 'talking', 'held', 'answered', 'missed')) $$;
create function slots_taken(the_day uuid) returns int language sql stable security definer set search_path = pg_catalog, public
  as $$ select count(*)::int from public.audience a where a.office_id = public.current_office() and a.day_id = the_day and a.slot_id is not null
        and a.state in ('scheduled', 'confirmed', 'arrived', 'talking', 'held', 'answered', 'missed') $$;
revoke execute on function is_slot_taken(uuid), slots_taken(uuid) from public;
grant execute on function is_slot_taken(uuid), slots_taken(uuid) to kabinet_app;
