import fc from 'fast-check';
import { expect, test } from '../../../test/office.ts';
import { addDays } from '../../core/day.ts';
import { workCalendar } from '../../core/holiday.ts';
import { listJurisdictions } from '../../core/jurisdiction.ts';
import { registerPaper } from '../registry/paper.server.ts';
import { escalateObligations } from './ladder.server.ts';
import { reached, rungOn, rungs } from './ladder.ts';
import { nextDue, ruleFrom, rules } from './obligation.ts';
import { giveObligation } from './obligation-give.server.ts';
import { moveDue } from './obligation-lead.server.ts';
import { countObligations, findObligations } from './obligation-list.server.ts';
import { getObligation } from './obligation-view.server.ts';
import { finishObligation, passObligation } from './obligation-work.server.ts';

const now = new Date('2026-03-02T08:00:00Z');
const morning = (day: string): { now: Date } => ({ now: new Date(`${day}T05:15:00Z`) });
const calendars = listJurisdictions().map((jurisdiction) => workCalendar(jurisdiction));
const days = fc.integer({ min: 0, max: 900 }).map((n) => addDays('2025-06-01', n));

test('the ladder is climbed one way: each rung on one day, never before the one below, and working days count as the office works', () => {
  fc.assert(fc.property(fc.constantFrom(...calendars), days, fc.integer({ min: -10, max: 40 }), (calendar, dueOn, offset) => {
    const today = addDays(dueOn, offset);
    const on = rungs.map((rung) => rungOn(rung, dueOn, calendar));
    expect(on).toEqual(on.toSorted());
    expect(reached(dueOn, today, calendar)).toBe(on.filter((day) => day <= today).length);
    expect(reached(dueOn, addDays(today, 1), calendar)).toBeGreaterThanOrEqual(reached(dueOn, today, calendar));
    for (const [index, rung] of rungs.entries()) {
      if (!rung.workingDays) continue;
      expect(calendar.isWorkingDay(on[index]!)).toBe(true);
      let worked = 0;
      for (let day = addDays(dueOn, 1); day <= on[index]!; day = addDays(day, 1)) if (calendar.isWorkingDay(day)) worked++;
      expect(worked).toBe(rung.workingDays);
    }
  }), { numRuns: 200 });
});

test('a rule’s next day lies ahead, and a month’s last day comes again after a short month', () => {
  fc.assert(fc.property(fc.constantFrom(...rules), days, fc.integer({ min: 1, max: 30 }), (rule, start, times) => {
    const kept = ruleFrom(rule, start);
    let on = start;
    for (let n = 0; n < times; n++) {
      const next = nextDue(kept, on)!;
      expect(next > on).toBe(true);
      on = next;
    }
    if (rule === 'week') expect(on).toBe(addDays(start, 7 * times));
    else expect(Number(on.slice(8))).toBeLessThanOrEqual(Number(start.slice(8)));
  }), { numRuns: 100 });
  expect(['2026-01-31', '2026-02-28', '2026-03-31'].map((on) => nextDue('month:31', on))).toEqual(['2026-02-28', '2026-03-31', '2026-04-30']);
  expect(nextDue('', '2026-01-31')).toBe(null);
});

test('each morning whom it concerns gets one message, once; the ladder goes from owner to head, giver and who leads', async ({ office }) => {
  const [mayor, chief, head, clerk] = [await office.as('andrija-vukmirovic'), await office.as('vesko-radulovic'), await office.as('djordjije-pejovic'), await office.as('tamara-zvicer')];
  const give = async (text: string, dueOn: string) => (await office.run(giveObligation, mayor, { text, to: clerk.personId!, dueOn }, { now })).id;
  const [one, two] = [await give('Први задатак', '2026-03-12'), await give('Други задатак', '2026-03-12')];
  const climb = (day: string) => office.run(escalateObligations, office.system(), {}, morning(day));
  const mailed = async (): Promise<string[]> => {
    await office.settle();
    return office.mails.splice(0).map((mail) => mail.to).toSorted();
  };
  const emailOf = async (personId: string) => office.within(async (db) => (await db.selectFrom('person').select('email').where('office_id', '=', office.office.id).where('id', '=', personId).executeTakeFirstOrThrow()).email);
  const [ofMayor, ofChief, ofHead, ofClerk] = [await emailOf(mayor.personId!), await emailOf(chief.personId!), await emailOf(head.personId!), await emailOf(clerk.personId!)];
  await mailed();
  expect(await climb('2026-03-06')).toMatchObject({ climbed: 0, mails: 0 });
  expect(await climb('2026-03-09')).toMatchObject({ climbed: 2, mails: 1 });
  await office.settle();
  expect(office.mails[0]!.text).toMatch(/Први задатак[\s\S]*Други задатак/);
  expect(await mailed()).toEqual([ofClerk]);
  // The same morning once more says nothing; the next day nothing new has been reached.
  expect(await climb('2026-03-09')).toMatchObject({ climbed: 0, mails: 0 });
  expect(await climb('2026-03-10')).toMatchObject({ climbed: 0, mails: 0 });
  expect((await climb('2026-03-13')).climbed).toBe(2);
  expect(await mailed()).toEqual([ofClerk, ofHead].toSorted());
  // 12 March 2026 is a Thursday: the third working day after it is the Tuesday.
  await office.run(finishObligation, clerk, { id: two, report: 'Урађено.' }, { now: new Date('2026-03-16T08:00:00Z') });
  expect((await climb('2026-03-16')).climbed).toBe(0);
  await mailed();
  expect((await climb('2026-03-17')).climbed).toBe(1);
  expect(await mailed()).toEqual([ofClerk, ofHead, ofMayor].toSorted());
  expect((await climb('2026-03-24')).climbed).toBe(1);
  expect(await mailed()).toEqual([ofChief, ofMayor].toSorted());
  expect(await office.run(countObligations, chief, {}, morning('2026-03-24'))).toMatchObject({ escalated: 1 });
  expect((await office.run(findObligations, chief, { view: 'late', escalated: '1' }, morning('2026-03-24'))).obligations.map((row) => row.id)).toEqual([one]);
  expect((await office.run(getObligation, mayor, { id: one })).story.map((line) => line.text)).toEqual(['lead', 'giver', 'late', 'soon']);
  // Another day begins the ladder anew.
  await office.run(moveDue, mayor, { id: one, dueOn: '2026-04-10' }, morning('2026-03-25'));
  expect((await climb('2026-03-26')).climbed).toBe(0);
  expect((await climb('2026-04-08')).climbed).toBe(1);
});

test('days on which nothing ran are caught up with in one step; what was passed on is told to the giver', async ({ office }) => {
  const [mayor, head, clerk] = [await office.as('andrija-vukmirovic'), await office.as('djordjije-pejovic'), await office.as('tamara-zvicer')];
  const { id } = await office.run(giveObligation, mayor, { text: 'Задатак', to: clerk.personId!, dueOn: '2026-03-12' }, { now });
  await office.run(passObligation, clerk, { id, personId: head.personId! }, { now: new Date('2026-04-01T10:00:00Z') });
  expect(await office.run(escalateObligations, office.system(), {}, morning('2026-04-02'))).toMatchObject({ climbed: 1 });
  const { story, escalation } = await office.run(getObligation, mayor, { id });
  expect([story.filter((line) => line.kind === 'escalated').map((line) => line.text), escalation]).toEqual([['lead'], rungs.length]);
  await office.settle();
  expect(office.mails.filter((mail) => /Preneseno|prenesen/.test(mail.text))).toHaveLength(1);
});

test('of what is confidential a message says the number and the link, to those alone who may open it', async ({ office }) => {
  const [mayor, clerk, registrar] = [await office.as('andrija-vukmirovic'), await office.as('tamara-zvicer'), await office.as('dragica-borilovic')];
  const { id: caseId, reference } = await office.run(registerPaper, registrar, { subject: 'Осјетљив допис' }, { now });
  const { id } = await office.run(giveObligation, mayor, { text: 'Шифра КРУШКА', to: clerk.personId!, dueOn: '2026-03-12', confidential: '1', caseId }, { now });
  await office.run(escalateObligations, office.system(), {}, morning('2026-03-13'));
  await office.settle();
  const told = office.mails.filter((mail) => mail.text.includes(id));
  expect(told).toHaveLength(1);
  expect(told[0]!.text).toContain(reference);
  expect(JSON.stringify(office.mails)).not.toMatch(/КРУШКА|KRUŠKA/);
});

test('what comes again is given when its day comes, also while the last one is not done', async ({ office }) => {
  const [mayor, clerk] = [await office.as('andrija-vukmirovic'), await office.as('tamara-zvicer')];
  await office.run(giveObligation, mayor, { text: 'Седмични преглед', to: clerk.personId!, dueOn: '2026-03-06', rule: 'week' }, { now });
  expect((await office.run(escalateObligations, office.system(), {}, morning('2026-03-05'))).given).toBe(0);
  expect((await office.run(escalateObligations, office.system(), {}, morning('2026-03-06'))).given).toBe(1);
  expect((await office.run(findObligations, clerk, { view: 'mine' })).obligations.map((row) => [row.dueOn, row.givenBy])).toEqual([['2026-03-06', mayor.name], ['2026-03-13', mayor.name]]);
  // Weeks that passed meanwhile are not made up for.
  expect((await office.run(escalateObligations, office.system(), {}, morning('2026-04-01'))).given).toBe(1);
  expect((await office.run(findObligations, clerk, { view: 'mine' })).obligations.map((row) => row.dueOn)).toEqual(['2026-03-06', '2026-03-13', '2026-04-03']);
});
