import { addDays, dayIn, instantIn, weekdayOf } from '../core/day.ts';
import { countedBooks } from '../core/jurisdiction.ts';
import { textIn } from '../core/message.ts';
import { annulCase } from '../modules/registry/book-annul.server.ts';
import { closeBook } from '../modules/registry/book-closing.server.ts';
import { releaseNumbers, reserveNumbers } from '../modules/registry/book.server.ts';
import { registerPaper } from '../modules/registry/paper.server.ts';
import type { Stage } from './tell.ts';

type Words = Readonly<Record<string, string>>;
const remarks: Words = { sr: 'Књига се предаје архиви.', mk: 'Книгата се предава во архивата.', ro: 'Registrul se predă la arhivă.', en: 'The book goes to the archive.' };
const batch: Words = { sr: 'Рјешења о једнократној помоћи', mk: 'Решенија за еднократна парична помош', ro: 'Decizii privind ajutoarele de urgență', en: 'Decisions on one-time aid' };
const decision: Words = { sr: 'Рјешење о једнократној помоћи', mk: 'Решение за еднократна парична помош', ro: 'Decizie privind ajutorul de urgență', en: 'Decision on one-time aid' };
const unneeded: Words = { sr: 'Захтјев је повучен.', mk: 'Барањето е повлечено.', ro: 'Cererea a fost retrasă.', en: 'The application was withdrawn.' };
const twice: Words = { sr: 'Понуда за набавку канцеларијског материјала', mk: 'Понуда за набавка на канцелариски материјал', ro: 'Ofertă pentru achiziția de papetărie', en: 'Offer of office supplies' };
const mistake: Words = { sr: 'Заведено двапут: исти допис је стигао и електронском поштом.', mk: 'Заведено двапати: истиот допис стигна и по електронска пошта.', ro: 'Înregistrat de două ori: aceeași scrisoare a sosit și prin e-mail.', en: 'Registered twice: the same letter came by e-mail.' };
const apart: Record<string, readonly Words[]> = {
  proceedings: [{ sr: 'Захтјев за заузимање јавне површине', en: 'Application to use a public area' }, { sr: 'Захтјев за постављање љетње баште', en: 'Application for a summer terrace' }],
  acts: [{ ro: 'Dispoziție privind constituirea comisiei de inventariere', en: 'Order on the stock-taking commission' }, { ro: 'Dispoziție privind convocarea consiliului local', en: 'Order convening the local council' }, { ro: 'Dispoziție privind delegarea de atribuții', en: 'Order delegating duties' }],
};

/** Last year's book closed in January; numbers kept for a batch, filled, and one not needed; a letter registered twice; what stands in books of its own. */
export function tellBooks({ kernel, office, cast, random, add, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const say = (words: Words): string => textIn(words, office.locale);
  const at = (age: number, time: string): Date => {
    const on = addDays(today, -age);
    return instantIn(zone, weekdayOf(on) > 5 ? addDays(on, 8 - weekdayOf(on)) : on, time);
  };
  const year = Number(today.slice(0, 4));
  add(instantIn(zone, `${year}-01-08`, '10:30'), async (moment) => void (await kernel.run(closeBook, cast.registrar, { book: 'main', year: year - 1, remarks: say(remarks) }, { now: moment })));

  add(at(150, '09:15'), async (moment) => {
    const { numbers } = await kernel.run(reserveNumbers, cast.registrar, { book: 'main', count: 6, purpose: say(batch) }, { now: moment });
    numbers.slice(0, 4).forEach((one, index) => add(at(148 - index * 3 - Math.floor(random() * 2), '11:20'), async (then) => void (await kernel.run(registerPaper, cast.registrar, { reservedId: one.id, direction: 'internal', subject: say(decision), text: say(decision) }, { now: then }))));
    add(at(120, '12:40'), async (then) => void (await kernel.run(releaseNumbers, cast.registrar, { ids: [numbers[4]!.id], reason: say(unneeded) }, { now: then })));
  });

  add(at(34, '09:40'), async (moment) => {
    const { id } = await kernel.run(registerPaper, cast.registrar, { subject: say(twice), text: say(twice), channel: 'post' }, { now: moment });
    add(new Date(moment.getTime() + 5_400_000), async (then) => void (await kernel.run(annulCase, cast.registrar, { id, reason: say(mistake) }, { now: then })));
  });

  const own = countedBooks(office.jurisdiction).find((book) => book.id !== 'main');
  (own ? (apart[own.kind] ?? []) : []).forEach((subject, index) => add(at(100 - index * 22, '13:05'), async (moment) => void (await kernel.run(registerPaper, cast.registrar, {
    book: own!.id, subject: say(subject), text: say(subject), direction: own!.kind === 'acts' ? 'internal' : 'in', channel: 'counter',
  }, { now: moment }))));
}
