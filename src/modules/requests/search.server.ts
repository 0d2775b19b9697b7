import { z } from 'zod';
import { optionalLine } from '../../core/input.ts';
import { bookPattern, countedBooks } from '../../core/jurisdiction.ts';
import { parseReference } from '../../core/number.ts';
import { operation, type Context } from '../../core/operation.ts';
import { beginsWith, searchEntries } from '../../core/search.ts';

export const searchAll = operation({
  id: 'search.all', kind: 'query', rest: 'GET /search', allow: ['staff'],
  summary: 'Everything the caller may see that holds these words, in either script: a reference number, a name, a text; close spellings when nothing matches.',
  input: z.object({ query: optionalLine(200) }),
  output: z.object({ near: z.boolean(), whole: z.string().nullable(), hits: z.array(z.object({ id: z.string(), noun: z.string(), caseId: z.string().nullable(), title: z.string(), detail: z.string(), reference: z.string(), at: z.date() })) }),
  async run(context, input) {
    const { db, office } = context;
    if (!input.query) return { near: false, whole: null, hits: [] };
    const exact = await db.selectFrom('case_file').select(['id', 'kind', 'reference', 'subject', 'opened_at']).where('office_id', '=', office.id).where(beginsWith('reference', input.query)).orderBy('opened_at', 'desc').limit(5).execute();
    const whole = await findWhole(context, input.query);
    // Of a number typed whole its parts are no words: years and classes stand in every paper.
    const found = whole && exact.length > 0 ? { hits: [], near: false } : await searchEntries(context, input.query);
    const ids = found.hits.map((hit) => hit.caseId).filter((one): one is string => one !== null);
    const references = new Map((ids.length > 0 ? await db.selectFrom('case_file').select(['id', 'reference']).where('office_id', '=', office.id).where('id', 'in', ids).execute() : []).map((row) => [row.id, row.reference]));
    const hits = [
      ...exact.map((row) => ({ id: row.id, noun: row.kind === 'petition' ? 'petition' : 'case', caseId: row.id, title: row.subject, detail: '', reference: row.reference, at: row.opened_at })),
      // Of the papers and documents of one case the best is enough.
      ...found.hits.filter((hit, index) => !exact.some((row) => row.id === hit.caseId) && (hit.caseId === null || found.hits.findIndex((other) => other.caseId === hit.caseId) === index)).map((hit) => ({ ...hit, reference: (hit.caseId && references.get(hit.caseId)) || '' })),
    ];
    return { near: exact.length === 0 && found.near, whole, hits };
  },
});

// Some patterns leave the year to the date beside the number.
const lastYears = (today: string): number[] => Array.from({ length: 10 }, (_, index) => Number(today.slice(0, 4)) - index);
/** The one case whose reference, or that of one of its papers, was typed whole; number and year are enough for the main book. */
async function findWhole({ db, office, today }: Pick<Context, 'db' | 'office' | 'today'>, query: string): Promise<string | null> {
  const typed = query.replace(/[‐‑‒–—−]/g, '-').trim();
  const cases = db.selectFrom('case_file').select('id').where('office_id', '=', office.id).limit(2);
  const named = await cases.where('reference', '=', typed).execute();
  if (named.length > 0) return named.length === 1 ? named[0]!.id : null;
  const books = countedBooks(office.jurisdiction).map((book) => book.id);
  const parsed = parseReference(books.map((book) => bookPattern(office.jurisdiction, book, today)), typed);
  if (!parsed || (!parsed.year && !parsed.sub)) return null;
  const papers = await db.selectFrom('entry as e').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'e.office_id').onRef('c.id', '=', 'e.case_id')).select('e.case_id').distinct()
    .where('e.office_id', '=', office.id).where('c.book', 'in', books).where('c.year', 'in', parsed.year ? [parsed.year] : lastYears(today)).where('c.number', '=', parsed.seq).where('e.reference', '=', typed).limit(2).execute();
  if (papers.length === 1) return papers[0]!.case_id;
  if (papers.length > 1 || parsed.class || !parsed.year) return null;
  const numbered = await cases.where('book', '=', 'main').where('number', '=', parsed.seq).where('year', '=', parsed.year).execute();
  return numbered[0]?.id ?? null;
}
