-- Petitions, proposals, complaints, questions and requests of citizens.
create table petition (
  office_id int not null,
  id uuid not null,
  kind text not null constraint petition_kind check (kind in ('petition', 'proposal', 'complaint', 'question', 'request')),
  state text not null constraint petition_state check (state in
    ('registered', 'assigned', 'awaiting_completion', 'drafting', 'awaiting_approval', 'approved', 'answered', 'forwarded', 'dismissed', 'withdrawn', 'closed')),
  channel text not null,
  body text not null,
  place text not null default '',
  area text,
  reply_by text not null constraint petition_reply_by check (reply_by in ('email', 'post', 'pickup')),
  locale text not null,
  is_anonymous boolean not null default false,
  may_publish boolean not null default false,
  tracking_hash bytea not null,
  tracking_sealed bytea not null,
  text_key bytea not null,
  approver_id uuid,
  forwarded_to uuid,
  disposition text,
  reopened int not null default 0,
  satisfaction text constraint petition_satisfaction check (satisfaction in ('satisfied', 'dissatisfied')),
  registered_at timestamptz not null,
  answered_at timestamptz,
  settled_at timestamptz,
  version int not null default 1,
  primary key (office_id, id),
  constraint petition_case foreign key (office_id, id) references case_file (office_id, id) deferrable initially deferred,
  constraint petition_tracking unique (office_id, tracking_hash),
  constraint petition_forwarded_to foreign key (office_id, forwarded_to) references party (office_id, id)
);
create index petition_state_index on petition (office_id, state, registered_at desc);
create index petition_registered on petition (office_id, registered_at desc);
create index petition_text_key on petition (office_id, text_key);

create table answer (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  state text not null default 'draft' constraint answer_state check (state in ('draft', 'submitted', 'approved', 'sent')),
  template text,
  facts text not null default '',
  basis text not null default '',
  decision text not null default '',
  remedy text not null default '',
  comment text not null default '',
  version int not null default 1,
  drafted_by uuid,
  approved_by uuid,
  approved_at timestamptz,
  entry_id uuid,
  document_id uuid,
  sent_at timestamptz,
  updated_at timestamptz not null,
  primary key (office_id, id),
  constraint answer_case foreign key (office_id, case_id) references case_file (office_id, id)
);
create index answer_case_index on answer (office_id, case_id, updated_at desc);

create table completion (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  question text not null,
  due_on date not null,
  state text not null default 'asked' constraint completion_state check (state in ('asked', 'given', 'lapsed')),
  reply text not null default '',
  asked_by uuid,
  asked_at timestamptz not null,
  ended_at timestamptz,
  primary key (office_id, id),
  constraint completion_case foreign key (office_id, case_id) references case_file (office_id, id)
);
create index completion_case_index on completion (office_id, case_id);
create index completion_open on completion (office_id, due_on) where state = 'asked';

create table publication (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  kind text not null,
  area text,
  title text not null,
  question text not null,
  answer text not null,
  locale text not null,
  registered_on date not null,
  answered_on date not null,
  published_at timestamptz not null,
  withdrawn_at timestamptz,
  primary key (office_id, id),
  constraint publication_case foreign key (office_id, case_id) references case_file (office_id, id),
  constraint publication_once unique (office_id, case_id)
);
create index publication_recent on publication (office_id, published_at desc) where withdrawn_at is null;

-- What a person keeps as a view of a list.
create table saved_view (
  office_id int not null,
  id uuid not null,
  person_id uuid not null,
  list text not null,
  name text not null,
  query text not null,
  at timestamptz not null,
  primary key (office_id, id),
  constraint saved_view_person foreign key (office_id, person_id) references person (office_id, id) on delete cascade
);
