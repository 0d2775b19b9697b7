import fc from 'fast-check';
import pg from 'pg';
import { describe, inject } from 'vitest';
import { z } from 'zod';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { letter } from '../../../test/petition.ts';
import { operation } from '../../core/operation.ts';
import { notNow } from '../../core/refusal.ts';
import { submitPetition } from '../requests/intake.server.ts';
import { openCase } from './case-file.server.ts';

const numbersOf = (office: TestOffice, book?: string) => office.within((db) => db.selectFrom('case_file').select(['book', 'year', 'number', 'reference']).where('office_id', '=', office.office.id)
  .$if(book !== undefined, (query) => query.where('book', '=', book!)).orderBy('number').execute());
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** A registration that goes on, fails after the number was taken, or is refused before. */
const enter = operation({
  id: 'probe.enter', kind: 'command', allow: [], summary: 'A probe.', input: z.object({ end: z.enum(['good', 'failing', 'refused']), book: z.string().default('main'), wait: z.number().default(0) }), output: z.object({ number: z.number() }),
  async run(context, input) {
    const id = context.newId();
    if (input.end === 'refused') throw notNow();
    const taken = await openCase(context, { id, book: input.book, kind: 'petition', subject: 'x', classCode: '031', unitId: null, partyId: null }, { id: context.newId(), caseId: id, direction: 'in', channel: 'letter', subject: 'x' });
    if (input.wait) await new Promise((done) => setTimeout(done, input.wait));
    if (input.end === 'failing') throw new Error('failed after the number was taken');
    context.record({ name: 'probe.entered', nounId: id, caseId: id });
    return { number: taken.number };
  },
});

describe('numbers', () => {
  test('of 64 letters at once have no gap and no twin, nor with failing ones between', async ({ office }) => {
    const results = await Promise.allSettled(upTo(64).map((index) => office.run(submitPetition, office.public(), { ...letter, subject: `Писмо ${index}`, ...(index % 8 === 0 ? { area: 'nowhere' } : {}) })));
    const done = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(done).toHaveLength(56);
    expect(new Set(done.map((one) => one.reference)).size).toBe(56);
    expect(new Set(done.map((one) => one.code)).size).toBe(56);
    const kept = await numbersOf(office);
    expect(kept.map((row) => row.number)).toEqual(upTo(56));
    expect(kept.map((row) => row.reference).sort()).toEqual(done.map((one) => one.reference).sort());
    const more = await Promise.allSettled(upTo(32).map((index) => office.run(enter, office.system(), { end: index % 3 === 0 ? 'failing' : 'good', wait: index % 5 })));
    expect((await numbersOf(office)).map((row) => row.number)).toEqual(upTo(56 + more.filter((one) => one.status === 'fulfilled').length));
  });

  test('however registrations end, and in whatever order, each book counts without a gap', async ({ office }) => {
    let round = 0;
    const kind = fc.record({ end: fc.constantFrom('good' as const, 'good' as const, 'failing' as const, 'refused' as const), wait: fc.integer({ min: 0, max: 3 }), book: fc.constantFrom('a', 'b') });
    await fc.assert(fc.asyncProperty(fc.array(kind, { minLength: 1, maxLength: 12 }), async (deeds) => {
      round++;
      const results = await Promise.allSettled(deeds.map((deed) => office.run(enter, office.system(), { ...deed, book: `${deed.book}${round}` })));
      for (const book of ['a', 'b']) {
        const given = results.flatMap((one, index) => (one.status === 'fulfilled' && deeds[index]!.book === book ? [one.value.number] : []));
        expect(given.sort((a, b) => a - b)).toEqual(upTo(deeds.filter((deed) => deed.book === book && deed.end === 'good').length));
        expect((await numbersOf(office, `${book}${round}`)).map((row) => row.number)).toEqual(upTo(given.length));
      }
    }), { numRuns: 20 });
  });

  test('begin anew with the year of the office, not of the server', async ({ office }) => {
    const at = async (now: string) => (await office.run(submitPetition, office.public(), letter, { now: new Date(now) })).reference;
    expect(await at('2026-12-31T22:59:00Z')).toMatch(/\/26-1$/);
    expect(await at('2026-12-31T23:00:00Z')).toMatch(/\/27-1$/);
    expect(await at('2026-12-31T22:59:59Z')).toMatch(/\/26-2$/);
    expect((await numbersOf(office)).map((row) => [row.year, row.number])).toEqual(expect.arrayContaining([[2026, 1], [2026, 2], [2027, 1]]));
  });

  test('a closed book takes nothing more', async ({ office }) => {
    const now = new Date('2026-03-02T08:00:00Z');
    await office.run(submitPetition, office.public(), letter, { now });
    const owner = new pg.Client(inject('database').owner);
    await owner.connect();
    await owner.query(`update book_year set closed_on = '2026-12-31' where office_id = $1`, [office.office.id]);
    await owner.end();
    expect((await office.refused(office.run(submitPetition, office.public(), letter, { now }), 409)).said).toEqual({ key: 'error.book_closed', args: { year: 2026 } });
    expect(await numbersOf(office)).toHaveLength(1);
  });

  test('of two offices do not know of each other', async ({ office }) => {
    const other = await office.another('medias');
    await Promise.all(upTo(10).flatMap(() => [office, other].map((one) => one.run(submitPetition, one.public(), letter))));
    expect((await numbersOf(office)).map((row) => row.number)).toEqual(upTo(10));
    expect((await numbersOf(other)).map((row) => row.number)).toEqual(upTo(10));
  });
});
