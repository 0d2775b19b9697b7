-- The ground: offices, the wall between them, the event log, and what core needs.
-- The gate sets these for each transaction; every policy reads them, nothing else does.
create function current_office() returns int language sql stable parallel safe
  return nullif(current_setting('kabinet.office', true), '')::int;
create function current_person() returns uuid language sql stable parallel safe
  return nullif(current_setting('kabinet.person', true), '')::uuid;
-- all: everything; office: all but confidential; own: what is marked for me or my units; case: one case; none.
create function current_sight() returns text language sql stable parallel safe
  return coalesce(nullif(current_setting('kabinet.sight', true), ''), 'none');
create function current_marks() returns text[] language sql stable parallel safe
  return string_to_array(coalesce(current_setting('kabinet.marks', true), ''), ',');
create function current_case() returns uuid language sql stable parallel safe
  return nullif(current_setting('kabinet.case', true), '')::uuid;
create function current_link() returns uuid language sql stable parallel safe
  return nullif(current_setting('kabinet.link', true), '')::uuid;

create table office (
  id int generated always as identity primary key,
  slug text not null constraint office_slug_unique unique constraint office_slug_shape check (slug ~ '^[a-z0-9-]{1,60}$'),
  hosts text[] not null default '{}',
  jurisdiction text not null,
  data jsonb not null,
  created_at timestamptz not null default now()
);
grant select on office to kabinet_app;

create table unit (
  office_id int not null references office (id) on delete cascade,
  id text not null,
  parent_id text,
  code text not null default '',
  name jsonb not null,
  cabinet boolean not null default false,
  email text,
  position int not null default 0,
  primary key (office_id, id)
);

create table closing_day (
  office_id int not null references office (id) on delete cascade,
  day_on date not null,
  name text not null,
  primary key (office_id, day_on)
);

-- One row for each named act. Insert only: the application's role may neither change nor remove one.
create table event (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  name text not null constraint event_name_shape check (name ~ '^[a-z_]+\.[a-z_]+$'),
  noun_id uuid,
  case_id uuid,
  person_id uuid,
  actor text not null,
  data jsonb not null default '{}',
  primary key (office_id, id)
);
create index event_case on event (office_id, case_id, at) where case_id is not null;
create index event_order on event (office_id, xid, id);
create index event_name on event (office_id, name, at);

-- The seal of the log: written just after commit, in commit order, in batches (docs/decisions/0004).
create table event_seal (
  office_id int not null references office (id) on delete cascade,
  position bigint not null,
  event_id uuid not null,
  xid xid8 not null,
  hash bytea not null,
  primary key (office_id, position),
  constraint event_seal_once unique (office_id, event_id)
);

create table idempotency (
  office_id int not null references office (id) on delete cascade,
  key text not null,
  caller text not null,
  operation text not null,
  input_hash text not null,
  output jsonb,
  at timestamptz not null default now(),
  primary key (office_id, caller, key)
);
create index idempotency_age on idempotency (at);

create table mail (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  case_id uuid,
  recipient text not null,
  subject text not null,
  body text not null,
  locale text not null,
  attachments jsonb not null default '[]',
  state text not null default 'queued' constraint mail_state check (state in ('queued', 'sent', 'failed')),
  attempts int not null default 0,
  error text,
  message_id text,
  queued_at timestamptz not null default now(),
  sent_at timestamptz,
  primary key (office_id, id)
);
create index mail_queue on mail (office_id, queued_at) where state = 'queued';
create index mail_recent on mail (office_id, queued_at desc);

-- Forms that are not finished: a citizen's draft, or a form whose session had ended.
create table draft (
  office_id int not null references office (id) on delete cascade,
  token_hash bytea not null,
  kind text not null,
  data jsonb not null,
  updated_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (office_id, token_hash)
);

create table attempt (
  office_id int not null references office (id) on delete cascade,
  key text not null,
  count int not null default 1,
  since timestamptz not null default now(),
  primary key (office_id, key)
);

create table search_entry (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  noun text not null,
  case_id uuid,
  title text not null,
  detail text not null default '',
  folded text not null,
  vector tsvector not null,
  at timestamptz not null,
  primary key (office_id, id)
);
create index search_entry_vector on search_entry using gin (vector);
create index search_entry_folded on search_entry using gin (folded gin_trgm_ops);
create index search_entry_at on search_entry (office_id, at desc);
-- Without this the planner walks the newest rows for a word it takes for a common one.
alter table search_entry alter column vector set statistics 1000;

create table file (
  office_id int not null references office (id) on delete cascade,
  sha256 text not null constraint file_sha256_shape check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint not null,
  media_type text not null,
  at timestamptz not null default now(),
  primary key (office_id, sha256)
);
