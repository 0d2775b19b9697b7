import type { Caller } from '../core/caller.ts';
import { addDays, dayIn, instantIn, weekdayOf, weekStart, type Day } from '../core/day.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { listCalendars } from '../modules/calendar/calendar.server.ts';
import type { EngagementKind, Visibility } from '../modules/calendar/index.ts';
import { addToCalendar, cancelInCalendar } from '../modules/calendar/engagement.server.ts';
import { listResources } from '../modules/calendar/resource.server.ts';
import { tellMeetingRequests } from './meeting-requests.ts';
import type { Stage } from './tell.ts';

const own = (sr: string, mk: string, ro: string, en: string): LocalText => ({ sr, cnr: sr, mk, ro, en });
type Told = {
  title: LocalText; kind: EngagementKind; time: string; minutes: number; place?: LocalText; who?: number; visibility?: Visibility; said?: LocalText; travel?: number; preparation?: number; state?: 'tentative'; room?: boolean; with?: LocalText; isMine?: boolean; days?: number; deputies?: boolean; detail?: LocalText;
};
const town = own('градска вијећница', 'градска кука', 'sediul primăriei', 'town hall');
const field = own('на терену', 'на терен', 'pe teren', 'in the field');

/** What comes again all the year. `who`: 0 is the mayor, then the deputies. */
const series: (Told & { rule: string })[] = [
  { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', time: '08:00', minutes: 20, kind: 'meeting', title: own('Јутарњи договор: пошта и обавезе дана', 'Утрински договор: пошта и обврски за денот', 'Ședința de dimineață: corespondența și programul zilei', 'Morning round: post and the day') },
  { rule: 'FREQ=WEEKLY;BYDAY=MO', time: '09:00', minutes: 45, kind: 'meeting', deputies: true, title: own('Договор са замјеницима', 'Договор со замениците', 'Ședință cu viceprimarul', 'Meeting with the deputies') },
  { rule: 'FREQ=WEEKLY;BYDAY=TU', time: '14:15', minutes: 60, kind: 'visit', visibility: 'public', travel: 20, place: field, title: own('Обилазак радова на улицама и путевима', 'Увид во работите на улиците и патиштата', 'Vizită pe șantierele de drumuri', 'Visit to road works'), said: own('Обилазак радова', 'Увид во градежните работи', 'Vizită pe șantiere', 'Visit to public works') },
  { rule: 'FREQ=WEEKLY;BYDAY=TH', time: '13:30', minutes: 30, kind: 'interview', visibility: 'public', place: town, title: own('Сусрет са новинарима', 'Средба со новинарите', 'Întâlnire cu presa', 'Meeting the press') },
  { rule: 'FREQ=WEEKLY;BYDAY=FR', time: '13:00', minutes: 60, kind: 'other', title: own('Преглед седмице и потписивање', 'Преглед на седмицата и потпишување', 'Bilanțul săptămânii și semnături', 'Review of the week and signatures') },
  { rule: 'FREQ=WEEKLY;BYDAY=WE', time: '07:00', minutes: 45, kind: 'private', isMine: true, title: own('Физикална терапија', 'Физикална терапија', 'Fizioterapie', 'Physiotherapy') },
  { rule: 'FREQ=MONTHLY;BYDAY=2WE', time: '10:00', minutes: 90, kind: 'meeting', preparation: 30, place: own('Мала сала', 'Мала сала', 'Sala mică', 'Small Hall'), title: own('Директори јавних предузећа', 'Директори на јавните претпријатија', 'Directorii societăților municipale', 'Directors of public enterprises') },
  { rule: 'FREQ=MONTHLY;BYDAY=1SA', time: '10:00', minutes: 120, kind: 'visit', visibility: 'public', travel: 25, place: own('мјесна заједница', 'месна заедница', 'cartier', 'neighbourhood'), title: own('Субота у мјесној заједници', 'Сабота во месната заедница', 'Sâmbăta în cartier', 'Saturday in the neighbourhood') },
  { rule: 'FREQ=WEEKLY;BYDAY=TU', who: 1, time: '10:00', minutes: 60, kind: 'meeting', title: own('Договор о школама, култури и спорту', 'Договор за училиштата, културата и спортот', 'Coordonare: școli, cultură, sport', 'Schools, culture, sport') },
  { rule: 'FREQ=WEEKLY;BYDAY=TH', who: 1, time: '09:30', minutes: 90, kind: 'visit', visibility: 'public', travel: 15, place: field, title: own('Посјета школама и вртићима', 'Посета на училишта и градинки', 'Vizită la școli și grădinițe', 'Visit to schools and nurseries') },
  { rule: 'FREQ=WEEKLY;BYDAY=WE', who: 2, time: '11:00', minutes: 60, kind: 'meeting', title: own('Договор о комуналним радовима', 'Договор за комуналните работи', 'Coordonarea lucrărilor comunale', 'Communal works') },
];

/** Single ones of the past year, one every eleven days. */
const singles: (Told & { weekday: number })[] = [
  { weekday: 5, time: '18:00', minutes: 60, kind: 'event', visibility: 'public', travel: 10, place: own('Дом културе', 'Дом на културата', 'Casa de cultură', 'house of culture'), title: own('Отварање изложбе младих сликара', 'Отворање изложба на млади сликари', 'Vernisajul tinerilor pictori', 'Opening of young painters’ exhibition') },
  { weekday: 3, time: '10:30', minutes: 60, kind: 'meeting', place: town, with: own('Удружење пензионера „Јесен“', 'Здружение на пензионери „Есен“', 'Asociația pensionarilor „Toamna”', 'Pensioners’ association'), title: own('Пријем представника пензионера', 'Прием на претставници на пензионерите', 'Primirea reprezentanților pensionarilor', 'Reception of pensioners’ representatives') },
  { weekday: 2, time: '15:00', minutes: 45, kind: 'interview', visibility: 'public', place: own('студио локалне телевизије', 'студио на локалната телевизија', 'studioul televiziunii locale', 'local television studio'), travel: 15, title: own('Гостовање у емисији „Град уживо“', 'Гостување во емисијата „Градот во живо“', 'Invitat la emisiunea „Orașul în direct”', 'Guest of “The town live”') },
  { weekday: 4, time: '09:00', minutes: 420, kind: 'travel', title: own('Састанак у министарству о пројекту водовода', 'Состанок во министерството за проектот за водовод', 'Întâlnire la minister privind rețeaua de apă', 'Ministry: water supply project'), place: own('министарство', 'министерство', 'minister', 'ministry'), travel: 60 },
  { weekday: 1, time: '11:00', minutes: 45, kind: 'meeting', visibility: 'confidential', title: own('Разговор о попуњавању радних мјеста', 'Разговор за пополнување работни места', 'Discuție privind ocuparea unor posturi', 'Talk about vacancies') },
  { weekday: 5, time: '10:00', minutes: 60, kind: 'visit', visibility: 'public', travel: 15, place: own('фабрика намјештаја „Храст“', 'фабрика за мебел „Даб“', 'fabrica de mobilă „Stejarul”', 'furniture works'), title: own('Посјета фабрици намјештаја „Храст“', 'Посета на фабриката за мебел „Даб“', 'Vizită la fabrica de mobilă „Stejarul”', 'Visit to the furniture works') },
  { weekday: 3, time: '13:00', minutes: 60, kind: 'meeting', with: own('Спортски клуб „Полет“', 'Спортски клуб „Полет“', 'Clubul sportiv „Avânt”', 'Polet sports club'), title: own('Договор о градском турниру', 'Договор за градскиот турнир', 'Organizarea turneului orașului', 'The town’s tournament') },
];

/** This week and the four after it: `week` 0 is this one. */
const coming: (Told & { week: number; weekday: number })[] = [
  { week: 0, weekday: 1, time: '12:00', minutes: 60, kind: 'meeting', room: true, with: own('Привредни савјет', 'Стопански совет', 'Consiliul economic', 'Business council'), preparation: 20, title: own('Привредници о нацрту буџета', 'Стопанствениците за нацрт-буџетот', 'Mediul de afaceri despre proiectul de buget', 'Business on the draft budget') },
  { week: 0, weekday: 1, time: '17:30', minutes: 90, kind: 'event', visibility: 'public', travel: 10, place: own('позориште', 'театар', 'teatru', 'theatre'), title: own('Свечаност поводом јубилеја позоришта', 'Свеченост по повод јубилејот на театарот', 'Festivitatea jubileului teatrului', 'Theatre jubilee') },
  { week: 0, weekday: 2, time: '08:45', minutes: 60, kind: 'meeting', visibility: 'confidential', title: own('Разговор о уговору са извођачем', 'Разговор за договорот со изведувачот', 'Discuție despre contractul cu executantul', 'The contractor’s contract') },
  { week: 0, weekday: 2, time: '15:45', minutes: 30, kind: 'interview', visibility: 'public', title: own('Интервју за градски радио', 'Интервју за градското радио', 'Interviu pentru radioul local', 'Interview for the local radio') },
  { week: 0, weekday: 3, time: '10:00', minutes: 60, kind: 'meeting', room: true, with: own('делегација побратимљеног града', 'делегација од збратимен град', 'delegația orașului înfrățit', 'delegation of the twin town'), visibility: 'public', preparation: 30, title: own('Пријем делегације побратимљеног града', 'Прием на делегација од збратимен град', 'Primirea delegației orașului înfrățit', 'Reception of the twin town’s delegation') },
  { week: 0, weekday: 3, time: '10:30', minutes: 60, kind: 'meeting', title: own('Хитан договор о грејној сезони', 'Итен договор за грејната сезона', 'Ședință urgentă privind încălzirea', 'Urgent: heating season'), detail: own('Преклапа се са пријемом делегације: може ићи замјеник.', 'Се преклопува со приемот на делегацијата: може да оди заменик.', 'Se suprapune cu primirea delegației: poate merge viceprimarul.', 'Overlaps with the delegation: the deputy may go.') },
  { week: 0, weekday: 3, time: '13:30', minutes: 45, kind: 'other', state: 'tentative', title: own('Телефонски разговор са амбасадом', 'Телефонски разговор со амбасадата', 'Convorbire telefonică cu ambasada', 'Call with the embassy') },
  { week: 0, weekday: 4, time: '14:30', minutes: 90, kind: 'visit', visibility: 'public', travel: 25, place: own('нови дом здравља', 'новиот здравствен дом', 'noul centru medical', 'new health centre'), title: own('Обилазак новог дома здравља', 'Увид во новиот здравствен дом', 'Vizită la noul centru medical', 'Visit to the new health centre') },
  { week: 0, weekday: 4, time: '18:30', minutes: 60, kind: 'private', isMine: true, title: own('Родитељски састанак', 'Родителска средба', 'Ședință cu părinții', 'Parents’ meeting') },
  { week: 0, weekday: 5, time: '09:00', minutes: 90, kind: 'meeting', room: true, preparation: 30, title: own('Јавна расправа о буџету: припрема', 'Јавна расправа за буџетот: подготовка', 'Dezbaterea publică a bugetului: pregătire', 'Public debate on the budget: preparation') },
  { week: 0, weekday: 5, time: '11:30', minutes: 45, kind: 'event', visibility: 'public', place: own('основна школа', 'основно училиште', 'școala gimnazială', 'primary school'), travel: 10, title: own('Уручење награда ученицима', 'Врачување награди на ученици', 'Premierea elevilor', 'Awards for pupils') },
  { week: 0, weekday: 3, who: 1, time: '09:00', minutes: 60, kind: 'meeting', title: own('Стипендије: предлог листе', 'Стипендии: предлог на листата', 'Burse: propunerea listei', 'Scholarships: proposed list') },
  { week: 0, weekday: 5, who: 1, time: '10:00', minutes: 120, kind: 'event', visibility: 'public', place: own('спортска дворана', 'спортска сала', 'sala de sport', 'sports hall'), title: own('Отварање школског турнира', 'Отворање на училишниот турнир', 'Deschiderea turneului școlar', 'Opening of the school tournament') },
  { week: 0, weekday: 4, who: 2, time: '10:00', minutes: 90, kind: 'visit', travel: 20, place: field, title: own('Зимска служба: преглед механизације', 'Зимска служба: преглед на механизацијата', 'Deszăpezire: verificarea utilajelor', 'Winter service: inspection') },
  { week: 1, weekday: 2, time: '16:00', minutes: 60, kind: 'meeting', room: true, with: own('организације младих', 'младински организации', 'organizații de tineret', 'youth organisations'), title: own('Разговор са младима о градским просторима', 'Разговор со младите за градските простори', 'Dialog cu tinerii despre spațiile orașului', 'Young people on the town’s spaces') },
  { week: 1, weekday: 6, time: '00:00', minutes: 0, days: 2, kind: 'travel', place: own('побратимљени град', 'збратимен град', 'orașul înfrățit', 'twin town'), title: own('Службени пут: конференција градова', 'Службен пат: конференција на градови', 'Deplasare: conferința orașelor', 'Official trip: conference of towns') },
  { week: 1, weekday: 1, time: '12:00', minutes: 60, kind: 'event', visibility: 'public', place: own('градски трг', 'градски плоштад', 'piața centrală', 'main square'), title: own('Паљење новогодишње расвјете', 'Палење на новогодишното осветлување', 'Aprinderea luminilor de sărbători', 'Holiday lights') },
  { week: 2, weekday: 1, time: '11:00', minutes: 60, kind: 'meeting', state: 'tentative', title: own('Састанак са инвеститором', 'Состанок со инвеститор', 'Întâlnire cu un investitor', 'Meeting with an investor') },
  { week: 2, weekday: 3, time: '12:00', minutes: 60, kind: 'visit', visibility: 'public', travel: 20, place: field, title: own('Отварање обновљеног моста', 'Отворање на обновениот мост', 'Inaugurarea podului reabilitat', 'Opening of the renewed bridge') },
  { week: 3, weekday: 2, time: '18:00', minutes: 120, kind: 'event', visibility: 'public', place: own('Велика сала', 'Голема сала', 'Sala mare', 'Great Hall'), title: own('Новогодишњи пријем', 'Новогодишен прием', 'Recepția de Anul Nou', 'New Year’s reception') },
  { week: 4, weekday: 1, time: '10:00', minutes: 60, kind: 'meeting', title: own('План рада за наредну годину', 'План за работа за наредната година', 'Planul de lucru pentru anul viitor', 'Plan of work for next year') },
];

/** The calendars of those who lead, through the year and four weeks ahead. */
export function tellCalendar(stage: Stage): void {
  const { kernel, office, cast, add, now } = stage;
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  // On a weekend the week that is shown full is the one that comes.
  const monday = weekStart(addDays(today, weekdayOf(today) > 5 ? 2 : 0));
  const say = (text: LocalText | undefined): string => (text ? textIn(text, office.locale) : '');
  type Desk = { secretary: Caller; leaders: { id: string; personId: string }[]; roomId: string };
  let desk: Promise<Desk> | undefined;
  const openDesk = (): Promise<Desk> => (desk ??= (async () => {
    const { resources } = await kernel.run(listResources, cast.chief, {});
    const { calendars } = await kernel.run(listCalendars, cast.chief, {});
    const leaders = calendars.filter((one) => one.role === 'mayor' || one.role === 'deputy').map((one) => ({ id: one.id, personId: one.personId! }));
    // A secretary of the cabinet keeps them, where it has one.
    let secretary = cast.chief;
    for (const unit of office.data.units.filter((one) => one.cabinet)) {
      const clerk = cast.clerkOf(unit.id);
      if (secretary === cast.chief && (await kernel.run(listCalendars, clerk, {})).calendars[0]?.writes) secretary = clerk;
    }
    return { secretary, leaders, roomId: resources.filter((one) => one.kind === 'room').at(-1)?.id ?? '' };
  })());
  const until = (time: string, minutes: number): string => {
    const end = Math.min(Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) + minutes, 23 * 60 + 45);
    return `${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`;
  };
  const enterOne = (told: Told, on: Day, at: Day, rule = '', after?: (id: string, moment: Date) => void): void => {
    const written = instantIn(zone, at, '09:10');
    add(written < now ? written : new Date(now.getTime() - 3_600_000), async (moment) => {
      const { secretary, leaders, roomId } = await openDesk();
      const leader = leaders[told.who ?? 0];
      if (!leader) return;
      const { id } = await kernel.run(addToCalendar, told.isMine ? cast.mayor : secretary, {
        calendarId: leader.id, kind: told.kind, title: say(told.title), detail: say(told.detail), place: say(told.place), startsOn: on, startsTime: told.days ? '' : told.time, endsTime: told.days ? '' : until(told.time, told.minutes), endsOn: told.days ? addDays(on, told.days - 1) : '', isAllDay: Boolean(told.days),
        travelBefore: told.travel ?? 0, travelAfter: told.travel ?? 0, preparation: told.preparation ?? 0, rule, skipsClosingDays: rule !== '', state: told.state ?? 'confirmed', visibility: told.visibility ?? '', publicTitle: say(told.said), resourceIds: told.room && roomId ? [roomId] : [],
        participants: [...(told.deputies ? leaders.slice(1).map((one) => `person:${one.personId}`) : []), ...(told.with ? [say(told.with)] : [])], nevertheless: true,
      }, { now: moment });
      after?.(id, moment);
    });
  };
  for (const told of series) enterOne(told, addDays(monday, -357), addDays(monday, -358), told.rule);
  for (let n = 0; n < 32; n++) {
    const told = singles[n % singles.length]!;
    const on = addDays(monday, -11 * (n + 1));
    const day = addDays(weekStart(on), told.weekday - 1);
    if (weekdayOf(day) > 5) continue;
    const at = addDays(day, -6);
    // Now and then one does not take place.
    enterOne(told, day, at, '', n % 9 === 4 ? (id) => add(instantIn(zone, addDays(day, -1), '13:00'), async (then) => void (await kernel.run(cancelInCalendar, cast.chief, { id, reason: say(own('Одложено на молбу друге стране.', 'Одложено на барање на другата страна.', 'Amânat la cererea celeilalte părți.', 'Postponed at their request.')) }, { now: then }))) : undefined);
  }
  for (const told of coming) enterOne(told, addDays(monday, told.week * 7 + told.weekday - 1), addDays(monday, -5));
  tellMeetingRequests(stage);
}
