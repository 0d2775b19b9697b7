-- The complete register: books of several kinds, distribution, dispatch, letters, arrivals, archive, classified papers, import.

-- What a closed year's book keeps: who closed it, and its official note as it was signed.
alter table book_year
  add closed_by uuid,
  add closed_at timestamptz,
  add note jsonb,
  add note_sha256 text,
  -- a book of former years, taken over with the gaps it had
  add is_imported boolean not null default false;

alter table case_file
  add annulled_at timestamptz,
  add annul_reason text not null default '',
  -- the purpose of a number that is reserved and not yet used (kind 'reserved')
  add reserved_for text not null default '',
  add merged_into uuid;
alter table case_file add constraint case_file_merged foreign key (office_id, merged_into) references case_file (office_id, id);
create index case_file_recent_paper on case_file (office_id, opened_at desc, id desc) where kind = 'paper';
create index case_file_reserved on case_file (office_id, book, year, number) where kind = 'reserved';

alter table entry
  drop constraint entry_channel,
  add constraint entry_channel check (channel in ('web', 'letter', 'email', 'phone', 'counter', 'link', 'post', 'courier', 'internal', 'import')),
  add annulled_by uuid,
  add annul_reason text not null default '',
  -- the day on the sender's paper
  add sender_dated_on date,
  -- what the paper says it is worth: a fee, a bill (the stamp of receipt asks for it)
  add value_noted text not null default '';
create index entry_message on entry (office_id, sender_reference) where channel = 'email';
create index entry_party on entry (office_id, party_id, at desc) where party_id is not null;

alter table document
  drop constraint document_kind,
  add constraint document_kind check (kind in ('received', 'scan', 'message', 'answer', 'notice', 'contribution', 'added', 'letter', 'proof', 'note', 'package')),
  -- what a machine read on a scan
  add words text not null default '';

alter table case_link
  drop constraint case_link_kind,
  add constraint case_link_kind check (kind in ('duplicate', 'connected', 'continues', 'merged', 'split'));

alter table obligation add entry_id uuid;

alter table mail
  drop constraint mail_state,
  add constraint mail_state check (state in ('queued', 'sent', 'failed', 'bounced')),
  add bounced_at timestamptz;
create index mail_message on mail (office_id, message_id) where message_id is not null;

-- A paper given to a unit or a person: a line of the internal delivery book.
create table delivery (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  entry_id uuid,
  purpose text not null constraint delivery_purpose check (purpose in ('work', 'resolution', 'information', 'signature')),
  is_copy boolean not null default false,
  to_unit text,
  to_person uuid,
  note text not null default '',
  state text not null default 'sent' constraint delivery_state check (state in ('sent', 'received', 'returned', 'withdrawn')),
  given_by uuid,
  given_at timestamptz not null,
  -- by whom, and for whom: a substitute signs for the absent one
  received_by uuid,
  received_for uuid,
  received_at timestamptz,
  way text constraint delivery_way check (way in ('system', 'signature')),
  returned_by uuid,
  returned_at timestamptz,
  return_reason text not null default '',
  -- the resolution was given, the signature made
  settled_at timestamptz,
  primary key (office_id, id),
  constraint delivery_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint delivery_unit foreign key (office_id, to_unit) references unit (office_id, id),
  constraint delivery_person foreign key (office_id, to_person) references person (office_id, id),
  constraint delivery_to check (to_unit is not null or to_person is not null)
);
create index delivery_case_index on delivery (office_id, case_id, given_at);
create index delivery_open on delivery (office_id, given_at) where state = 'sent';
create index delivery_unsettled on delivery (office_id, to_person, given_at) where settled_at is null and purpose in ('resolution', 'signature');
create index delivery_book on delivery (office_id, given_at desc, id desc);

-- Rokovnik: a case that lies until a day, or until a paper comes.
create table bring_forward (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  due_on date not null,
  awaited text not null default '',
  awaited_party uuid,
  note text not null default '',
  put_by uuid,
  put_at timestamptz not null,
  returned_at timestamptz,
  returned_by uuid,
  returned_why text constraint bring_forward_why check (returned_why in ('day', 'paper', 'person')),
  primary key (office_id, id),
  constraint bring_forward_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint bring_forward_party foreign key (office_id, awaited_party) references party (office_id, id)
);
create unique index bring_forward_once on bring_forward (office_id, case_id) where returned_at is null;
create index bring_forward_due on bring_forward (office_id, due_on) where returned_at is null;

-- What goes out to one addressee, and how it fared.
create table post_list (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  year int not null,
  number int not null,
  way text not null constraint post_list_way check (way in ('post', 'registered', 'courier')),
  made_by uuid,
  made_at timestamptz not null,
  handed_at timestamptz,
  primary key (office_id, id),
  constraint post_list_number unique (office_id, year, number)
);
create table dispatch (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  entry_id uuid,
  document_id uuid,
  party_id uuid,
  addressee text not null,
  address text not null default '',
  email text not null default '',
  way text not null constraint dispatch_way check (way in ('email', 'post', 'registered', 'courier', 'pickup')),
  state text not null default 'waiting' constraint dispatch_state check (state in ('waiting', 'sent', 'delivered', 'failed')),
  weight_g int constraint dispatch_weight check (weight_g > 0),
  postage_cents int constraint dispatch_postage check (postage_cents >= 0),
  tracking text not null default '',
  list_id uuid,
  mail_id uuid,
  at timestamptz not null,
  sent_at timestamptz,
  sent_by uuid,
  delivered_at timestamptz,
  delivered_to text not null default '',
  proof_id uuid,
  failed_at timestamptz,
  failed_reason text not null default '',
  primary key (office_id, id),
  constraint dispatch_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint dispatch_party foreign key (office_id, party_id) references party (office_id, id),
  constraint dispatch_list foreign key (office_id, list_id) references post_list (office_id, id)
);
create index dispatch_case_index on dispatch (office_id, case_id, at);
create index dispatch_waiting on dispatch (office_id, way, at) where state = 'waiting';
create index dispatch_mail on dispatch (office_id, mail_id) where mail_id is not null;
create index dispatch_list_index on dispatch (office_id, list_id) where list_id is not null;

-- Letters of the office: written, approved in a chain, sealed, dispatched.
create table letter_template (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  name text not null,
  kind text not null constraint letter_template_kind check (kind in ('text', 'docx')),
  locale text not null,
  subject text not null default '',
  body text not null default '',
  sha256 text,
  fields text[] not null default '{}',
  made_by uuid,
  at timestamptz not null,
  retired_at timestamptz,
  primary key (office_id, id)
);
create table letter (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  subject text not null,
  body text not null default '',
  locale text not null,
  template_id uuid,
  state text not null default 'draft' constraint letter_state check (state in ('draft', 'submitted', 'approved', 'sealed', 'dispatched', 'withdrawn')),
  recipients jsonb not null default '[]',
  enclosures uuid[] not null default '{}',
  version int not null default 1,
  written_by uuid,
  signer_id uuid,
  entry_id uuid,
  document_id uuid,
  sealed_with text not null default '',
  at timestamptz not null,
  updated_at timestamptz not null,
  dispatched_at timestamptz,
  primary key (office_id, id),
  constraint letter_case foreign key (office_id, case_id) references case_file (office_id, id)
);
create index letter_case_index on letter (office_id, case_id, at);
create index letter_open on letter (office_id, updated_at desc) where state in ('draft', 'submitted', 'approved', 'sealed');
create table letter_step (
  office_id int not null,
  letter_id uuid not null,
  position int not null,
  person_id uuid not null,
  kind text not null constraint letter_step_kind check (kind in ('visa', 'sign')),
  state text not null default 'waiting' constraint letter_step_state check (state in ('waiting', 'approved', 'refused')),
  comment text not null default '',
  done_by uuid,
  at timestamptz,
  primary key (office_id, letter_id, position),
  constraint letter_step_letter foreign key (office_id, letter_id) references letter (office_id, id) on delete cascade,
  constraint letter_step_person foreign key (office_id, person_id) references person (office_id, id)
);
create index letter_step_waiting on letter_step (office_id, person_id) where state = 'waiting';
-- The office's certificates; the key is sealed with the installation's secret.
create table certificate (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  subject text not null,
  issuer text not null,
  fingerprint text not null,
  chain bytea[] not null,
  sealed_key bytea not null,
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  added_by uuid,
  at timestamptz not null,
  retired_at timestamptz,
  primary key (office_id, id)
);

-- What arrives by itself: messages of a mailbox, scans of a folder. Kept first, then registered.
create table mailbox (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  name text not null,
  host text not null,
  port int not null,
  security text not null constraint mailbox_security check (security in ('tls', 'starttls', 'none')),
  user_name text not null,
  sealed_password bytea not null,
  folder text not null default 'INBOX',
  done_folder text not null default '',
  registers_as text not null constraint mailbox_registers_as check (registers_as in ('paper', 'petition', 'tray')),
  class_code text not null default '',
  is_active boolean not null default true,
  read_at timestamptz,
  error text not null default '',
  made_by uuid,
  at timestamptz not null,
  primary key (office_id, id)
);
create table arrival (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  source text not null constraint arrival_source check (source in ('mailbox', 'scanner')),
  mailbox_id uuid,
  -- Message-ID of a message, content hash of a scan: what is there already does not arrive again
  message_key text not null,
  name text not null,
  sha256 text not null,
  media_type text not null,
  size bigint not null,
  sender_name text not null default '',
  sender_email text not null default '',
  subject text not null default '',
  words text not null default '',
  locale text not null default '',
  state text not null default 'waiting' constraint arrival_state check (state in ('waiting', 'registered', 'joined', 'bounce', 'set_aside')),
  case_id uuid,
  entry_id uuid,
  reason text not null default '',
  arrived_at timestamptz not null,
  settled_at timestamptz,
  settled_by uuid,
  primary key (office_id, id),
  constraint arrival_once unique (office_id, source, message_key),
  constraint arrival_case foreign key (office_id, case_id) references case_file (office_id, id)
);
create index arrival_waiting on arrival (office_id, arrived_at) where state = 'waiting';

-- The archive: what was put away, in which box, for how long.
create table archive_box (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  number int not null,
  label text not null default '',
  place text not null default '',
  made_by uuid,
  at timestamptz not null,
  primary key (office_id, id),
  constraint archive_box_number unique (office_id, number)
);
create table archive_item (
  office_id int not null,
  case_id uuid not null,
  -- the line of the archive book
  number int not null,
  class_code text not null,
  -- null: permanent
  retention_years int,
  keep_until date,
  box_id uuid,
  state text not null default 'kept' constraint archive_item_state check (state in ('kept', 'listed', 'destroyed', 'handed_over')),
  archived_at timestamptz not null,
  archived_by uuid,
  primary key (office_id, case_id),
  constraint archive_item_number unique (office_id, number),
  constraint archive_item_case foreign key (office_id, case_id) references case_file (office_id, id),
  constraint archive_item_box foreign key (office_id, box_id) references archive_box (office_id, id)
);
create index archive_item_due on archive_item (office_id, keep_until) where state = 'kept' and keep_until is not null;
create table lending (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  reader_id uuid not null,
  purpose text not null,
  due_on date not null,
  lent_by uuid,
  lent_at timestamptz not null,
  returned_at timestamptz,
  returned_by uuid,
  primary key (office_id, id),
  constraint lending_case foreign key (office_id, case_id) references case_file (office_id, id),
  constraint lending_reader foreign key (office_id, reader_id) references person (office_id, id)
);
create unique index lending_once on lending (office_id, case_id) where returned_at is null;
create table disposal (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  number int not null,
  kind text not null constraint disposal_kind check (kind in ('destroy', 'hand_over')),
  state text not null default 'proposed' constraint disposal_state check (state in ('proposed', 'submitted', 'consented', 'refused', 'done')),
  commission text[] not null default '{}',
  consent_reference text not null default '',
  consent_on date,
  consent_sha256 text,
  package_sha256 text,
  made_by uuid,
  at timestamptz not null,
  done_at timestamptz,
  primary key (office_id, id),
  constraint disposal_number unique (office_id, number)
);
create table disposal_item (
  office_id int not null,
  disposal_id uuid not null,
  case_id uuid not null,
  primary key (office_id, disposal_id, case_id),
  constraint disposal_item_disposal foreign key (office_id, disposal_id) references disposal (office_id, id),
  constraint disposal_item_case foreign key (office_id, case_id) references archive_item (office_id, case_id)
);
