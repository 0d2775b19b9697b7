-- What a list of 100,000 cases needs (docs/benchmarks.md).
-- `offset 0` keeps the planner from hashing every case of the office for one page; whoever sees all is not asked row by row.
do $$
declare name text; key text; seen text;
begin
  foreach name in array array['entry','clock','obligation','petition','answer','completion','document','contribution'] loop
    key := case name when 'petition' then 'id' else 'case_id' end;
    seen := format('((select current_sight()) = ''all'' or exists (select 1 from case_file c where c.office_id = %I.office_id and c.id = %I.%I offset 0))', name, name, key);
    if name = 'document' then
      execute format('alter policy document_wall on document using (office_id = (select current_office()) and %s and (is_open or (select current_sight()) <> ''case''))', seen);
      execute format('alter policy document_update on document using (office_id = (select current_office()) and %s)', seen);
    elsif name = 'contribution' then
      execute format('alter policy contribution_wall on contribution using (office_id = (select current_office()) and (id = (select current_link()) or %s))', seen);
      execute format('alter policy contribution_update on contribution using (office_id = (select current_office()) and (id = (select current_link()) or %s))', seen);
    else
      execute format('alter policy case_part on %I using (office_id = (select current_office()) and %s)', name, seen);
      execute format('alter policy case_part_update on %I using (office_id = (select current_office()) and %s)', name, seen);
    end if;
  end loop;
end $$;
alter policy event_wall on event using (office_id = (select current_office())
  and ((case_id is null and (select current_sight()) in ('all', 'office', 'own')) or (select current_sight()) = 'all'
    or (case_id is not null and exists (select 1 from case_file c where c.office_id = event.office_id and c.id = event.case_id offset 0))));
alter policy search_wall on search_entry using (office_id = (select current_office()) and ((select current_sight()) = 'all'
  or ((select current_sight()) in ('office', 'own') and (case_id is null or exists (select 1 from case_file c where c.office_id = search_entry.office_id and c.id = search_entry.case_id offset 0)))));

-- The lists in their own order, so that a page reads a page.
create index petition_open on petition (office_id, registered_at desc, id desc)
  where state in ('registered', 'assigned', 'awaiting_completion', 'drafting', 'awaiting_approval', 'approved');
create index petition_settled on petition (office_id, registered_at desc, id desc) where state in ('answered', 'forwarded', 'dismissed', 'withdrawn', 'closed');
drop index petition_registered;
create index petition_registered on petition (office_id, registered_at desc, id desc);
drop index clock_running;
create index clock_running on clock (office_id, legal_on, case_id) where stopped_on is null;
create index case_file_handler_index on case_file (office_id, handled_by) where closed_at is null;
create index case_file_unit_index on case_file (office_id, unit_id) where closed_at is null;
-- A reference by its beginning: like is not leakproof, so behind a policy it could not use an index; comparing is.
create index case_file_reference_prefix on case_file (office_id, reference text_pattern_ops);
