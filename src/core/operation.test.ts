import { describe, vi } from 'vitest';
import { z } from 'zod';
import { expect, test } from '../../test/office.ts';
import { inScope, isAllowed, sightOf } from './caller.ts';
import { sql } from './database.ts';
import { operation, type Context } from './operation.ts';
import { sweep } from '../modules/people/people-jobs.ts';
import { line } from './input.ts';
import { log } from './log.ts';
import { notNow } from './refusal.ts';

const probe = (more: Partial<Parameters<typeof operation>[0]> & { act?: (context: Context) => unknown } = {}) => operation({
  id: 'probe.run', kind: 'command', allow: ['clerk'], summary: 'A probe.', input: z.object({ name: line(10).default('x') }), output: z.object({ done: z.unknown() }),
  async run(context, input) {
    const done = (await more.act?.(context)) ?? input;
    if (!more.act) context.record({ name: 'probe.ran' });
    return { done };
  },
  ...(more.kind ? { kind: more.kind } : {}), ...(more.allow ? { allow: more.allow } : {}), ...(more.asOffice === undefined ? {} : { asOffice: more.asOffice }),
});
const settings = ({ db }: Context) => sql<Record<string, string>>`select current_setting('kabinet.office') as office, current_setting('kabinet.person') as person, current_setting('kabinet.sight') as sight,
  current_setting('kabinet.marks') as marks, current_setting('kabinet.case') as "case", current_setting('kabinet.link') as link`.execute(db).then((found) => found.rows[0]);

describe('the gate', () => {
  test('asks for permission before it looks at the input', async ({ office }) => {
    const wrong = { name: 'x'.repeat(11) };
    await office.refused(office.run(probe(), await office.only('registrar'), wrong), 403);
    await office.refused(office.run(probe(), office.public(), wrong), 404);
    await office.refused(office.run(probe(), office.petitioner('0198a0a0-0000-7000-8000-000000000000'), wrong), 404);
    await office.refused(office.run(probe(), office.contributor('0198a0a0-0000-7000-8000-000000000000'), wrong), 404);
    const clerk = await office.as('clerk');
    expect((await office.refused(office.run(probe(), clerk, wrong), 422)).fields).toEqual({ name: { key: 'field.too_long', args: { max: 10 } } });
    await office.refused(office.run(probe(), { ...clerk, scopes: ['read', 'petition'] }, {}), 403);
    await office.run(probe(), { ...clerk, scopes: ['probe'] }, {});
    await office.run(probe({ allow: [] }), office.system(), {});
    await office.refused(office.run(probe({ allow: [] }), clerk, {}), 403);
  });

  test('writes each refusal into the log: of what, to whom, and not what was asked', async ({ office }) => {
    const clerk = await office.as('clerk');
    const registrar = await office.only('registrar');
    const written = vi.spyOn(log, 'info');
    await office.refused(office.run(probe(), registrar, { name: 'тајна' }), 403);
    await office.refused(office.run(probe(), clerk, { name: 'тајна'.repeat(3) }), 422);
    await office.refused(office.run(probe(), office.public(), {}), 404);
    await office.run(probe(), clerk, {});
    const at = { operation: 'probe.run', office: office.office.id };
    expect(written.mock.calls).toEqual([[{ ...at, status: 403, caller: 'person', person: registrar.personId }, 'refused'], [{ ...at, status: 422, caller: 'person', person: clerk.personId }, 'refused'], [{ ...at, status: 404, caller: 'public', person: null }, 'refused']]);
    written.mockRestore();
  });

  test('tells the transaction whose it is, and leaves nothing of it behind', async ({ office }) => {
    const clerk = await office.as('clerk');
    const query = probe({ kind: 'query', act: settings, allow: ['clerk', 'public', 'petitioner'] });
    expect((await office.run(query, clerk, {})).done).toEqual({ office: String(office.office.id), person: clerk.personId, sight: 'own', marks: clerk.marks.join(','), case: '', link: '' });
    expect((await office.run(query, office.public(), {})).done).toMatchObject({ person: '', sight: 'none', marks: '' });
    const caseId = '0198a0a0-0000-7000-8000-000000000000';
    expect((await office.run(query, office.petitioner(caseId), {})).done).toMatchObject({ sight: 'case', case: caseId });
    expect((await office.run(probe({ kind: 'query', act: settings, allow: ['public'], asOffice: true }), office.public(), {})).done).toMatchObject({ sight: 'all' });
    expect((await office.run(probe({ kind: 'query', act: settings, allow: ['clerk', 'public'], asOffice: (caller) => caller.kind === 'public' }), clerk, {})).done).toMatchObject({ sight: 'own' });
    const left = await Promise.all(Array.from({ length: 12 }, () => sql<{ office: string | null }>`select nullif(current_setting('kabinet.office', true), '') as office`.execute(office.kernel.db)));
    expect(left.every((one) => one.rows[0]!.office === null)).toBe(true);
  });

  test('a command that recorded no event does not commit; nor does one that failed, or answers wrongly', async ({ office }) => {
    const clerk = await office.as('clerk');
    const write = async ({ db, office: own }: Context) => void (await db.insertInto('attempt').values({ office_id: own.id, key: 'probe' }).execute());
    const count = () => office.within((db) => db.selectFrom('attempt').selectAll().where('office_id', '=', office.office.id).execute()).then((rows) => rows.length);
    await expect(office.run(probe({ act: write }), clerk, {})).rejects.toThrow('recorded no event');
    await office.refused(office.run(probe({ act: async (context) => { await write(context); context.record({ name: 'probe.ran' }); throw notNow(); } }), clerk, {}), 409);
    const liar = operation({ ...probe(), output: z.object({ done: z.string() }), run: async (context) => { await write(context); context.record({ name: 'probe.ran' }); return { done: 5 as unknown as string }; } });
    await expect(office.run(liar, clerk, {})).rejects.toThrow();
    expect(await count()).toBe(0);
    expect(await office.events()).toEqual([]);
  });

  test('writes what happened with who did it, and answers no more than it declared', async ({ office }) => {
    const clerk = await office.as('clerk');
    const op = operation({ ...probe(), output: z.object({ shown: z.string() }), run: async (context) => { context.record({ name: 'probe.ran', data: { a: 1 } }); return { shown: 'x', secret: 'y' }; } });
    expect(await office.run(op, clerk, {})).toEqual({ shown: 'x' });
    expect(await office.events()).toEqual([{ name: 'probe.ran', nounId: null, caseId: null, personId: clerk.personId, actor: 'person', data: { a: 1 } }]);
  });

  test('tells the rest of the system only after the commit, and not for a replay', async ({ office }) => {
    const told: string[] = [];
    const op = probe({ act: (context) => { context.record({ name: 'probe.ran' }); context.afterCommit(() => void told.push('x')); return 1; } });
    const clerk = await office.as('clerk');
    await office.run(op, clerk, {}, { key: 'k' });
    await office.run(op, clerk, {}, { key: 'k' });
    expect(told).toEqual(['x']);
    const failing = probe({ act: (context) => { context.afterCommit(() => void told.push('y')); throw new Error('no'); } });
    await expect(office.run(failing, clerk, {})).rejects.toThrow('no');
    expect(told).toEqual(['x']);
    expect(await office.events()).toHaveLength(1);
  });

  test('tries again what the database asks to try again, not for ever', async ({ office }) => {
    const clerk = await office.as('clerk');
    let tries = 0;
    const shaky = (until: number) => probe({ act: (context) => {
      if (++tries < until) throw Object.assign(new Error('deadlock'), { code: '40P01' });
      context.record({ name: 'probe.ran' });
      return tries;
    } });
    expect((await office.run(shaky(3), clerk, {})).done).toBe(3);
    tries = 0;
    await expect(office.run(shaky(10), clerk, {})).rejects.toThrow('deadlock');
    expect(tries).toBe(4);
  });

  test('keys belong to their caller', async ({ office }) => {
    let count = 0;
    const op = probe({ act: (context) => { context.record({ name: 'probe.ran' }); return ++count; }, allow: ['clerk', 'registrar'] });
    const [one, two] = [await office.as('clerk'), await office.as('registrar')];
    expect((await office.run(op, one, {}, { key: 'k' })).done).toBe(1);
    expect((await office.run(op, two, {}, { key: 'k' })).done).toBe(2);
    expect((await office.run(op, one, {}, { key: 'k' })).done).toBe(1);
    const other = await office.another();
    expect((await other.run(op, await other.as('clerk'), {}, { key: 'k' })).done).toBe(3);
  });

  test('of the office itself belong to the operation: several listeners act on one event under its id', async ({ office }) => {
    let count = 0;
    const make = (id: string) => ({ ...probe({ allow: [], act: (context) => (context.record({ name: 'probe.ran' }), ++count) }), id });
    const [one, two] = [make('probe.one'), make('probe.two')];
    expect((await office.run(one, office.system(), {}, { key: 'event' })).done).toBe(1);
    expect((await office.run(two, office.system(), {}, { key: 'event' })).done).toBe(2);
    expect((await office.run(one, office.system(), {}, { key: 'event' })).done).toBe(1);
  });
});

test('an answer is kept under its key for a week', async ({ office }) => {
  let count = 0;
  const op = probe({ act: (context) => { context.record({ name: 'probe.ran' }); return ++count; } });
  const clerk = await office.as('clerk');
  const run = async () => (await office.run(op, clerk, {}, { key: 'k' })).done;
  const days = (number: number): Date => new Date(Date.now() + number * 86_400_000);
  await run();
  await sweep(office.kernel, office.office, days(6));
  expect(await run()).toBe(1);
  await sweep(office.kernel, office.office, days(8));
  expect(await run()).toBe(2);
});

describe('callers', () => {
  test('see as far as their widest role', async ({ office }) => {
    const sights = { mayor: 'all', chief: 'all', deputy: 'office', registrar: 'office', citizens: 'office', quality: 'office', auditor: 'office', clerk: 'own', adviser: 'own', head: 'own', protocol: 'own', spokesperson: 'own', council: 'own', it: 'own' } as const;
    const clerk = await office.as('clerk');
    for (const [role, sight] of Object.entries(sights)) expect(sightOf({ ...clerk, roles: new Set([role as 'clerk']) }), role).toBe(sight);
    expect([sightOf(office.system()), sightOf(office.public()), sightOf(office.petitioner('x')), sightOf(office.contributor('x'))]).toEqual(['all', 'none', 'case', 'none']);
  });

  test('nobody without a role is staff of anything but `staff`', async ({ office }) => {
    const nobody = { ...(await office.as('clerk')), roles: new Set<never>() };
    expect([isAllowed(['clerk', 'chief'], nobody), isAllowed(['staff'], nobody), isAllowed(['petitioner'], nobody), isAllowed(['public'], nobody)]).toEqual([false, true, false, true]);
  });

  test('scopes reach an operation, a noun, all that reads, or everything', () => {
    expect([null, [], ['*'], ['read'], ['petition'], ['petition.assign'], ['petition.get'], ['petition.assign.x']].map((scopes) => inScope(scopes, 'petition.assign', 'command'))).toEqual([true, false, true, false, true, true, false, false]);
    expect([['*'], ['read'], ['*', 'read', 'petition'], ['classified'], ['classified.read_book']].map((scopes) => inScope(scopes, 'classified.read_book', 'query'))).toEqual([false, false, false, true, true]);
    expect([inScope(['read'], 'petition.get', 'query'), inScope(['pet'], 'petition.get', 'query')]).toEqual([true, false]);
  });
});
