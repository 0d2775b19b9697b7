-- Distribution: what is asked of the delivery book, papers that went to another case, parties of the directory that are one.

create index delivery_returned on delivery (office_id, returned_at) where state = 'returned' and settled_at is null;
create index delivery_to_person on delivery (office_id, to_person, given_at desc, id desc) where to_person is not null;
create index delivery_to_unit on delivery (office_id, to_unit, given_at desc, id desc) where to_unit is not null;
create index bring_forward_back on bring_forward (office_id, returned_at) where returned_at is not null;
create index obligation_given on obligation (office_id, given_by, at desc) where given_by is not null;
create index obligation_unit on obligation (office_id, unit_id, due_on) where state = 'open' and unit_id is not null;
create index obligation_due on obligation (office_id, due_on, id) where state = 'open';
create index obligation_at on obligation (office_id, at desc, id desc);

-- The paper lies here, and its copy goes on under the number of another case.
alter table entry add split_to uuid;
alter table entry add constraint entry_split foreign key (office_id, split_to) references case_file (office_id, id);

-- Two entries of one party: nothing is moved, the one says which it is.
alter table party
  add merged_into uuid,
  add merged_at timestamptz,
  -- known from confidential cases alone: who sees none of them does not see the party either
  add is_hidden boolean not null default false;
alter table party add constraint party_merged foreign key (office_id, merged_into) references party (office_id, id);
create index party_merged_index on party (office_id, merged_into) where merged_into is not null;
create index party_phone on party (office_id, phone) where phone is not null;
create index party_listed on party (office_id, folded, id) where merged_into is null;
create index contribution_party on contribution (office_id, party_id, asked_at desc) where party_id is not null;
create index dispatch_party_index on dispatch (office_id, party_id, at desc) where party_id is not null;

create table party_name (
  office_id int not null,
  id uuid not null,
  party_id uuid not null,
  name text not null,
  until_at timestamptz not null,
  changed_by uuid,
  primary key (office_id, id),
  constraint party_name_party foreign key (office_id, party_id) references party (office_id, id)
);
create index party_name_index on party_name (office_id, party_id, until_at desc);
alter table party_name enable row level security;
grant select, insert on party_name to kabinet_app;
create policy party_part on party_name for select using (office_id = (select current_office()) and exists (select 1 from party p where p.office_id = party_name.office_id and p.id = party_name.party_id));
create policy party_part_insert on party_name for insert with check (office_id = (select current_office()));

-- The triggers look at all cases, whoever writes: they run as the owner and say no more than yes or no.
create function party_is_hidden(the_office int, the_party uuid) returns boolean language sql stable security definer set search_path = pg_catalog, public
  as $$ select exists (select 1 from public.case_file c where c.office_id = the_office and c.access = 'confidential'
        and (c.party_id = the_party or c.id in (select e.case_id from public.entry e where e.office_id = the_office and e.party_id = the_party)))
    and not exists (select 1 from public.case_file c where c.office_id = the_office and c.access = 'office' and c.party_id = the_party)
    and not exists (select 1 from public.entry e join public.case_file c on c.office_id = e.office_id and c.id = e.case_id where e.office_id = the_office and e.party_id = the_party and c.access = 'office') $$;
revoke execute on function party_is_hidden(int, uuid) from public;

create function case_shows_party() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if tg_op = 'INSERT' and new.access = 'office' then
    update public.party set is_hidden = false where office_id = new.office_id and is_hidden
      and (id = new.party_id or id in (select e.party_id from public.entry e where e.office_id = new.office_id and e.case_id = new.id));
  elsif tg_op = 'INSERT' or new.access is distinct from old.access or new.party_id is distinct from old.party_id then
    update public.party p set is_hidden = public.party_is_hidden(p.office_id, p.id) where p.office_id = new.office_id and p.kind <> 'body'
      and (p.id = new.party_id or (tg_op = 'UPDATE' and p.id = old.party_id) or p.id in (select e.party_id from public.entry e where e.office_id = new.office_id and e.case_id = new.id));
  end if;
  return null;
end $$;
create trigger case_file_party_shown after insert or update of access, party_id on case_file for each row execute function case_shows_party();

create function entry_shows_party() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update public.party p set is_hidden = public.party_is_hidden(p.office_id, p.id) where p.office_id = new.office_id and p.kind <> 'body' and p.id = new.party_id
    and (p.is_hidden or exists (select 1 from public.case_file c where c.office_id = new.office_id and c.id = new.case_id and c.access = 'confidential'));
  return null;
end $$;
create trigger entry_party_shown after insert or update of party_id on entry for each row when (new.party_id is not null) execute function entry_shows_party();

-- Only who stands on a confidential case can be hidden: of a large directory a few are asked about.
update party p set is_hidden = true from (
  select c.office_id, c.party_id as id from case_file c where c.access = 'confidential'
  union select e.office_id, e.party_id from entry e join case_file c on c.office_id = e.office_id and c.id = e.case_id where c.access = 'confidential') concerned
where p.office_id = concerned.office_id and p.id = concerned.id and p.kind <> 'body' and party_is_hidden(p.office_id, p.id);

alter policy party_wall on party using (office_id = (select current_office()) and ((select current_sight()) = 'all'
  or ((select current_sight()) in ('office', 'own') and (not is_hidden
    or exists (select 1 from case_file c where c.office_id = party.office_id and c.party_id = party.id offset 0)
    or exists (select 1 from entry e where e.office_id = party.office_id and e.party_id = party.id offset 0)))
  or ((select current_sight()) = 'case' and exists (select 1 from case_file c where c.office_id = party.office_id and c.id = (select current_case()) and c.party_id = party.id))));
alter policy search_wall on search_entry using (office_id = (select current_office()) and ((select current_sight()) = 'all'
  or ((select current_sight()) in ('office', 'own') and (case_id is null or exists (select 1 from case_file c where c.office_id = search_entry.office_id and c.id = search_entry.case_id offset 0))
    and (noun <> 'party' or exists (select 1 from party p where p.office_id = search_entry.office_id and p.id = search_entry.id offset 0)))));
