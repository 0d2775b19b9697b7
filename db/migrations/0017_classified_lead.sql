-- Who stands in for the mayor entrusts as the mayor does: the gate has seen to the role, and gives this sight to who leads only.
create function leads() returns boolean language sql stable security definer set search_path = pg_catalog, public
  as $$ select public.current_sight() = 'all' and exists (select 1 from public.person p where p.office_id = public.current_office() and p.id = public.current_person() and p.is_active) $$;
create or replace function orphaned_papers() returns table (id uuid, reference text, level text, received_on date, copies bigint) language sql stable security definer set search_path = pg_catalog, public
  as $$ select p.id, p.reference, p.level, p.received_on, (select count(*) from public.classified_reader r where r.office_id = p.office_id and r.paper_id = p.id)
    from public.classified_paper p where p.office_id = public.current_office() and public.leads() and not exists (
      select 1 from public.classified_reader r join public.person o on o.office_id = r.office_id and o.id = r.person_id and o.is_active
        left join public.clearance c on c.office_id = r.office_id and c.person_id = r.person_id and c.ended_at is null and c.until_on >= current_date
      where r.office_id = p.office_id and r.paper_id = p.id and r.ended_at is null and (r.until_on is null or r.until_on >= current_date)
        and (p.declassified_at is not null or public.classified_rank(c.level) >= public.classified_rank(p.level)))
    order by p.year, p.number $$;
drop function is_mayor();
revoke all on function leads() from public;
grant execute on function leads() to kabinet_app;
