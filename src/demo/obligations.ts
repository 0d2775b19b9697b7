import { addDays, dayIn, instantIn } from '../core/day.ts';
import { isWorkingDay } from '../core/holiday.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { escalateObligations } from '../modules/obligations/ladder.server.ts';
import { giveObligation } from '../modules/obligations/obligation-give.server.ts';
import { acceptObligations, moveDue, sendBack } from '../modules/obligations/obligation-lead.server.ts';
import { findObligations } from '../modules/obligations/obligation-list.server.ts';
import { addStep, askDue, doStep, finishObligation, nameHelp, reportProgress } from '../modules/obligations/obligation-work.server.ts';
import type { Stage } from './tell.ts';

/** What becomes of an order: done in time or late, sent back and done, moved and done, or as it stands today. */
type Fate = 'done' | 'slow' | 'back' | 'moved' | 'reported' | 'asks' | 'steps' | 'late' | 'open';
/** `of` names areas or units of which the first that the office has does it. */
type Task = { of: readonly string[]; text: LocalText; source?: 'event' | 'visit'; rule?: 'quarter'; confidential?: true };
const own = (sr: string, mk: string, ro: string, en: string): LocalText => ({ sr, cnr: sr, mk, ro, en });

const tasks: readonly Task[] = [
  { of: ['prihodi', 'finansije', 'finansii', 'taxe'], text: own('Припремити преглед дугова за комуналне услуге по мјесним заједницама.', 'Да се подготви преглед на долговите за комунални услуги по месни заедници.', 'Pregătiți situația restanțelor la serviciile comunale pe cartiere.', 'Prepare an overview of unpaid utility bills by neighbourhood.') },
  { of: ['roads'], text: own('Обићи радове на тргу и доставити фотографије.', 'Да се посетат работите на плоштадот и да се достават фотографии.', 'Verificați lucrările din piață și transmiteți fotografii.', 'Visit the works on the square and send pictures.'), source: 'visit' },
  { of: ['administration', 'admin'], text: own('Предложити распоред дежурстава за празничне дане.', 'Да се предложи распоред на дежурства за празничните денови.', 'Propuneți programul de permanență pentru zilele de sărbătoare.', 'Propose the duty roster for the holidays.') },
  { of: ['culture', 'schools', 'education', 'social'], text: own('Сачинити нацрт споразума о сарадњи са спортским савезом.', 'Да се изготви нацрт-договор за соработка со спортскиот сојуз.', 'Întocmiți proiectul acordului de colaborare cu federația sportivă.', 'Draft an agreement with the sports union.') },
  { of: ['lighting'], text: own('Провјерити стање јавне расвјете око школа.', 'Да се провери состојбата на јавното осветлување околу училиштата.', 'Verificați starea iluminatului public din jurul școlilor.', 'Check the street lights around the schools.') },
  { of: ['schools', 'education', 'culture', 'social'], text: own('Доставити податке о додијељеним стипендијама за прошлу школску годину.', 'Да се достават податоци за доделените стипендии за минатата учебна година.', 'Transmiteți datele privind bursele acordate în anul școlar trecut.', 'Send figures on the scholarships of last school year.') },
  { of: ['zastita', 'civilna-zastita', 'emergency', 'administration', 'admin'], text: own('Организовати пријем за добровољне ватрогасце.', 'Да се организира прием за доброволните пожарникари.', 'Organizați primirea pompierilor voluntari.', 'Organise a reception for the volunteer firefighters.'), source: 'event' },
  { of: ['skupstina', 'sovet-poddrska', 'secretariat'], text: own('Припремити одговоре на питања одборника за наредну сједницу.', 'Да се подготват одговори на прашањата од советниците за наредната седница.', 'Pregătiți răspunsurile la întrebările consilierilor pentru ședința următoare.', 'Prepare answers to councillors’ questions for the next session.') },
  { of: ['roads'], text: own('Ускладити план чишћења снијега са предузећем за путеве.', 'Да се усогласи планот за чистење снег со претпријатието за патишта.', 'Corelați planul de deszăpezire cu societatea de drumuri.', 'Agree the snow plan with the road company.') },
  { of: ['water', 'utilities'], text: own('Израдити упутство за пријаву штете од невремена.', 'Да се изработи упатство за пријавување штета од невреме.', 'Elaborați îndrumarul pentru declararea pagubelor provocate de furtună.', 'Write a guide to reporting storm damage.') },
  { of: ['economy', 'development', 'order', 'traffic'], text: own('Позвати предузетнике на разговор о радном времену у центру.', 'Да се повикаат претприемачите на разговор за работното време во центарот.', 'Invitați comercianții la o discuție despre programul din centru.', 'Invite shopkeepers to a talk about opening hours in the centre.') },
  { of: ['imovina', 'nabavki', 'pravni', 'achizitii'], text: own('Провјерити приговоре на избор извођача радова.', 'Да се проверат приговорите на изборот на изведувач.', 'Verificați contestațiile privind alegerea executantului.', 'Look into the complaints about the choice of contractor.'), confidential: true },
  { of: ['space', 'urban', 'greenery', 'construction'], text: own('Пописати дјечија игралишта којима треба поправка.', 'Да се попишат детските игралишта што имаат потреба од поправка.', 'Inventariați locurile de joacă ce necesită reparații.', 'List the playgrounds that need repair.') },
  { of: ['administration', 'admin'], text: own('Припремити говор и програм за отварање читаонице.', 'Да се подготви говор и програма за отворање на читалната.', 'Pregătiți discursul și programul pentru deschiderea sălii de lectură.', 'Prepare speech and programme for the opening of the reading room.'), source: 'event' },
];
const quarterly: Task = { of: ['finansije', 'finansii', 'economica'], text: own('Тромјесечни преглед утрошка средстава и неплаћених рачуна.', 'Тримесечен преглед на потрошените средства и неплатените сметки.', 'Situația trimestrială a cheltuielilor și a facturilor neachitate.', 'Quarterly overview of spending and unpaid bills.'), rule: 'quarter' };
const reports: readonly LocalText[] = [
  own('Урађено и достављено Служби.', 'Сработено и доставено до Службата.', 'Realizat și transmis cabinetului.', 'Done and handed in.'), own('Обављено у договору са надлежним предузећем; записник је у прилогу предмета.', 'Завршено во договор со надлежното претпријатие; записникот е приложен.', 'Realizat împreună cu societatea competentă; procesul-verbal este anexat.', 'Done together with the company.'),
  own('Преглед је готов, разлике су усаглашене са финансијама.', 'Прегледот е готов, разликите се усогласени со финансии.', 'Situația este gata, diferențele au fost clarificate cu direcția financiară.', 'The overview is ready.'), own('Завршено; заинтересовани су обавијештени.', 'Завршено; заинтересираните се известени.', 'Finalizat; cei interesați au fost înștiințați.', 'Finished; those concerned were told.'),
];
const words = {
  missing: own('Недостају подаци за посљедњи мјесец.', 'Недостасуваат податоци за последниот месец.', 'Lipsesc datele pentru ultima lună.', 'The last month is missing.'), later: own('Предузеће још није доставило податке.', 'Претпријатието сè уште не доставило податоци.', 'Societatea nu a transmis încă datele.', 'The company has not sent its figures yet.'),
  half: own('Подаци за половину мјесних заједница су прикупљени.', 'Податоците за половина од месните заедници се собрани.', 'Datele pentru jumătate din cartiere au fost strânse.', 'Half of the figures are in.'), collect: own('Прикупити податке', 'Собирање податоци', 'Strângerea datelor', 'Collect the figures'), check: own('Ускладити са финансијама', 'Усогласување со финансии', 'Corelarea cu direcția financiară', 'Agree with finance'), write: own('Написати преглед', 'Пишување преглед', 'Redactarea situației', 'Write the overview'),
};
/** The last weeks, as they stand today: how many working days ago it was given, and for how many. */
const lately: readonly [Fate, number, number][] = [['late', 30, 12], ['late', 13, 9], ['late', 8, 6], ['reported', 9, 10], ['reported', 7, 8], ['reported', 4, 5], ['asks', 8, 10], ['steps', 6, 9], ['open', 5, 8], ['open', 3, 5], ['open', 2, 6], ['open', 1, 10], ['open', 0, 3], ['open', 0, 12]];
const before: readonly Fate[] = ['done', 'done', 'slow', 'done', 'back', 'done', 'moved', 'done'];

/** Orders of a year: what the mayor, the chief and the units’ heads told others to do, and what became of it. */
export function tellObligations({ kernel, office, cast, add, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const say = (text: LocalText): string => textIn(text, office.locale);
  const workday = (from: string, days: number): string => {
    let day = from;
    for (let left = days; left !== 0 || !isWorkingDay(office.jurisdiction, day); ) {
      day = addDays(day, days < 0 ? -1 : 1);
      if (left !== 0 && isWorkingDay(office.jurisdiction, day)) left -= Math.sign(days);
    }
    return day;
  };
  const at = (day: string, time: string): Date => instantIn(zone, day, time);
  const units = office.data.units;
  const unitOf = (task: Task): string => task.of.map((one) => office.data.areas.find((area) => area.id === one)?.unit ?? units.find((unit) => unit.id === one)?.id).find((unit) => unit !== undefined) ?? units[0]!.id;
  const report = (index: number): string => say(reports[index % reports.length]!);

  const tell = (task: Task, index: number, givenOn: string, term: number, fate: Fate): void => {
    const clerk = cast.clerkOf(unitOf(task));
    const giver = index % 3 === 1 ? cast.chief : cast.mayor;
    if (clerk.personId === giver.personId) return;
    const dueOn = workday(givenOn, term);
    add(at(givenOn, `0${7 + (index % 3)}:${20 + (index % 4) * 10}`), async (moment) => {
      const helper = cast.clerkOf(units[(index + 1) % units.length]!.id);
      const { id } = await kernel.run(giveObligation, giver, { text: say(task.text), to: clerk.personId!, dueOn, source: task.source ?? 'order', ...(task.confidential ? { confidential: true } : {}), ...(task.rule ? { rule: task.rule } : {}) }, { now: moment });
      const step = (day: string, time: string, run: (then: Date) => Promise<unknown>): void => add(at(day, time), async (then) => void (await run(then)));
      const finish = (day: string, time = '12:10') => step(day, time, (then) => kernel.run(finishObligation, clerk, { id, report: report(index) }, { now: then }));
      const accept = (day: string) => step(day, '15:05', (then) => kernel.run(acceptObligations, giver, { ids: id }, { now: then }));
      if (fate === 'done') { finish(workday(dueOn, -1)); accept(workday(dueOn, -1 + (index % 2))); }
      if (fate === 'slow') { finish(workday(dueOn, 3 + (index % 4))); accept(workday(dueOn, 8)); }
      if (fate === 'back') { finish(workday(dueOn, -2)); step(workday(dueOn, -2), '14:20', (then) => kernel.run(sendBack, giver, { id, reason: say(words.missing) }, { now: then })); finish(dueOn, '11:00'); accept(dueOn); }
      if (fate === 'moved') {
        step(workday(dueOn, -2), '10:15', (then) => kernel.run(askDue, clerk, { id, dueOn: workday(dueOn, 5), reason: say(words.later) }, { now: then }));
        step(workday(dueOn, -1), '09:00', (then) => kernel.run(moveDue, giver, { id, dueOn: workday(dueOn, 5) }, { now: then }));
        finish(workday(dueOn, 4)); accept(workday(dueOn, 5));
      }
      if (fate === 'reported') finish(workday(today, -1));
      if (fate === 'asks') step(workday(today, -1), '13:30', (then) => kernel.run(askDue, clerk, { id, dueOn: workday(dueOn, 6), reason: say(words.later) }, { now: then }));
      if (fate === 'steps') {
        step(workday(givenOn, 1), '10:00', async (then) => {
          const first = await kernel.run(addStep, clerk, { id, text: say(words.collect), dueOn: workday(givenOn, 4) }, { now: then });
          for (const text of [words.check, words.write]) await kernel.run(addStep, clerk, { id, text: say(text) }, { now: then });
          if (helper.personId && ![clerk.personId, giver.personId].includes(helper.personId)) await kernel.run(nameHelp, clerk, { id, helpers: helper.personId }, { now: then });
          step(workday(givenOn, 4), '11:20', (later) => kernel.run(doStep, clerk, { id, stepId: first.stepId }, { now: later }));
        });
        step(workday(givenOn, 4), '11:30', (then) => kernel.run(reportProgress, clerk, { id, report: say(words.half) }, { now: then }));
      }
    });
  };
  // One every three weeks through the year, then the last weeks as they stand.
  for (let n = 0; n < 14; n++) tell(tasks[n % tasks.length]!, n, workday(addDays(today, -350 + n * 22), 0), 6 + (n % 5), before[n % before.length]!);
  lately.forEach(([fate, ago, term], n) => tell(tasks[(n + 3) % tasks.length]!, n + 31, workday(today, -(ago || 1)), term, fate));
  // What comes again each quarter: done each time but for the last.
  const clerk = cast.clerkOf(unitOf(quarterly));
  add(at(workday(addDays(today, -330), 0), '08:15'), async (moment) => {
    const dueOn = `${dayIn(zone, moment).slice(0, 7)}-28`;
    await kernel.run(giveObligation, cast.chief, { text: say(quarterly.text), to: clerk.personId!, dueOn: dueOn < dayIn(zone, moment) ? addDays(dueOn, 28) : dueOn, rule: 'quarter' }, { now: moment });
    const each = (day: string): void => add(at(day, '13:40'), async (then) => {
      const { obligations } = await kernel.run(findObligations, clerk, { view: 'mine', limit: 200 });
      const found = obligations.find((row) => row.isRecurring && row.dueOn !== null && row.dueOn <= addDays(dayIn(zone, then), 3));
      if (found) {
        await kernel.run(finishObligation, clerk, { id: found.id, report: report(3) }, { now: then });
        await kernel.run(acceptObligations, cast.chief, { ids: found.id }, { now: then });
      }
      each(addDays(day, 91));
    });
    each(workday(addDays(dueOn, -1), 0));
  });
  for (const ago of [5, 1]) add(at(workday(today, -ago), '06:15'), async (then) => void (await kernel.run(escalateObligations, kernel.system(office), {}, { now: then })));
}
