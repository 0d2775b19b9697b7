-- The walls of the mayor's time.
-- Looks past the participants' own wall, which asks for the engagement again: says yes or no about the caller alone.
create function is_participant(the_engagement uuid) returns boolean language sql stable security definer set search_path = pg_catalog, public
  as $$ select exists (select 1 from public.participant p where p.office_id = public.current_office() and p.engagement_id = the_engagement
        and p.person_id::text = any (public.current_marks())) $$;
revoke execute on function is_participant(uuid) from public;
grant execute on function is_participant(uuid) to kabinet_app;
do $$
declare name text;
begin
  foreach name in array array['calendar','calendar_share','resource','engagement','occurrence','booking','participant','calendar_change','calendar_feed','meeting_request','plan','plan_copy','plan_reader','committee','committee_member',
    'meeting','agenda_proposal','agenda_item','agenda_paper','attendance','item_absence','vote','vote_cast','ballot','conclusion','minutes','minutes_remark','audience_day','audience_slot','audience','audience_year','pack','pack_part',
    'obligation_step','obligation_report','obligation_evidence','contribution_version'] loop
    execute format('alter table %I enable row level security', name);
    execute format('grant select, insert on %I to kabinet_app', name);
  end loop;
  foreach name in array array['calendar','calendar_share','resource','engagement','occurrence','booking','participant','calendar_feed','meeting_request','plan','plan_copy','plan_reader','committee','committee_member',
    'meeting','agenda_proposal','agenda_item','agenda_paper','attendance','vote','vote_cast','conclusion','minutes','minutes_remark','audience_day','audience_slot','audience','audience_year','pack','pack_part','obligation_step','contribution_version'] loop
    execute format('grant update on %I to kabinet_app', name);
  end loop;
  foreach name in array array['calendar_share','occurrence','booking','participant','agenda_item','agenda_paper','item_absence','vote_cast','audience_slot','pack_part','plan_reader','obligation_step'] loop
    execute format('grant delete on %I to kabinet_app', name);
  end loop;
  -- the office's own, for its staff and jobs; times without words are the staff's
  foreach name in array array['calendar','calendar_share','resource','occurrence','booking','calendar_change','calendar_feed','plan','plan_reader','committee','committee_member','audience_day','audience_slot','audience_year'] loop
    execute format('create policy office_wall on %I using (office_id = (select current_office()) and (select current_sight()) in (''all'', ''office'', ''own'')) with check (office_id = (select current_office()))', name);
  end loop;
  -- parts of a case
  foreach name in array array['meeting_request','meeting','agenda_proposal','conclusion','audience'] loop
    execute format('create policy case_part on %I for select using (office_id = (select current_office()) and (select current_sight()) in (''all'', ''office'', ''own'') and ((select current_sight()) = ''all'' or exists (select 1 from case_file c where c.office_id = %I.office_id and c.id = %I.case_id offset 0)))', name, name, name);
    execute format('create policy case_part_insert on %I for insert with check (office_id = (select current_office()))', name);
    execute format('create policy case_part_update on %I for update using (office_id = (select current_office()) and ((select current_sight()) = ''all'' or exists (select 1 from case_file c where c.office_id = %I.office_id and c.id = %I.case_id offset 0))) with check (office_id = (select current_office()))', name, name, name);
  end loop;
  -- parts of a sitting, of a point, of a vote, of minutes
  foreach name in array array['attendance','minutes'] loop
    execute format('create policy meeting_part on %I using (office_id = (select current_office()) and exists (select 1 from meeting m where m.office_id = %I.office_id and m.id = %I.meeting_id offset 0)) with check (office_id = (select current_office()))', name, name, name);
  end loop;
  foreach name in array array['agenda_paper','item_absence','vote'] loop
    execute format('create policy item_part on %I using (office_id = (select current_office()) and exists (select 1 from agenda_item i where i.office_id = %I.office_id and i.id = %I.item_id offset 0)) with check (office_id = (select current_office()))', name, name, name);
  end loop;
  foreach name in array array['vote_cast','ballot'] loop
    execute format('create policy vote_part on %I using (office_id = (select current_office()) and exists (select 1 from vote v where v.office_id = %I.office_id and v.id = %I.vote_id offset 0)) with check (office_id = (select current_office()))', name, name, name);
  end loop;
  foreach name in array array['obligation_step','obligation_report','obligation_evidence'] loop
    execute format('create policy obligation_part on %I using (office_id = (select current_office()) and exists (select 1 from obligation o where o.office_id = %I.office_id and o.id = %I.obligation_id offset 0)) with check (office_id = (select current_office()))', name, name, name);
  end loop;
end $$;
-- A point of a confidential proposal is seen by who sees that case; any other by who sees the sitting.
create policy item_wall on agenda_item using (office_id = (select current_office())
  and exists (select 1 from meeting m where m.office_id = agenda_item.office_id and m.id = agenda_item.meeting_id offset 0)
  and ((select current_sight()) = 'all' or exists (select 1 from case_file c where c.office_id = agenda_item.office_id and c.id = agenda_item.case_id offset 0)))
  with check (office_id = (select current_office()));
create policy remark_wall on minutes_remark using (office_id = (select current_office())
  and exists (select 1 from minutes m where m.office_id = minutes_remark.office_id and m.id = minutes_remark.minutes_id offset 0)) with check (office_id = (select current_office()));

-- An engagement: public and internal ones the staff's; confidential ones of who takes part, keeps the calendar or sees everything; private ones of the owner and whom the owner let see them.
-- The office itself (jobs, feeds by secret link) has no person and sees all: it says of private ones only that the time is taken.
create policy engagement_wall on engagement for select using (office_id = (select current_office()) and (select current_sight()) in ('all', 'office', 'own') and (
  visibility in ('public', 'internal')
  or ((select current_sight()) = 'all' and (visibility <> 'private' or (select current_person()) is null))
  or exists (select 1 from calendar k where k.office_id = engagement.office_id and k.id = engagement.calendar_id
    and (k.person_id = (select current_person()) or (engagement.visibility <> 'private' and k.person_id::text = any ((select current_marks())::text[]))) offset 0)
  or exists (select 1 from calendar_share s where s.office_id = engagement.office_id and s.calendar_id = engagement.calendar_id
    and s.person_id = (select current_person()) and (engagement.visibility <> 'private' or s.sees_private) offset 0)
  or (visibility = 'confidential' and is_participant(id))));
create policy engagement_insert on engagement for insert with check (office_id = (select current_office()));
create policy engagement_update on engagement for update using (office_id = (select current_office()) and (select current_sight()) in ('all', 'office', 'own') and (
  visibility in ('public', 'internal')
  or ((select current_sight()) = 'all' and (visibility <> 'private' or (select current_person()) is null))
  or exists (select 1 from calendar k where k.office_id = engagement.office_id and k.id = engagement.calendar_id
    and (k.person_id = (select current_person()) or (engagement.visibility <> 'private' and k.person_id::text = any ((select current_marks())::text[]))) offset 0)
  or exists (select 1 from calendar_share s where s.office_id = engagement.office_id and s.calendar_id = engagement.calendar_id
    and s.person_id = (select current_person()) and s.may = 'write' and (engagement.visibility <> 'private' or s.sees_private) offset 0)
  or (visibility = 'confidential' and is_participant(id)))) with check (office_id = (select current_office()));
create policy participant_wall on participant using (office_id = (select current_office())
  and exists (select 1 from engagement e where e.office_id = participant.office_id and e.id = participant.engagement_id offset 0)) with check (office_id = (select current_office()));

-- The internal plan is for who is sent it, who prepared it, and who sees everything; the public one for all once it is approved.
create policy plan_copy_wall on plan_copy using (office_id = (select current_office()) and ((select current_sight()) = 'all'
  or ((select current_sight()) in ('office', 'own') and exists (select 1 from plan p where p.office_id = plan_copy.office_id and p.id = plan_copy.plan_id
    and (p.prepared_by = (select current_person()) or (plan_copy.audience = 'public' and p.state in ('approved', 'replaced'))
      or (plan_copy.audience = 'internal' and p.state in ('approved', 'replaced')
        and exists (select 1 from plan_reader r where r.office_id = p.office_id and r.person_id = (select current_person()) and r.audience = 'internal' and r.ended_at is null)))))))
  with check (office_id = (select current_office()));

-- A pack is for those named on it and for who sees everything.
create policy pack_wall on pack using (office_id = (select current_office()) and ((select current_sight()) = 'all'
  or ((select current_sight()) in ('office', 'own') and involved && (select current_marks())
    and exists (select 1 from engagement e where e.office_id = pack.office_id and e.id = pack.engagement_id offset 0)))) with check (office_id = (select current_office()));
create policy pack_part_wall on pack_part using (office_id = (select current_office())
  and exists (select 1 from pack p where p.office_id = pack_part.office_id and p.id = pack_part.pack_id offset 0)) with check (office_id = (select current_office()));

-- An obligation: with its case; one that stands for itself (a conclusion, an order) also of whom it concerns; without a case, of the office as its access says.
-- A resolution is a word on a case, and is never easier to reach than that.
drop policy case_part on obligation;
drop policy case_part_update on obligation;
create policy obligation_wall on obligation for select using (office_id = (select current_office()) and (select current_sight()) <> 'none' and (
  (select current_sight()) = 'all'
  or (source <> 'resolution' and (select current_sight()) in ('office', 'own') and involved && (select current_marks()))
  or (case_id is null and access = 'office' and (select current_sight()) = 'office')
  or (case_id is not null and (source = 'resolution' or access = 'office') and exists (select 1 from case_file c where c.office_id = obligation.office_id and c.id = obligation.case_id offset 0))));
create policy obligation_update on obligation for update using (office_id = (select current_office()) and (
  (select current_sight()) = 'all'
  or (source <> 'resolution' and (select current_sight()) in ('office', 'own') and involved && (select current_marks()))
  or (case_id is null and access = 'office' and (select current_sight()) = 'office')
  or (case_id is not null and (source = 'resolution' or access = 'office') and exists (select 1 from case_file c where c.office_id = obligation.office_id and c.id = obligation.case_id offset 0)))) with check (office_id = (select current_office()));
create policy contribution_version_wall on contribution_version using (office_id = (select current_office())
  and exists (select 1 from contribution k where k.office_id = contribution_version.office_id and k.id = contribution_version.contribution_id offset 0)) with check (office_id = (select current_office()));
