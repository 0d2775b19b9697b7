-- Events without a case (sign-ins, accounts, settings) are the staff's to read, not a petitioner's.
alter policy event_wall on event using (office_id = (select current_office())
  and ((case_id is null and (select current_sight()) in ('all', 'office', 'own')) or (select current_sight()) = 'all'
    or (case_id is not null and exists (select 1 from case_file c where c.office_id = event.office_id and c.id = event.case_id))));
