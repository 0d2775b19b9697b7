-- Who holds a tracking code reads of the own case what went out and came in: no unsent answer, no internal paper, also in SQL.
create policy answer_sent on answer as restrictive for select using ((select current_sight()) <> 'case' or state = 'sent');
create policy entry_outside on entry as restrictive for select using ((select current_sight()) <> 'case' or direction <> 'internal');
