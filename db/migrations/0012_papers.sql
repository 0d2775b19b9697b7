-- The day on which a paper came, where it was entered later; and the papers that nobody was given yet.
alter table entry add received_on date;
create index case_file_undistributed on case_file (office_id, opened_at desc, id desc) where kind = 'paper' and unit_id is null and closed_at is null and annulled_at is null;
