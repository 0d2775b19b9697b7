import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { sql, transact, type Database, type Tx } from './database.ts';
import { enter, settingsOf } from './operation.ts';
import { systemCaller } from './caller.ts';
import type { Office } from './office.ts';
import { eventText, horizon, type Event } from './event.ts';

const batch = 500;
const first = Buffer.alloc(32);
const link = (before: Buffer, text: string): Buffer => createHash('sha256').update(before).update(text, 'utf8').digest();

type Row = { office_id: number; id: string; xid: string; at: Date; name: string; noun_id: string | null; case_id: string | null; person_id: string | null; actor: string; data: unknown };

/**
 * Seals the committed events of an office that are not sealed yet, in commit order, and hands each batch to `dispatch`
 * in the same transaction; returns how many. Runs beside the requests, one sealer an office at a time.
 */
export async function sealEvents(db: Database, office: Office, dispatch: (tx: Tx, events: Event[]) => Promise<void>): Promise<number> {
  let sealed = 0;
  for (let waits = 0; ; ) {
    const count = await transact(db, 'write', settingsOf(systemCaller(office), 'all'), async (tx) => {
      const [lock, last] = await Promise.all([sql<{ free: boolean }>`select pg_try_advisory_xact_lock(727002, ${office.id}) as free`.execute(tx),
        tx.selectFrom('event_seal').select(['position', 'xid', 'event_id', 'hash']).where('office_id', '=', office.id).orderBy('position', 'desc').limit(1).executeTakeFirst()]);
      if (!lock.rows[0]?.free) return null;
      // By the column, not by its text of the same name: 1000 comes after 999.
      const rows = await sql<Row>`select office_id, id, xid::text as xid, at, name, noun_id, case_id, person_id, actor, data from event
        where office_id = ${office.id} and xid < ${horizon} ${last ? sql`and (xid, id) > (${last.xid}::xid8, ${last.event_id}::uuid)` : sql``}
        order by event.xid, event.id limit ${batch}`.execute(tx);
      if (rows.rows.length === 0) return 0;
      let hash: Buffer = last?.hash ?? first;
      let position = last?.position ?? 0;
      const seals = rows.rows.map((row) => {
        hash = link(hash, eventText(row));
        return { office_id: office.id, position: ++position, event_id: row.id, xid: row.xid, hash };
      });
      await Promise.all([tx.insertInto('event_seal').values(seals).execute(), dispatch(tx, rows.rows.map(eventFrom))]);
      return rows.rows.length;
    });
    if (count === null) {
      // The sealer of another server looked before what was just committed here; it is soon done.
      if (++waits > 20) return sealed;
      await pause(25);
      continue;
    }
    sealed += count;
    if (count < batch) return sealed;
  }
}

const eventFrom = (row: Row): Event => ({
  officeId: row.office_id, id: row.id, at: row.at, name: row.name, nounId: row.noun_id, caseId: row.case_id, personId: row.person_id, actor: row.actor,
  data: row.data as Record<string, unknown>,
});

/** Whether events of the office are committed and not sealed yet: newer ones, or ones that a longer transaction holds back. */
export async function hasUnsealed(db: Database, office: Office): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await enter(tx, systemCaller(office), 'all');
    // The last of each in its order: comparing every event with the last seal would read the whole log.
    const found = await sql<{ left: boolean }>`select coalesce((select s.xid is null or (e.xid, e.id) > (s.xid, s.event_id) from (select xid, id from event where office_id = ${office.id} order by xid desc, id desc limit 1) e
      left join (select xid, event_id from event_seal where office_id = ${office.id} order by position desc limit 1) s on true), false) as "left"`.execute(tx);
    return found.rows[0]!.left;
  });
}

export type Head = { position: number; hash: string };

/** The newest seals of all offices, by the office's id. */
export async function listHeads(db: Database): Promise<Map<number, Head>> {
  const { rows } = await sql<{ office_id: number; position: number; hash: Buffer }>`select office_id, "position", hash from list_heads()`.execute(db);
  return new Map(rows.map((row) => [row.office_id, { position: row.position, hash: row.hash.toString('hex') }]));
}

/** The hash of an office's chain at a position; null when the chain does not reach it. */
export async function findSeal(db: Database, office: Office, position: number): Promise<string | null> {
  return db.transaction().execute(async (tx) => {
    await enter(tx, systemCaller(office), 'all');
    const row = await tx.selectFrom('event_seal').select('hash').where('office_id', '=', office.id).where('position', '=', position).executeTakeFirst();
    return row ? row.hash.toString('hex') : null;
  });
}

export type Verdict = { office: string; sealed: number; unsealed: number; brokenAt: number | null; reason: string | null };

/** Recomputes the chain of an office; says how far the seal reaches and where it first breaks. */
export async function verifyEvents(db: Database, office: Office): Promise<Verdict> {
  return db.transaction().execute(async (tx) => {
    await sql`set transaction isolation level repeatable read`.execute(tx);
    await enter(tx, systemCaller(office), 'all');
    const verdict: Verdict = { office: office.slug, sealed: 0, unsealed: 0, brokenAt: null, reason: null };
    let hash: Buffer = first;
    for (;;) {
      const rows = await sql<Row & { position: number; hash: Buffer }>`select s.position, s.hash, e.office_id, s.event_id as seal_id, e.id, e.xid::text as xid, e.at, e.name, e.noun_id, e.case_id, e.person_id, e.actor, e.data
        from event_seal s left join event e on e.office_id = s.office_id and e.id = s.event_id
        where s.office_id = ${office.id} and s.position > ${verdict.sealed} order by s.position limit 5000`.execute(tx);
      for (const row of rows.rows) {
        if (row.position !== verdict.sealed + 1) return { ...verdict, brokenAt: verdict.sealed + 1, reason: 'a seal is missing' };
        if (!row.id) return { ...verdict, brokenAt: row.position, reason: 'a sealed event was removed' };
        hash = link(hash, eventText(row));
        if (!hash.equals(row.hash)) return { ...verdict, brokenAt: row.position, reason: 'an event or its seal was changed' };
        verdict.sealed = row.position;
      }
      if (rows.rows.length === 0) break;
    }
    const rest = await sql<{ count: number }>`select count(*) as count from event e where e.office_id = ${office.id}
      and not exists (select 1 from event_seal s where s.office_id = e.office_id and s.event_id = e.id)`.execute(tx);
    verdict.unsealed = rest.rows[0]!.count;
    return verdict;
  });
}
