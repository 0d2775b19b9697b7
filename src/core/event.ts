import type { Caller } from './caller.ts';
import { sql, type CompiledQuery, type Tx } from './database.ts';
import { newId } from './id.ts';

export type NewEvent = {
  /** `noun.happened`, in the past tense: petition.forwarded */
  name: `${string}.${string}`;
  nounId?: string | null;
  caseId?: string | null;
  /** Only what cannot be read from the noun later. No names, texts or addresses: the log outlives them. */
  data?: Record<string, unknown>;
};
export type Event = { officeId: number; id: string; at: Date; name: string; nounId: string | null; caseId: string | null; personId: string | null; actor: string; data: Record<string, unknown> };

/** What writes the events of one act; for the gate alone. */
export const eventsQuery = (db: Tx, caller: Caller, now: Date, events: readonly NewEvent[]): CompiledQuery =>
  db.insertInto('event').values(events.map((event) => ({
    office_id: caller.office.id, id: newId(now), at: now, name: event.name, noun_id: event.nounId ?? null, case_id: event.caseId ?? null,
    person_id: caller.personId, actor: caller.kind, data: JSON.stringify(event.data ?? {}),
  }))).compile();

/** What the seal covers of an event, as one canonical text. */
export function eventText(row: { office_id: number; id: string; at: Date; name: string; noun_id: string | null; case_id: string | null; person_id: string | null; actor: string; data: unknown }): string {
  return JSON.stringify([row.office_id, row.id, row.at.toISOString(), row.name, row.noun_id, row.case_id, row.person_id, row.actor, sorted(row.data)]);
}

// jsonb keeps keys in its own order, another database may keep them in another.
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
  return value;
}

/** Transactions below this id are all finished: what they committed is visible now, and nothing older can still appear. */
export const horizon = sql<string>`pg_snapshot_xmin(pg_current_snapshot())`;
