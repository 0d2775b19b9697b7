import { addDays, dayIn, instantIn } from '../core/day.ts';
import { isWorkingDay } from '../core/holiday.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { addDemonstration } from '../modules/correspondence/certificate.server.ts';
import { approveLetter, refuseLetter } from '../modules/correspondence/chain.server.ts';
import { submitLetter, writeLetter } from '../modules/correspondence/letter.server.ts';
import type { Stage } from './tell.ts';

/** What became of a letter: sent, waiting for the mayor's signature, sent back by the chief, or still a draft. */
type Fate = 'sent' | 'to_sign' | 'refused' | 'draft';
type Piece = { fate: Fate; ago: number; way: 'email' | 'post' | 'registered' | 'courier'; to: LocalText; copies?: boolean; subject: LocalText; body: LocalText };
const own = (sr: string, mk: string, ro: string, en: string): LocalText => ({ sr, cnr: sr, mk, ro, en });
const pieces: readonly Piece[] = [
  {
    fate: 'sent', ago: 140, way: 'registered', to: own('Јавно предузеће „Нови мост“', 'Јавно претпријатие „Нов мост“', 'Societatea „Podul Nou”', 'New Bridge enterprise'), subject: own('Обилазак радова на пјешачком мосту', 'Увид во работите на пешачкиот мост', 'Vizită la lucrările podului pietonal', 'Visit to the footbridge works'),
    body: own('Поштовани,\n\nМолимо вас да обезбиједите присуство одговорног извођача при обиласку радова и да нам претходно доставите:\n\n- преглед изведених радова\n- план наставка до краја сезоне\n\nО термину обиласка бићете обавијештени накнадно.', 'Почитувани,\n\nВе молиме да обезбедите присуство на одговорниот изведувач при увидот и претходно да ни доставите:\n\n- преглед на изведените работи\n- план за продолжување до крајот на сезоната\n\nЗа терминот ќе бидете дополнително известени.', 'Stimată doamnă / Stimate domn,\n\nVă rugăm să asigurați prezența responsabilului de execuție la vizita pe șantier și să ne transmiteți în prealabil:\n\n- situația lucrărilor executate\n- programul până la sfârșitul sezonului\n\nData vizitei va fi comunicată ulterior.', 'Please see to it that the contractor attends the visit, and send us beforehand what has been done and what remains.'),
  },
  {
    fate: 'sent', ago: 75, way: 'email', to: own('Удружење „Чиста обала“', 'Здружение „Чист брег“', 'Asociația „Malul Curat”', 'Clean Shore association'), subject: own('Захвалница за акцију чишћења', 'Благодарница за акцијата за чистење', 'Mulțumiri pentru acțiunea de ecologizare', 'Thanks for the clean-up'),
    body: own('Поштовани,\n\nУ име градске управе захваљујемо вам на организовању акције чишћења. Надамо се да ћемо сарадњу наставити и наредне године.', 'Почитувани,\n\nВо име на градската управа Ви благодариме за организирањето на акцијата за чистење. Се надеваме дека соработката ќе продолжи и следната година.', 'Stimată doamnă / Stimate domn,\n\nÎn numele administrației locale vă mulțumim pentru organizarea acțiunii de ecologizare. Sperăm să continuăm colaborarea și anul viitor.', 'On behalf of the administration we thank you for the clean-up and hope to go on working together.'),
  },
  {
    fate: 'sent', ago: 30, way: 'post', copies: true, to: own('Скупштина станара Липова 6', 'Совет на станари Липова 6', 'Asociația de proprietari Teilor 6', 'Residents of Lipova 6'), subject: own('Позив на састанак о уређењу дворишта', 'Покана за состанок за уредување на дворот', 'Invitație la întâlnirea privind amenajarea curții', 'Invitation: the courtyard'),
    body: own('Поштовани,\n\nПозивамо вас на састанак о уређењу заједничког дворишта. Састанак ће се одржати у просторијама органа, {мјесто}.\n\nМолимо вас да долазак потврдите на телефон {телефон}.', 'Почитувани,\n\nВе покануваме на состанок за уредување на заедничкиот двор. Состанокот ќе се одржи во просториите на органот, {место}.\n\nВе молиме присуството да го потврдите на телефон {телефон}.', 'Stimată doamnă / Stimate domn,\n\nVă invităm la o întâlnire privind amenajarea curții comune, la sediul instituției, {localitatea}.\n\nVă rugăm să confirmați participarea la telefon {telefon}.', 'We invite you to a meeting about the courtyard, in {place}. Please confirm by telephone {phone}.'),
  },
  {
    fate: 'sent', ago: 3, way: 'courier', to: own('Дом културе „Вијадукт“', 'Дом на култура „Вијадукт“', 'Casa de cultură „Viaduct”', 'Viaduct house of culture'), subject: own('Сагласност за коришћење сале', 'Согласност за користење на салата', 'Acord pentru folosirea sălii', 'Use of the hall'),
    body: own('Поштовани,\n\nСагласни смо да се сала користи за завршну приредбу ученика, уз обавезу да се по завршетку врати у првобитно стање.', 'Почитувани,\n\nСогласни сме салата да се користи за завршната приредба на учениците, со обврска по завршувањето да се врати во првобитна состојба.', 'Stimată doamnă / Stimate domn,\n\nSuntem de acord cu folosirea sălii pentru serbarea elevilor, cu obligația aducerii ei la starea inițială.', 'We agree to the use of the hall for the pupils’ performance.'),
  },
  {
    fate: 'to_sign', ago: 1, way: 'registered', copies: true, to: own('Предузеће „Брегови“', 'Претпријатие „Ридови“', 'Societatea „Dealuri”', 'Hills company'), subject: own('Отклањање недостатака на дјечијем игралишту', 'Отстранување на недостатоци на детското игралиште', 'Remedierea deficiențelor la locul de joacă', 'Defects at the playground'),
    body: own('Поштовани,\n\nПри прегледу игралишта утврђено је да двије справе нису безбједне за употребу. Позивамо вас да, у оквиру гарантног рока:\n\n- уклоните оштећене дијелове\n- уградите нове и доставите записник\n\nРок за извођење радова је петнаест дана од пријема овог дописа.', 'Почитувани,\n\nПри прегледот на игралиштето е утврдено дека две справи не се безбедни за употреба. Ве повикуваме, во гарантниот рок:\n\n- да ги отстраните оштетените делови\n- да вградите нови и да доставите записник\n\nРокот за изведба е петнаесет дена од приемот на овој допис.', 'Stimată doamnă / Stimate domn,\n\nLa verificarea locului de joacă s-a constatat că două echipamente nu sunt sigure. Vă solicităm ca, în perioada de garanție:\n\n- să îndepărtați piesele deteriorate\n- să montați piese noi și să transmiteți procesul-verbal\n\nTermenul de execuție este de cincisprezece zile de la primire.', 'Two devices at the playground are not safe. Please replace them within fifteen days, under the warranty.'),
  },
  {
    fate: 'refused', ago: 2, way: 'email', to: own('Завод за мјерења', 'Завод за мерења', 'Institutul de măsurători', 'Institute of measurements'), subject: own('Захтјев за мјерење буке', 'Барање за мерење на бучава', 'Solicitare de măsurare a zgomotului', 'Request to measure noise'),
    body: own('Поштовани,\n\nМолимо вас да извршите мјерење буке у околини градске пијаце.', 'Почитувани,\n\nВе молиме да извршите мерење на бучавата во околината на градскиот пазар.', 'Stimată doamnă / Stimate domn,\n\nVă rugăm să efectuați măsurători ale zgomotului în zona pieței.', 'Please measure the noise around the market.'),
  },
  {
    fate: 'draft', ago: 0, way: 'post', to: own('Савез планинара „Врх“', 'Сојуз на планинари „Врв“', 'Federația montană „Vârful”', 'Mountaineers’ union'), subject: own('Обиљежавање планинске стазе', 'Обележување на планинската патека', 'Marcarea traseului montan', 'Marking of a mountain path'),
    body: own('Поштовани,\n\nПоводом вашег предлога обавјештавамо вас', 'Почитувани,\n\nПо повод Вашиот предлог Ве известуваме', 'Stimată doamnă / Stimate domn,\n\nReferitor la propunerea dumneavoastră, vă comunicăm', 'As to your proposal'),
  },
];
const comment = own('Навести тачну локацију и термине мјерења.', 'Да се наведе точната локација и термините на мерењето.', 'Precizați locația exactă și intervalele de măsurare.', 'Say where exactly and when.');
const address = own('Липова 6', 'Липова 6', 'str. Teilor 6', 'Lipova 6');
const board = own('Скупштини, ради знања', 'До Советот, на знаење', 'Consiliului local, spre știință', 'The assembly');

/** The office's demonstration certificate, and letters of the last months: sent, waiting for a signature, sent back, begun. */
export function tellCorrespondence({ kernel, office, cast, add, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const words = (text: LocalText): string => textIn(text, office.locale);
  const workday = (day: string): string => (isWorkingDay(office.jurisdiction, day) ? day : workday(addDays(day, -1)));
  const later = (day: string): string => (isWorkingDay(office.jurisdiction, addDays(day, 1)) ? addDays(day, 1) : later(addDays(day, 1)));
  const at = (day: string, time: string): Date => instantIn(zone, day, time);
  const clerk = cast.clerkOf(office.data.units.find((unit) => unit.cabinet)?.id ?? '');
  // Five years, from before the first letter of the year that is told.
  add(at(addDays(today, -364), '07:00'), async (moment) => void (await kernel.run(addDemonstration, kernel.system(office), {}, { now: moment })));
  pieces.forEach((piece, index) => {
    const begun = workday(addDays(today, -piece.ago));
    const to = { name: words(piece.to), address: `${words(address)}, ${office.data.place}`, email: piece.way === 'email' ? `ured${index}@primjer.example` : '', way: piece.way };
    const letter = {
      subject: words(piece.subject), body: words(piece.body), locale: office.locale, signerId: cast.mayor.personId, visas: [cast.chief.personId!],
      recipients: [to, ...(piece.copies ? [{ name: words(board), address: office.data.place, way: 'courier' as const, isCopy: true }] : [])],
    };
    add(at(begun, `09:${10 + index}`), async (moment) => {
      const { id } = await kernel.run(writeLetter, clerk, letter, { now: moment });
      if (piece.fate === 'draft') return;
      const { version } = await kernel.run(submitLetter, clerk, { ...letter, id, version: 1 }, { now: moment });
      if (piece.fate === 'refused') return add(at(begun, '11:20'), async (then) => void (await kernel.run(refuseLetter, cast.chief, { id, version, comment: words(comment) }, { now: then })));
      add(at(begun, '11:40'), async (then) => void (await kernel.run(approveLetter, cast.chief, { id, version }, { now: then })));
      if (piece.fate === 'sent') add(at(later(begun), '12:15'), async (then) => void (await kernel.run(approveLetter, cast.mayor, { id, version }, { now: then })));
    });
  });
}
