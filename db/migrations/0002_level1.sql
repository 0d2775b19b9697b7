-- Level 1: people, directory, registry, documents, obligations, contributions.
create table person (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  key text not null,
  name text not null,
  folded text not null,
  email text not null,
  title jsonb not null default '{}',
  gender text,
  unit_id text,
  roles text[] not null default '{}',
  phone text,
  room text,
  is_public boolean not null default false,
  locale text not null,
  density text not null default 'dense',
  theme text,
  single_keys boolean not null default true,
  password_hash text,
  totp_secret text,
  totp_on boolean not null default false,
  invite_hash bytea,
  invite_until timestamptz,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (office_id, id),
  constraint person_key_unique unique (office_id, key),
  constraint person_email_unique unique (office_id, email),
  constraint person_unit foreign key (office_id, unit_id) references unit (office_id, id)
);

create table session (
  office_id int not null,
  token_hash bytea not null,
  person_id uuid not null,
  factor text not null default 'password',
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  agent text not null default '',
  primary key (office_id, token_hash),
  constraint session_person foreign key (office_id, person_id) references person (office_id, id) on delete cascade
);
create index session_person_index on session (office_id, person_id);

create table token (
  office_id int not null,
  id uuid not null,
  person_id uuid not null,
  name text not null,
  kind text not null constraint token_kind check (kind in ('personal', 'service')),
  token_hash bytea not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  primary key (office_id, id),
  constraint token_hash_unique unique (office_id, token_hash),
  constraint token_person foreign key (office_id, person_id) references person (office_id, id) on delete cascade
);

create table passkey (
  office_id int not null,
  id text not null,
  person_id uuid not null,
  public_key bytea not null,
  counter bigint not null default 0,
  transports text[] not null default '{}',
  name text not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  primary key (office_id, id),
  constraint passkey_person foreign key (office_id, person_id) references person (office_id, id) on delete cascade
);

create table substitute (
  office_id int not null,
  id uuid not null,
  person_id uuid not null,
  substitute_id uuid not null,
  from_on date not null,
  until_on date not null,
  reason text not null default '',
  ended_at timestamptz,
  primary key (office_id, id),
  constraint substitute_person foreign key (office_id, person_id) references person (office_id, id) on delete cascade,
  constraint substitute_other foreign key (office_id, substitute_id) references person (office_id, id) on delete cascade,
  constraint substitute_order check (until_on >= from_on),
  constraint substitute_not_self check (substitute_id <> person_id)
);

create table party (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  kind text not null constraint party_kind check (kind in ('person', 'organisation', 'body')),
  key text,
  name text not null,
  folded text not null,
  email text,
  phone text,
  address text,
  place text,
  locale text,
  note text not null default '',
  created_at timestamptz not null,
  primary key (office_id, id)
);
create index party_email on party (office_id, lower(email)) where email is not null;
create index party_folded on party (office_id, folded text_pattern_ops);
create index party_trigram on party using gin (folded gin_trgm_ops);

-- A book of one year; its row is the counter: locked from the taking of a number to the commit.
create table book_year (
  office_id int not null references office (id) on delete cascade,
  book text not null,
  year int not null,
  last_number int not null default 0,
  opened_on date not null,
  closed_on date,
  primary key (office_id, book, year)
);

create table case_file (
  office_id int not null,
  id uuid not null,
  book text not null,
  year int not null,
  number int not null,
  reference text not null,
  kind text not null,
  subject text not null,
  class_code text not null,
  unit_id text,
  handled_by uuid,
  party_id uuid,
  access text not null default 'office' constraint case_file_access check (access in ('office', 'confidential')),
  involved text[] not null default '{}',
  entries int not null default 0,
  opened_at timestamptz not null,
  closed_at timestamptz,
  primary key (office_id, id),
  constraint case_file_number unique (office_id, book, year, number),
  constraint case_file_book foreign key (office_id, book, year) references book_year (office_id, book, year),
  constraint case_file_unit foreign key (office_id, unit_id) references unit (office_id, id),
  constraint case_file_handler foreign key (office_id, handled_by) references person (office_id, id),
  constraint case_file_party foreign key (office_id, party_id) references party (office_id, id)
);
create index case_file_reference on case_file (office_id, reference);
create index case_file_opened on case_file (office_id, opened_at desc, id);
create index case_file_party_index on case_file (office_id, party_id, opened_at desc);
create index case_file_involved on case_file using gin (involved);

create table entry (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  sub int not null,
  reference text not null,
  direction text not null constraint entry_direction check (direction in ('in', 'out', 'internal')),
  channel text not null constraint entry_channel check (channel in ('web', 'letter', 'email', 'phone', 'counter', 'link', 'post', 'internal')),
  party_id uuid,
  subject text not null,
  body text not null default '',
  sender_reference text,
  pages int,
  enclosures int not null default 0,
  entered_by uuid,
  at timestamptz not null,
  dispatched_at timestamptz,
  annulled_at timestamptz,
  primary key (office_id, id),
  constraint entry_sub unique (office_id, case_id, sub),
  constraint entry_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint entry_party foreign key (office_id, party_id) references party (office_id, id)
);
create index entry_at on entry (office_id, at desc);

create table clock (
  office_id int not null,
  case_id uuid not null,
  rule jsonb not null,
  started_on date not null,
  pauses jsonb not null default '[]',
  extensions jsonb not null default '[]',
  warn_on date not null,
  target_on date not null,
  legal_on date not null,
  paused_since date,
  stopped_on date,
  primary key (office_id, case_id),
  constraint clock_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred
);
create index clock_running on clock (office_id, legal_on) where stopped_on is null;

create table document (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  entry_id uuid,
  kind text not null constraint document_kind check (kind in ('received', 'scan', 'message', 'answer', 'notice', 'contribution', 'added')),
  title text not null,
  file_name text not null,
  sha256 text not null,
  media_type text not null,
  size bigint not null,
  version int not null default 1,
  replaces uuid,
  is_open boolean not null default false,
  created_by uuid,
  at timestamptz not null,
  primary key (office_id, id),
  constraint document_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint document_file foreign key (office_id, sha256) references file (office_id, sha256)
);
comment on column document.is_open is 'the petitioner may see it by the tracking code';
create index document_case_index on document (office_id, case_id, at);

create table case_link (
  office_id int not null,
  case_id uuid not null,
  other_id uuid not null,
  kind text not null constraint case_link_kind check (kind in ('duplicate', 'connected', 'continues')),
  at timestamptz not null,
  by_person uuid,
  primary key (office_id, case_id, other_id),
  constraint case_link_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint case_link_other foreign key (office_id, other_id) references case_file (office_id, id)
);
create index case_link_other_index on case_link (office_id, other_id);

create table obligation (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  source text not null,
  text text not null,
  owner_id uuid,
  unit_id text,
  given_by uuid,
  due_on date,
  state text not null default 'open' constraint obligation_state check (state in ('open', 'done', 'dropped')),
  report text not null default '',
  at timestamptz not null,
  ended_at timestamptz,
  primary key (office_id, id),
  constraint obligation_case foreign key (office_id, case_id) references case_file (office_id, id)
);
create index obligation_case_index on obligation (office_id, case_id);
create index obligation_open on obligation (office_id, owner_id, due_on) where state = 'open';

create table contribution (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  unit_id text,
  party_id uuid,
  asked_name text not null,
  email text,
  question text not null,
  due_on date not null,
  state text not null default 'asked' constraint contribution_state check (state in ('asked', 'given', 'returned', 'dropped')),
  token_hash bytea,
  token_sealed bytea,
  reply text not null default '',
  replied_by text not null default '',
  asked_by uuid,
  asked_at timestamptz not null,
  replied_at timestamptz,
  reminded_on date,
  primary key (office_id, id),
  constraint contribution_case foreign key (office_id, case_id) references case_file (office_id, id),
  constraint contribution_party foreign key (office_id, party_id) references party (office_id, id)
);
create index contribution_case_index on contribution (office_id, case_id);
create index contribution_token on contribution (office_id, token_hash) where token_hash is not null;
create index contribution_open on contribution (office_id, due_on) where state in ('asked', 'returned');
