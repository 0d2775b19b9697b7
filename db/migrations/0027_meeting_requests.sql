-- A request that came with its own case: the case is put away when the request is settled; on any other it is one paper among others.
alter table meeting_request add opened_case boolean not null default false;
create index meeting_request_settled on meeting_request (office_id, id desc) where state <> 'open';
