-- The walls: row-level security and grants. A table without its policy here is not readable by the application.
-- (select f()) makes the setting a parameter read once a statement instead of once a row.
do $$
declare name text;
begin
  foreach name in array array['unit','closing_day','person','session','token','passkey','substitute','event','event_seal','idempotency','mail','draft','attempt',
    'search_entry','file','party','book_year','case_file','entry','clock','document','case_link','obligation','contribution','petition','answer','completion',
    'publication','saved_view'] loop
    execute format('alter table %I enable row level security', name);
    execute format('grant select, insert on %I to kabinet_app', name);
  end loop;
  -- whose rows are the office's own: no finer line within the office
  foreach name in array array['unit','closing_day','person','session','token','passkey','substitute','event_seal','idempotency','mail','draft','attempt','file','book_year','saved_view'] loop
    execute format('create policy office_wall on %I using (office_id = (select current_office())) with check (office_id = (select current_office()))', name);
  end loop;
  foreach name in array array['person','session','token','passkey','substitute','idempotency','mail','draft','attempt','search_entry','party','book_year','case_file','entry','clock',
    'document','obligation','contribution','petition','answer','completion','publication','saved_view','unit'] loop
    execute format('grant update on %I to kabinet_app', name);
  end loop;
  foreach name in array array['session','passkey','draft','attempt','idempotency','saved_view','closing_day'] loop
    execute format('grant delete on %I to kabinet_app', name);
  end loop;
end $$;
alter table office enable row level security;
create policy office_open on office for select using (true);

-- A case is seen by who is marked on it, by unit, or office-wide by role; a confidential one only by the named and by sight 'all'.
create policy case_wall on case_file for select using (office_id = (select current_office()) and (
  (select current_sight()) = 'all'
  or ((select current_sight()) = 'office' and access = 'office')
  or (select current_person())::text = any (involved)
  or ((select current_sight()) = 'own' and access = 'office' and involved && (select current_marks()))
  or ((select current_sight()) = 'case' and id = (select current_case()))));
create policy case_insert on case_file for insert with check (office_id = (select current_office()));
create policy case_update on case_file for update using (office_id = (select current_office()) and (
  (select current_sight()) = 'all'
  or ((select current_sight()) = 'office' and access = 'office')
  or (select current_person())::text = any (involved)
  or ((select current_sight()) = 'own' and access = 'office' and involved && (select current_marks()))
  or ((select current_sight()) = 'case' and id = (select current_case())))) with check (office_id = (select current_office()));

-- What belongs to a case is never easier to reach than the case: the inner select meets the case's own policy.
do $$
declare name text; key text;
begin
  foreach name in array array['entry','clock','case_link','obligation','petition','answer','completion'] loop
    key := case name when 'petition' then 'id' else 'case_id' end;
    execute format('create policy case_part on %I for select using (office_id = (select current_office()) and exists (select 1 from case_file c where c.office_id = %I.office_id and c.id = %I.%I))', name, name, name, key);
    execute format('create policy case_part_insert on %I for insert with check (office_id = (select current_office()))', name);
    execute format('create policy case_part_update on %I for update using (office_id = (select current_office()) and exists (select 1 from case_file c where c.office_id = %I.office_id and c.id = %I.%I)) with check (office_id = (select current_office()))', name, name, name, key);
  end loop;
end $$;
create policy document_wall on document for select using (office_id = (select current_office())
  and exists (select 1 from case_file c where c.office_id = document.office_id and c.id = document.case_id)
  and (is_open or (select current_sight()) <> 'case'));
create policy document_insert on document for insert with check (office_id = (select current_office()));
create policy document_update on document for update using (office_id = (select current_office())
  and exists (select 1 from case_file c where c.office_id = document.office_id and c.id = document.case_id)) with check (office_id = (select current_office()));

-- An outside body sees its own question by link, and nothing else of the case.
create policy contribution_wall on contribution for select using (office_id = (select current_office())
  and (id = (select current_link()) or exists (select 1 from case_file c where c.office_id = contribution.office_id and c.id = contribution.case_id)));
create policy contribution_insert on contribution for insert with check (office_id = (select current_office()));
create policy contribution_update on contribution for update using (office_id = (select current_office())
  and (id = (select current_link()) or exists (select 1 from case_file c where c.office_id = contribution.office_id and c.id = contribution.case_id)))
  with check (office_id = (select current_office()));

create policy event_wall on event for select using (office_id = (select current_office())
  and (case_id is null or (select current_sight()) = 'all' or exists (select 1 from case_file c where c.office_id = event.office_id and c.id = event.case_id))
  and (select current_sight()) <> 'none');
create policy event_insert on event for insert with check (office_id = (select current_office()));

create policy search_wall on search_entry for select using (office_id = (select current_office()) and (select current_sight()) in ('all', 'office', 'own')
  and (case_id is null or exists (select 1 from case_file c where c.office_id = search_entry.office_id and c.id = search_entry.case_id)));
create policy search_insert on search_entry for insert with check (office_id = (select current_office()));
create policy search_update on search_entry for update using (office_id = (select current_office())) with check (office_id = (select current_office()));

-- The directory is the staff's; a petitioner reaches only the party of the one case.
create policy party_wall on party for select using (office_id = (select current_office()) and ((select current_sight()) in ('all', 'office', 'own')
  or ((select current_sight()) = 'case' and exists (select 1 from case_file c where c.office_id = party.office_id and c.id = (select current_case()) and c.party_id = party.id))));
create policy party_insert on party for insert with check (office_id = (select current_office()));
create policy party_update on party for update using (office_id = (select current_office()) and (select current_sight()) in ('all', 'office', 'own')) with check (office_id = (select current_office()));

create policy publication_wall on publication for select using (office_id = (select current_office()) and (withdrawn_at is null or (select current_sight()) in ('all', 'office', 'own')));
create policy publication_insert on publication for insert with check (office_id = (select current_office()));
create policy publication_update on publication for update using (office_id = (select current_office())) with check (office_id = (select current_office()));

-- Full-text operators are not leakproof, so behind a policy they could not use their index: these two functions run as the
-- owner, look only into the current office, and return ids that the caller's own policies then sift.
create function search_matches(query tsquery, newest int) returns table (id uuid, case_id uuid, at timestamptz) language sql stable security definer
  set search_path = pg_catalog, public
  as $$ select s.id, s.case_id, s.at from public.search_entry s where s.office_id = public.current_office() and s.vector @@ query order by s.at desc limit newest $$;
create function search_similar(word text, newest int) returns table (id uuid, case_id uuid, at timestamptz) language sql stable security definer
  set search_path = pg_catalog, public
  as $$ select s.id, s.case_id, s.at from public.search_entry s where s.office_id = public.current_office() and word operator(public.<%) s.folded order by s.at desc limit newest $$;
revoke all on function search_matches(tsquery, int), search_similar(text, int) from public;
grant execute on function search_matches(tsquery, int), search_similar(text, int) to kabinet_app;
