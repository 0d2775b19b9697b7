import { publicCaller, type Caller } from '../core/caller.ts';
import { addDays, dayIn, instantIn, weekStart } from '../core/day.ts';
import { isWorkingDay } from '../core/holiday.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { answerAudience } from '../modules/audiences/answer.server.ts';
import type { Outcome } from '../modules/audiences/audience.ts';
import { getReceptionDay, makeDays } from '../modules/audiences/day.server.ts';
import { askAudience, registerAudience } from '../modules/audiences/register.server.ts';
import { confirmAudience, declineAudience, prepareAudience, redirectAudience, scheduleAudience, withdrawAudience } from '../modules/audiences/schedule.server.ts';
import { arriveAudience, endAudience, missAudience, noteAudience } from '../modules/audiences/visit.server.ts';
import { acceptObligations } from '../modules/obligations/obligation-lead.server.ts';
import { finishObligation } from '../modules/obligations/obligation-work.server.ts';
import { readYear } from './year.ts';
import type { Stage } from './tell.ts';

const own = (sr: string, mk: string, ro: string, en: string): LocalText => ({ sr, cnr: sr, mk, ro, en });
const notes = [
  own('Увиђај је обављен прошле седмице. Радови су у плану за наредни квартал; рок се може обећати ако вријеме дозволи.', 'Увид е извршен минатата недела. Работите се во планот за следниот квартал; рок може да се вети ако времето дозволи.', 'Verificarea pe teren s-a făcut săptămâna trecută. Lucrările sunt în plan pentru trimestrul următor; se poate promite un termen dacă vremea permite.', 'Inspected last week; works are planned for the next quarter.'),
  own('Странка се обраћала и раније. Предмет је код инспекције; трошак још није процијењен, зато не обећавати износ.', 'Граѓанинот се обраќал и порано. Предметот е кај инспекцијата; трошокот сѐ уште не е проценет, затоа да не се ветува износ.', 'Solicitantul s-a mai adresat. Dosarul este la inspecție; costul nu este încă estimat, deci nu se promite o sumă.', 'The matter is with the inspection; the cost is not known yet.'),
  own('Право постоји, недостаје један доказ. Служба ће странци помоћи да га прибави.', 'Правото постои, недостасува еден доказ. Службата ќе му помогне на граѓанинот да го прибави.', 'Dreptul există, lipsește un document. Compartimentul îl va ajuta pe solicitant să îl obțină.', 'The right exists; one proof is missing.'),
] as const;
type Talk = { outcome: Outcome; talk: LocalText; promise?: LocalText; answer?: LocalText };
const talks: readonly Talk[] = [
  { outcome: 'promised', talk: own('Странка је објаснила стање на терену и донијела фотографије. Договорено је да служба изађе на лице мјеста.', 'Граѓанинот ја објасни состојбата на терен и донесе фотографии. Договорено е службата да излезе на лице место.', 'Solicitantul a descris situația din teren și a adus fotografii. S-a convenit ca serviciul să meargă la fața locului.', 'The state on the spot was explained; an inspection was agreed.'), promise: own('Изаћи на лице мјеста, утврдити обим радова и извијестити.', 'Да се излезе на лице место, да се утврди обемот на работите и да се извести.', 'Deplasare la fața locului, stabilirea volumului lucrărilor și raport.', 'Inspect and report.'), answer: own('Служба је изашла на лице мјеста. Радови су уврштени у план и почињу у наредних тридесет дана.', 'Службата излезе на лице место. Работите се вклучени во планот и почнуваат во наредните триесет дена.', 'Serviciul s-a deplasat la fața locului. Lucrările sunt incluse în plan și încep în următoarele treizeci de zile.', 'The works begin within thirty days.') },
  { outcome: 'explained', talk: own('Објашњен је поступак и надлежност. Странка је задовољна објашњењем.', 'Објаснети се постапката и надлежноста. Граѓанинот е задоволен од објаснувањето.', 'S-au explicat procedura și competența. Solicitantul este mulțumit de explicații.', 'Procedure and competence were explained.') },
  { outcome: 'promised', talk: own('Странка тражи рок у писаном облику. Обећано је писмено обавјештење.', 'Граѓанинот бара рок во писмена форма. Ветено е писмено известување.', 'Solicitantul cere un termen în scris. S-a promis o informare scrisă.', 'A written term was asked for and promised.'), promise: own('Припремити писмено обавјештење са роком извођења.', 'Да се подготви писмено известување со рок за изведба.', 'Pregătirea informării scrise cu termenul de execuție.', 'Prepare the written notice.') },
  { outcome: 'referred', talk: own('Захтјев је у надлежности јавног предузећа; странци је дат контакт и најављен долазак.', 'Барањето е во надлежност на јавното претпријатие; на граѓанинот му е даден контакт.', 'Cererea ține de operatorul public; solicitantului i s-au dat datele de contact.', 'The public enterprise is competent.') },
  { outcome: 'settled', talk: own('Ријешено телефоном у току разговора са надлежном службом.', 'Решено по телефон во текот на разговорот со надлежната служба.', 'Rezolvat telefonic în timpul discuției, cu serviciul competent.', 'Settled by telephone during the talk.') },
  { outcome: 'refused', talk: own('Захтјев није прихватљив јер нема основа у одлуци скупштине. Странка је упозната са правом приговора.', 'Барањето не е прифатливо бидејќи нема основа во одлуката на советот. Граѓанинот е запознаен со правото на приговор.', 'Cererea nu este întemeiată potrivit hotărârii consiliului. Solicitantul a fost informat despre căile de atac.', 'There is no basis in the assembly’s decision.') },
];
const court = own('О предмету одлучује суд; градоначелник у то не може улазити.', 'За предметот одлучува суд; градоначалникот не може да навлегува во тоа.', 'Cauza este pe rolul instanței; primarul nu se poate pronunța.', 'The matter is before the court.');
const competent = own('За ову ствар надлежна је служба која Вас може примити раније.', 'За овој предмет е надлежна службата која може да Ве прими порано.', 'Compartimentul competent vă poate primi mai devreme.', 'The department is competent and receives you sooner.');
const report = own('Урађено, странка обавијештена.', 'Направено, граѓанинот е известен.', 'Efectuat, solicitantul a fost informat.', 'Done.');

/** Reception days of a year and of the weeks ahead, who came and what was promised, and who waits now. */
export function tellAudiences({ kernel, office, cast, random, add, now }: Stage): void {
  const year = readYear(office.data.slug);
  const usual = office.data.audiences;
  if (!year || !usual) return;
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const at = (day: string, time: string): Date => instantIn(zone, day, time);
  const words = (text: LocalText): string => textIn(text, office.locale);
  const workday = (day: string, step = 1): string => (isWorkingDay(office.jurisdiction, day) ? day : workday(addDays(day, step), step));
  const { chief, mayor, registrar } = cast;
  const hours = { from: usual.from, until: usual.until, minutes: usual.minutes, pause: usual.pause, place: textIn(usual.place, office.locale) };
  const letters = year.petitions.filter((one) => office.data.areas.some((area) => area.id === one.area));
  const people = year.parties.filter((one) => one.kind === 'person');
  let drawn = 0;
  /** Somebody with a matter: what people write about is also what they come for. */
  const somebody = () => {
    const index = drawn++;
    const scenario = letters[(index * 7) % letters.length]!;
    const party = people[(index * 5 + 2) % people.length]!;
    const contactBy = party.email && index % 3 !== 0 ? ('email' as const) : party.phone ? ('phone' as const) : party.email ? ('email' as const) : ('post' as const);
    const unitId = office.data.areas.find((area) => area.id === scenario.area)!.unit;
    return {
      unitId, clerk: cast.clerkOf(unitId),
      input: { topic: scenario.area, purpose: scenario.variants[0]!.text.slice(0, 600), name: party.name, email: party.email ?? '', phone: party.phone ?? '', address: party.address ?? office.data.place, town: party.place ?? '', contactBy, locale: office.locale, people: index % 6 === 4 ? 3 : 1, ...(index % 11 === 7 ? { needs: 'step_free' } : {}) },
    };
  };
  type Somebody = ReturnType<typeof somebody>;
  const ask = async ({ input }: Somebody, then: Date): Promise<string> => {
    const draw = random();
    if (draw < 0.45) return (await kernel.run(askAudience, publicCaller(office, office.locale), input, { now: then })).id;
    return (await kernel.run(registerAudience, registrar, { ...input, channel: draw < 0.7 ? 'phone' : draw < 0.85 ? 'centre' : 'counter' }, { now: then })).id;
  };
  const note = async (id: string, one: Somebody, then: Date): Promise<void> => {
    const writer: Caller = one.clerk.unitId === one.unitId ? one.clerk : chief;
    await kernel.run(noteAudience, writer, { id, note: words(notes[drawn % notes.length]!) }, { now: then });
  };

  // Once a month in the year that lies behind.
  for (let month = 12; month >= 1; month--) {
    const on = workday(addDays(addDays(weekStart(addDays(today, -28 * month)), usual.weekdays[0]! - 1), 0));
    const before = workday(addDays(on, -18), -1);
    add(at(before, '08:20'), async (moment) => {
      const { ids } = await kernel.run(makeDays, chief, { hostId: mayor.personId!, fromOn: on, ...hours, isPublic: true }, { now: moment });
      const { slots } = await kernel.run(getReceptionDay, chief, { id: ids[0]! });
      for (const place of month % 4 === 0 ? [0, 1] : [0]) {
        const one = somebody();
        const talk = talks[(month + place * 2) % talks.length]!;
        const id = await ask(one, at(addDays(before, 1), '10:15'));
        await kernel.run(scheduleAudience, chief, { id, slotId: slots[place]!.id }, { now: at(workday(addDays(before, 2)), '09:30') });
        add(at(workday(addDays(on, -8), -1), '11:00'), async (then) => {
          await kernel.run(prepareAudience, chief, { id, unitId: one.unitId }, { now: then });
          await note(id, one, at(workday(addDays(on, -4), -1), '13:20'));
          await kernel.run(confirmAudience, chief, { id }, { now: then });
        });
        if (month === 5 && place === 0) {
          add(at(on, '13:30'), async (then) => void (await kernel.run(missAudience, chief, { id }, { now: then })));
          continue;
        }
        add(new Date(slots[place]!.startsAt.getTime() - 4 * 60_000), async (then) => {
          await kernel.run(arriveAudience, registrar, { id }, { now: then });
          const until = workday(addDays(on, 14));
          const ended = await kernel.run(endAudience, mayor, {
            id, talk: words(talk.talk), outcome: talk.outcome, promises: talk.promise ? [{ text: words(talk.promise), to: `unit:${one.unitId}`, dueOn: until }] : [], ...(talk.answer ? { replyDueOn: workday(addDays(on, 20)) } : {}),
          }, { now: new Date(then.getTime() + 16 * 60_000) });
          if (month > 2 && one.clerk.unitId === one.unitId) for (const obligation of ended.obligations) {
            add(at(workday(addDays(on, 9)), '12:40'), async (done) => void (await kernel.run(finishObligation, one.clerk, { id: obligation, report: words(report) }, { now: done })));
            add(at(workday(addDays(on, 13)), '15:05'), async (done) => void (await kernel.run(acceptObligations, mayor, { ids: [obligation] }, { now: done })));
          }
          if (talk.answer && month > 1) add(at(workday(addDays(on, 15)), '14:00'), async (done) => void (await kernel.run(answerAudience, chief, { id, text: words(talk.answer!), way: one.input.email ? 'email' : 'post' }, { now: done })));
        });
      }
    });
  }

  // The weeks ahead as the office announces them, and an hour of today, so that a day can be seen as it is kept.
  const begun = workday(addDays(today, -24), -1);
  add(at(begun, '08:10'), async (moment) => {
    const { ids } = await kernel.run(makeDays, chief, { hostId: mayor.personId!, fromOn: addDays(today, 1), untilOn: addDays(today, 45), weekdays: usual.weekdays, ...hours, isPublic: true }, { now: moment });
    const days = await Promise.all(ids.slice(0, 2).map((id) => kernel.run(getReceptionDay, chief, { id })));
    const now_ = workday(today, 1);
    const [here] = now_ === today ? (await kernel.run(makeDays, chief, { hostId: mayor.personId!, fromOn: today, ...hours, isPublic: true }, { now: moment })).ids : [];
    const shown = here ? [await kernel.run(getReceptionDay, chief, { id: here }), ...days] : days;
    shown.forEach((each, index) => {
      [0, 1, 2, 3].slice(0, index === 2 ? 1 : 4).forEach((place) => {
        const slot = each.slots[place];
        if (!slot) return;
        const asked = addDays(begun, 1 + index * 3 + place);
        add(at(asked, '10:40'), async (then) => {
          const one = somebody();
          const id = await ask(one, then);
          const given = at(workday(addDays(asked, 1)), '09:40');
          await kernel.run(scheduleAudience, chief, { id, slotId: slot.id }, { now: given });
          if (place < 3) await kernel.run(prepareAudience, chief, { id, unitId: one.unitId }, { now: given });
          if (place < 2) await note(id, one, given);
          if (place !== 2) await kernel.run(confirmAudience, chief, { id }, { now: given });
        });
      });
    });
  });

  // Who waits now.
  [21, 17, 12, 8, 6, 4, 3, 2, 1].forEach((ago, index) => {
    add(at(index > 5 ? addDays(today, -ago) : workday(addDays(today, -ago), -1), '11:25'), async (moment) => {
      const one = somebody();
      const id = await ask(one, moment);
      if (index === 1) await kernel.run(declineAudience, chief, { id, reason: words(court) }, { now: moment });
      if (index === 3) await kernel.run(redirectAudience, chief, { id, unitId: one.unitId, reason: words(competent) }, { now: moment });
      if (index === 4) await kernel.run(withdrawAudience, chief, { id }, { now: moment });
    });
  });
}
