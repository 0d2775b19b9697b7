import { addDays, dayIn, instantIn, weekdayOf, type Day } from '../core/day.ts';
import { isWorkingDay } from '../core/holiday.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { listCalendars } from '../modules/calendar/calendar.server.ts';
import { acceptRequest, declineRequest, delegateRequest } from '../modules/calendar/request-reply.server.ts';
import { addRequest, withdrawRequest } from '../modules/calendar/request.server.ts';
import type { RequestAct, RequestChannel } from '../modules/calendar/request.ts';
import type { Stage } from './tell.ts';

const own = (sr: string, mk: string, ro: string, en: string): LocalText => ({ sr, cnr: sr, mk, ro, en });
type Told = { name: LocalText; purpose: LocalText; wished?: LocalText; organisation?: boolean; people?: number; channel: RequestChannel; act: RequestAct | null; reason?: LocalText; way?: 'email' };

const morning = own('прије подне', 'претпладне', 'dimineața', 'in the morning');
const soon = own('што прије', 'што поскоро', 'cât mai curând', 'as soon as possible');
const told: Told[] = [
  { name: own('Удружење грађана „Извор“', 'Здружение на граѓани „Извор“', 'Asociația „Izvorul”', 'Association “Spring”'), organisation: true, people: 3, channel: 'letter', act: 'accept', way: 'email', purpose: own('Представљање пројекта дневног центра', 'Претставување на проект за дневен центар', 'Prezentarea proiectului unui centru de zi', 'A project for a day centre'), wished: morning },
  { name: own('Спортски клуб „Стријела“', 'Спортски клуб „Стрела“', 'Clubul sportiv „Săgeata”', 'Sports club “Arrow”'), organisation: true, people: 2, channel: 'phone', act: 'delegate', purpose: own('Термини у спортској дворани', 'Термини во спортската сала', 'Programul sălii de sport', 'Hours in the sports hall') },
  { name: own('Станари улице Примјер 12', 'Станари на улица Пример 12', 'Locatarii străzii Exemplu 12', 'Residents of Example Street 12'), people: 6, channel: 'counter', act: 'accept', purpose: own('Бука у ноћним сатима', 'Бучава во ноќните часови', 'Zgomotul în timpul nopții', 'Noise at night'), wished: soon },
  { name: own('„Пројект Примјер“ д.о.о.', '„Проект Пример“ ДОО', 'SC Proiect Exemplu SRL', 'Example Project Ltd'), organisation: true, channel: 'email', act: 'decline', reason: own('О предмету се води поступак јавне набавке.', 'За предметот е во тек постапка за јавна набавка.', 'Este în curs o procedură de achiziție publică.', 'A procurement is under way.'), purpose: own('Понуда услуга', 'Понуда на услуги', 'Ofertă de servicii', 'An offer of services') },
  { name: own('Слободан Примјер', 'Слободан Пример', 'Ioan Exemplu', 'Sam Example'), channel: 'phone', act: 'withdraw', purpose: own('Додјела стана', 'Доделување стан', 'Repartizarea unei locuințe', 'A flat') },
  { name: own('Хор „Звона“', 'Хор „Камбани“', 'Corul „Clopotele”', 'Choir “Bells”'), organisation: true, people: 2, channel: 'letter', act: 'accept', purpose: own('Годишњица хора', 'Годишнина на хорот', 'Aniversarea corului', 'The choir’s anniversary'), wished: morning },
];
const waiting: Told[] = [
  { name: own('Савез планинара „Врх“', 'Сојуз на планинари „Врв“', 'Clubul montan „Vârful”', 'Mountaineers “Peak”'), organisation: true, people: 2, channel: 'letter', act: null, purpose: own('Уређење планинарских стаза', 'Уредување на планинарските патеки', 'Amenajarea traseelor montane', 'Mountain paths'), wished: own('послије 1. децембра', 'по 1 декември', 'după 1 decembrie', 'after 1 December') },
  { name: own('Зорица Примјер', 'Зорица Пример', 'Elena Exemplu', 'Zora Example'), channel: 'phone', act: null, purpose: own('Прикључак на водоводну мрежу у селу', 'Приклучок на водоводната мрежа во селото', 'Racordarea satului la rețeaua de apă', 'Water for the village'), wished: morning },
  { name: own('Савјет родитеља основне школе', 'Совет на родители на основното училиште', 'Comitetul de părinți al școlii', 'Parents’ council'), organisation: true, people: 4, channel: 'email', act: null, purpose: own('Безбједан пут до школе', 'Безбеден пат до училиштето', 'Drum sigur spre școală', 'A safe way to school'), wished: soon },
];

const every = 16;
/** Who asked to meet the mayor in the past year, and what was decided; three still wait. */
export function tellMeetingRequests(stage: Stage): void {
  const { kernel, office, cast, add, now } = stage;
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const say = (text: LocalText | undefined): string => (text ? textIn(text, office.locale) : '');
  const workingDay = (on: Day): Day => (isWorkingDay(office.jurisdiction, on) && weekdayOf(on) !== 1 ? on : workingDay(addDays(on, 1)));
  const deputyOf = async (): Promise<string | null | undefined> => (await kernel.run(listCalendars, cast.chief, {})).calendars.find((one) => one.role === 'deputy')?.personId;
  const tell = (one: Told, on: Day, index: number): void => {
    add(instantIn(zone, workingDay(on), '09:20'), async (at) => {
      const contact = one.channel === 'email' || one.way === 'email' ? { email: `osoba${index}@primjer.example` } : { phone: `070 000 ${100 + index}` };
      const { id } = await kernel.run(addRequest, cast.registrar, { purpose: say(one.purpose), name: say(one.name), organisation: one.organisation ?? false, people: one.people ?? 1, wished: say(one.wished), channel: one.channel, ...contact }, { now: at });
      const { act } = one;
      if (!act) return;
      const decidedOn = workingDay(addDays(workingDay(on), 2));
      const when = { startsOn: workingDay(addDays(decidedOn, 6)), startsTime: index % 2 === 0 ? '15:00' : '12:30', endsTime: index % 2 === 0 ? '15:40' : '13:10', nevertheless: true };
      add(instantIn(zone, decidedOn, '14:10'), async (then) => {
        const options = { now: then };
        const way = one.way && index === 0 ? one.way : ('none' as const);
        const deputy = act === 'delegate' ? await deputyOf() : null;
        if (act === 'decline') await kernel.run(declineRequest, cast.chief, { id, reason: say(one.reason), way: 'none' }, options);
        else if (act === 'withdraw') await kernel.run(withdrawRequest, cast.registrar, { id }, options);
        else if (act === 'delegate' && deputy) await kernel.run(delegateRequest, cast.chief, { id, to: deputy, ...when, way }, options);
        else await kernel.run(acceptRequest, cast.mayor, { id, ...when, way }, options);
      });
    });
  };
  const count = Math.floor(340 / every);
  for (let index = 0; index < count; index++) tell(told[index % told.length]!, addDays(today, -20 - index * every), index);
  waiting.forEach((one, index) => tell(one, addDays(today, -9 + index * 3), 50 + index));
}
