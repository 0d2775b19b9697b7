import { addDays, dayIn, instantIn } from '../core/day.ts';
import { isWorkingDay } from '../core/holiday.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { markAttendance } from '../modules/meetings/attendance.server.ts';
import { readVerification, verifyConclusions } from '../modules/meetings/conclusion-settle.server.ts';
import { recordConclusion } from '../modules/meetings/conclusion.server.ts';
import { addRemark, adoptMinutes, settleRemark } from '../modules/meetings/minutes-adopt.server.ts';
import { issueMinutes, readMinutes } from '../modules/meetings/minutes.server.ts';
import { closeSitting, notePoint, openPoint, openSitting, settlePoint } from '../modules/meetings/sitting.server.ts';
import { readSitting } from '../modules/meetings/sitting-read.server.ts';
import { countVote, openVote } from '../modules/meetings/vote.server.ts';
import type { Stage } from './tell.ts';

const own = (sr: string, mk: string, ro: string, en: string): LocalText => ({ sr, cnr: sr, mk, ro, en });
const talks = [
  own('Извјестилац је изложио најважније податке. У расправи је указано на кашњење набавке и потребу да се рокови ускладе са буџетом.', 'Известителот ги изложи најважните податоци. Во расправата беше укажано на доцнењето на набавката и потребата роковите да се усогласат со буџетот.', 'Raportorul a prezentat datele principale. În discuții s-a semnalat întârzierea achiziției și nevoia corelării termenelor cu bugetul.', 'The rapporteur gave the main figures; the procurement is late and the terms must follow the budget.'),
  own('Чланови су се сагласили са оцјенама из материјала. Предложено је да се грађани благовремено обавијесте о измјенама.', 'Членовите се согласија со оцените во материјалот. Беше предложено граѓаните навремено да се известат за измените.', 'Membrii au fost de acord cu evaluările din material. S-a propus informarea din timp a cetățenilor.', 'The members agreed with the paper; citizens are to be told in good time.'),
  own('Отворено је питање надлежности између секретаријата и јавног предузећа. Договорено је да се ураде заједнички преглед стања и процјена трошкова.', 'Беше отворено прашањето за надлежноста меѓу секторот и јавното претпријатие. Договорено е да се направи заеднички преглед на состојбата и проценка на трошоците.', 'S-a ridicat problema competenței între direcție și operator. S-a convenit o verificare comună a situației și o estimare a costurilor.', 'Competence between the department and the enterprise was discussed; a joint inspection was agreed.'),
  own('Подаци се упоређују са истим периодом прошле године: наплата је боља, а број притужби мањи. Замјерено је што извјештај касни.', 'Податоците се споредуваат со истиот период лани: наплатата е подобра, а бројот на поплаки помал. Забележано е дека извештајот доцни.', 'Datele au fost comparate cu aceeași perioadă a anului trecut: încasările sunt mai bune, iar reclamațiile mai puține. S-a criticat întârzierea raportului.', 'Figures were compared with last year: better revenue, fewer complaints; the report was late.'),
];
const tasks = [
  own('Припремити преглед стања са приједлогом мјера и роковима.', 'Да се подготви преглед на состојбата со предлог-мерки и рокови.', 'Se întocmește o situație cu propuneri de măsuri și termene.', 'Prepare an overview with proposed measures and terms.'),
  own('Обавијестити мјесне заједнице и објавити обавјештење на сајту.', 'Да се известат месните заедници и да се објави известување на веб-страницата.', 'Se informează comitetele de cartier și se publică anunțul pe site.', 'Tell the local communities and publish a notice.'),
  own('Закључити уговор са извођачем и о томе извијестити на наредној сједници.', 'Да се склучи договор со изведувачот и за тоа да се извести на следната седница.', 'Se încheie contractul cu executantul și se raportează la ședința următoare.', 'Conclude the contract and report at the next sitting.'),
  own('Обићи терен заједно с јавним предузећем и сачинити записник.', 'Да се изврши увид на терен заедно со јавното претпријатие и да се состави записник.', 'Se verifică în teren împreună cu operatorul și se întocmește un proces-verbal.', 'Inspect the site with the enterprise.'),
  own('Обезбиједити средства у ребалансу буџета.', 'Да се обезбедат средства во ребалансот на буџетот.', 'Se asigură fondurile la rectificarea bugetului.', 'Provide the funds in the revised budget.'),
];
const notes = [own('радови у току', 'работите се во тек', 'lucrări în curs', 'works going on'), own('чека се мишљење', 'се чека мислење', 'se așteaptă avizul', 'an opinion is awaited'), own('извјештај достављен', 'извештајот е доставен', 'raport transmis', 'report delivered')];
const remark = own('У тачки о извјештају треба уписати да је расправа вођена и о роковима.', 'Во точката за извештајот да се внесе дека се расправало и за роковите.', 'La punctul privind raportul să se menționeze că s-a discutat și despre termene.', 'Say that the terms were discussed, too.');
const answer = own('Унијето у записник.', 'Внесено во записникот.', 'S-a completat în procesul-verbal.', 'Taken into the minutes.');
const away = own('службени пут', 'службен пат', 'deplasare în interes de serviciu', 'on a business trip');

/** The course of a sitting that was convened, from its beginning to issued minutes; those of the one before are adopted in it. */
export function tellCourse(stage: Stage, sitting: { id(): string; at: Date; ago: number }): void {
  const { kernel, office, cast, random, add } = stage;
  const zone = office.jurisdiction.timeZone;
  const words = (text: LocalText): string => textIn(text, office.locale);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const workday = (day: string): string => (isWorkingDay(office.jurisdiction, day) ? day : workday(addDays(day, 1)));
  const units = office.data.units.filter((unit) => !unit.cabinet);
  const keeper = cast.chief;
  add(sitting.at, async (began) => {
    const id = sitting.id();
    if (!id) return;
    let minute = 0;
    const now = (step = 3): { now: Date } => ({ now: new Date(began.getTime() + (minute += step) * 60_000) });
    const day = dayIn(zone, began);
    const before = await kernel.run(readSitting, keeper, { id });
    const absent = random() < 0.6 ? Math.floor(random() * Math.max(1, before.attendance.length - 1)) + 1 : -1;
    await kernel.run(markAttendance, keeper, { id, marks: before.attendance.map((one, index) => ({ id: one.id, state: index === absent && one.role !== 'chair' ? ('excused' as const) : index === 4 && random() < 0.3 ? ('remote' as const) : ('present' as const), reason: index === absent ? words(away) : '' })) }, now(0));
    await kernel.run(openSitting, keeper, { id }, now(1));
    if (before.items[0]) await kernel.run(openPoint, keeper, { id: before.items[0].id }, now(1));
    for (const item of before.items) {
      if (item.kind === 'verification') {
        const { conclusions } = await kernel.run(readVerification, keeper, { id }, now(1));
        if (conclusions.length > 0) await kernel.run(verifyConclusions, keeper, { id, marks: conclusions.map((one) => {
          const drawn = random();
          const as = drawn < 0.62 ? ('done' as const) : drawn < 0.82 ? ('partly' as const) : ('open' as const);
          return { id: one.id, as, note: words(as === 'done' ? notes[2]! : pick(notes.slice(0, 2))), dueOn: as === 'done' ? '' : workday(addDays(day, 12)) };
        }) }, now(6));
      } else if (item.kind === 'minutes') {
        const { previous } = before;
        if (previous?.state === 'issued') {
          for (const one of (await kernel.run(readMinutes, keeper, { id: previous.id })).remarks.filter((made) => made.state === 'open')) await kernel.run(settleRemark, keeper, { id: one.id, as: 'taken', answer: words(answer) }, now(1));
          await kernel.run(adoptMinutes, keeper, { id: previous.id, inId: id }, now(2));
        }
      } else if (item.kind === 'point' || item.kind === 'information') {
        if (random() < 0.06) {
          await kernel.run(settlePoint, keeper, { id: item.id, as: 'deferred', reason: words(away), goOn: true }, now(2));
          continue;
        }
        await kernel.run(notePoint, keeper, { id: item.id, notes: words(pick(talks)), version: item.notesVersion }, now(8));
        const there = before.attendance.filter((one) => one.isVoting).length - (absent > 0 ? 1 : 0);
        if (random() < 0.35 && there > 2) {
          const { id: voteId } = await kernel.run(openVote, keeper, { id: item.id, question: item.title.slice(0, 300) }, now(1));
          const against = random() < 0.25 ? 1 : 0;
          await kernel.run(countVote, keeper, { id: voteId, for: there - against, against, abstain: 0 }, now(1));
        }
        const unit = pick(units);
        const dueOn = workday(addDays(day, 6 + Math.floor(random() * 16)));
        const isBinding = !item.proposed || random() < 0.7;
        const owner = random() < 0.5 ? `unit:${unit.id}` : `person:${cast.clerkOf(unit.id).personId}`;
        await kernel.run(recordConclusion, keeper, { id: item.id, text: item.proposed || words(pick(tasks)), owners: isBinding ? [owner] : [], dueOn: isBinding ? dueOn : '' }, now(2));
        if (item.proposed && random() < 0.5) await kernel.run(recordConclusion, keeper, { id: item.id, text: words(pick(tasks)), owners: [`unit:${pick(units).id}`], dueOn: workday(addDays(day, 9)) }, now(1));
      } else if (random() < 0.4) await kernel.run(notePoint, keeper, { id: item.id, notes: words(pick(talks)), version: item.notesVersion }, now(4));
      await kernel.run(settlePoint, keeper, { id: item.id, as: 'done', goOn: true }, now(2));
    }
    await kernel.run(closeSitting, keeper, { id }, now(3));
    if (sitting.ago < 1) return;
    add(instantIn(zone, workday(addDays(day, 1)), '12:40'), async (then) => {
      const { minutesId } = await kernel.run(issueMinutes, keeper, { id }, { now: then });
      if (random() < 0.3) add(instantIn(zone, workday(addDays(day, 2)), '09:15'), async (later) => {
        const member = before.attendance.find((one, index) => one.personId !== null && index > 0 && index !== absent);
        if (member) await kernel.run(addRemark, keeper, { id: minutesId, text: words(remark), name: member.name }, { now: later });
      });
    });
  });
}
