-- Mail that answers mail, and what is known of an arrival before anybody opened it.
alter table mail
  -- an answer by a person's hand is no automatic message
  add is_automatic boolean not null default true,
  -- Message-IDs of the thread, the one answered last
  add thread text[] not null default '{}';
alter table arrival
  -- the machine has decided what this is; a crash between keeping and deciding is repaired by this mark
  add judged_at timestamptz,
  -- the words were read, or there are none to read
  add read_at timestamptz,
  add pages int,
  -- the case whose number stands on it
  add likely_case uuid,
  add constraint arrival_likely foreign key (office_id, likely_case) references case_file (office_id, id);
create index arrival_unjudged on arrival (office_id, arrived_at) where judged_at is null;
create index arrival_list on arrival (office_id, arrived_at desc, id desc);
create index arrival_of_case on arrival (office_id, case_id) where case_id is not null;
create index mail_undelivered on mail (office_id, queued_at desc) where state in ('failed', 'bounced');
create index mail_case on mail (office_id, case_id) where case_id is not null;
