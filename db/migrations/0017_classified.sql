-- Classified papers: who reads is decided in one place, from the list of readers and the clearance, on the day of reading.
alter table classified_paper add column reference text not null default '';
-- The copy that is a reader's own: it stands in the watermark.
alter table classified_reader add column copy_number int not null default 1;
-- Bytes that a higher level no longer lets the office keep.
alter table classified_document add column destroyed_at timestamptz;
create index classified_reader_person_index on classified_reader (office_id, person_id) where ended_at is null;
create index classified_view_paper_index on classified_view (office_id, paper_id, at desc);

create function classified_rank(level text) returns int language sql immutable
  as $$ select case level when 'top-secret' then 4 when 'secret' then 3 when 'confidential' then 2 when 'restricted' then 1 end $$;

-- These run as the owner: a policy that asked the tables would meet their policies again.
create function own_clearance() returns int language sql stable security definer set search_path = pg_catalog, public
  as $$ select coalesce((select public.classified_rank(c.level) from public.clearance c join public.person p on p.office_id = c.office_id and p.id = c.person_id and p.is_active
    where c.office_id = public.current_office() and c.person_id = public.current_person() and c.ended_at is null and c.until_on >= current_date), 0) $$;
create function reads_classified(paper uuid) returns boolean language sql stable security definer set search_path = pg_catalog, public
  as $$ select exists (select 1 from public.classified_reader r join public.classified_paper p on p.office_id = r.office_id and p.id = r.paper_id
    where r.office_id = public.current_office() and r.paper_id = paper and r.person_id = public.current_person() and r.ended_at is null
      and (r.until_on is null or r.until_on >= current_date) and (p.declassified_at is not null or public.own_clearance() >= public.classified_rank(p.level))) $$;
-- Who registered a paper is its first reader; from then on readers name readers.
create function names_reader(paper uuid) returns boolean language sql stable security definer set search_path = pg_catalog, public
  as $$ select public.reads_classified(paper) or (exists (select 1 from public.classified_paper p
      where p.office_id = public.current_office() and p.id = paper and p.registered_by = public.current_person())
    and not exists (select 1 from public.classified_reader r where r.office_id = public.current_office() and r.paper_id = paper)) $$;
-- The book without holes, for the registrar who keeps it: of papers of others the number, level and day alone.
create function classified_lines(of_year int, after_number int, most int)
  returns table (number int, reference text, level text, received_on date, declassified boolean) language sql stable security definer set search_path = pg_catalog, public
  as $$ select p.number, p.reference, p.level, p.received_on, p.declassified_at is not null from public.classified_paper p
    where p.office_id = public.current_office() and p.year = of_year and p.number > after_number and public.own_clearance() > 0
      and exists (select 1 from public.person r where r.office_id = p.office_id and r.id = public.current_person() and 'registrar' = any (r.roles))
    order by p.number limit most $$;
-- What the proof of an office compares: sealed bytes by their hash, for the office itself alone.
create function classified_files() returns table (sha256 text, size bigint) language sql stable security definer set search_path = pg_catalog, public
  as $$ select d.sha256, d.size from public.classified_document d where d.office_id = public.current_office() and d.destroyed_at is null
    and public.current_person() is null and public.current_sight() = 'all' $$;
create function classified_numbers() returns table (year int, last_number int, count bigint, first int, highest int) language sql stable security definer set search_path = pg_catalog, public
  as $$ select b.year, b.last_number, count(p.number), min(p.number), max(p.number) from public.classified_book b
    left join public.classified_paper p on p.office_id = b.office_id and p.year = b.year
    where b.office_id = public.current_office() and public.current_person() is null and public.current_sight() = 'all' group by 1, 2 $$;
revoke all on function own_clearance(), reads_classified(uuid), names_reader(uuid), classified_lines(int, int, int), classified_files(), classified_numbers() from public;
grant execute on function own_clearance(), reads_classified(uuid), names_reader(uuid), classified_lines(int, int, int), classified_files(), classified_numbers() to kabinet_app;

drop policy office_wall on classified_book;
create policy classified_book_wall on classified_book using (office_id = (select current_office()) and (select own_clearance()) > 0)
  with check (office_id = (select current_office()) and (select own_clearance()) > 0);
alter policy classified_wall on classified_paper using (office_id = (select current_office()) and reads_classified(id));
alter policy classified_insert on classified_paper with check (office_id = (select current_office()) and registered_by = (select current_person()) and (select own_clearance()) >= classified_rank(level));
alter policy classified_update on classified_paper using (office_id = (select current_office()) and reads_classified(id)) with check (office_id = (select current_office()));
alter policy reader_wall on classified_reader using (office_id = (select current_office()) and reads_classified(paper_id));
alter policy reader_insert on classified_reader with check (office_id = (select current_office()) and names_reader(paper_id));
alter policy reader_update on classified_reader using (office_id = (select current_office()) and reads_classified(paper_id)) with check (office_id = (select current_office()));
alter policy classified_part on classified_document using (office_id = (select current_office()) and reads_classified(paper_id));
alter policy classified_part_insert on classified_document with check (office_id = (select current_office()) and reads_classified(paper_id));
create policy classified_part_update on classified_document for update using (office_id = (select current_office()) and reads_classified(paper_id)) with check (office_id = (select current_office()));
grant update (destroyed_at) on classified_document to kabinet_app;
alter policy classified_seen on classified_view using (office_id = (select current_office()) and reads_classified(paper_id));
alter policy classified_seen_insert on classified_view with check (office_id = (select current_office()) and person_id = (select current_person()) and reads_classified(paper_id));

-- Who is cleared is known to who leads and who registers, and to oneself; nobody clears oneself.
drop policy office_wall on clearance;
create policy clearance_wall on clearance for select using (office_id = (select current_office())
  and ((select current_sight()) in ('all', 'office') or person_id = (select current_person())));
create policy clearance_insert on clearance for insert with check (office_id = (select current_office()) and (select current_sight()) = 'all' and person_id is distinct from (select current_person()));
create policy clearance_update on clearance for update using (office_id = (select current_office()) and (select current_sight()) = 'all' and person_id is distinct from (select current_person()))
  with check (office_id = (select current_office()));
