-- Each case that is opened asks which hidden parties it shows: they are few, and the whole directory was read for them.
create index party_hidden on party (office_id, id) where is_hidden;
