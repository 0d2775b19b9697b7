-- What may be proposed is read in its order, a page of it; the plan counts its classes without asking of every case who sees it, and says numbers alone.
create index archive_item_past on archive_item (office_id, keep_until, number) where state = 'kept' and retention_years is not null;
create index archive_item_permanent on archive_item (office_id, number) where state = 'kept' and retention_years is null;
drop index archive_item_due;

create function count_classes() returns table (code text, cases int, archived int) language sql stable security definer set search_path = pg_catalog, public
  as $$ select c.class_code, count(*)::int, count(i.case_id)::int from public.case_file c left join public.archive_item i on i.office_id = c.office_id and i.case_id = c.id
    where c.office_id = public.current_office() and c.kind <> 'reserved' group by c.class_code $$;
revoke execute on function count_classes() from public;
grant execute on function count_classes() to kabinet_app;
