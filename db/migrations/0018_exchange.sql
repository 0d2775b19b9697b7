-- A book of 20,000 rows taken over into empty tables meets plans that were made for them empty: without this a foreign key
-- is looked up through an index of the whole office. Analysing is the owner's, so the application asks for it by name.
create function weigh_books() returns void language sql security definer set search_path = pg_catalog, public
  as $$ analyze public.book_year, public.case_file, public.entry, public.party $$;
revoke execute on function weigh_books() from public;
grant execute on function weigh_books() to kabinet_app;
