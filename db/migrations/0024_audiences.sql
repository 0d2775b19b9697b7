-- The mayor's time: audiences, packs, obligations from every source, contributions.

-- Audiences: days on which somebody receives, their times, and who asked to come.
create table audience_day (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  on_day date not null,
  host_id uuid not null,
  place text not null default '',
  resource_id uuid,
  engagement_id uuid,
  -- topics received on this day (areas of the office); none: all
  topics text[] not null default '{}',
  state text not null default 'open' constraint audience_day_state check (state in ('open', 'closed', 'cancelled', 'held')),
  is_public boolean not null default true,
  note text not null default '',
  cancelled_reason text not null default '',
  made_by uuid,
  at timestamptz not null,
  primary key (office_id, id),
  constraint audience_day_host foreign key (office_id, host_id) references person (office_id, id),
  constraint audience_day_engagement foreign key (office_id, engagement_id) references engagement (office_id, id)
);
create index audience_day_on on audience_day (office_id, on_day);
create table audience_slot (
  office_id int not null,
  id uuid not null,
  day_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (office_id, id),
  constraint audience_slot_day foreign key (office_id, day_id) references audience_day (office_id, id),
  constraint audience_slot_order check (ends_at > starts_at),
  constraint audience_slot_once exclude using gist (office_id with =, day_id with =, tstzrange(starts_at, ends_at) with &&)
);
create table audience (
  office_id int not null,
  id uuid not null,
  number int not null,
  year int not null,
  case_id uuid not null,
  party_id uuid,
  host_id uuid,
  topic text not null default '',
  unit_id text,
  purpose text not null,
  wished text not null default '',
  people int not null default 1 constraint audience_people check (people between 1 and 50),
  channel text not null constraint audience_channel check (channel in ('web', 'phone', 'counter', 'centre', 'letter', 'email')),
  state text not null default 'asked' constraint audience_state check (state in ('asked', 'waiting', 'scheduled', 'confirmed', 'arrived', 'talking', 'held', 'answered', 'redirected', 'declined', 'missed', 'withdrawn')),
  slot_id uuid,
  locale text not null,
  contact_by text not null default 'email' constraint audience_contact check (contact_by in ('email', 'phone', 'post')),
  code_hash bytea,
  code_sealed bytea,
  needs text not null default '',
  -- the department's note beforehand
  note text not null default '',
  note_by uuid,
  note_at timestamptz,
  note_due_on date,
  reminded_at timestamptz,
  confirmed_at timestamptz,
  arrived_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  -- of the talk, and what was promised
  talk text not null default '',
  outcome text constraint audience_outcome check (outcome in ('explained', 'promised', 'referred', 'refused', 'settled')),
  reason text not null default '',
  reply_due_on date,
  answered_at timestamptz,
  answer_entry_id uuid,
  registered_by uuid,
  at timestamptz not null,
  version int not null default 1,
  primary key (office_id, id),
  constraint audience_number unique (office_id, year, number),
  constraint audience_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint audience_party foreign key (office_id, party_id) references party (office_id, id),
  constraint audience_slot_taken foreign key (office_id, slot_id) references audience_slot (office_id, id)
);
-- A time is one party's, as long as that one means to come or came.
create unique index audience_slot_held on audience (office_id, slot_id) where slot_id is not null and state in ('scheduled', 'confirmed', 'arrived', 'talking', 'held', 'answered', 'missed');
create index audience_case_index on audience (office_id, case_id);
create index audience_open on audience (office_id, at) where state in ('asked', 'waiting');
create index audience_recent on audience (office_id, at desc, id desc);
create index audience_party_index on audience (office_id, party_id, at desc);
create index audience_code on audience (office_id, code_hash) where code_hash is not null;
create table audience_year (
  office_id int not null references office (id) on delete cascade,
  year int not null,
  last_number int not null default 0,
  primary key (office_id, year)
);

-- What who leads must have in hand for an engagement.
create table pack (
  office_id int not null,
  id uuid not null,
  engagement_id uuid not null,
  -- an occurrence of a series has a pack of its own
  recurrence_at timestamptz not null,
  -- whose own it is, besides who sees everything: ids of persons and units
  involved text[] not null default '{}',
  summary text not null default '',
  state text not null default 'open' constraint pack_state check (state in ('open', 'ready')),
  version int not null default 1,
  prepared_by uuid,
  ready_at timestamptz,
  ready_by uuid,
  case_id uuid,
  at timestamptz not null,
  changed_at timestamptz not null,
  primary key (office_id, id),
  constraint pack_once unique (office_id, engagement_id, recurrence_at),
  constraint pack_engagement foreign key (office_id, engagement_id) references engagement (office_id, id),
  constraint pack_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred
);
create table pack_part (
  office_id int not null,
  id uuid not null,
  pack_id uuid not null,
  kind text not null constraint pack_part_kind check (kind in ('note', 'point', 'person', 'promise', 'paper', 'contribution', 'seating', 'programme')),
  position int not null,
  title text not null default '',
  text text not null default '',
  party_id uuid,
  person_id uuid,
  document_id uuid,
  obligation_id uuid,
  contribution_id uuid,
  data jsonb not null default '{}',
  -- which module put it there, and as what: it replaces its own
  origin text not null default 'hand',
  origin_key text not null default '',
  added_by uuid,
  at timestamptz not null,
  primary key (office_id, id),
  constraint pack_part_pack foreign key (office_id, pack_id) references pack (office_id, id),
  constraint pack_part_document foreign key (office_id, document_id) references document (office_id, id)
);
create index pack_part_index on pack_part (office_id, pack_id, position);
create unique index pack_part_origin on pack_part (office_id, pack_id, origin, origin_key) where origin <> 'hand';

-- Obligations from every source; done only when the giver accepts.
alter table obligation
  alter column case_id drop not null,
  add title text not null default '',
  add source_noun text not null default '',
  add source_id uuid,
  add committee_id uuid,
  add helpers text[] not null default '{}',
  -- owner, giver, helpers, units: who sees it also without its case
  add involved text[] not null default '{}',
  add access text not null default 'office' constraint obligation_access check (access in ('office', 'confidential')),
  add first_due_on date,
  add percent int not null default 0 constraint obligation_percent check (percent between 0 and 100),
  add reported_at timestamptz,
  add reported_by uuid,
  add accepted_by uuid,
  add returned_reason text not null default '',
  add escalation int not null default 0,
  add escalated_on date,
  -- given anew each time it is done: every week, month
  add rule text not null default '',
  add version int not null default 1;
alter table obligation drop constraint obligation_state;
alter table obligation add constraint obligation_state check (state in ('open', 'reported', 'done', 'dropped'));
alter table obligation add constraint obligation_source check (source in ('resolution', 'conclusion', 'audience', 'event', 'order', 'visit', 'report'));
update obligation o set first_due_on = o.due_on, involved = array_remove(array[o.owner_id::text, o.given_by::text, o.unit_id], null);
create index obligation_involved on obligation using gin (involved);
create index obligation_source_index on obligation (office_id, source_noun, source_id) where source_id is not null;
create index obligation_committee on obligation (office_id, committee_id, at desc) where committee_id is not null;
create index obligation_reported on obligation (office_id, given_by, reported_at) where state = 'reported';

create table obligation_step (
  office_id int not null,
  id uuid not null,
  obligation_id uuid not null,
  position int not null,
  text text not null,
  owner_id uuid,
  due_on date,
  done_at timestamptz,
  done_by uuid,
  primary key (office_id, id),
  constraint obligation_step_obligation foreign key (office_id, obligation_id) references obligation (office_id, id)
);
create index obligation_step_index on obligation_step (office_id, obligation_id, position);
-- What was said and done about it, in order.
create table obligation_report (
  office_id int not null,
  id uuid not null,
  obligation_id uuid not null,
  kind text not null constraint obligation_report_kind check (kind in ('progress', 'done', 'accepted', 'returned', 'due_asked', 'due_moved', 'due_refused', 'passed', 'helper', 'dropped', 'reopened', 'escalated')),
  text text not null default '',
  percent int,
  due_before date,
  due_on date,
  by_person uuid,
  at timestamptz not null,
  primary key (office_id, id),
  constraint obligation_report_obligation foreign key (office_id, obligation_id) references obligation (office_id, id)
);
create index obligation_report_index on obligation_report (office_id, obligation_id, at);
create table obligation_evidence (
  office_id int not null,
  id uuid not null,
  obligation_id uuid not null,
  report_id uuid,
  name text not null,
  sha256 text not null,
  media_type text not null,
  size bigint not null,
  added_by uuid,
  at timestamptz not null,
  primary key (office_id, id),
  constraint obligation_evidence_obligation foreign key (office_id, obligation_id) references obligation (office_id, id),
  constraint obligation_evidence_file foreign key (office_id, sha256) references file (office_id, sha256)
);
create index obligation_evidence_index on obligation_evidence (office_id, obligation_id);
create index obligation_evidence_file_index on obligation_evidence (office_id, sha256);

-- Contributions: what was returned each time, and for which engagement.
alter table contribution
  add engagement_id uuid,
  add title text not null default '',
  add version int not null default 0,
  add reminders int not null default 0;
alter table contribution add constraint contribution_engagement foreign key (office_id, engagement_id) references engagement (office_id, id);
create index contribution_engagement_index on contribution (office_id, engagement_id) where engagement_id is not null;
create index contribution_asked on contribution (office_id, asked_at desc, id desc);
create table contribution_version (
  office_id int not null,
  contribution_id uuid not null,
  version int not null,
  reply text not null,
  replied_by text not null,
  replied_at timestamptz not null,
  entry_id uuid,
  -- with what it was sent back
  returned_at timestamptz,
  returned_comment text not null default '',
  primary key (office_id, contribution_id, version),
  constraint contribution_version_of foreign key (office_id, contribution_id) references contribution (office_id, id)
);

-- A picture by which who leads knows whom they meet.
alter table party add photo_sha256 text;
alter table party add constraint party_photo foreign key (office_id, photo_sha256) references file (office_id, sha256);
