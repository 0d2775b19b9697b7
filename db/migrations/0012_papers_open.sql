-- Open papers are few among those of many years.
create index case_file_open_paper on case_file (office_id, opened_at desc, id desc) where kind = 'paper' and closed_at is null and annulled_at is null;
