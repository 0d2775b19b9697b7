-- Calendar programs: the name under which a program keeps an engagement, where it is not its UID.
create table engagement_href (
  office_id int not null,
  calendar_id uuid not null,
  engagement_id uuid not null,
  href text not null,
  primary key (office_id, calendar_id, engagement_id),
  constraint engagement_href_calendar foreign key (office_id, calendar_id) references calendar (office_id, id),
  constraint engagement_href_engagement foreign key (office_id, engagement_id) references engagement (office_id, id)
);
create unique index engagement_href_once on engagement_href (office_id, calendar_id, href);
create index calendar_change_engagement on calendar_change (office_id, calendar_id, engagement_id, number desc);

-- How somebody's program shows a calendar: its colour, its place.
create table calendar_property (
  office_id int not null,
  calendar_id uuid not null,
  person_id uuid not null,
  -- as WebDAV names it: {namespace}name
  name text not null,
  value text not null,
  at timestamptz not null,
  primary key (office_id, calendar_id, person_id, name),
  constraint calendar_property_calendar foreign key (office_id, calendar_id) references calendar (office_id, id),
  constraint calendar_property_person foreign key (office_id, person_id) references person (office_id, id)
);
alter table engagement_href enable row level security;
alter table calendar_property enable row level security;
grant select, insert, update, delete on engagement_href, calendar_property to kabinet_app;
create policy office_wall on engagement_href using (office_id = (select current_office()) and (select current_sight()) in ('all', 'office', 'own')) with check (office_id = (select current_office()));
create policy own_property on calendar_property using (office_id = (select current_office()) and person_id = (select current_person())) with check (office_id = (select current_office()) and person_id = (select current_person()));
