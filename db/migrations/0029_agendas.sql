-- Meetings: what convening needs besides.

-- Points that stand at the end of every agenda of the committee, in the office's words; the key by which the office's data named it.
alter table committee add closing_points text[] not null default '{}';
alter table committee add key text not null default '';

-- Papers of its case that are put before the committee, in order; and a proposal may be declined, which is not its withdrawal.
alter table agenda_proposal add document_ids uuid[] not null default '{}';
alter table agenda_proposal drop constraint agenda_proposal_state;
alter table agenda_proposal add constraint agenda_proposal_state check (state in ('draft', 'submitted', 'returned', 'accepted', 'placed', 'declined', 'withdrawn', 'settled'));
create index agenda_proposal_recent on agenda_proposal (office_id, at desc, id desc);
create index agenda_proposal_case_index on agenda_proposal (office_id, case_id);

-- Each agenda that members were called with: the points in order and the paper of the invitation. Points are named by id alone: their words are seen by who may see them.
create table agenda_copy (
  office_id int not null,
  meeting_id uuid not null,
  version int not null,
  items uuid[] not null,
  starts_at timestamptz not null,
  place text not null default '',
  document_id uuid,
  at timestamptz not null,
  by_person uuid,
  primary key (office_id, meeting_id, version),
  constraint agenda_copy_meeting foreign key (office_id, meeting_id) references meeting (office_id, id),
  constraint agenda_copy_document foreign key (office_id, document_id) references document (office_id, id)
);
alter table agenda_copy enable row level security;
grant select, insert, update on agenda_copy to kabinet_app;
create policy meeting_part on agenda_copy using (office_id = (select current_office())
  and exists (select 1 from meeting m where m.office_id = agenda_copy.office_id and m.id = agenda_copy.meeting_id offset 0)) with check (office_id = (select current_office()));

-- The pack as one PDF, and of which papers it was made.
alter table meeting add pack_document_id uuid;
alter table meeting add pack_key text not null default '';
alter table meeting add constraint meeting_pack foreign key (office_id, pack_document_id) references document (office_id, id);
create index attendance_token_meeting on attendance (office_id, meeting_id, person_id);
