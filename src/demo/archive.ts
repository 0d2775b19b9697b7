import { addDays, dayIn, instantIn, weekdayOf } from '../core/day.ts';
import { textIn } from '../core/message.ts';
import { listWaiting, putInArchive } from '../modules/archive/archive.server.ts';
import { makeBox } from '../modules/archive/box.server.ts';
import { listCandidates, proposeDisposal, submitDisposal } from '../modules/archive/disposal.server.ts';
import { lendFromArchive, takeBack } from '../modules/archive/lending.server.ts';
import { putAway, registerPaper } from '../modules/registry/index.ts';
import type { Stage } from './tell.ts';

type Words = Readonly<Record<string, string>>;
const petitions: Words = { sr: 'Представке грађана', mk: 'Претставки на граѓани', ro: 'Petiții', en: 'Petitions' };
const permanent: Words = { sr: 'Трајна грађа', mk: 'Траен материјал', ro: 'Documente permanente', en: 'Permanent records' };
const cellar: Words = { sr: 'Архивски депо, полица {n}', mk: 'Архивски депо, полица {n}', ro: 'Depozit, raft {n}', en: 'Repository, shelf {n}' };
const purposes: readonly Words[] = [
  { sr: 'Припрема одговора на нову представку', mk: 'Подготовка на одговор на нова претставка', ro: 'Pregătirea răspunsului la o petiție nouă', en: 'To answer a new petition' },
  { sr: 'Увид ради извјештаја', mk: 'Увид за извештај', ro: 'Consultare pentru raport', en: 'For a report' },
];
const acts: readonly Words[] = [
  { sr: 'Правилник о унутрашњој организацији, пречишћен текст', mk: 'Правилник за внатрешна организација, пречистен текст', ro: 'Regulament de organizare și funcționare, text actualizat', en: 'Rulebook on internal organisation, consolidated' },
  { sr: 'Одлука о грбу и застави, с приказима', mk: 'Одлука за грб и знаме, со прикази', ro: 'Hotărâre privind stema și steagul, cu reprezentări', en: 'Decision on arms and flag, with drawings' },
];

/** Settled cases put into boxes, a lending that came back and one that is late, and a list of permanent records that lies with the archive. */
export function tellArchive({ kernel, office, cast, random, add, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const say = (words: Words): string => textIn(words, office.locale);
  const on = (age: number): string => {
    const day = addDays(today, -age);
    return weekdayOf(day) > 5 ? addDays(day, 8 - weekdayOf(day)) : day;
  };
  const at = (age: number, time: string): Date => instantIn(zone, on(age), time);
  const lasting = office.data.classes.find((one) => one.retention === 'permanent')?.code;
  const clerk = cast.clerkOf(office.data.areas[0]?.unit ?? '');

  acts.forEach((subject, index) => lasting && add(at(210 - index * 9, '12:10'), async (moment) => {
    const { id } = await kernel.run(registerPaper, cast.registrar, { direction: 'internal', subject: say(subject), text: say(subject), classCode: lasting }, { now: moment });
    add(new Date(moment.getTime() + 6 * 86_400_000), async (then) => void (await kernel.run(putAway, cast.registrar, { id }, { now: then })));
  }));

  const boxes: string[] = [];
  const put = (age: number, most: number, label: Words, fits: (years: number | null) => boolean, then: (ids: string[]) => void = () => {}): void => add(at(age, '13:20'), async (moment) => {
    const options = { now: moment };
    const { cases } = await kernel.run(listWaiting, cast.registrar, { limit: 500 }, options);
    const ids = cases.filter((one) => one.obstacle === null && fits(one.retentionYears)).slice(-most).map((one) => one.id);
    if (ids.length === 0) return;
    const box = await kernel.run(makeBox, cast.registrar, { label: say(label), place: say(cellar).replace('{n}', String(boxes.length + 1)) }, options);
    boxes.push(box.id);
    await kernel.run(putInArchive, cast.registrar, { ids, boxId: box.id }, options);
    then(ids);
  });
  const lend = (age: number, days: number, caseId: string | undefined, purpose: Words, back: number | null): void => {
    if (!caseId) return;
    add(at(age, '10:05'), async (moment) => {
      const { id } = await kernel.run(lendFromArchive, cast.registrar, { id: caseId, readerId: clerk.personId!, purpose: say(purpose), dueOn: addDays(on(age), days) }, { now: moment });
      if (back !== null) add(at(back, '14:30'), async (then) => void (await kernel.run(takeBack, cast.registrar, { id }, { now: then })));
    });
  };

  put(100, 12, petitions, (years) => years !== null, (ids) => lend(70, 15, ids[Math.floor(random() * ids.length)], purposes[0]!, 60));
  put(45, 14, petitions, (years) => years !== null, (ids) => lend(28, 15, ids[Math.floor(random() * ids.length)], purposes[1]!, null));
  put(44, 5, permanent, (years) => years === null, () => add(at(20, '11:45'), async (moment) => {
    const options = { now: moment };
    const { items } = await kernel.run(listCandidates, cast.registrar, { kind: 'hand_over' }, options);
    const commission = [...new Set([cast.chief, clerk, cast.registrar, cast.mayor].map((one) => one.personId!))].slice(0, 3);
    if (items.length === 0 || commission.length < 3) return;
    const { id } = await kernel.run(proposeDisposal, cast.registrar, { kind: 'hand_over', ids: items.map((one) => one.caseId), commission }, options);
    add(at(17, '09:50'), async (then) => void (await kernel.run(submitDisposal, cast.registrar, { id }, { now: then })));
  }));
  put(9, 10, petitions, (years) => years !== null);
}
