import { systemCaller } from './caller.ts';
import { sql, type Tx } from './database.ts';
import type { Kernel } from './kernel.ts';
import type { Office } from './office.ts';
import { enter } from './operation.ts';
import { verifyEvents, type Verdict } from './seal.ts';
import { sha256 } from './secret.ts';

/** What was found of one office: how much was looked at, and a sentence for each thing that is broken. */
export type Proof = {
  office: string;
  chain: Verdict;
  books: number;
  cases: number;
  entries: number;
  files: number;
  faults: string[];
};

const faultsShown = 20;
const filesAtOnce = 8;

/** Proves an office: its chain of events, numbers without a gap in each book and year and within each case, every file by its hash. */
export async function verifyOffice(kernel: Pick<Kernel, 'db' | 'files'>, office: Office): Promise<Proof> {
  const chain = await verifyEvents(kernel.db, office);
  const found = await kernel.db.transaction().execute(async (db) => {
    await sql`set transaction isolation level repeatable read`.execute(db);
    await enter(db, systemCaller(office), 'all');
    return { numbers: await readNumbers(db, office), documents: await readDocuments(db, office) };
  });
  const faults = chain.brokenAt === null ? [] : [`event ${chain.brokenAt}: ${chain.reason}`];
  let cases = 0;
  for (const book of found.numbers.books) {
    cases += book.count;
    faults.push(...bookFaults(book));
  }
  // Of classified papers the office itself sees no more than how many there are.
  for (const book of found.numbers.classified)
    if (book.count !== book.last_number || (book.count > 0 && (book.first !== 1 || book.highest !== book.last_number)))
      faults.push(`book of classified papers ${book.year}: ${book.last_number} numbers were issued, ${book.count} are there`);
  for (const one of found.numbers.papers)
    faults.push(`case ${one.reference}: ${one.entries} papers were entered, ${one.count} are there`);
  faults.push(...(await verifyFiles(kernel, office, [...found.documents, ...found.numbers.notes])));
  return {
    office: office.slug,
    chain,
    books: found.numbers.books.length,
    cases,
    entries: found.numbers.entries,
    files: found.documents.length + found.numbers.notes.length,
    faults,
  };
}

/** The proof in one line, or with a further line for each fault. */
export function proofLine({ office, chain, books, cases, entries, files, faults }: Proof): string {
  const seen = `${chain.sealed} events sealed${chain.unsealed > 0 ? `, ${chain.unsealed} not yet` : ''}; ${cases} numbers in ${books} books; ${entries} papers; ${files} files`;
  const more = faults.length > faultsShown ? [`and ${faults.length - faultsShown} more`] : [];
  return [`${office}: ${faults.length === 0 ? 'whole' : 'BROKEN'}. ${seen}.`, ...faults.slice(0, faultsShown), ...more].join(
    '\n  ',
  );
}

type Book = {
  book: string;
  year: number;
  last_number: number;
  is_imported: boolean;
  closed_on: string | null;
  noted: number | null;
  free: number;
  count: number;
  first: number | null;
  highest: number | null;
};

/** Reserved and annulled numbers are there like all others; a book taken over from paper may have gaps, and none of its numbers lies beyond its last. */
function bookFaults(book: Book): string[] {
  const faults: string[] = [];
  const name = `book ${book.book} ${book.year}`;
  const whole = book.count === book.last_number && (book.count === 0 || (book.first === 1 && book.highest === book.last_number));
  const within = book.count <= book.last_number && (book.highest ?? 0) <= book.last_number;
  if (book.is_imported ? !within : !whole)
    faults.push(
      `${name}: ${book.last_number} numbers were issued, ${book.count} are there (${book.first ?? '–'} to ${book.highest ?? '–'})`,
    );
  if (book.noted !== null && book.noted !== book.last_number)
    faults.push(`${name}: its note closed it with ${book.noted}, and it stands at ${book.last_number}`);
  if (book.closed_on !== null && book.free > 0) faults.push(`${name}: it is closed, and ${book.free} reserved numbers are free`);
  return faults;
}

async function readNumbers(db: Tx, office: Office) {
  const books =
    await sql<Book>`select b.book, b.year, b.last_number, b.is_imported, b.closed_on, (b.note->>'last')::int as noted, count(c.number) filter (where c.kind = 'reserved' and c.annulled_at is null) as free,
      count(c.number) as count, min(c.number) as first, max(c.number) as highest
    from book_year b left join case_file c on c.office_id = b.office_id and c.book = b.book and c.year = b.year
    where b.office_id = ${office.id} group by b.office_id, b.book, b.year order by 1, 2`.execute(db);
  const notes =
    await sql<Kept>`select b.note_sha256 as sha256, f.size, 'the note' as name, 'book ' || b.book || ' ' || b.year as reference from book_year b
    join file f on f.office_id = b.office_id and f.sha256 = b.note_sha256 where b.office_id = ${office.id} order by b.book, b.year`.execute(
      db,
    );
  const papers = await sql<{
    reference: string;
    entries: number;
    count: number;
  }>`select c.reference, c.entries, coalesce(e.count, 0) as count
    from case_file c left join (select case_id, count(*) as count, min(sub) as first, max(sub) as highest from entry where office_id = ${office.id} group by 1) e on e.case_id = c.id
    where c.office_id = ${office.id} and (coalesce(e.count, 0) <> c.entries or e.first <> 1 or e.highest <> c.entries or (c.entries = 0 and c.kind <> 'reserved')) order by 1`.execute(
    db,
  );
  const entries = await sql<{ count: number }>`select count(*) as count from entry where office_id = ${office.id}`.execute(db);
  const classified = await sql<Pick<Book, 'year' | 'last_number' | 'count' | 'first' | 'highest'>>`select * from classified_numbers()`.execute(db);
  return { classified: classified.rows, books: books.rows, notes: notes.rows, papers: papers.rows, entries: entries.rows[0]!.count };
}

type Kept = { sha256: string; size: number; name: string; reference: string };

const readDocuments = async (db: Tx, office: Office): Promise<Kept[]> =>
  (
    // What was destroyed by law is not missing; forms that last, the archive's consents and what lies beside the papers are kept like them.
    await sql<Kept>`select distinct on (f.sha256) f.sha256, f.size, f.name, f.reference from (
      select d.sha256, d.size, d.file_name as name, 'case ' || c.reference as reference, d.at from document d join case_file c on c.office_id = d.office_id and c.id = d.case_id where d.office_id = ${office.id} and d.destroyed_at is null
      union all select d.lasting_sha256, d.lasting_size, d.file_name || ' (PDF/A)', 'case ' || c.reference, d.at from document d join case_file c on c.office_id = d.office_id and c.id = d.case_id
        where d.office_id = ${office.id} and d.destroyed_at is null and d.lasting_sha256 is not null
      union all select l.file_sha256, x.size, l.file_name, 'case ' || c.reference, null from letter l join case_file c on c.office_id = l.office_id and c.id = l.case_id join file x on x.office_id = l.office_id and x.sha256 = l.file_sha256 where l.office_id = ${office.id}
      union all select b.consent_sha256, x.size, b.consent_name, 'disposal ' || b.consent_reference, b.at from disposal b join file x on x.office_id = b.office_id and x.sha256 = b.consent_sha256 where b.office_id = ${office.id}
      union all select v.sha256, v.size, v.name, 'obligation ' || v.obligation_id, v.at from obligation_evidence v where v.office_id = ${office.id} and v.destroyed_at is null
      union all select k.sha256, x.size, 'the ' || k.audience || ' version', 'plan of the ' || p.period || ' ' || p.from_on, p.prepared_at from plan_copy k join plan p on p.office_id = k.office_id and p.id = k.plan_id
        join file x on x.office_id = k.office_id and x.sha256 = k.sha256 where k.office_id = ${office.id}
      union all select a.photo_sha256, x.size, 'the picture', 'party ' || a.id, null from party a join file x on x.office_id = a.office_id and x.sha256 = a.photo_sha256 where a.office_id = ${office.id}
      union all select p.sha256, x.size, 'the pack', 'engagement ' || p.engagement_id, p.made_at from pack p join file x on x.office_id = p.office_id and x.sha256 = p.sha256 where p.office_id = ${office.id}
      union all select k.sha256, k.size, 'a sealed paper', 'case classified', null from classified_files() k
    ) f order by f.sha256, f.at`.execute(db)
  ).rows;

async function verifyFiles(kernel: Pick<Kernel, 'files'>, office: Office, documents: readonly Kept[]): Promise<string[]> {
  const faults: string[] = [];
  const rest = documents.values();
  const work = async (): Promise<void> => {
    for (const one of rest) {
      const bytes = await kernel.files.get(office.id, one.sha256).catch(() => null);
      if (!bytes) faults.push(`${one.reference}: the file of ${one.name} is missing`);
      else if (bytes.length !== one.size || sha256(bytes) !== one.sha256)
        faults.push(`${one.reference}: the file of ${one.name} is not what was kept`);
    }
  };
  await Promise.all(Array.from({ length: filesAtOnce }, work));
  return faults.sort();
}

/** Proves every office, tells `say` a line of each, and answers whether all are whole. */
export async function verifyOffices(kernel: Kernel, say: (line: string) => void): Promise<boolean> {
  let sound = true;
  for (const office of await kernel.offices.all()) {
    const proof = await verifyOffice(kernel, office);
    sound &&= proof.faults.length === 0;
    say(proofLine(proof));
  }
  return sound;
}
