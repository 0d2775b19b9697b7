import fc from 'fast-check';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { Refusal } from '../../core/refusal.ts';
import { verifyOffice } from '../../core/verify.ts';
import { annulCase } from './book-annul.server.ts';
import { closeBook, countBook, getNote } from './book-closing.server.ts';
import { listReserved, releaseNumbers, reserveNumbers } from './book.server.ts';
import { addPaperToCase, registerPaper } from './paper.server.ts';

const deed = fc.record({
  what: fc.constantFrom('register', 'register', 'register', 'reserve', 'fill', 'release', 'annul', 'add', 'close'), pick: fc.nat(50), count: fc.integer({ min: 1, max: 4 }), wait: fc.nat(3),
});
type Deed = { what: string; pick: number; count: number; wait: number };

/** What is refused since it comes too early or too late, or was taken by another, is part of the life of a book. */
const tolerated = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => {
  if (!(error instanceof Refusal) || ![404, 409, 422].includes(error.status)) throw error;
});

async function live(office: TestOffice, book: string, deeds: readonly Deed[]): Promise<void> {
  const registrar = await office.as('registrar');
  const now = { now: new Date('2026-12-31T10:00:00Z') };
  const cases: string[] = [];
  const doing: Record<string, (one: Deed) => Promise<unknown>> = {
    register: async () => cases.push((await office.run(registerPaper, registrar, { subject: 'x', text: 'x', book }, now)).id),
    reserve: (one) => office.run(reserveNumbers, registrar, { book, count: one.count, purpose: 'x' }, now),
    fill: async (one) => {
      const { numbers } = await office.run(listReserved, registrar, { book });
      if (numbers.length > 0) await office.run(registerPaper, registrar, { subject: 'x', text: 'x', book, reservedId: numbers[one.pick % numbers.length]!.id }, now);
    },
    release: async (one) => {
      const { numbers } = await office.run(listReserved, registrar, { book });
      if (numbers.length > 0) await office.run(releaseNumbers, registrar, { ids: [numbers[one.pick % numbers.length]!.id], reason: 'x' }, now);
    },
    annul: async (one) => cases.length > 0 && office.run(annulCase, registrar, { id: cases[one.pick % cases.length]!, reason: 'x' }, now),
    add: async (one) => cases.length > 0 && office.run(addPaperToCase, registrar, { id: cases[one.pick % cases.length]!, text: 'x' }, now),
    close: () => office.run(closeBook, registrar, { book, year: 2026 }, now),
  };
  await Promise.all(deeds.map(async (one) => {
    await new Promise((done) => setTimeout(done, one.wait));
    await tolerated(doing[one.what]!(one));
  }));
}

test('however a book is written, reserved, filled, annulled and closed at once, its numbers have no gap and no twin, and its note counts as a recount does', async ({ office }) => {
  const books = ['main', 'proceedings'];
  await fc.assert(fc.asyncProperty(fc.array(deed, { minLength: 3, maxLength: 14 }), fc.constantFrom(...books), async (deeds, book) => {
    // Each life in an office of its own: a book once closed stays closed.
    const home = await office.another('cetinje');
    await live(home, book, deeds);
    const rows = await home.within((db) => db.selectFrom('case_file').select(['year', 'number']).where('office_id', '=', home.office.id).where('book', '=', book).orderBy('year').orderBy('number').execute());
    for (const year of [2026, 2027]) {
      const numbers = rows.filter((row) => row.year === year).map((row) => row.number);
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
    }
    expect((await verifyOffice(home.kernel, home.office)).faults).toEqual([]);
    const closed = await home.run(getNote, await home.as('registrar'), { book, year: 2026 }).catch(() => null);
    if (closed) {
      const recount = await home.within((db) => countBook(db, home.office, book, 2026));
      // Papers go on being entered under the numbers carried over, and these may be annulled again; numbers do not change.
      for (const figure of ['first', 'last', 'cases', 'annulled', 'reservedUnused', 'carried'] as const) expect([figure, closed.note[figure]]).toEqual([figure, recount[figure]]);
      expect(closed.note.papers + closed.note.annulledPapers).toBeLessThanOrEqual(recount.papers + recount.annulledPapers);
      expect(closed.note.cases + closed.note.annulled + closed.note.reservedUnused).toBe(closed.note.last);
    }
  }), { numRuns: 12 });
}, 60_000);
