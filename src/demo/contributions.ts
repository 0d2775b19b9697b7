import { addDays, dayIn, instantIn } from '../core/day.ts';
import type { Caller } from '../core/caller.ts';
import { publicCaller } from '../core/caller.ts';
import { isWorkingDay } from '../core/holiday.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { askMany } from '../modules/contributions/ask.server.ts';
import { askMoreTime, giveContribution, returnContribution } from '../modules/contributions/contribution.server.ts';
import type { Stage } from './tell.ts';

const own = (sr: string, mk: string, ro: string, en: string): LocalText => ({ sr, cnr: sr, mk, ro, en });
type Round = { ago: number; days: number; title: LocalText; question: LocalText };
const rounds: readonly Round[] = [
  { ago: 290, days: 10, title: own('Годишњи извјештај о раду', 'Годишен извештај за работа', 'Raport anual de activitate', 'The year’s report'), question: own('Молимо податке за годишњи извјештај: изведено, у току, неизвршено, са разлозима.', 'Ве молиме за податоци за годишниот извештај: извршено, во тек, неизвршено, со причини.', 'Vă rugăm să transmiteți datele pentru raportul anual: realizat, în curs, nerealizat, cu motivele.', 'Figures for the year’s report: done, going on, not done, with reasons.') },
  { ago: 150, days: 7, title: own('Припрема за љетњу сезону', 'Подготовка за летната сезона', 'Pregătirea sezonului de vară', 'Ready for the summer'), question: own('Молимо преглед стања јавних површина, водоснабдијевања и расвјете пред сезону.', 'Ве молиме за преглед на состојбата на јавните површини, водоснабдувањето и осветлувањето пред сезоната.', 'Vă rugăm să comunicați starea spațiilor publice, a alimentării cu apă și a iluminatului înaintea sezonului.', 'The state of public places, water and lights before the season.') },
  { ago: 45, days: 8, title: own('Приједлози за буџет', 'Предлози за буџетот', 'Propuneri pentru buget', 'Proposals for the budget'), question: own('Молимо приједлоге за наредну годину: до пет ставки, са износом и образложењем.', 'Ве молиме за предлози за следната година: до пет ставки, со износ и образложение.', 'Vă rugăm să transmiteți propunerile pentru anul viitor: cel mult cinci poziții, cu sumă și motivare.', 'Proposals for the coming year: up to five lines with an amount and a reason.') },
  { ago: 4, days: 6, title: own('Зимска служба: спремност', 'Зимска служба: подготвеност', 'Deszăpezire: stadiul pregătirii', 'Winter service: how ready we are'), question: own('Молимо кратко: возила, посада, со и план дежурстава за децембар.', 'Ве молиме накратко: возила, екипажи, сол и план за дежурства за декември.', 'Vă rugăm pe scurt: utilaje, echipaje, sare și graficul de gardă pentru decembrie.', 'In short: vehicles, crews, salt and who is on duty in December.') },
];
const replies: readonly LocalText[] = [
  own('Достављамо тражене податке. Планирано је извршено са 87 %; преостало је у току и биће завршено до краја квартала.', 'Ги доставуваме бараните податоци. Планираното е извршено со 87 %; преостанатото е во тек и ќе заврши до крајот на кварталот.', 'Transmitem datele solicitate. Planul a fost realizat în proporție de 87 %; restul este în curs și va fi încheiat până la sfârșitul trimestrului.', 'As asked. Of what was planned 87 % is done; the rest is under way and ends with the quarter.'),
  own('Стање је уредно. Отворена су два питања, која рјешавамо са надлежним сектором ове седмице.', 'Состојбата е уредна. Отворени се две прашања, кои ги решаваме со надлежниот сектор оваа недела.', 'Situația este în ordine. Rămân două probleme, pe care le rezolvăm săptămâna aceasta cu direcția competentă.', 'All is in order. Two questions are open, which we settle with the sector this week.'),
];
const comment = own('Додати износе по ставкама.', 'Да се додадат износите по ставки.', 'Adăugați sumele pe fiecare poziție.', 'Add the amount of each line.');
const reason = own('Податке чекамо од подручних јединица.', 'Податоците ги чекаме од подрачните единици.', 'Așteptăm datele de la punctele de lucru.', 'We wait for figures from our branches.');

/** Material asked of units and enterprises at once, four times in the year; of the last round some is still owed. */
export function tellContributions({ kernel, office, cast, add, random, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const say = (text: LocalText): string => textIn(text, office.locale);
  const workday = (day: string): string => (isWorkingDay(office.jurisdiction, day) ? day : workday(addDays(day, -1)));
  const units = office.data.units.filter((unit) => !unit.cabinet).slice(0, 2);
  const bodies = office.data.bodies.filter((body) => body.email).slice(0, 2);
  for (const [index, round] of rounds.entries()) {
    const asked = workday(addDays(today, -round.ago));
    const isLast = index === rounds.length - 1;
    add(instantIn(zone, asked, '10:20'), async (moment) => {
      const of = [...units.map((unit) => `unit:${unit.id}`), ...bodies.flatMap((body) => (cast.bodyId(body.id) ? [`body:${cast.bodyId(body.id)}`] : []))];
      const ask = await kernel.run(askMany, cast.chief, { title: say(round.title), question: say(round.question), dueOn: addDays(asked, round.days), of }, { now: moment });
      ask.contributionIds.forEach((id, place) => {
        const isUnit = place < units.length;
        const clerk = isUnit ? cast.clerkOf(units[place]!.id) : null;
        const giver: Caller = clerk ? (clerk.unitId === units[place]!.id ? clerk : cast.chief) : { ...publicCaller(office, office.locale), kind: 'contributor', linkId: id };
        const name = isUnit ? '' : say(bodies[place - units.length]!.name);
        const give = async (then: Date): Promise<void> => void (await kernel.run(giveContribution, giver, { id, reply: say(replies[(index + place) % replies.length]!), name }, { now: then }));
        const after = (days: number): Date => new Date(moment.getTime() + days * 86_400_000);
        if (isLast && place === 1) return;
        if (isLast && place === 3) {
          add(after(2), async (then) => void (await kernel.run(askMoreTime, giver, { id, until: addDays(asked, round.days + 5), reason: say(reason) }, { now: then })));
          return;
        }
        const came = isLast ? 1 + place : 3 + random() * (round.days - (place === 3 ? -4 : 2));
        add(after(came), give);
        if (index === 2 && place === 0) {
          add(after(came + 1), async (then) => void (await kernel.run(returnContribution, cast.chief, { id, comment: say(comment), dueOn: addDays(dayIn(zone, then), 5) }, { now: then })));
          add(after(came + 3), give);
        }
      });
    });
  }
}
