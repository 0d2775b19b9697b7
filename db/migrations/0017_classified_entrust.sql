-- A classified paper that nobody can read any more (the reader left, the clearance ended) is lost to the office, unless the
-- mayor, who learns no more than number, level and day of it, entrusts it to somebody cleared.
create function is_mayor() returns boolean language sql stable security definer set search_path = pg_catalog, public
  as $$ select exists (select 1 from public.person m where m.office_id = public.current_office() and m.id = public.current_person() and m.is_active and 'mayor' = any (m.roles)) $$;
create function orphaned_papers() returns table (id uuid, reference text, level text, received_on date, copies bigint) language sql stable security definer set search_path = pg_catalog, public
  as $$ select p.id, p.reference, p.level, p.received_on, (select count(*) from public.classified_reader r where r.office_id = p.office_id and r.paper_id = p.id)
    from public.classified_paper p where p.office_id = public.current_office() and public.is_mayor() and not exists (
      select 1 from public.classified_reader r join public.person o on o.office_id = r.office_id and o.id = r.person_id and o.is_active
        left join public.clearance c on c.office_id = r.office_id and c.person_id = r.person_id and c.ended_at is null and c.until_on >= current_date
      where r.office_id = p.office_id and r.paper_id = p.id and r.ended_at is null and (r.until_on is null or r.until_on >= current_date)
        and (p.declassified_at is not null or public.classified_rank(c.level) >= public.classified_rank(p.level)))
    order by p.year, p.number $$;
create function entrust_classified(paper uuid, person uuid, why text, moment timestamptz) returns boolean language sql volatile security definer set search_path = pg_catalog, public
  as $$ insert into public.classified_reader (office_id, paper_id, person_id, need, granted_by, granted_at, copy_number)
    select public.current_office(), o.id, person, why, public.current_person(), moment, o.copies + 1 from public.orphaned_papers() o where o.id = paper
    on conflict (office_id, paper_id, person_id) do update set need = excluded.need, granted_by = excluded.granted_by, granted_at = excluded.granted_at, until_on = null, ended_at = null
    returning true $$;
revoke all on function is_mayor(), orphaned_papers(), entrust_classified(uuid, uuid, text, timestamptz) from public;
grant execute on function is_mayor(), orphaned_papers(), entrust_classified(uuid, uuid, text, timestamptz) to kabinet_app;
