-- The mayor's time: calendars and plans.

-- The calendar of a person, or one of the office's own (holidays, the hall).
create table calendar (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  kind text not null constraint calendar_kind check (kind in ('person', 'office')),
  person_id uuid,
  name text not null default '',
  position int not null default 0,
  -- the last change that a client can have seen (calendar_change)
  change_number bigint not null default 0,
  at timestamptz not null,
  primary key (office_id, id),
  constraint calendar_person foreign key (office_id, person_id) references person (office_id, id),
  constraint calendar_owner check ((kind = 'person') = (person_id is not null))
);
create unique index calendar_once on calendar (office_id, person_id) where person_id is not null;

-- Who else reads or keeps a calendar: the secretary acts for the mayor.
create table calendar_share (
  office_id int not null,
  calendar_id uuid not null,
  person_id uuid not null,
  may text not null constraint calendar_share_may check (may in ('read', 'write')),
  sees_private boolean not null default false,
  given_by uuid,
  given_at timestamptz not null,
  primary key (office_id, calendar_id, person_id),
  constraint calendar_share_calendar foreign key (office_id, calendar_id) references calendar (office_id, id),
  constraint calendar_share_person foreign key (office_id, person_id) references person (office_id, id)
);
create index calendar_share_person_index on calendar_share (office_id, person_id);

-- Rooms, cars, equipment: what only one engagement has at a time.
create table resource (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  kind text not null constraint resource_kind check (kind in ('room', 'car', 'equipment')),
  name text not null,
  place text not null default '',
  seats int constraint resource_seats check (seats > 0),
  note text not null default '',
  is_active boolean not null default true,
  primary key (office_id, id)
);

-- A VEVENT: one engagement, a series (rule), or the one occurrence of a series that is otherwise (series_id, recurrence_at).
create table engagement (
  office_id int not null,
  id uuid not null,
  calendar_id uuid not null,
  uid text not null,
  series_id uuid,
  recurrence_at timestamptz,
  kind text not null constraint engagement_kind check (kind in ('meeting', 'audience', 'visit', 'event', 'interview', 'travel', 'private', 'other')),
  title text not null,
  detail text not null default '',
  place text not null default '',
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  is_all_day boolean not null default false,
  time_zone text not null,
  travel_before_min int not null default 0 constraint engagement_travel_before check (travel_before_min between 0 and 1440),
  travel_after_min int not null default 0 constraint engagement_travel_after check (travel_after_min between 0 and 1440),
  preparation_min int not null default 0 constraint engagement_preparation check (preparation_min between 0 and 1440),
  -- RRULE of a series, and the starts of the occurrences that fall out
  rule text not null default '',
  dropped_at timestamptz[] not null default '{}',
  state text not null default 'confirmed' constraint engagement_state check (state in ('tentative', 'confirmed', 'cancelled')),
  visibility text not null default 'internal' constraint engagement_visibility check (visibility in ('public', 'internal', 'confidential', 'private')),
  -- the words that the public plan says, where they are others than the title
  public_title text not null default '',
  -- does not fill the time: a birthday, a note
  is_free boolean not null default false,
  case_id uuid,
  source text not null default 'desk' constraint engagement_source check (source in ('desk', 'client', 'invitation', 'meeting', 'audience', 'request', 'visit', 'travel', 'event')),
  -- of an invitation from elsewhere: who organises it
  organizer_email text,
  organizer_name text not null default '',
  sequence int not null default 0,
  -- what a client wrote, kept for what this table does not know
  ics text,
  version int not null default 1,
  created_by uuid,
  created_at timestamptz not null,
  changed_by uuid,
  changed_at timestamptz not null,
  cancelled_reason text not null default '',
  primary key (office_id, id),
  constraint engagement_calendar foreign key (office_id, calendar_id) references calendar (office_id, id),
  constraint engagement_series foreign key (office_id, series_id) references engagement (office_id, id),
  constraint engagement_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint engagement_order check (ends_at >= starts_at),
  constraint engagement_exception check ((series_id is null) = (recurrence_at is null))
);
create unique index engagement_uid on engagement (office_id, calendar_id, uid) where series_id is null;
create unique index engagement_exception_once on engagement (office_id, series_id, recurrence_at) where series_id is not null;
create index engagement_case_index on engagement (office_id, case_id) where case_id is not null;
create index engagement_series_rule on engagement (office_id, id) where rule <> '' and state <> 'cancelled';

-- When a calendar is taken, one row for each occurrence and each calendar of the staff that takes part: no words, only times.
create table occurrence (
  office_id int not null,
  engagement_id uuid not null,
  calendar_id uuid not null,
  -- the start by the rule of the series, also where the occurrence was moved
  recurrence_at timestamptz not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- with travel and preparation
  busy_from timestamptz not null,
  busy_until timestamptz not null,
  state text not null constraint occurrence_state check (state in ('tentative', 'confirmed')),
  is_free boolean not null default false,
  -- the calendar's own engagement, or one to which its person is invited
  is_own boolean not null default true,
  primary key (office_id, calendar_id, engagement_id, recurrence_at),
  constraint occurrence_engagement foreign key (office_id, engagement_id) references engagement (office_id, id),
  constraint occurrence_calendar foreign key (office_id, calendar_id) references calendar (office_id, id)
);
create index occurrence_time on occurrence (office_id, calendar_id, starts_at);
create index occurrence_engagement_index on occurrence (office_id, engagement_id, starts_at);
create index occurrence_busy on occurrence using gist (office_id, calendar_id, tstzrange(busy_from, busy_until));

-- A room or a car is given once: two confirmed bookings that overlap cannot both stand.
create table booking (
  office_id int not null,
  engagement_id uuid not null,
  resource_id uuid not null,
  recurrence_at timestamptz not null,
  during tstzrange not null,
  state text not null constraint booking_state check (state in ('tentative', 'confirmed')),
  primary key (office_id, resource_id, engagement_id, recurrence_at),
  constraint booking_engagement foreign key (office_id, engagement_id) references engagement (office_id, id),
  constraint booking_resource foreign key (office_id, resource_id) references resource (office_id, id),
  constraint booking_once exclude using gist (office_id with =, resource_id with =, during with &&) where (state = 'confirmed')
);
create index booking_engagement_index on booking (office_id, engagement_id);
create index booking_time on booking using gist (office_id, resource_id, during);

-- ATTENDEE: one of the staff, of the directory, or an address.
create table participant (
  office_id int not null,
  id uuid not null,
  engagement_id uuid not null,
  person_id uuid,
  party_id uuid,
  name text not null,
  email text,
  role text not null default 'required' constraint participant_role check (role in ('chair', 'required', 'optional', 'informed')),
  reply text not null default 'needs-action' constraint participant_reply check (reply in ('needs-action', 'accepted', 'declined', 'tentative', 'delegated')),
  replied_at timestamptz,
  reply_way text constraint participant_reply_way check (reply_way in ('system', 'client', 'mail', 'link', 'hand')),
  reply_by uuid,
  comment text not null default '',
  delegated_to text not null default '',
  -- the sequence that this one was last told, and that a reply was last taken for
  invited_sequence int,
  reply_sequence int,
  token_hash bytea,
  primary key (office_id, id),
  constraint participant_engagement foreign key (office_id, engagement_id) references engagement (office_id, id),
  constraint participant_person foreign key (office_id, person_id) references person (office_id, id),
  constraint participant_party foreign key (office_id, party_id) references party (office_id, id)
);
create index participant_engagement_index on participant (office_id, engagement_id);
create index participant_person_index on participant (office_id, person_id) where person_id is not null;
create index participant_party_index on participant (office_id, party_id) where party_id is not null;
create index participant_token on participant (office_id, token_hash) where token_hash is not null;

-- What changed in a calendar since a client last looked (sync-collection).
create table calendar_change (
  office_id int not null,
  calendar_id uuid not null,
  number bigint not null,
  engagement_id uuid not null,
  uid text not null,
  is_gone boolean not null default false,
  at timestamptz not null,
  primary key (office_id, calendar_id, number),
  constraint calendar_change_calendar foreign key (office_id, calendar_id) references calendar (office_id, id)
);
create index calendar_change_uid on calendar_change (office_id, calendar_id, uid, number desc);

-- A secret link under which a calendar program fetches a calendar; the public one has no secret.
create table calendar_feed (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  scope text not null constraint calendar_feed_scope check (scope in ('person', 'calendar', 'office')),
  calendar_id uuid,
  person_id uuid not null,
  name text not null,
  detail text not null default 'full' constraint calendar_feed_detail check (detail in ('full', 'busy')),
  token_hash bytea not null,
  at timestamptz not null,
  read_at timestamptz,
  revoked_at timestamptz,
  primary key (office_id, id),
  constraint calendar_feed_calendar foreign key (office_id, calendar_id) references calendar (office_id, id),
  constraint calendar_feed_person foreign key (office_id, person_id) references person (office_id, id)
);
create unique index calendar_feed_token on calendar_feed (office_id, token_hash);

-- Somebody asks to meet who leads: accepted, given to the deputy, or declined with a letter.
create table meeting_request (
  office_id int not null,
  id uuid not null,
  case_id uuid not null,
  party_id uuid,
  calendar_id uuid not null,
  purpose text not null,
  wished text not null default '',
  people int not null default 1 constraint meeting_request_people check (people between 1 and 500),
  state text not null default 'open' constraint meeting_request_state check (state in ('open', 'accepted', 'delegated', 'declined', 'withdrawn')),
  reason text not null default '',
  delegated_to uuid,
  engagement_id uuid,
  reply_entry_id uuid,
  decided_by uuid,
  decided_at timestamptz,
  asked_at timestamptz not null,
  entered_by uuid,
  primary key (office_id, id),
  constraint meeting_request_case foreign key (office_id, case_id) references case_file (office_id, id) deferrable initially deferred,
  constraint meeting_request_calendar foreign key (office_id, calendar_id) references calendar (office_id, id),
  constraint meeting_request_party foreign key (office_id, party_id) references party (office_id, id),
  constraint meeting_request_engagement foreign key (office_id, engagement_id) references engagement (office_id, id)
);
create index meeting_request_open on meeting_request (office_id, asked_at) where state = 'open';
create index meeting_request_case_index on meeting_request (office_id, case_id);

-- The plan of a day, week or month as it was approved; its two versions stand apart, because fewer may read the internal one.
create table plan (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  period text not null constraint plan_period check (period in ('day', 'week', 'month')),
  from_on date not null,
  until_on date not null,
  version int not null,
  calendars uuid[] not null,
  note text not null default '',
  state text not null default 'draft' constraint plan_state check (state in ('draft', 'submitted', 'approved', 'replaced', 'dropped')),
  prepared_by uuid,
  prepared_at timestamptz not null,
  approved_by uuid,
  approved_at timestamptz,
  is_published boolean not null default false,
  mailed_at timestamptz,
  primary key (office_id, id),
  constraint plan_version unique (office_id, period, from_on, version)
);
create index plan_recent on plan (office_id, from_on desc, id desc);
create table plan_copy (
  office_id int not null,
  plan_id uuid not null,
  audience text not null constraint plan_copy_audience check (audience in ('internal', 'public')),
  content jsonb not null,
  sha256 text,
  primary key (office_id, plan_id, audience),
  constraint plan_copy_plan foreign key (office_id, plan_id) references plan (office_id, id),
  constraint plan_copy_file foreign key (office_id, sha256) references file (office_id, sha256)
);
-- Who is sent the plan, in which version.
create table plan_reader (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  person_id uuid,
  email text,
  name text not null default '',
  audience text not null constraint plan_reader_audience check (audience in ('internal', 'public')),
  periods text[] not null default '{day,week}',
  at timestamptz not null,
  ended_at timestamptz,
  primary key (office_id, id),
  constraint plan_reader_person foreign key (office_id, person_id) references person (office_id, id),
  constraint plan_reader_to check ((person_id is null) <> (email is null)),
  -- the internal plan is for the staff alone
  constraint plan_reader_internal check (audience = 'public' or person_id is not null)
);
