import fc from 'fast-check';
import { Client, deskClient } from '../../../test/client.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { addDays, weekdayOf } from '../../core/day.ts';
import { leaderCalendars } from '../calendar/index.ts';
import { addToCalendar, cancelInCalendar, moveEngagement } from '../calendar/engagement.server.ts';
import { changesSince, daysOf, keepChoices, periods, spanOf, type PlanContent } from './plan.ts';
import { schedules } from './plan-jobs.ts';
import { mailPlans, plansDue } from './plan-mail.server.ts';
import { approvePlan, changePlan, getPlan, listPlans, preparePlan, printApproved, publishPlan, returnPlan, submitPlan } from './plan.server.ts';
import { readPublicPlan } from './public.server.ts';
import { addReader } from './reader.server.ts';

const now = new Date('2026-03-02T08:00:00Z');
const monday = '2026-03-09';

async function scene(office: TestOffice) {
  const [mayor, chief, secretary, clerk] = [await office.as('mayor'), await office.as('chief'), await office.as('protocol'), await office.as('tamara-zvicer')];
  const [first, second] = await office.within((db) => leaderCalendars({ db, office: office.office, now }));
  const add = (title: string, startsTime: string, more: object = {}, who = secretary) => office.run(addToCalendar, who, { calendarId: first!.id, kind: 'meeting', title, startsOn: monday, startsTime, ...more }, { now });
  const visit = await add('Обилазак радова у улици Липова', '09:00', { kind: 'visit', visibility: 'public', publicTitle: 'Обилазак радова', place: 'Липова', participants: ['Рада Примјер'] });
  await add('Разговор о кадровима', '11:00', { visibility: 'confidential' });
  await add('Зубар', '13:00', { kind: 'private' }, mayor);
  await add('Отварање изложбе', '18:00', { kind: 'event', visibility: 'public', calendarId: second!.id });
  await add('Можда пријем', '15:00', { visibility: 'public', state: 'tentative' });
  return { mayor, chief, secretary, clerk, visit, add };
}

test('a week from the calendars to the approved page: what is private is only taken, the public has its own words, what was left out is nowhere', async ({ office }) => {
  const { mayor, chief, secretary, clerk, visit, add } = await scene(office);
  const { id } = await office.run(preparePlan, secretary, { period: 'week', on: monday }, { now });
  const draft = await office.run(getPlan, secretary, { id });
  expect(draft.internal!.entries.map((entry) => [entry.title, entry.isTaken])).toEqual([['Обилазак радова у улици Липова', false], ['Разговор о кадровима', false], ['', true], ['Можда пријем', false], ['Отварање изложбе', false]]);
  expect(draft.public!.entries.map((entry) => entry.title)).toEqual(['Обилазак радова', 'Отварање изложбе']);
  expect((await office.run(getPlan, clerk, { id })).internal).toBe(null);
  await office.refused(office.run(preparePlan, clerk, { period: 'week', on: monday }), 403);
  const [first, second] = draft.public!.entries;
  await office.run(changePlan, secretary, { id, note: 'Возило у 8:45.', internal: draft.internal!.entries.slice(0, 4).map((entry) => entry.key), public: [first!.key], words: [{ key: first!.key, title: 'Градоначелник на терену', place: 'Липова' }] });
  // Read anew from the calendars the choices stay.
  await office.run(preparePlan, secretary, { period: 'week', on: '2026-03-11' }, { now });
  await office.run(submitPlan, secretary, { id });
  await office.run(returnPlan, chief, { id });
  await office.run(submitPlan, secretary, { id });
  await office.refused(office.run(approvePlan, secretary, { id }), 403);
  await office.run(approvePlan, mayor, { id }, { now });
  const approved = await office.run(getPlan, chief, { id });
  expect(approved).toMatchObject({ state: 'approved', note: 'Возило у 8:45.', approvedBy: mayor.name, internal: { entries: { length: 4 } }, public: { entries: [{ title: 'Градоначелник на терену', key: first!.key }] } });
  expect(JSON.stringify(approved.public)).not.toContain(second!.key);
  const file = await office.run(printApproved, chief, { id, audience: 'internal' });
  expect(Buffer.from(file.content, 'base64').subarray(0, 5).toString()).toBe('%PDF-');
  await office.refused(office.run(printApproved, clerk, { id, audience: 'internal' }), 404);
  expect((await office.run(printApproved, clerk, { id, audience: 'public' })).content.length).toBeGreaterThan(1000);
  expect((await office.run(readPublicPlan, office.public(), { on: monday }, { now })).entries).toEqual([]);
  await office.run(publishPlan, chief, { id });
  expect((await office.run(readPublicPlan, office.public(), { on: monday }, { now })).entries).toMatchObject([{ title: 'Градоначелник на терену', on: monday }]);
  // A changed calendar leaves the plan as it was; the next version says what is otherwise and takes its place.
  await office.run(moveEngagement, secretary, { id: visit.id, startsOn: monday, startsTime: '10:00', nevertheless: true }, { now });
  await add('Ново', '16:30');
  expect((await office.run(getPlan, chief, { id })).internal!.entries[0]!.startsAt).toEqual(first!.startsAt);
  const next = await office.run(preparePlan, chief, { period: 'week', on: monday }, { now });
  expect(next).toMatchObject({ version: 2 });
  const newer = await office.run(getPlan, chief, { id: next.id });
  expect(newer.changes.internal.map((change) => [change.kind, change.entry.title])).toEqual([['changed', 'Обилазак радова у улици Липова'], ['new', 'Ново'], ['new', 'Отварање изложбе']]);
  expect(newer.public!.entries[0]).toMatchObject({ title: 'Градоначелник на терену' });
  await office.run(approvePlan, chief, { id: next.id }, { now });
  expect(await office.run(getPlan, chief, { id })).toMatchObject({ state: 'replaced', isPublished: false });
  expect((await office.run(getPlan, chief, { id: next.id })).isPublished).toBe(true);
  expect((await office.run(listPlans, clerk, { period: 'week' })).plans.map((plan) => plan.version)).toEqual([2]);
  expect(JSON.stringify(await office.events())).not.toContain('кадровима');
});

test('in the evening the plan goes out, each version to its readers; where there is none it is prepared and the chief is told; a newer one follows at once', async ({ office }) => {
  const { chief, secretary, clerk, visit } = await scene(office);
  await office.run(addReader, chief, { personId: clerk.personId!, audience: 'internal' });
  await office.run(addReader, chief, { email: 'redakcija@primjer.example', name: 'Редакција', audience: 'public', periods: ['day'] });
  expect((await office.refused(office.run(addReader, chief, { email: 'x@primjer.example', audience: 'internal' }), 422)).fields).toHaveProperty('audience');
  const friday = new Date('2026-03-06T16:00:00Z');
  expect(await office.run(mailPlans, office.system(), {}, { now: friday })).toEqual({ sent: [], prepared: true });
  const [plan] = (await office.run(listPlans, chief, { period: 'day' })).plans;
  expect(plan).toMatchObject({ fromOn: monday, state: 'draft', preparedBy: '' });
  await office.settle();
  expect(office.mails.map((mail) => mail.to)).toEqual([expect.stringContaining('vesko.radulovic')]);
  await office.run(approvePlan, chief, { id: plan!.id }, { now: friday });
  expect((await office.run(mailPlans, office.system(), {}, { now: friday })).sent).toEqual([{ period: 'day', readers: 2 }]);
  expect((await office.run(mailPlans, office.system(), {}, { now: friday })).sent).toEqual([]);
  expect((await office.run(mailPlans, office.system(), {}, { now: new Date('2026-03-07T16:00:00Z') }))).toEqual({ sent: [], prepared: false });
  await office.settle();
  const sent = office.mails.slice(1);
  expect(sent.map((mail) => mail.to).toSorted()).toEqual(['redakcija@primjer.example', expect.stringContaining('tamara.zvicer')]);
  const attached = await office.within((db) => db.selectFrom('mail').select('attachments').where('office_id', '=', office.office.id).where('recipient', 'in', sent.map((mail) => mail.to)).execute());
  expect(new Set(attached.map((mail) => (mail.attachments as { sha256: string }[])[0]!.sha256)).size).toBe(2);
  expect(sent.map((mail) => mail.subject + mail.text).join()).not.toMatch(/Разговор|Razgovor|Липова|Lipova/);
  await office.run(cancelInCalendar, secretary, { id: visit.id, reason: 'Киша.' }, { now: friday });
  const newer = await office.run(preparePlan, chief, { period: 'day', on: monday }, { now: friday });
  await office.run(approvePlan, chief, { id: newer.id }, { now: friday });
  await office.settle();
  expect(office.mails).toHaveLength(5);
});

test('each office has its evening by its own clock, once a day, also across the change of time and after an hour without service', async ({ office }) => {
  const [evening] = schedules;
  const { kernel } = office;
  const east = await office.another('medias');
  const names = new Map([[office.office.id, 'Podgorica'], [east.office.id, 'Bucharest']]);
  /** A turn of the schedule at a moment, over these two offices; answers whose evening it was, and what was looked after so far. */
  const turn = async (moment: string): Promise<{ due: string[]; done: [number, number] }> => {
    const at = new Date(moment);
    const due = (await evening!.due!(kernel, at)).filter((one) => names.has(one.id));
    for (const one of due) await evening!.run(kernel, one, at);
    const [here, there] = [await office.events(), await east.events()].map((events) => events.filter((event) => event.name === 'plan.looked_after').length);
    return { due: due.map((one) => names.get(one.id)!).toSorted(), done: [here!, there!] };
  };
  expect(await turn('2026-03-26T14:59:00Z')).toEqual({ due: [], done: [0, 0] });
  expect(await turn('2026-03-26T15:00:00Z')).toEqual({ due: ['Bucharest'], done: [0, 1] });
  expect(await turn('2026-03-26T15:30:00Z')).toEqual({ due: ['Bucharest'], done: [0, 1] });
  expect(await turn('2026-03-26T16:00:00Z')).toEqual({ due: ['Bucharest', 'Podgorica'], done: [1, 1] });
  expect(await turn('2026-03-26T21:30:00Z')).toEqual({ due: ['Bucharest', 'Podgorica'], done: [1, 1] });
  expect(await turn('2026-03-26T22:30:00Z')).toEqual({ due: ['Podgorica'], done: [1, 1] });
  // Nobody served between 15:00 and 18:40: both have their evening then.
  expect(await turn('2026-03-27T18:40:00Z')).toEqual({ due: ['Bucharest', 'Podgorica'], done: [2, 2] });
  // In summer an hour earlier by the sun, the same by the clock; in winter again.
  for (const [day, hour, done] of [['2026-03-29', 14, 2], ['2026-03-30', 14, 3], ['2026-10-23', 14, 4], ['2026-10-25', 15, 5], ['2026-10-26', 15, 6]] as const) {
    expect((await turn(`${day}T${hour - 1}:59:00Z`)).due).toEqual([]);
    expect(await turn(`${day}T${hour}:00:00Z`)).toEqual({ due: ['Bucharest'], done: [done, done + 1] });
    expect(await turn(`${day}T${hour + 1}:00:00Z`)).toEqual({ due: ['Bucharest', 'Podgorica'], done: [done + 1, done + 1] });
  }
  const { plans } = await east.run(listPlans, await east.as('chief'), { period: 'day' });
  expect(plans.map((plan) => plan.fromOn)).toContain('2026-03-27');
});

test('the pages: prepared, saved and approved by forms; the public page in each language', async ({ office }) => {
  await scene(office);
  const chief = await deskClient(office, 'vesko-radulovic');
  const made = await chief.post('/desk/plans', { period: 'week', on: monday });
  expect(made.location).toMatch(/^\/desk\/plans\//);
  const page = await chief.get(made.location);
  expect(page.html).toContain('name="internal"');
  expect(page.html).not.toMatch(/⟨/);
  const keys = [...page.html.matchAll(/name="internal" value="([^"]+)"/g)].map((match) => match[1]!);
  const said = [...page.html.matchAll(/name="key" value="([^"]+)"/g)].map((match) => match[1]!);
  expect((await chief.post(made.location, [['act', 'change'], ['note', 'x'], ...keys.map((key): [string, string] => ['internal', key]), ...said.flatMap((key): [string, string][] => [['public', key], ['key', key], ['title', 'Јавно'], ['place', '']])])).location).toBe(made.location);
  expect((await chief.post(made.location, { act: 'approve' })).location).toBe(made.location);
  expect((await chief.post(made.location, { act: 'approve' })).status).toBe(409);
  await chief.post(made.location, { act: 'publish' });
  expect((await chief.get(made.location)).html).not.toMatch(/⟨/);
  expect((await chief.get(`${made.location}/print?of=public`)).headers.get('content-type')).toBe('application/pdf');
  expect((await chief.get('/desk/plans')).html).not.toMatch(/⟨/);
  expect((await chief.post('/desk/plans/readers', { email: 'x', audience: 'public', periods: 'day' })).status).toBe(422);
  expect((await chief.post('/desk/plans', { period: 'week', on: 'x' })).status).toBe(422);
  const anyone = new Client(office);
  for (const lang of ['', '&lang=sq', '&lang=en']) {
    const shown = await anyone.get(`/plan?on=${monday}${lang}`);
    expect([shown.status, /⟨/.test(shown.html)]).toEqual([200, false]);
  }
  expect((await anyone.get(`/plan?on=${monday}`)).html).toMatch(/Javno|Јавно/);
});

test('periods hold their days; evenings send the next working day, and what begins with it', () => {
  fc.assert(fc.property(fc.constantFrom(...periods), fc.integer({ min: 0, max: 2000 }), (period, n) => {
    const on = addDays('2024-01-01', n);
    const span = spanOf(period, on);
    const days = daysOf(span);
    expect(days).toContain(on);
    expect(days.every((one) => JSON.stringify(spanOf(period, one)) === JSON.stringify(span))).toBe(true);
    if (period === 'week') expect([days.length, weekdayOf(span.fromOn)]).toEqual([7, 1]);
  }));
  expect(plansDue('2026-03-05', '2026-03-06')).toEqual([{ period: 'day', on: '2026-03-06' }]);
  expect(plansDue('2026-03-06', '2026-03-09').map((one) => one.period)).toEqual(['day', 'week']);
  expect(plansDue('2026-02-27', '2026-03-02').map((one) => one.period)).toEqual(['day', 'week', 'month']);
});

test('a plan compared with itself is unchanged; choices survive a new reading', () => {
  const entry = fc.record({ key: fc.string({ minLength: 1, maxLength: 4 }), leaderId: fc.constant('a'), kind: fc.constant('meeting'), startsAt: fc.date({ noInvalidDate: true }), endsAt: fc.date({ noInvalidDate: true }), isAllDay: fc.boolean(), isTentative: fc.boolean(), title: fc.string(), place: fc.string(), with: fc.constant(''), preparedBy: fc.constant(''), phone: fc.constant(''), engagementId: fc.constant(null), isTaken: fc.constant(false), isShown: fc.boolean() });
  const content = fc.uniqueArray(entry, { selector: (one) => one.key, maxLength: 12 }).map((entries): PlanContent => ({ leaders: [], entries }));
  fc.assert(fc.property(content, content, (a, b) => {
    expect(changesSince(a, a)).toEqual([]);
    expect(changesSince(null, a)).toEqual([]);
    const there = changesSince(a, b);
    const back = changesSince(b, a);
    expect(there.filter((one) => one.kind === 'new').map((one) => one.entry.key).toSorted()).toEqual(back.filter((one) => one.kind === 'gone').map((one) => one.entry.key).toSorted());
    const kept = keepChoices({ ...a, entries: a.entries.map((one) => ({ ...one, isShown: true, title: 'x' })) }, a, true);
    expect(kept).toEqual(a);
  }));
});
