-- What belongs to a case is found by the case, also where it is asked for with what is past.
create index bring_forward_case_index on bring_forward (office_id, case_id);
create index conclusion_case_index on conclusion (office_id, case_id);

-- Who may not see a point still knows that something stands there: the places of an agenda without their words.
create function agenda_places(meeting uuid, below int) returns table (id uuid, minutes int) language sql stable security definer
  set search_path = pg_catalog, public
  as $$ select i.id, i.minutes from public.agenda_item i where i.office_id = public.current_office() and i.meeting_id = meeting and i.position < below order by i.position, i.id $$;
revoke all on function agenda_places(uuid, int) from public;
grant execute on function agenda_places(uuid, int) to kabinet_app;
