-- Audiences: the day that was wished and the one that is meant, calls that reached nobody, what was asked beside the public form.
alter table audience
  add day_id uuid,
  add wished_on date,
  add wished_host_id uuid,
  add called_at timestamptz,
  add calls int not null default 0,
  add companions text not null default '',
  add answer text not null default '',
  add letter_id uuid;
alter table audience add constraint audience_day_meant foreign key (office_id, day_id) references audience_day (office_id, id);
create index audience_of_day on audience (office_id, day_id) where day_id is not null;
create unique index audience_case_once on audience (office_id, case_id);
create index audience_owed on audience (office_id, reply_due_on) where state = 'held' and reply_due_on is not null;
create index audience_state_index on audience (office_id, state, at);
