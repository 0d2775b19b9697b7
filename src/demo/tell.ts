import type { Caller } from '../core/caller.ts';
import { publicCaller } from '../core/caller.ts';
import { addDays, dayIn, instantIn } from '../core/day.ts';
import { enter } from '../core/operation.ts';
import { isWorkingDay } from '../core/holiday.ts';
import { findClockRule } from '../core/jurisdiction.ts';
import type { Kernel } from '../core/kernel.ts';
import { log } from '../core/log.ts';
import type { Office } from '../core/office.ts';
import { textIn } from '../core/message.ts';
import { Refusal } from '../core/refusal.ts';
import { tellAudiences } from './audiences.ts';
import { tellBriefing } from './briefing.ts';
import { tellCalendar } from './calendar.ts';
import { tellContributions } from './contributions.ts';
import { tellMeetings } from './meetings.ts';
import { tellObligations } from './obligations.ts';
import { tellPlan } from './plan.ts';
import { tellBooks } from './books.ts';
import { tellArchive } from './archive.ts';
import { tellClassified } from './classified.ts';
import { tellCorrespondence } from './correspondence.ts';
import { tellDispatch } from './dispatch.ts';
import { tellDistribution } from './distribution.ts';
import { tellExchange } from './exchange.ts';
import { tellMailroom } from './mailroom.ts';
import { tellPapers } from './papers.ts';
import { words } from './words.ts';
import { giveContribution } from '../modules/contributions/contribution.server.ts';
import { personCaller } from '../modules/people/index.ts';
import { approveAnswer, dispatchAnswer, draftAnswer, returnAnswer, submitAnswer } from '../modules/requests/answer.server.ts';
import { askCompletion, askForContribution, completePetition } from '../modules/requests/completion.server.ts';
import { registerPetition, submitPetition } from '../modules/requests/intake.server.ts';
import { proposePublication, publishPetition } from '../modules/requests/publication.server.ts';
import { receiveDeliveries } from '../modules/distribution/delivery.server.ts';
import { listDeliveries } from '../modules/distribution/delivery-list.server.ts';
import { assignPetition, closePetition, dismissPetition, extendPetition, forwardPetition, ratePetition } from '../modules/requests/work.server.ts';
import { chance, readYear, type Scenario, type Sender } from './year.ts';

type Cast = { chief: Caller; mayor: Caller; registrar: Caller; clerkOf(unitId: string): Caller; bodyId(key: string): string | undefined };
type Deed = { at: Date; run(now: Date): Promise<void> };

/** Tells a plausible year of the office, deed by deed in the order of time, each through its operation. */
export async function tellYear(kernel: Kernel, office: Office, now: Date, progress: (share: number) => void = () => {}): Promise<number> {
  const year = readYear(office.data.slug);
  if (!year) return 0;
  const cast = await castOf(kernel, office);
  const random = chance(office.data.slug.length * 7919 + office.data.slug.charCodeAt(1));
  const letters = year.petitions.flatMap((scenario) => scenario.variants.map((variant) => ({ scenario, variant, order: random() }))).sort((a, b) => a.order - b.order);
  const deeds: Deed[] = [];
  const add = (at: Date, run: Deed['run']): void => {
    if (at > now) return;
    const index = deeds.findIndex((deed) => deed.at > at);
    if (index < 0) deeds.push({ at, run });
    else deeds.splice(index, 0, { at, run });
  };
  const stage: Stage = { kernel, office, cast, random, add, now };
  letters.forEach((letter, index) => {
    // More lately than long ago, so that there is work to see: the last quarter of the letters lies in the last seven weeks.
    const share = index / letters.length;
    const age = share < 0.7 ? 360 - (share / 0.7) * 310 : 50 * (1 - (share - 0.7) / 0.3);
    const drawn = year.parties[Math.floor(random() * year.parties.length)]!;
    const sender = year.parties.find((party) => party.name === letter.variant.from) ?? drawn;
    tellLetter(stage, letter.scenario, letter.variant, sender, Math.max(0, Math.round(age)), index);
  });
  for (const tell of [tellBooks, tellPapers, tellMailroom, tellDistribution, tellCorrespondence, tellDispatch, tellArchive, tellClassified, tellExchange, tellObligations, tellContributions, tellCalendar, tellMeetings, tellAudiences, tellBriefing, tellPlan]) tell(stage);
  let told = 0;
  for (let deed = deeds.shift(); deed; deed = deeds.shift()) {
    try {
      await deed.run(deed.at);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      log.warn({ office: office.slug, refusal: error.said.key, fields: Object.keys(error.fields) }, 'the demonstration year was refused a deed');
    }
    if (++told % 25 === 0) progress(told / (told + deeds.length));
  }
  return letters.length;
}

async function castOf(kernel: Kernel, office: Office): Promise<Cast> {
  return kernel.db.transaction().execute(async (db) => {
    await enter(db, kernel.system(office), 'all');
    const people = await db.selectFrom('person').select(['id', 'roles', 'unit_id']).where('office_id', '=', office.id).where('is_active', '=', true).orderBy('key').execute();
    const callers = new Map<string, Caller>();
    for (const person of people) {
      const caller = await personCaller(db, office, person.id);
      if (caller) callers.set(person.id, caller);
    }
    const first = (role: string): Caller => {
      const found = people.find((person) => person.roles.includes(role));
      if (!found) throw new Error(`offices/${office.slug}.json has nobody with the role ${role}`);
      return callers.get(found.id)!;
    };
    const bodies = new Map((await db.selectFrom('party').select(['id', 'key']).where('office_id', '=', office.id).where('kind', '=', 'body').execute()).map((body) => [body.key, body.id]));
    const works = (roles: string[]): boolean => roles.some((role) => ['clerk', 'adviser', 'head'].includes(role));
    const anyone = people.find((person) => person.roles.includes('adviser')) ?? people.find((person) => works(person.roles))!;
    return {
      chief: first('chief'), mayor: first('mayor'), registrar: first('registrar'), bodyId: (key) => bodies.get(key),
      clerkOf: (unitId) => callers.get((people.find((person) => person.unit_id === unitId && person.roles.includes('clerk')) ?? people.find((person) => person.unit_id === unitId && works(person.roles)) ?? anyone).id)!,
    };
  });
}

export type Stage = { kernel: Kernel; office: Office; cast: Cast; random(): number; add(at: Date, run: Deed['run']): void; now: Date };

function tellLetter(tale: Stage, scenario: Scenario, letter: Scenario['variants'][number], sender: Sender, age: number, index: number): void {
  const { kernel, office, cast, random, add, now } = tale;
  const zone = office.jurisdiction.timeZone;
  const workday = (from: string, days: number): string => {
    let day = from;
    for (let left = Math.max(0, Math.round(days)); left > 0 || !isWorkingDay(office.jurisdiction, day); ) {
      day = addDays(day, 1);
      if (isWorkingDay(office.jurisdiction, day)) left = Math.max(0, left - 1);
    }
    return day;
  };
  const at = (day: string, hour: number): Date => instantIn(zone, day, `${String(Math.floor(hour)).padStart(2, '0')}:${String(Math.floor((hour % 1) * 60)).padStart(2, '0')}`);
  const channel = ((draw): 'web' | 'letter' | 'phone' | 'counter' | 'email' => (draw < 0.5 ? 'web' : draw < 0.74 ? 'letter' : draw < 0.84 ? 'phone' : draw < 0.92 ? 'counter' : 'email'))(random());
  const arrived = channel === 'web' ? addDays(dayIn(zone, now), -age) : workday(addDays(dayIn(zone, now), -age), 0);
  const fill = (text: string): string => text.replaceAll('{{subject}}', letter.subject).replaceAll('{{place}}', letter.place);
  const clerk = cast.clerkOf(scenario.unit);
  const say = (which: keyof typeof words): string => textIn(words[which], office.locale);
  // Some are slow: their answer comes late, or is late still.
  const slow = index % 11 === 3;
  const term = findClockRule(office.jurisdiction, 'petition.reply', arrived)?.days ?? 30;
  const pace = slow ? term * 0.75 + random() * 10 : 4 + random() * 11;
  const hour = 8 + random() * 7;
  const mayExtend = Boolean(findClockRule(office.jurisdiction, 'petition.reply', arrived)?.extension);
  const mayPublish = random() < 0.6;
  const petitioner = (id: string): Caller => ({ ...publicCaller(office, office.locale), kind: 'petitioner', caseId: id });

  add(at(arrived, channel === 'web' ? 7 + random() * 15 : hour), async (moment) => {
    const replyBy = sender.email && (channel === 'web' || channel === 'email' || random() < 0.5) ? 'email' : sender.address ? 'post' : 'pickup';
    const anonymous = index % 29 === 7 && channel === 'letter';
    const input = {
      kind: scenario.kind, subject: letter.subject, text: letter.text, place: letter.place, area: scenario.area, name: anonymous ? '' : sender.name, organisation: sender.kind === 'organisation', email: anonymous ? '' : (sender.email ?? ''),
      phone: sender.phone ?? '', address: sender.address ?? '', town: sender.place ?? '', replyBy: anonymous ? ('pickup' as const) : (replyBy as 'email'), locale: office.locale, mayPublish,
    };
    const { id } = channel === 'web'
      ? await kernel.run(submitPetition, publicCaller(office, office.locale), input, { now: moment })
      : await kernel.run(registerPetition, cast.registrar, { ...input, channel, receivedOn: dayIn(zone, moment) }, { now: moment });
    if (anonymous) return add(at(workday(arrived, 2), 9.5), async (then) => void (await kernel.run(dismissPetition, cast.chief, { id, disposition: 'closed-anonymous', reason: say('anonymous') }, { now: then })));
    tellWork(id);
  });

  function tellWork(id: string): void {
    let day = workday(arrived, 1);
    const step = (days: number, hours: number, run: Deed['run']): void => {
      day = workday(day, days);
      add(at(day, hours), run);
    };
    const leader = random() < 0.3 ? cast.mayor : cast.chief;
    // The newest letters still lie on the chief's desk.
    if (age > 2 || random() < 0.4) {
      step(0, 9 + random() * 2, async (moment) => void (await kernel.run(assignPetition, leader, { id, unitId: scenario.unit, personId: clerk.personId, resolution: scenario.resolution }, { now: moment })));
      // Most take what is given them the same day.
      if (age > 1) add(at(day, 12 + random() * 3), async (moment) => {
        const { deliveries } = await kernel.run(listDeliveries, clerk, { view: 'mine' });
        const ids = deliveries.filter((one) => one.caseId === id && one.can.receive).map((one) => one.id);
        if (ids.length > 0) await kernel.run(receiveDeliveries, clerk, { ids }, { now: moment });
      });
    } else return;
    const body = scenario.forward ? cast.bodyId(scenario.forward.body) : undefined;
    if (scenario.forward && body) {
      step(1 + random() * 2, 11, async (moment) => void (await kernel.run(forwardPetition, cast.chief, { id, bodyId: body, reason: fill(scenario.forward!.reason) }, { now: moment })));
      return;
    }
    if (scenario.completion) {
      step(2, 10.5, async (moment) => void (await kernel.run(askCompletion, clerk, { id, question: fill(scenario.completion!.question) }, { now: moment })));
      step(3 + random() * 3, 18, async (moment) => void (await kernel.run(completePetition, petitioner(id), { id, reply: fill(scenario.completion!.reply) }, { now: moment })));
    }
    if (scenario.contribution) tellContribution(id, (days, hours, run) => step(days, hours, run));
    if (!scenario.answer) return;
    const answer = { facts: fill(scenario.answer.facts), basis: fill(scenario.answer.basis), decision: fill(scenario.answer.decision), remedy: fill(scenario.answer.remedy) };
    let version = 0;
    const write = async (moment: Date): Promise<void> => {
      version = (await kernel.run(draftAnswer, clerk, { id, version, ...answer }, { now: moment })).version;
    };
    if (slow && index % 2 === 0 && mayExtend) step(6, 14, async (moment) => void (await kernel.run(extendPetition, cast.chief, { id, days: 5, reason: say('extension') }, { now: moment })));
    step(pace, 12, write);
    step(1, 9, async (moment) => {
      version = (await kernel.run(submitAnswer, clerk, { id, version, ...answer, approverId: leader.personId }, { now: moment })).version;
    });
    if (index % 9 === 4) {
      step(1, 10, async (moment) => {
        version = (await kernel.run(returnAnswer, leader, { id, comment: say('comment') }, { now: moment })).version;
      });
      step(1, 11, async (moment) => {
        version = (await kernel.run(submitAnswer, clerk, { id, version, ...answer, approverId: leader.personId }, { now: moment })).version;
      });
    }
    step(random() * 2, 13, async (moment) => void (await kernel.run(approveAnswer, leader, { id }, { now: moment })));
    step(random() < 0.5 ? 0 : 1, 14.5, async (moment) => void (await kernel.run(dispatchAnswer, cast.registrar, { id }, { now: moment })));
    const dissatisfied = scenario.dissatisfied && random() < 0.7 ? scenario.dissatisfied : null;
    if (dissatisfied) {
      step(4, 19, async (moment) => void (await kernel.run(ratePetition, petitioner(id), { id, satisfaction: 'dissatisfied', reason: dissatisfied }, { now: moment })));
      step(9 + random() * 8, 12, async (moment) => {
        version = (await kernel.run(submitAnswer, clerk, { id, version: 0, ...answer, approverId: cast.chief.personId }, { now: moment })).version;
      });
      step(1, 13, async (moment) => void (await kernel.run(approveAnswer, cast.chief, { id }, { now: moment })));
      step(0, 14, async (moment) => void (await kernel.run(dispatchAnswer, cast.registrar, { id }, { now: moment })));
    } else if (random() < 0.35) step(2, 20, async (moment) => void (await kernel.run(ratePetition, petitioner(id), { id, satisfaction: 'satisfied' }, { now: moment })));
    if (mayPublish && office.data.publishes && random() < 0.7) step(2, 9.5, async (moment) => {
      const proposal = await kernel.run(proposePublication, clerk, { id });
      await kernel.run(publishPetition, clerk, { id, ...proposal }, { now: moment });
    });
    if (random() < 0.8) step(18, 8.5, async (moment) => void (await kernel.run(closePetition, cast.registrar, { id }, { now: moment })));
  }

  function tellContribution(id: string, step: (days: number, hours: number, run: Deed['run']) => void): void {
    const { of, question, reply } = scenario.contribution!;
    const body = cast.bodyId(of);
    let contributionId = '';
    step(1, 11.5, async (moment) => {
      const asked = await kernel.run(askForContribution, clerk, { id, of: body ? `body:${body}` : `unit:${of}`, question: fill(question), dueOn: workday(dayIn(zone, moment), 6) }, { now: moment });
      contributionId = asked.contributionId;
    });
    step(3 + random() * 5, 13.5, async (moment) => {
      const giver: Caller = body ? { ...publicCaller(office, office.locale), kind: 'contributor', linkId: contributionId } : cast.clerkOf(of).unitId === of ? cast.clerkOf(of) : cast.chief;
      const name = textOf(office, of);
      await kernel.run(giveContribution, giver, { id: contributionId, reply: fill(reply), name: body ? name : '' }, { now: moment });
    });
  }
}

const textOf = (office: Office, key: string): string => textIn(office.data.bodies.find((body) => body.id === key)?.name, office.locale) || key;
