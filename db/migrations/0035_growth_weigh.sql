-- Without figures of the new indexes the planner reads every row of the search for one word.
analyze search_entry;
analyze case_file;
