import pg from 'pg';
import { describe, inject } from 'vitest';
import type { Caller } from '../src/core/caller.ts';
import { sql } from '../src/core/database.ts';
import { enter } from '../src/core/operation.ts';
import { getContribution, giveContribution } from '../src/modules/contributions/contribution.server.ts';
import { owedContributions } from '../src/modules/contributions/owed.server.ts';
import { getParty } from '../src/modules/directory/party-page.server.ts';
import { getDocument } from '../src/modules/documents/document.server.ts';
import { myObligations } from '../src/modules/obligations/obligation-list.server.ts';
import { finishObligation } from '../src/modules/obligations/obligation-work.server.ts';
import { readRegister } from '../src/modules/registry/register.server.ts';
import { draftAnswer } from '../src/modules/requests/answer.server.ts';
import { getPetition } from '../src/modules/requests/case.server.ts';
import { askForContribution } from '../src/modules/requests/completion.server.ts';
import { findDuplicates } from '../src/modules/requests/intake.server.ts';
import { countPetitions, dashboard, listPetitions } from '../src/modules/requests/list.server.ts';
import { searchAll } from '../src/modules/requests/search.server.ts';
import { printReceipt, trackPetition } from '../src/modules/requests/tracking.server.ts';
import { addToPetition, assignPetition, linkPetition, restrictPetition } from '../src/modules/requests/work.server.ts';
import { expect, test, type TestOffice } from './office.ts';
import { assigned, letter, parts, submitted } from './petition.ts';
import { makeWorld } from './world.ts';

const tables = async (client: pg.Client): Promise<string[]> => (await client.query<{ name: string }>(`select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'office_id' order by 1`)).rows.map((row) => row.name);

async function asApp<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(inject('database').app);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('between offices, in the database itself', () => {
  test('every table of an office has its wall, office_id first in its keys, and no way around', async () => {
    await asApp(async (client) => {
      const names = await tables(client);
      expect(names.length).toBeGreaterThan(25);
      const open = await client.query(`select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relrowsecurity and c.relname <> 'migration'`);
      expect(open.rows).toEqual([]);
      const odd = await client.query(`select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and (i.indisunique or i.indisprimary) and c.relname not in ('office', 'migration') and (select attname from pg_attribute where attrelid = c.oid and attnum = i.indkey[0]) <> 'office_id'`);
      expect(odd.rows).toEqual([]);
      const foreign = await client.query(`select conname from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace where k.contype = 'f' and n.nspname = 'public'
        and (select attname from pg_attribute where attrelid = c.oid and attnum = k.conkey[1]) <> 'office_id'`);
      expect(foreign.rows).toEqual([]);
      const self = (await client.query('select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user')).rows[0];
      expect(Object.values(self as object)).toEqual([false, false, false, false]);
      expect((await client.query(`select count(*)::int as n from pg_tables where schemaname = 'public' and tableowner = current_user`)).rows[0]).toEqual({ n: 0 });
      for (const statement of ['set role kabinet_owner', 'set session authorization kabinet_owner', 'create table public.mine (id int)', 'alter role kabinet_app bypassrls', 'set row_security = off; select * from petition', `copy petition to program 'cat'`, 'create function public.f() returns int language sql as $$ select 1 $$'])
        await expect(client.query(statement), statement).rejects.toThrow();
    });
  });

  test('without settings nothing is seen; with one office’s, nothing of another; and nothing is written there', async ({ office }) => {
    const other = await office.another();
    await makeWorld(office);
    await makeWorld(other);
    await asApp(async (client) => {
      const names = await tables(client);
      for (const name of names) expect((await client.query(`select 1 from ${name} limit 1`)).rowCount, `${name} without settings`).toBe(0);
      await client.query(`select set_config('kabinet.office', $1, false), set_config('kabinet.sight', 'all', false)`, [String(office.office.id)]);
      let seen = 0;
      for (const name of names) {
        expect((await client.query(`select 1 from ${name} where office_id <> $1 limit 1`, [office.office.id])).rowCount, name).toBe(0);
        seen += (await client.query(`select 1 from ${name} limit 1`)).rowCount!;
      }
      expect(seen).toBeGreaterThan(20);
      for (const name of names) {
        const touched = await client.query(`update ${name} set office_id = office_id where office_id = $1`, [other.office.id]).then((done) => done.rowCount, (error: Error) => error.message);
        expect(touched === 0 || /permission denied/.test(String(touched)), `${name}: ${touched}`).toBe(true);
        const gone = await client.query(`delete from ${name} where office_id = $1`, [other.office.id]).then((done) => done.rowCount, (error: Error) => error.message);
        expect(gone === 0 || /permission denied/.test(String(gone)), `${name}: ${gone}`).toBe(true);
        const moved = await client.query(`insert into ${name} select * from (select (jsonb_populate_record(null::${name}, to_jsonb(t) || jsonb_build_object('office_id', $1::int))).* from ${name} t limit 1) x`, [other.office.id]).then(() => 'written', (error: Error) => error.message);
        if (moved === 'written') expect((await client.query(`select 1 from ${name} limit 1`)).rowCount, `${name} was written into another office`).toBe(0);
        else expect(moved, name).toMatch(/row-level security|permission denied|generated|identity|non-DEFAULT/);
        const carried = await client.query(`update ${name} set office_id = $1`, [other.office.id]).then((done) => done.rowCount, (error: Error) => error.message);
        expect(carried === 0 || /row-level security|permission denied|violates/.test(String(carried)), `${name}: ${carried}`).toBe(true);
      }
    });
  }, 60_000);

  test('search by words and by likeness looks into one office', async ({ office }) => {
    const other = await office.another();
    await submitted(office);
    await submitted(other);
    const found = await office.within((db) => sql<{ id: string }>`select id from search_matches('rasv:*'::tsquery, 100) union all select id from search_similar('rasvjeta kod skole', 100)`.execute(db));
    const own = await office.within((db) => db.selectFrom('search_entry').select('id').where('office_id', '=', office.office.id).execute());
    expect(found.rows.length).toBeGreaterThan(0);
    expect(found.rows.every((row) => own.some((one) => one.id === row.id))).toBe(true);
    await asApp(async (client) => expect((await client.query(`select * from search_matches('rasv:*'::tsquery, 100)`)).rowCount).toBe(0));
  });
});

describe('within an office', () => {
  const secret = 'Узбуњивање о набавкама';
  /** Asks everything that could tell of the case; answers what told. */
  async function leaks(office: TestOffice, caller: Caller, told: { id: string; reference: string; contributionId: string; documentId: string; partyId: string; obligationId: string; twinId: string }): Promise<string[]> {
    const leak: string[] = [];
    const hidden = async (name: string, promise: Promise<unknown>) => {
      const answer = await promise.then((output) => JSON.stringify(output), (error: { status?: number }) => (error.status === 404 || error.status === 403 || error.status === 422 ? '' : `error ${String(error)}`));
      // Its number, and no longer one that begins so.
      const numbered = answer.split(told.reference).slice(1).some((rest) => !/^\d/.test(rest));
      if (answer.includes(told.id) || numbered || answer.includes(secret) || answer.startsWith('error')) leak.push(`${name}: ${answer.slice(0, 200)}`);
    };
    await hidden('get', office.run(getPetition, caller, { id: told.id }));
    await hidden('list', office.run(listPetitions, caller, { view: 'all' }));
    await hidden('list by words', office.run(listPetitions, caller, { view: 'all', query: 'узбуњивање' }));
    await hidden('search', office.run(searchAll, caller, { query: 'узбуњивање' }));
    await hidden('search by number', office.run(searchAll, caller, { query: told.reference }));
    await hidden('document', office.run(getDocument, caller, { id: told.documentId }));
    await hidden('register', office.run(readRegister, { ...caller, roles: new Set([...caller.roles, 'auditor' as const]) }, {}));
    await hidden('party', office.run(getParty, caller, { id: told.partyId }));
    await hidden('duplicates', office.run(findDuplicates, caller, { name: letter.name, subject: secret }));
    await hidden('duplicates of its twin', office.run(findDuplicates, caller, { id: told.twinId }));
    await hidden('contribution', office.run(getContribution, caller, { id: told.contributionId }));
    await hidden('owed', office.run(owedContributions, caller, {}));
    await hidden('obligations', office.run(myObligations, caller, {}));
    await hidden('linked', office.run(getPetition, caller, { id: told.twinId }).then((shown) => ({ links: shown.links, history: shown.history })));
    await hidden('giving', office.run(giveContribution, { ...caller, roles: new Set([...caller.roles, 'clerk' as const]) }, { id: told.contributionId, reply: 'x' }));
    await hidden('finishing', office.run(finishObligation, caller, { id: told.obligationId, report: 'x' }));
    await hidden('adding', office.run(addToPetition, { ...caller, roles: new Set([...caller.roles, 'clerk' as const]) }, { id: told.id, text: 'x' }));
    await hidden('drafting', office.run(draftAnswer, { ...caller, roles: new Set([...caller.roles, 'clerk' as const]) }, { id: told.id, ...parts }));
    await hidden('linking', office.run(linkPetition, { ...caller, roles: new Set([...caller.roles, 'clerk' as const]) }, { id: told.twinId, otherReference: told.reference }));
    await hidden('receipt', office.run(printReceipt, { ...caller, roles: new Set([...caller.roles, 'citizens' as const]) }, { id: told.id }).catch((error: unknown) => { throw error; }));
    const seen = await office.kernel.db.transaction().execute(async (db) => {
      await enter(db, caller, caller.roles.has('registrar') ? 'office' : 'own');
      const found: string[] = [];
      for (const name of ['case_file', 'petition', 'entry', 'clock', 'document', 'obligation', 'contribution', 'answer', 'completion', 'event', 'search_entry', 'case_link']) {
        const rows = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)} t where office_id = ${office.office.id} and to_jsonb(t)::text like ${`%${told.id}%`}`.execute(db);
        if (rows.rows[0]!.n > 0) found.push(`table ${name}`);
      }
      return found;
    });
    return [...leak, ...seen];
  }

  test('a confidential case is nowhere to be found but for the named and who leads', async ({ office }) => {
    const world = await makeWorld(office, { subject: secret });
    const twin = await submitted(office, { subject: 'Нешто треће', text: 'Сасвим друго.', name: 'Петар Перић', email: 'petar@primjer.example', phone: '', address: '' });
    const chief = await office.as('chief');
    // Everybody is on the twin and may look from there.
    const outsiders = [await office.as('registrar'), await office.as('snezana-kaludjerovic'), await office.as('protocol'), await office.as('auditor').catch(async () => office.only('quality')), await office.as('sasa-marovic')];
    for (const caller of outsiders) await office.run(assignPetition, chief, { id: twin.id, unitId: caller.unitId!, personId: caller.personId! });
    await office.run(linkPetition, chief, { id: twin.id, otherId: world.caseId });
    const told = { ...world, id: world.caseId, twinId: twin.id };
    await office.run(restrictPetition, chief, { id: told.id, access: 'confidential' });
    for (const caller of outsiders) expect(await leaks(office, caller, told), `${caller.name} ${[...caller.roles].join()}`).toEqual([]);
    const counts = async (caller: Caller) => (await office.run(countPetitions, caller, {})).open;
    const registrar = outsiders[0]!;
    const [hiddenOpen, hiddenSum] = [await counts(registrar), (await office.run(dashboard, registrar, {})).totals.arrived];
    await office.run(restrictPetition, chief, { id: told.id, access: 'confidential', personId: registrar.personId! });
    expect([await counts(registrar), (await office.run(dashboard, registrar, {})).totals.arrived]).toEqual([hiddenOpen + 1, hiddenSum + 1]);
    for (const caller of [registrar, chief, await office.as('mayor')]) expect((await office.run(getPetition, caller, { id: told.id })).access).toBe('confidential');
    expect(await office.run(trackPetition, office.petitioner(told.id), {})).toMatchObject({ reference: told.reference });
    await office.run(restrictPetition, chief, { id: told.id, access: 'office' });
    expect((await office.run(getPetition, outsiders[4]!, { id: told.id })).access).toBe('office');
  });

  test('who has an own desk only sees what is marked for them or their unit, also as a substitute', async ({ office }) => {
    const told = await assigned(office);
    const stranger = await office.as('protocol');
    const elsewhere = { ...stranger, marks: [stranger.personId!, 'finansije'], unitId: 'finansije' };
    expect((await office.run(listPetitions, elsewhere, { view: 'all' })).cases).toEqual([]);
    await office.refused(office.run(getPetition, elsewhere, { id: told.id }), 404);
    const unit = office.office.data.units.find((one) => one.id === 'finansije')!;
    const dueOn = new Date(Date.now() + 8 * 86_400_000).toISOString().slice(0, 10);
    await office.run(askForContribution, told.clerk, { id: told.id, of: `unit:${unit.id}`, question: 'Има ли новца?', dueOn });
    expect((await office.run(listPetitions, elsewhere, { view: 'all' })).cases).toMatchObject([{ id: told.id }]);
    expect((await office.run(owedContributions, elsewhere, { mine: true })).contributions).toHaveLength(1);
    expect((await office.run(listPetitions, { ...elsewhere, marks: [stranger.personId!, told.clerk.personId!] }, { view: 'all' })).cases).toMatchObject([{ id: told.id }]);
  });

  test('a petitioner sees the own case with its open documents, and nothing beside it', async ({ office }) => {
    const world = await makeWorld(office);
    const petitioner = office.petitioner(world.caseId);
    await office.run(addToPetition, await office.as('chief'), { id: world.caseId, text: 'Интерно.', files: [{ name: 'interno.txt', bytes: new Uint8Array(Buffer.from('тајно')) }] });
    const all = (await office.run(getPetition, await office.as('chief'), { id: world.caseId })).documents;
    const shown = (await office.run(trackPetition, petitioner, {})).documents;
    expect([all.length, shown.length]).toEqual([2, 1]);
    await office.run(getDocument, petitioner, { id: shown[0]!.id });
    await office.refused(office.run(getDocument, petitioner, { id: all.find((one) => !one.isOpen)!.id }), 404);
    await office.refused(office.run(getDocument, office.petitioner(world.otherId), { id: shown[0]!.id }), 404);
    await office.refused(office.run(addToPetition, petitioner, { id: world.otherId, text: 'x' }), 404);
    await office.run(draftAnswer, await office.as('chief'), { id: world.caseId, facts: 'Није послато.' });
    const seen = await office.kernel.db.transaction().execute(async (db) => {
      await enter(db, petitioner, 'case');
      const rows = async (name: string, column: string) => (await sql<{ id: string }>`select distinct ${sql.ref(column)} as id from ${sql.table(name)} where office_id = ${office.office.id}`.execute(db)).rows.map((row) => row.id);
      return { cases: await rows('case_file', 'id'), petitions: await rows('petition', 'id'), entries: await rows('entry', 'case_id'), documents: await rows('document', 'case_id'), events: await rows('event', 'case_id'), parties: await rows('party', 'id'), answers: await rows('answer', 'id'), directions: await rows('entry', 'direction'), search: await rows('search_entry', 'id') };
    });
    const own = [world.caseId];
    expect(seen).toEqual({ cases: own, petitions: own, entries: own, documents: own, events: own, parties: [world.partyId], answers: [], directions: expect.not.arrayContaining(['internal']), search: [] });
  });

  test('an outside body sees its own question, and nothing of the case', async ({ office }) => {
    const world = await makeWorld(office);
    const body = office.contributor(world.contributionId);
    const dueOn = world.dueOn;
    const second = await office.run(askForContribution, await office.as('chief'), { id: world.caseId, of: `body:${world.bodyId}`, question: 'Друго питање', dueOn });
    expect((await office.run(getContribution, body, { id: world.contributionId })).question).toBe('Када?');
    await office.refused(office.run(getContribution, body, { id: second.contributionId }), 404);
    await office.refused(office.run(giveContribution, body, { id: second.contributionId, reply: 'x', name: 'x' }), 404);
    await office.refused(office.run(getDocument, body, { id: world.documentId }), 404);
    const seen = await office.kernel.db.transaction().execute(async (db) => {
      await enter(db, body, 'none');
      const found: Record<string, number> = {};
      for (const name of ['case_file', 'petition', 'entry', 'document', 'event', 'party', 'search_entry', 'obligation', 'answer', 'contribution']) found[name] = (await sql<{ n: number }>`select count(*) as n from ${sql.table(name)} where office_id = ${office.office.id}`.execute(db)).rows[0]!.n;
      return found;
    });
    expect(seen).toEqual({ case_file: 0, petition: 0, entry: 0, document: 0, event: 0, party: 0, search_entry: 0, obligation: 0, answer: 0, contribution: 1 });
  });
});
