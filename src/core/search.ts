import type { RawBuilder } from 'kysely';
import { sightOf, type Caller } from './caller.ts';
import { sql } from './database.ts';
import { prefixQuery, searchText } from './fold.ts';
import type { Context } from './operation.ts';

export type Indexed = { id: string; noun: string; caseId?: string | null; title: string; detail?: string; text: string; at?: Date; isNew?: boolean };

// A tsvector holds at most 1 MB and a word 2 kB; the first 20,000 letters find a letter.
const lettersAtMost = 20_000;

/** Puts a noun into the office's search, or anew: title and text folded, so that either script and any diacritics find it. */
export async function indexSearch({ db, office, now }: Pick<Context, 'db' | 'office' | 'now'>, entry: Indexed): Promise<void> {
  const title = searchText(entry.title);
  const text = searchText(entry.text.slice(0, lettersAtMost));
  const vector = sql<string>`setweight(to_tsvector('simple', ${title}), 'A') || setweight(to_tsvector('simple', ${text}), 'B')`;
  const insert = db.insertInto('search_entry').values({
    office_id: office.id, id: entry.id, noun: entry.noun, case_id: entry.caseId ?? null, title: entry.title, detail: entry.detail ?? '', folded: title, vector, at: entry.at ?? now,
  });
  // Before its case is there a row cannot be read back, which an upsert would ask for.
  if (entry.isNew) await insert.execute();
  else await insert.onConflict((conflict) => conflict.columns(['office_id', 'id']).doUpdateSet({ title: entry.title, detail: entry.detail ?? '', folded: title, vector })).execute();
}

/** Condition: `column` begins with `prefix`. Unlike `like` it reads an index (text_pattern_ops) behind a policy too. */
export const beginsWith = (column: string, prefix: string) => sql<boolean>`(${sql.ref(column)} ~>=~ ${prefix} and ${sql.ref(column)} ~<~ ${`${prefix}\u{10FFFF}`})`;

const markedAtMost = 5000;
/** The open cases that are marked for the caller, as rows with an id, where the caller sees no others; null where that is no shorter way. */
export const markedOpen = (caller: Caller): RawBuilder<unknown> | null => (caller.kind === 'person' && sightOf(caller) === 'own' ? sql`list_marked_open(${sql.lit(markedAtMost)})` : null);

export type Hit = { id: string; noun: string; caseId: string | null; title: string; detail: string; at: Date };

/** The newest matches that the caller may see, best first among the newest two hundred; close spellings when nothing matches. */
export async function searchEntries({ db, office }: Pick<Context, 'db' | 'office'>, query: string, limit = 30): Promise<{ hits: Hit[]; near: boolean }> {
  const words = prefixQuery(query);
  if (!words) return { hits: [], near: false };
  const columns = sql`e.id, e.noun, e.case_id as "caseId", e.title, e.detail, e.at`;
  const found = await sql<Hit>`with m as materialized (select id from search_matches(to_tsquery('simple', ${words}), 200))
    select ${columns} from m join search_entry e on e.office_id = ${office.id} and e.id = m.id
    order by ts_rank(e.vector, to_tsquery('simple', ${words})) desc, e.at desc limit ${limit}`.execute(db);
  if (found.rows.length > 0) return { hits: found.rows, near: false };
  const word = searchText(query);
  if (word.length < 4) return { hits: [], near: false };
  const near = await sql<Hit>`with m as materialized (select id from search_similar(${word}, 200))
    select ${columns} from m join search_entry e on e.office_id = ${office.id} and e.id = m.id order by word_similarity(${word}, e.folded) desc, e.at desc limit ${limit}`.execute(db);
  return { hits: near.rows, near: near.rows.length > 0 };
}
