-- Also an approved plan, a letter's own pages and the note of a closed book need their file.
do $$
begin
  execute replace(pg_get_functiondef('is_file_needed(text)'::regprocedure), 'select exists (select 1 from public.document where office_id = public.current_office() and sha256 = hash and destroyed_at is null)',
    'select exists (select 1 from public.document where office_id = public.current_office() and sha256 = hash and destroyed_at is null)
    or exists (select 1 from public.plan_copy where office_id = public.current_office() and sha256 = hash)
    or exists (select 1 from public.letter where office_id = public.current_office() and file_sha256 = hash)
    or exists (select 1 from public.book_year where office_id = public.current_office() and note_sha256 = hash)');
end $$;
