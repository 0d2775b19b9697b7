-- Papers that were destroyed or handed over take no more, whoever asks: also a petitioner, who sees no archive.
create function is_disposed(the_case uuid) returns boolean language sql stable security definer set search_path = pg_catalog, public
  as $$ select exists (select 1 from public.archive_item i where i.office_id = public.current_office() and i.case_id = the_case and i.state in ('destroyed', 'handed_over')) $$;
revoke all on function is_disposed(uuid) from public;
grant execute on function is_disposed(uuid) to kabinet_app;
