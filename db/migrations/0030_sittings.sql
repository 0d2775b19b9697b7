-- The course of a sitting: what votes, conclusions and minutes need besides.

-- The urn of a secret vote while it is open: the tally so far, sealed and of one length, made anew with each vote. When the vote is closed the
-- ballots are laid out at once and shuffled: neither their order nor the transaction that wrote them says whose they are.
alter table vote add urn bytea;
alter table vote add reason text not null default '';
-- Ballots are laid out for a secret vote that is being closed, and never touched again.
drop policy vote_part on ballot;
create policy ballot_read on ballot for select using (office_id = (select current_office())
  and exists (select 1 from vote v where v.office_id = ballot.office_id and v.id = ballot.vote_id and v.state = 'closed' offset 0));
create policy ballot_insert on ballot for insert with check (office_id = (select current_office())
  and exists (select 1 from vote v where v.office_id = ballot.office_id and v.id = ballot.vote_id and v.is_secret offset 0));

-- Conclusions are numbered in each sitting; of a confidential point too, whoever counts.
alter table meeting add last_conclusion int not null default 0;
-- The excerpt that went into the case of its proposal and to the owners.
alter table conclusion add excerpt_id uuid;
alter table conclusion add verified_on date;
alter table conclusion add constraint conclusion_excerpt foreign key (office_id, excerpt_id) references document (office_id, id);
create index conclusion_open on conclusion (office_id, at) where dropped_at is null and (verified_as is null or verified_as in ('partly', 'open'));
-- A title for what is agreed to be taken up in the sitting needs no proposal; why a point was put off or taken from the agenda.
alter table agenda_item add reason text not null default '';
-- The annex of a confidential point stands in the case of the point.
alter table agenda_item add annex_id uuid;
alter table agenda_item add constraint agenda_item_annex foreign key (office_id, annex_id) references document (office_id, id);
