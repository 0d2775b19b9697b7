-- The archive: forms of documents that last, what the archive consented to, and what was destroyed by it.
alter table document
  add destroyed_at timestamptz,
  -- 'pdfa' is itself a form that lasts, 'carrier' has one beside it (lasting_sha256), 'original' has none
  add lasting_form text constraint document_lasting_form check (lasting_form in ('pdfa', 'carrier', 'original')),
  add lasting_sha256 text,
  add lasting_size bigint;
alter table document add constraint document_lasting_file foreign key (office_id, lasting_sha256) references file (office_id, sha256);
create index document_file_index on document (office_id, sha256);
create index document_lasting_index on document (office_id, lasting_sha256) where lasting_sha256 is not null;

alter table archive_item
  -- the day on which the case was closed that was put away; an earlier one when it was opened again since
  add closed_on date,
  add sheets int constraint archive_item_sheets check (sheets >= 0),
  add note text not null default '';
create index archive_item_class on archive_item (office_id, class_code, number);
create index archive_item_box_index on archive_item (office_id, box_id, number) where box_id is not null;
create index archive_item_state_index on archive_item (office_id, state, number);
create index case_file_closed on case_file (office_id, closed_at, id) where closed_at is not null;
create index lending_open on lending (office_id, due_on, id) where returned_at is null;
create index lending_reader_index on lending (office_id, reader_id, due_on) where returned_at is null;
create index disposal_item_case_index on disposal_item (office_id, case_id);

alter table disposal
  add submitted_at timestamptz,
  add consented_at timestamptz,
  add consent_name text not null default '',
  add refused_at timestamptz,
  add refused_reason text not null default '',
  add done_by uuid,
  -- the hashes whose files are to be removed once the act is committed, and when that was done
  add to_erase text[] not null default '{}',
  add erased_at timestamptz;
alter table disposal add constraint disposal_consent_file foreign key (office_id, consent_sha256) references file (office_id, sha256);

-- What is put away by law counts the cases that the caller may not see: both run as the owner and say no more than a number, yes or no.
create function next_archive_number() returns int language plpgsql volatile security definer set search_path = pg_catalog, public as $$
begin
  perform pg_advisory_xact_lock(1601, public.current_office());
  return (select coalesce(max(number), 0) + 1 from public.archive_item where office_id = public.current_office());
end $$;
create function is_file_needed(hash text) returns boolean language sql stable security definer set search_path = pg_catalog, public
  as $$ select exists (select 1 from public.document where office_id = public.current_office() and sha256 = hash and destroyed_at is null)
    or exists (select 1 from public.document where office_id = public.current_office() and lasting_sha256 = hash and destroyed_at is null)
    or exists (select 1 from public.classified_document where office_id = public.current_office() and sha256 = hash)
    or exists (select 1 from public.letter_template where office_id = public.current_office() and sha256 = hash)
    or exists (select 1 from public.import_run where office_id = public.current_office() and sha256 = hash)
    or exists (select 1 from public.arrival where office_id = public.current_office() and sha256 = hash and state = 'waiting')
    or exists (select 1 from public.disposal where office_id = public.current_office() and (consent_sha256 = hash or package_sha256 = hash)) $$;
revoke execute on function next_archive_number(), is_file_needed(text) from public;
grant execute on function next_archive_number(), is_file_needed(text) to kabinet_app;

-- What was destroyed is no longer found by its words: only who sees the whole office takes it out of the search.
grant delete on search_entry to kabinet_app;
create policy search_delete on search_entry for delete using (office_id = (select current_office()) and (select current_sight()) = 'all');
