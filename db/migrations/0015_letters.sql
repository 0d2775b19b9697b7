-- A letter may begin without a case: the case is opened, and its number taken, when the letter is sealed.
alter table letter
  alter column case_id drop not null,
  -- each time it is submitted anew the chain begins another round; earlier rounds stay to be read
  add round int not null default 1,
  -- who wrote it and who stands in its chain: the only readers while there is no case
  add involved text[] not null default '{}',
  add class_code text not null default '',
  -- the text as it came back from a word processor
  add file_sha256 text,
  add file_name text not null default '',
  add constraint letter_file foreign key (office_id, file_sha256) references file (office_id, sha256);
alter table letter_step add round int not null default 1;
drop policy case_part on letter;
create policy case_part on letter for select using (office_id = (select current_office()) and (select current_sight()) in ('all', 'office', 'own') and ((select current_sight()) = 'all'
  or (case_id is null and involved && ((select current_marks()) || (select current_person())::text))
  or exists (select 1 from case_file c where c.office_id = letter.office_id and c.id = letter.case_id offset 0)));
drop policy case_part_update on letter;
create policy case_part_update on letter for update using (office_id = (select current_office()) and ((select current_sight()) = 'all'
  or (case_id is null and involved && ((select current_marks()) || (select current_person())::text))
  or exists (select 1 from case_file c where c.office_id = letter.office_id and c.id = letter.case_id offset 0))) with check (office_id = (select current_office()));
create index letter_loose on letter (office_id, updated_at desc) where case_id is null;
create unique index certificate_once on certificate (office_id, fingerprint) where retired_at is null;
-- What an office's own post office asks, where it differs from the tariff that comes with the system.
create table postage_rate (
  office_id int not null references office (id) on delete cascade,
  way text not null constraint postage_rate_way check (way in ('post', 'registered', 'courier')),
  up_to_g int not null constraint postage_rate_weight check (up_to_g > 0),
  cents int not null constraint postage_rate_cents check (cents >= 0),
  set_by uuid,
  at timestamptz not null,
  primary key (office_id, way, up_to_g)
);
alter table postage_rate enable row level security;
grant select, insert, update on postage_rate to kabinet_app;
create policy office_wall on postage_rate using (office_id = (select current_office()) and (select current_sight()) in ('all', 'office', 'own')) with check (office_id = (select current_office()));
