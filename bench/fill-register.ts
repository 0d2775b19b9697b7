import pg from 'pg';
import type { Office } from '../src/core/office.ts';

/** What an office has besides petitions, for 100,000 of these; a smaller office has its share. */
const usual = { parties: 20_000, papers: 100_000, deliveries: 150_000, dispatches: 30_000, letters: 20_000, archived: 60_000, waiting: 5_000, arrivals: 20_000 } as const;
/** A number from 0 below 1, told by a row alone: each filling is the same. */
const toss = (row: string, salt: number): string => `((hashtextextended(${row}::text, ${salt}) & 65535) / 65536.0)`;

// The rest of the register grows out of the petitions that are there: their parties, subjects and days.
const steps: readonly (readonly [string, string])[] = [
  ['parties', `with told as (select row_number() over (order by created_at, id) as n, p.* from party p where office_id = $1 and kind = 'person' limit $2),
    made as (insert into party (office_id, id, kind, name, folded, email, phone, address, place, created_at)
      select office_id, uuidv7(created_at - now()), case when n % 3 = 0 then 'organisation' else 'person' end, name || ' ' || n, folded || ' ' || n, 'office' || n || '@example.org', '+389 71 ' || (100000 + n), address, place, created_at from told returning *)
    insert into search_entry (office_id, id, noun, title, detail, folded, vector, at) select office_id, id, 'party', name, '', folded, setweight(to_tsvector('simple', folded), 'A'), created_at from made`],
  ['papers', `with people as (select array_agg(id order by key) as ids from person where office_id = $1 and roles && array['clerk','adviser','head']), units as (select array_agg(id order by id) as ids from unit where office_id = $1),
      folk as (select array_agg(id) as ids from party where office_id = $1), last as (select year, max(number) as number from case_file where office_id = $1 and book = 'main' group by year),
      told as (select c.*, row_number() over (partition by year order by opened_at, id) as n, row_number() over (order by opened_at desc) as age, ${toss('id', 1)} as r from case_file c where office_id = $1 and kind = 'petition' order by opened_at desc limit $2),
      made as (select office_id, uuidv7(opened_at - now()) as id, t.year, l.number + n as number, '08-' || (200 + n % 40) || '/' || right(t.year::text, 2) || '-' || (l.number + n) || '/1' as reference, subject,
        case when age < 400 then null else units.ids[1 + floor(r * cardinality(units.ids))::int] end as unit_id, case when age < 400 then null else people.ids[1 + floor(${toss('id', 2)} * cardinality(people.ids))::int] end as handled_by,
        folk.ids[1 + floor(${toss('id', 3)} * cardinality(folk.ids))::int] as party_id, r, opened_at, case when age > 6000 then least(now(), opened_at + interval '1 day' * (1 + 30 * r)) end as closed_at from told t join last l using (year), people, units, folk),
      files as (insert into case_file (office_id, id, book, year, number, reference, kind, subject, class_code, unit_id, handled_by, party_id, involved, entries, opened_at, closed_at)
        select office_id, id, 'main', year, number, reference, 'paper', subject, '08', unit_id, handled_by, party_id, array_remove(array[unit_id, handled_by::text], null), 1, opened_at, closed_at from made),
      entries as (insert into entry (office_id, id, case_id, sub, reference, direction, channel, party_id, subject, at, received_on)
        select office_id, uuidv7(opened_at - now()), id, 1, reference, case when r < 0.6 then 'in' when r < 0.9 then 'out' else 'internal' end, case when r < 0.3 then 'email' when r < 0.9 then 'post' else 'internal' end, party_id, subject, opened_at, opened_at::date from made),
      events as (insert into event (office_id, id, at, name, noun_id, case_id, actor, data) select office_id, uuidv7(opened_at - now()), opened_at, 'case.registered', id, id, 'office', '{}' from made),
      search as (insert into search_entry (office_id, id, noun, case_id, title, detail, folded, vector, at) select m.office_id, m.id, 'case', m.id, subject, '', lower(subject), setweight(to_tsvector('simple', lower(subject)), 'A'), opened_at from made m)
    insert into document (office_id, id, case_id, kind, title, file_name, sha256, media_type, size, version, is_open, at)
      select office_id, uuidv7(opened_at - now()), id, 'scan', 'scan', 'scan.pdf', (select sha256 from file where office_id = $1 limit 1), 'application/pdf', 5, 1, false, opened_at from made where r < 0.8`],
  ['deliveries', `with people as (select array_agg(id order by key) as ids from person where office_id = $1 and roles && array['clerk','adviser','head','mayor']),
      registrar as (select id from person where office_id = $1 and 'registrar' = any(roles) order by key limit 1), mayor as (select id from person where office_id = $1 and 'mayor' = any(roles) order by key limit 1),
      told as (select c.*, row_number() over (order by opened_at desc) as age, ${toss('id', 4)} as r from case_file c where office_id = $1 and unit_id is not null order by opened_at desc limit $2)
    insert into delivery (office_id, id, case_id, purpose, is_copy, to_unit, to_person, state, given_by, given_at, received_by, received_at, way, returned_at, return_reason, settled_at)
      select office_id, uuidv7(opened_at - now()), t.id, case when r < 0.15 then 'resolution' when r < 0.3 then 'information' else 'work' end, r between 0.15 and 0.3, unit_id,
        case when r < 0.15 then mayor.id when r < 0.7 then coalesce(handled_by, people.ids[1 + floor(r * cardinality(people.ids))::int]) end,
        case when age < 900 then 'sent' when age % 1500 = 0 then 'returned' else 'received' end, registrar.id, opened_at, case when age < 900 then null else handled_by end, case when age < 900 then null else opened_at + interval '3 hours' end,
        case when age < 900 then null when r < 0.5 then 'system' else 'signature' end, case when age % 1500 = 0 then opened_at + interval '5 hours' end, case when age % 1500 = 0 then 'wrong unit' else '' end, case when age > 1200 and r < 0.15 then opened_at + interval '1 day' end
      from told t, people, registrar, mayor`],
  ['dispatches', `insert into dispatch (office_id, id, case_id, entry_id, party_id, addressee, address, way, state, weight_g, postage_cents, at, sent_at, delivered_at, failed_at, failed_reason)
      select c.office_id, uuidv7(e.at - now()), c.id, e.id, e.party_id, coalesce(p.name, 'Addressee'), coalesce(p.address, ''), case when r < 0.4 then 'email' when r < 0.7 then 'post' when r < 0.95 then 'registered' else 'courier' end,
        case when age < 150 then 'waiting' when age < 1500 then 'sent' when r > 0.99 then 'failed' else 'delivered' end, 40, 120, e.at, case when age < 150 then null else e.at end, case when age < 1500 or r > 0.99 then null else e.at + interval '3 days' end,
        case when age > 1500 and r > 0.99 then e.at + interval '4 days' end, case when age > 1500 and r > 0.99 then 'unknown' else '' end
      from (select *, row_number() over (order by at desc) as age, ${toss('id', 5)} as r from entry where office_id = $1 and direction = 'out' order by at desc limit $2) e
      join case_file c on c.office_id = e.office_id and c.id = e.case_id left join party p on p.office_id = e.office_id and p.id = e.party_id`],
  ['letters', `with people as (select array_agg(id order by key) as ids from person where office_id = $1 and roles && array['clerk','adviser']), chief as (select id from person where office_id = $1 and 'chief' = any(roles) limit 1), mayor as (select id from person where office_id = $1 and 'mayor' = any(roles) limit 1),
      made as (insert into letter (office_id, id, case_id, subject, body, locale, state, recipients, written_by, signer_id, involved, at, updated_at, dispatched_at, entry_id)
        select c.office_id, uuidv7(e.at - now()), c.id, e.subject, repeat('An answer in some sentences. ', 20), 'mk', case when age < 60 then 'draft' when age < 160 then 'submitted' when age < 200 then 'approved' when age < 230 then 'sealed' else 'dispatched' end,
          '[]', people.ids[1 + floor(r * cardinality(people.ids))::int], mayor.id, array[people.ids[1 + floor(r * cardinality(people.ids))::int]::text, chief.id::text, mayor.id::text], e.at, e.at, case when age < 230 then null else e.at end, case when age < 200 then null else e.id end
        from (select *, row_number() over (order by at desc) as age, ${toss('id', 6)} as r from entry where office_id = $1 and direction = 'out' order by at desc limit $2) e join case_file c on c.office_id = e.office_id and c.id = e.case_id, people, chief, mayor returning *)
    insert into letter_step (office_id, letter_id, position, person_id, kind, state, done_by, at)
      select m.office_id, m.id, s.position, case s.position when 1 then chief.id else mayor.id end, case s.position when 1 then 'visa' else 'sign' end,
        case when m.state = 'draft' or (m.state = 'submitted' and s.position = 2) or (m.state = 'submitted' and ${toss('m.id', 7)} < 0.5) then 'waiting' else 'approved' end, null, m.at from made m, chief, mayor, (values (1), (2)) s (position)`],
  ['archived', `with boxes as (insert into archive_box (office_id, id, number, place, at) select $1, uuidv7(), n, 'Shelf ' || n / 10, now() from generate_series(1, 800) n returning id, number)
    insert into archive_item (office_id, case_id, number, class_code, retention_years, keep_until, box_id, state, archived_at, closed_on, sheets)
      select c.office_id, c.id, n, c.class_code, y, case when y is null then null else make_date(extract(year from c.closed_at)::int + y, 12, 31) end, b.id, 'kept', c.closed_at, c.closed_at::date, 12
      from (select *, row_number() over (order by closed_at, id) as n, (array[null, 2, 5, 10])[1 + floor(${toss('id', 8)} * 4)::int] as y from case_file where office_id = $1 and closed_at is not null order by closed_at, id limit $2) c left join boxes b on b.number = c.n / 75`],
  ['lendings', `insert into lending (office_id, id, case_id, reader_id, purpose, due_on, lent_at, returned_at)
      select office_id, uuidv7(), case_id, (select id from person where office_id = $1 and 'clerk' = any(roles) order by key limit 1), 'to read', current_date + (number % 40 - 5), now(), case when number % 1000 > 0 then now() end from archive_item where office_id = $1 and number <= $2 and number % 20 = 0`],
  ['waiting', `insert into bring_forward (office_id, id, case_id, due_on, awaited, put_at) select office_id, uuidv7(), id, current_date + (n % 90 - 1)::int, case when n % 3 = 0 then 'opinion' else '' end, opened_at
      from (select *, row_number() over (order by opened_at desc, id) as n from case_file where office_id = $1 and closed_at is null order by opened_at desc limit $2) c`],
  ['arrivals', `insert into arrival (office_id, id, source, message_key, name, sha256, media_type, size, sender_name, sender_email, subject, words, state, case_id, arrived_at, settled_at, judged_at, read_at)
      select office_id, uuidv7(opened_at - now()), case when n % 3 = 0 then 'scanner' else 'mailbox' end, id::text, 'message.eml', (select sha256 from file where office_id = $1 limit 1), 'message/rfc822', 5, 'Sender', 'sender@example.org', subject, repeat(subject || ' ', 20),
        case when n < 40 then 'waiting' when n % 50 = 0 then 'set_aside' else 'registered' end, case when n < 40 or n % 50 = 0 then null else id end, opened_at, case when n < 40 then null else opened_at end, opened_at, opened_at
      from (select *, row_number() over (order by opened_at desc, id) as n from case_file where office_id = $1 and kind = 'paper' order by opened_at desc limit $2) c`],
];
const tables = ['delivery', 'dispatch', 'letter', 'letter_step', 'archive_item', 'archive_box', 'lending', 'bring_forward', 'arrival'];

/** The steps say how much is still under way in an office of 100,000 petitions; a smaller or larger one has its share. */
const shareOf = (statement: string, cases: number): string =>
  statement.replace(/\b(age|n) ([<>]) (\d+)/g, (_, column: string, is: string, count: string) => `${column} ${is} ${Math.max(1, Math.round((Number(count) * cases) / 100_000))}`);

/** Fills the rest of an office's register: other mail (\`papers\` times as much as petitions), its distribution, letters, dispatch, archive; once. */
export async function fillRegister(owner: pg.ClientConfig, office: Office, cases: number, say: (text: string) => void, papers = 1): Promise<void> {
  const client = new pg.Client({ ...owner, options: '-c synchronous_commit=off' });
  await client.connect();
  try {
    const { rows } = await client.query('select 1 from arrival where office_id = $1 limit 1', [office.id]);
    if (rows.length > 0) return;
    for (const table of tables) await client.query(`delete from ${table} where office_id = $1`, [office.id]);
    await client.query('begin');
    // A paper of a colleague's hand would ask for each row whether its party is hidden: none is.
    await client.query('alter table case_file disable trigger case_file_party_shown; alter table entry disable trigger entry_party_shown');
    for (const [name, statement] of steps) {
      say(`filling: ${name}`);
      const many = name === 'lendings' ? usual.archived : usual[name as keyof typeof usual];
      for (let turn = 0; turn < (name === 'papers' ? papers : 1); turn++) await client.query(shareOf(statement, cases), [office.id, Math.round((many * cases) / 100_000)]);
    }
    // Foreign keys are checked now: a table with checks to come cannot be altered.
    await client.query('set constraints all immediate');
    await client.query('alter table case_file enable trigger case_file_party_shown; alter table entry enable trigger entry_party_shown');
    await client.query('update book_year b set last_number = (select max(number) from case_file c where c.office_id = b.office_id and c.book = b.book and c.year = b.year) where office_id = $1', [office.id]);
    await client.query('commit');
    await client.query('vacuum (analyze)');
  } finally {
    await client.end();
  }
}
