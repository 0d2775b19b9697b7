-- Classified papers live apart from cases: own book, own files, sealed words. No policy lets anybody in but the readers named.
create table classified_book (
  office_id int not null references office (id) on delete cascade,
  year int not null,
  last_number int not null default 0,
  primary key (office_id, year)
);
create table classified_paper (
  office_id int not null,
  id uuid not null,
  year int not null,
  number int not null,
  level text not null constraint classified_paper_level check (level in ('top-secret', 'secret', 'confidential', 'restricted')),
  direction text not null constraint classified_paper_direction check (direction in ('in', 'out', 'internal')),
  -- subject, sender, notes: JSON sealed with the installation's secret
  sealed bytea not null,
  copies int not null default 1,
  pages int,
  received_on date not null,
  registered_by uuid not null,
  at timestamptz not null,
  until_on date,
  declassified_at timestamptz,
  declassified_basis text not null default '',
  closed_at timestamptz,
  primary key (office_id, id),
  constraint classified_paper_number unique (office_id, year, number),
  constraint classified_paper_book foreign key (office_id, year) references classified_book (office_id, year)
);
create table classified_reader (
  office_id int not null,
  paper_id uuid not null,
  person_id uuid not null,
  need text not null,
  granted_by uuid,
  granted_at timestamptz not null,
  until_on date,
  ended_at timestamptz,
  primary key (office_id, paper_id, person_id),
  constraint classified_reader_paper foreign key (office_id, paper_id) references classified_paper (office_id, id),
  constraint classified_reader_person foreign key (office_id, person_id) references person (office_id, id)
);
create table classified_document (
  office_id int not null,
  id uuid not null,
  paper_id uuid not null,
  sealed_name bytea not null,
  -- of the sealed bytes, as they lie in the store
  sha256 text not null,
  media_type text not null,
  size bigint not null,
  added_by uuid,
  at timestamptz not null,
  primary key (office_id, id),
  constraint classified_document_paper foreign key (office_id, paper_id) references classified_paper (office_id, id),
  constraint classified_document_file foreign key (office_id, sha256) references file (office_id, sha256)
);
create table classified_view (
  office_id int not null,
  id uuid not null,
  paper_id uuid not null,
  document_id uuid,
  person_id uuid not null,
  at timestamptz not null,
  primary key (office_id, id),
  constraint classified_view_paper foreign key (office_id, paper_id) references classified_paper (office_id, id)
);
create table clearance (
  office_id int not null,
  person_id uuid not null,
  level text not null constraint clearance_level check (level in ('top-secret', 'secret', 'confidential', 'restricted')),
  certificate text not null default '',
  until_on date not null,
  granted_by uuid,
  at timestamptz not null,
  ended_at timestamptz,
  primary key (office_id, person_id),
  constraint clearance_person foreign key (office_id, person_id) references person (office_id, id)
);

-- Taking over an old register: a run, and each row that was refused with the reason.
create table import_run (
  office_id int not null references office (id) on delete cascade,
  id uuid not null,
  file_name text not null,
  sha256 text not null,
  columns text[] not null,
  mapping jsonb not null default '{}',
  state text not null default 'mapping' constraint import_run_state check (state in ('mapping', 'checking', 'checked', 'running', 'done', 'failed', 'dropped')),
  total int not null default 0,
  passed int not null default 0,
  refused int not null default 0,
  entered int not null default 0,
  error text not null default '',
  made_by uuid,
  at timestamptz not null,
  ended_at timestamptz,
  primary key (office_id, id)
);
create table import_refusal (
  office_id int not null,
  run_id uuid not null,
  row_number int not null,
  field text not null,
  said jsonb not null,
  cells jsonb not null,
  primary key (office_id, run_id, row_number),
  constraint import_refusal_run foreign key (office_id, run_id) references import_run (office_id, id) on delete cascade
);

do $$
declare name text;
begin
  foreach name in array array['delivery','bring_forward','post_list','dispatch','letter_template','letter','letter_step','certificate','mailbox','arrival','archive_box','archive_item',
    'lending','disposal','disposal_item','classified_book','classified_paper','classified_reader','classified_document','classified_view','clearance','import_run','import_refusal'] loop
    execute format('alter table %I enable row level security', name);
    execute format('grant select, insert on %I to kabinet_app', name);
  end loop;
  foreach name in array array['delivery','bring_forward','post_list','dispatch','letter_template','letter','letter_step','certificate','mailbox','arrival','archive_box','archive_item',
    'lending','disposal','classified_book','classified_paper','classified_reader','clearance','import_run'] loop
    execute format('grant update on %I to kabinet_app', name);
  end loop;
  foreach name in array array['letter_step','disposal_item','import_refusal'] loop
    execute format('grant delete on %I to kabinet_app', name);
  end loop;
  -- the office's own, for its staff and jobs; a petitioner or an outside body has no business there
  foreach name in array array['post_list','letter_template','certificate','mailbox','archive_box','disposal','classified_book','clearance','import_run','import_refusal'] loop
    execute format('create policy office_wall on %I using (office_id = (select current_office()) and (select current_sight()) in (''all'', ''office'', ''own'')) with check (office_id = (select current_office()))', name);
  end loop;
  -- parts of a case
  foreach name in array array['delivery','bring_forward','dispatch','letter','archive_item','lending','disposal_item'] loop
    execute format('create policy case_part on %I for select using (office_id = (select current_office()) and (select current_sight()) in (''all'', ''office'', ''own'') and ((select current_sight()) = ''all'' or exists (select 1 from case_file c where c.office_id = %I.office_id and c.id = %I.case_id offset 0)))', name, name, name);
    execute format('create policy case_part_insert on %I for insert with check (office_id = (select current_office()))', name);
    if name <> 'disposal_item' then
      execute format('create policy case_part_update on %I for update using (office_id = (select current_office()) and ((select current_sight()) = ''all'' or exists (select 1 from case_file c where c.office_id = %I.office_id and c.id = %I.case_id offset 0))) with check (office_id = (select current_office()))', name, name, name);
    end if;
  end loop;
end $$;
create policy disposal_item_delete on disposal_item for delete using (office_id = (select current_office()) and (select current_sight()) in ('all', 'office'));
create policy letter_step_wall on letter_step using (office_id = (select current_office())
  and exists (select 1 from letter l where l.office_id = letter_step.office_id and l.id = letter_step.letter_id)) with check (office_id = (select current_office()));
-- What arrived and is not registered is the registry's; afterwards it is no easier to reach than its case.
create policy arrival_wall on arrival using (office_id = (select current_office()) and (select current_sight()) in ('all', 'office')
  and (case_id is null or (select current_sight()) = 'all' or exists (select 1 from case_file c where c.office_id = arrival.office_id and c.id = arrival.case_id offset 0))) with check (office_id = (select current_office()));

-- A classified paper is its readers': also for who sees everything else. The office itself (jobs) reads none.
create policy reader_wall on classified_reader for select using (office_id = (select current_office()));
create policy reader_insert on classified_reader for insert with check (office_id = (select current_office()));
create policy reader_update on classified_reader for update using (office_id = (select current_office())) with check (office_id = (select current_office()));
create policy classified_wall on classified_paper for select using (office_id = (select current_office()) and exists (select 1 from classified_reader r
  where r.office_id = classified_paper.office_id and r.paper_id = classified_paper.id and r.person_id = (select current_person()) and r.ended_at is null));
create policy classified_insert on classified_paper for insert with check (office_id = (select current_office()));
create policy classified_update on classified_paper for update using (office_id = (select current_office()) and exists (select 1 from classified_reader r
  where r.office_id = classified_paper.office_id and r.paper_id = classified_paper.id and r.person_id = (select current_person()) and r.ended_at is null)) with check (office_id = (select current_office()));
create policy classified_part on classified_document for select using (office_id = (select current_office())
  and exists (select 1 from classified_paper p where p.office_id = classified_document.office_id and p.id = classified_document.paper_id));
create policy classified_part_insert on classified_document for insert with check (office_id = (select current_office()));
create policy classified_seen on classified_view for select using (office_id = (select current_office())
  and exists (select 1 from classified_paper p where p.office_id = classified_view.office_id and p.id = classified_view.paper_id));
create policy classified_seen_insert on classified_view for insert with check (office_id = (select current_office()));
