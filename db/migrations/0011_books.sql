-- Who annulled a number, and the open matters of a book for its closing.
alter table case_file add annulled_by uuid;
create index case_file_carried on case_file (office_id, book, year, number) where closed_at is null and annulled_at is null;
