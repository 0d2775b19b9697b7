-- What who leads has given, as far as it is not over: among the many of the years.
create index obligation_given_open on obligation (office_id, given_by, due_on, id) where state in ('open', 'reported');
