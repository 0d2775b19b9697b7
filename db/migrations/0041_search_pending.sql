-- A search looks into some fourteen shelves and reads what is not yet merged into the index each time: little of it may wait.
alter index search_entry_vector set (gin_pending_list_limit = 128);
alter index search_entry_folded set (gin_pending_list_limit = 128);
