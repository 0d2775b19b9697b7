-- The change since which the engagement is as a program wrote it: until the next one its text is given back to the letter.
alter table engagement_href add text_number bigint;
