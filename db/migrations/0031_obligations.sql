-- Obligations from every source: found by their words, moved on request, given again by their rule.
alter table obligation
  add vector tsvector not null default '',
  -- the later day that was asked for, until it is decided
  add asked_due_on date,
  -- which one it was given after, by that one's rule
  add follows_id uuid;
create index obligation_words on obligation using gin (vector);
create unique index obligation_follows on obligation (office_id, follows_id) where follows_id is not null;
create index obligation_rule on obligation (office_id, id) where rule <> '' and state <> 'dropped';
create index obligation_asked on obligation (office_id, given_by) where asked_due_on is not null;
alter table obligation_evidence add destroyed_at timestamptz;
-- What is destroyed with its case is blanked here too.
grant update on obligation_report, obligation_evidence to kabinet_app;

-- Full-text operators are not leakproof (0004_walls.sql): ids of the office, which the caller's own policies then sift.
create function obligation_matches(query tsquery, newest int) returns table (id uuid) language sql stable security definer set search_path = pg_catalog, public
  as $$ select o.id from public.obligation o where o.office_id = public.current_office() and o.vector @@ query order by o.at desc limit newest $$;
revoke all on function obligation_matches(tsquery, int) from public;
grant execute on function obligation_matches(tsquery, int) to kabinet_app;

-- Evidence is needed as long as it is there.
do $$
begin
  execute replace(pg_get_functiondef('is_file_needed(text)'::regprocedure), 'select exists (select 1 from public.document where office_id = public.current_office() and sha256 = hash and destroyed_at is null)',
    'select exists (select 1 from public.document where office_id = public.current_office() and sha256 = hash and destroyed_at is null)
    or exists (select 1 from public.obligation_evidence where office_id = public.current_office() and sha256 = hash and destroyed_at is null)');
end $$;
