-- A link is seen by who sees both its cases: an open case does not tell of a confidential one.
alter policy case_part on case_link using (office_id = (select current_office())
  and exists (select 1 from case_file c where c.office_id = case_link.office_id and c.id = case_link.case_id)
  and exists (select 1 from case_file c where c.office_id = case_link.office_id and c.id = case_link.other_id));
