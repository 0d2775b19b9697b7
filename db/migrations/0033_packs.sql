-- Packs: what who leads must reach, what a phone may keep, and the pack as one PDF.
alter table pack
  -- what is to be reached, in a sentence
  add aim text not null default '',
  -- may be kept on a phone; a confidential one only where somebody said so
  add is_kept boolean not null default true,
  -- the PDF that was made last, and of which version
  add sha256 text,
  add made_version int,
  add made_at timestamptz,
  add constraint pack_file foreign key (office_id, sha256) references file (office_id, sha256);
create index pack_coming on pack (office_id, recurrence_at);
create index pack_case_index on pack (office_id, case_id) where case_id is not null;
create index pack_part_party on pack_part (office_id, party_id) where party_id is not null;

-- Contributions: one question to many, more time, a reasoned no, and what is handed along.
alter table contribution
  add ask_id uuid,
  add first_due_on date,
  add more_until date,
  add more_reason text not null default '',
  add declined_reason text not null default '';
alter table contribution drop constraint contribution_state;
alter table contribution add constraint contribution_state check (state in ('asked', 'given', 'returned', 'declined', 'dropped'));
update contribution set first_due_on = due_on;
create index contribution_ask on contribution (office_id, ask_id) where ask_id is not null;
create index contribution_more on contribution (office_id, due_on) where more_until is not null;
create index contribution_unit on contribution (office_id, unit_id, due_on) where unit_id is not null and state in ('asked', 'returned');
create table contribution_paper (
  office_id int not null,
  contribution_id uuid not null,
  document_id uuid not null,
  primary key (office_id, contribution_id, document_id),
  constraint contribution_paper_of foreign key (office_id, contribution_id) references contribution (office_id, id),
  constraint contribution_paper_document foreign key (office_id, document_id) references document (office_id, id)
);
alter table contribution_paper enable row level security;
grant select, insert on contribution_paper to kabinet_app;
create policy contribution_paper_wall on contribution_paper using (office_id = (select current_office())
  and exists (select 1 from contribution k where k.office_id = contribution_paper.office_id and k.id = contribution_paper.contribution_id offset 0)) with check (office_id = (select current_office()));

-- A picture and a kept pack are needed as long as they are named.
do $$
begin
  execute replace(pg_get_functiondef('is_file_needed(text)'::regprocedure), 'select exists (select 1 from public.document where office_id = public.current_office() and sha256 = hash and destroyed_at is null)',
    'select exists (select 1 from public.document where office_id = public.current_office() and sha256 = hash and destroyed_at is null)
    or exists (select 1 from public.party where office_id = public.current_office() and photo_sha256 = hash)
    or exists (select 1 from public.pack where office_id = public.current_office() and sha256 = hash)');
end $$;
