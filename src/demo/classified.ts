import { addDays, dayIn, instantIn } from '../core/day.ts';
import { textIn } from '../core/message.ts';
import { declassifyPaper, registerClassified } from '../modules/classified/classified.server.ts';
import { grantClearance } from '../modules/classified/clearance.server.ts';
import { openClassified } from '../modules/classified/view.server.ts';
import type { Stage } from './tell.ts';

const papers = [
  {
    level: 'restricted', direction: 'in', age: 210,
    subject: { sr: 'Процјена угрожености објеката водоснабдијевања', mk: 'Процена на загрозеноста на објектите за водоснабдување', ro: 'Evaluarea vulnerabilității obiectivelor de alimentare cu apă', en: 'Assessment of threats to the waterworks' },
  },
  {
    level: 'restricted', direction: 'internal', age: 120,
    subject: { sr: 'План приправности дежурне службе', mk: 'План за готовност на дежурната служба', ro: 'Planul de permanență al serviciului de gardă', en: 'Readiness plan of the duty service' },
  },
  {
    level: 'secret', direction: 'in', age: 40,
    subject: { sr: 'Мјере обезбјеђења током посјете делегације', mk: 'Мерки за обезбедување при посета на делегација', ro: 'Măsuri de securitate pe durata vizitei delegației', en: 'Security during the visit of a delegation' },
  },
  {
    level: 'restricted', direction: 'out', age: 12,
    subject: { sr: 'Одговор на упит о складишту опреме цивилне заштите', mk: 'Одговор на прашање за складот со опрема за цивилна заштита', ro: 'Răspuns privind depozitul de echipamente de protecție civilă', en: 'Reply about the store of civil protection equipment' },
  },
] as const;
const need = { sr: 'Припрема мјера из надлежности', mk: 'Подготовка на мерки од надлежноста', ro: 'Pregătirea măsurilor din competență', en: 'To prepare the measures' };
const lifted = { sr: 'Престао разлог тајности', mk: 'Престана причината за класификација', ro: 'Încetarea motivului clasificării', en: 'The reason has ended' };
const note = { sr: 'Изворник у каси.', mk: 'Оригиналот е во каса.', ro: 'Originalul se află în seif.', en: 'The original is in the safe.' };

/** Clearances for registrar and chief, four papers in the book of classified papers, one of them declassified. */
export function tellClassified({ kernel, office, cast, add, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const at = (age: number, time: string): Date => instantIn(zone, addDays(today, -age), time);
  const say = (text: Readonly<Record<string, string>>): string => textIn(text, office.locale);
  add(at(300, '09:10'), async (moment) => {
    const untilOn = addDays(today, 700);
    for (const person of [cast.registrar, cast.chief]) await kernel.run(grantClearance, cast.mayor, { personId: person.personId!, level: 'secret', certificate: `04-${String(110 + person.name.length)}`, untilOn }, { now: moment });
  });
  papers.forEach((paper, index) => add(at(paper.age, '10:20'), async (moment) => {
    const { id } = await kernel.run(registerClassified, cast.registrar, {
      level: paper.level, direction: paper.direction, subject: say(paper.subject), note: say(note), receivedOn: dayIn(zone, moment), copies: 2, pages: 3 + index, readers: [cast.chief.personId!], need: say(need),
    }, { now: moment });
    add(new Date(moment.getTime() + 3_600_000), async (then) => void (await kernel.run(openClassified, cast.chief, { id }, { now: then })));
    if (index === 1) add(at(paper.age - 60, '11:00'), async (then) => void (await kernel.run(declassifyPaper, cast.registrar, { id, basis: say(lifted) }, { now: then })));
  }));
}
