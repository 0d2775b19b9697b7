-- The mayor's time: meetings.

-- A body of the office that meets: collegium, commission, council, working group.
create table committee (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  kind text not null constraint committee_kind check (kind in ('collegium', 'commission', 'council', 'working')),
  name text not null,
  -- the act by which it was set up, until when, and what it is for
  basis text not null default '',
  task text not null default '',
  from_on date not null,
  until_on date,
  class_code text not null default '',
  unit_id text,
  calendar_id uuid,
  notice_days int not null default 3 constraint committee_notice check (notice_days between 0 and 60),
  notice_basis text not null default '',
  -- out of how many hundredths of those who vote more than must be there: 50, for a majority
  quorum_percent int not null default 50 constraint committee_quorum check (quorum_percent between 0 and 99),
  majority text not null default 'present' constraint committee_majority check (majority in ('present', 'all', 'two-thirds')),
  is_confidential boolean not null default false,
  last_number int not null default 0,
  place text not null default '',
  resource_id uuid,
  made_by uuid,
  at timestamptz not null,
  ended_at timestamptz,
  primary key (office_id, id),
  constraint committee_calendar foreign key (office_id, calendar_id) references calendar (office_id, id),
  constraint committee_resource foreign key (office_id, resource_id) references resource (office_id, id)
);
create table committee_member (
  office_id int not null,
  id uuid not null,
  committee_id uuid not null,
  person_id uuid,
  party_id uuid,
  name text not null,
  email text,
  role text not null default 'member' constraint committee_member_role check (role in ('chair', 'deputy', 'secretary', 'member', 'guest')),
  is_voting boolean not null default true,
  -- what the member stands for: a unit, an organisation
  stands_for text not null default '',
  position int not null default 0,
  from_on date not null,
  until_on date,
  primary key (office_id, id),
  constraint committee_member_committee foreign key (office_id, committee_id) references committee (office_id, id),
  constraint committee_member_person foreign key (office_id, person_id) references person (office_id, id),
  constraint committee_member_party foreign key (office_id, party_id) references party (office_id, id)
);
create index committee_member_index on committee_member (office_id, committee_id, position);
create index committee_member_person_index on committee_member (office_id, person_id) where person_id is not null;

-- One sitting. Its papers, minutes and conclusions are papers of its case.
create table meeting (
  office_id int not null,
  id uuid not null,
  committee_id uuid not null,
  number int not null,
  case_id uuid not null,
  engagement_id uuid,
  kind text not null default 'regular' constraint meeting_kind check (kind in ('regular', 'extraordinary', 'constituent', 'written')),
  title text not null default '',
  place text not null default '',
  link text not null default '',
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  state text not null default 'planned' constraint meeting_state check (state in ('planned', 'convened', 'open', 'closed', 'issued', 'adopted', 'cancelled')),
  chair_id uuid,
  keeper_id uuid,
  convened_at timestamptz,
  convened_by uuid,
  -- why it was called in less than the notice asks for
  urgency text not null default '',
  agenda_version int not null default 0,
  opened_at timestamptz,
  closed_at timestamptz,
  -- the point that is being discussed: what the screen in the room shows
  item_id uuid,
  cancelled_reason text not null default '',
  previous_id uuid,
  version int not null default 1,
  made_by uuid,
  at timestamptz not null,
  primary key (office_id, id),
  constraint meeting_number unique (office_id, committee_id, number),
  constraint meeting_committee foreign key (office_id, committee_id) references committee (office_id, id),
  constraint meeting_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint meeting_engagement foreign key (office_id, engagement_id) references engagement (office_id, id),
  constraint meeting_previous foreign key (office_id, previous_id) references meeting (office_id, id)
);
create index meeting_time on meeting (office_id, starts_at desc, id desc);
create index meeting_committee_index on meeting (office_id, committee_id, starts_at desc);
create index meeting_case_index on meeting (office_id, case_id);

-- What a unit puts before a committee, with papers in a case of its own: confidential where that is.
create table agenda_proposal (
  office_id int not null,
  id uuid not null,
  committee_id uuid not null,
  case_id uuid not null,
  title text not null,
  reason text not null default '',
  proposed text not null default '',
  unit_id text,
  proposed_by uuid,
  rapporteur text not null default '',
  minutes int not null default 10 constraint agenda_proposal_minutes check (minutes between 1 and 480),
  -- the earliest sitting that it is meant for
  wanted_on date,
  state text not null default 'draft' constraint agenda_proposal_state check (state in ('draft', 'submitted', 'returned', 'accepted', 'placed', 'withdrawn', 'settled')),
  comment text not null default '',
  version int not null default 1,
  at timestamptz not null,
  submitted_at timestamptz,
  decided_by uuid,
  decided_at timestamptz,
  primary key (office_id, id),
  constraint agenda_proposal_committee foreign key (office_id, committee_id) references committee (office_id, id),
  constraint agenda_proposal_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred
);
create index agenda_proposal_open on agenda_proposal (office_id, committee_id, at) where state in ('draft', 'submitted', 'returned', 'accepted');

create table agenda_item (
  office_id int not null,
  id uuid not null,
  meeting_id uuid not null,
  -- of a confidential proposal: who may not see its case does not see the point
  case_id uuid not null,
  proposal_id uuid,
  position int not null,
  kind text not null default 'point' constraint agenda_item_kind check (kind in ('verification', 'minutes', 'point', 'information', 'questions')),
  title text not null,
  rapporteur text not null default '',
  minutes int not null default 10,
  proposed text not null default '',
  -- the notes of the discussion, written live
  notes text not null default '',
  notes_version int not null default 0,
  state text not null default 'waiting' constraint agenda_item_state check (state in ('waiting', 'open', 'done', 'deferred', 'dropped')),
  opened_at timestamptz,
  closed_at timestamptz,
  primary key (office_id, id),
  constraint agenda_item_meeting foreign key (office_id, meeting_id) references meeting (office_id, id),
  constraint agenda_item_proposal foreign key (office_id, proposal_id) references agenda_proposal (office_id, id),
  constraint agenda_item_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred
);
create index agenda_item_index on agenda_item (office_id, meeting_id, position);
-- Papers of a point: a paper may serve several points, a point has several; the version that was put before the sitting stays named.
create table agenda_paper (
  office_id int not null,
  item_id uuid not null,
  document_id uuid not null,
  position int not null default 0,
  added_by uuid,
  at timestamptz not null,
  -- a newer version took its place after convening
  replaced_by uuid,
  primary key (office_id, item_id, document_id),
  constraint agenda_paper_item foreign key (office_id, item_id) references agenda_item (office_id, id),
  constraint agenda_paper_document foreign key (office_id, document_id) references document (office_id, id)
);
create index agenda_paper_document_index on agenda_paper (office_id, document_id);

-- Who was called, who came, from when until when; an outside member opens the pack by a link.
create table attendance (
  office_id int not null,
  id uuid not null,
  meeting_id uuid not null,
  member_id uuid,
  person_id uuid,
  party_id uuid,
  name text not null,
  email text,
  role text not null default 'member' constraint attendance_role check (role in ('chair', 'deputy', 'secretary', 'member', 'guest')),
  is_voting boolean not null default true,
  stands_for text not null default '',
  position int not null default 0,
  reply text not null default 'needs-action' constraint attendance_reply check (reply in ('needs-action', 'accepted', 'declined')),
  reply_reason text not null default '',
  represented_by text not null default '',
  state text not null default 'unknown' constraint attendance_state check (state in ('unknown', 'present', 'remote', 'absent', 'excused')),
  came_at timestamptz,
  left_at timestamptz,
  token_hash bytea,
  token_sealed bytea,
  opened_pack_at timestamptz,
  primary key (office_id, id),
  constraint attendance_meeting foreign key (office_id, meeting_id) references meeting (office_id, id)
);
create index attendance_index on attendance (office_id, meeting_id, position);
create index attendance_person on attendance (office_id, person_id) where person_id is not null;
create index attendance_token on attendance (office_id, token_hash) where token_hash is not null;
-- Away from one point: outside the room, or not taking part because it touches the member's own interest.
create table item_absence (
  office_id int not null,
  item_id uuid not null,
  attendance_id uuid not null,
  reason text not null constraint item_absence_reason check (reason in ('away', 'interest')),
  at timestamptz not null,
  primary key (office_id, item_id, attendance_id),
  constraint item_absence_item foreign key (office_id, item_id) references agenda_item (office_id, id),
  constraint item_absence_attendance foreign key (office_id, attendance_id) references attendance (office_id, id)
);

create table vote (
  office_id int not null,
  id uuid not null,
  item_id uuid not null,
  question text not null,
  is_secret boolean not null default false,
  majority text not null constraint vote_majority check (majority in ('present', 'all', 'two-thirds')),
  state text not null default 'open' constraint vote_state check (state in ('open', 'closed', 'annulled')),
  entitled int not null,
  present int not null,
  votes_for int not null default 0,
  votes_against int not null default 0,
  votes_abstained int not null default 0,
  is_carried boolean,
  -- counted by hand, by show of hands
  by_hand boolean not null default false,
  opened_at timestamptz not null,
  closed_at timestamptz,
  closed_by uuid,
  primary key (office_id, id),
  constraint vote_item foreign key (office_id, item_id) references agenda_item (office_id, id)
);
create index vote_index on vote (office_id, item_id, opened_at);
-- That somebody voted; of an open vote also how.
create table vote_cast (
  office_id int not null,
  vote_id uuid not null,
  attendance_id uuid not null,
  choice text constraint vote_cast_choice check (choice in ('for', 'against', 'abstain')),
  at timestamptz not null,
  primary key (office_id, vote_id, attendance_id),
  constraint vote_cast_vote foreign key (office_id, vote_id) references vote (office_id, id)
);
-- A secret ballot: nothing says whose it is, not even its order.
create table ballot (
  office_id int not null,
  vote_id uuid not null,
  id uuid not null default gen_random_uuid(),
  choice text not null constraint ballot_choice check (choice in ('for', 'against', 'abstain')),
  primary key (office_id, vote_id, id),
  constraint ballot_vote foreign key (office_id, vote_id) references vote (office_id, id)
);

create table conclusion (
  office_id int not null,
  id uuid not null,
  meeting_id uuid not null,
  item_id uuid not null,
  case_id uuid not null,
  position int not null,
  text text not null,
  vote_id uuid,
  -- what was thought of it at the next sitting
  verified_in uuid,
  verified_as text constraint conclusion_verified check (verified_as in ('done', 'partly', 'open', 'dropped')),
  verified_note text not null default '',
  at timestamptz not null,
  by_person uuid,
  dropped_at timestamptz,
  primary key (office_id, id),
  constraint conclusion_meeting foreign key (office_id, meeting_id) references meeting (office_id, id),
  constraint conclusion_item foreign key (office_id, item_id) references agenda_item (office_id, id),
  constraint conclusion_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint conclusion_vote foreign key (office_id, vote_id) references vote (office_id, id)
);
create index conclusion_index on conclusion (office_id, meeting_id, position);

-- The minutes, version by version; the last adopted one is sealed.
create table minutes (
  office_id int not null,
  id uuid not null,
  meeting_id uuid not null,
  version int not null,
  state text not null default 'draft' constraint minutes_state check (state in ('draft', 'issued', 'adopted', 'replaced')),
  content jsonb not null,
  document_id uuid,
  docx_id uuid,
  issued_at timestamptz,
  issued_by uuid,
  adopted_in uuid,
  adopted_at timestamptz,
  adopted_by uuid,
  sealed_with text not null default '',
  at timestamptz not null,
  primary key (office_id, id),
  constraint minutes_version unique (office_id, meeting_id, version),
  constraint minutes_meeting foreign key (office_id, meeting_id) references meeting (office_id, id)
);
create table minutes_remark (
  office_id int not null,
  id uuid not null,
  minutes_id uuid not null,
  by_name text not null,
  by_person uuid,
  text text not null,
  state text not null default 'open' constraint minutes_remark_state check (state in ('open', 'taken', 'refused')),
  answer text not null default '',
  at timestamptz not null,
  settled_at timestamptz,
  primary key (office_id, id),
  constraint minutes_remark_minutes foreign key (office_id, minutes_id) references minutes (office_id, id)
);
create index minutes_remark_index on minutes_remark (office_id, minutes_id, at);
