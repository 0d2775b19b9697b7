-- What of the file is the letter: its words, which became the text, or its own pages, kept as they are with a closing page behind them.
alter table letter
  add column file_as text not null default 'words' constraint letter_file_as check (file_as in ('words', 'pages')),
  add column file_pages int not null default 0;
