import type { Caller } from '../core/caller.ts';
import { addDays, dayIn, instantIn, weekStart, type Day } from '../core/day.ts';
import { isWorkingDay } from '../core/holiday.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { renderPdf } from '../core/pdf.ts';
import { addOwnPoint, placeProposals } from '../modules/meetings/agenda.server.ts';
import { conveneMeeting, replyToMeeting } from '../modules/meetings/convene.server.ts';
import { listCommittees } from '../modules/meetings/committee.server.ts';
import { readMeeting } from '../modules/meetings/meeting-list.server.ts';
import { planMeeting } from '../modules/meetings/meeting.server.ts';
import { acceptProposal, draftProposal, returnProposal, submitProposal } from '../modules/meetings/proposal.server.ts';
import { tellCourse } from './minutes.ts';
import type { Stage } from './tell.ts';

const own = (sr: string, mk: string, ro: string, en: string): LocalText => ({ sr, cnr: sr, mk, ro, en });
type Topic = { title: LocalText; proposed: LocalText };
const topic = (title: LocalText, proposed: LocalText): Topic => ({ title, proposed });

/** What a mayor's collegium speaks of in a year. */
const topics: readonly Topic[] = [
  topic(own('Нацрт буџета за наредну годину', 'Нацрт-буџет за наредната година', 'Proiectul bugetului pe anul viitor', 'Draft budget of next year'), own('Прихвата се нацрт буџета и упућује на јавну расправу.', 'Се прифаќа нацрт-буџетот и се упатува на јавна расправа.', 'Se aprobă proiectul bugetului și se supune dezbaterii publice.', 'The draft is accepted and put to public debate.')),
  topic(own('Припремљеност зимске службе', 'Подготвеност на зимската служба', 'Pregătirea deszăpezirii', 'Readiness of the winter service'), own('Прихвата се оперативни план зимске службе.', 'Се прифаќа оперативниот план на зимската служба.', 'Se aprobă planul operativ de deszăpezire.', 'The plan of the winter service is accepted.')),
  topic(own('Реконструкција Липове улице: избор извођача', 'Реконструкција на улица Липова: избор на изведувач', 'Reabilitarea străzii Teilor: alegerea executantului', 'Reconstruction of Lime Street'), own('Покреће се поступак набавке за реконструкцију Липове улице.', 'Се започнува постапка за набавка за реконструкција на улица Липова.', 'Se demarează procedura de achiziție pentru reabilitarea străzii Teilor.', 'The procurement is begun.')),
  topic(own('Информација о рјешавању представки грађана', 'Информација за постапување по претставките од граѓаните', 'Informare privind soluționarea petițiilor', 'Report on citizens’ petitions'), own('Прима се к знању информација; заостали предмети рјешавају се до краја мјесеца.', 'Се прима на знаење информацијата; заостанатите предмети се решаваат до крајот на месецот.', 'Se ia act de informare; petițiile restante se soluționează până la sfârșitul lunii.', 'The report is noted.')),
  topic(own('Програм обиљежавања градског празника', 'Програма за одбележување на градскиот празник', 'Programul zilelor orașului', 'Programme of the town’s day'), own('Усваја се програм и именује одбор за припрему.', 'Се усвојува програмата и се именува одбор за подготовка.', 'Se aprobă programul și se numește comitetul de organizare.', 'The programme is adopted.')),
  topic(own('Стање јавне расвјете и план замјене', 'Состојба на јавното осветлување и план за замена', 'Starea iluminatului public și planul de înlocuire', 'Public lighting'), own('Прихвата се план замјене свјетиљки по мјесним заједницама.', 'Се прифаќа планот за замена на светилките по месни заедници.', 'Se aprobă planul de înlocuire a corpurilor de iluminat pe cartiere.', 'The plan is accepted.')),
  topic(own('Локације за нова паркинг мјеста', 'Локации за нови паркинг-места', 'Amplasamente pentru parcări noi', 'Sites for parking'), own('Одређују се три локације и налаже израда пројекта.', 'Се определуваат три локации и се налага изработка на проект.', 'Se stabilesc trei amplasamente și se dispune întocmirea proiectului.', 'Three sites are chosen.')),
  topic(own('Наплата локалних прихода у претходном кварталу', 'Наплата на локалните приходи во претходниот квартал', 'Încasarea veniturilor locale în trimestrul anterior', 'Local revenue of the quarter'), own('Прима се к знању; предлажу се мјере за наплату дуговања.', 'Се прима на знаење; се предлагаат мерки за наплата на долговите.', 'Se ia act; se propun măsuri de recuperare a creanțelor.', 'Noted, with measures.')),
  topic(own('Термини у спортској дворани', 'Термини во спортската сала', 'Programul sălii de sport', 'Hours of the sports hall'), own('Усваја се распоред термина по клубовима.', 'Се усвојува распоредот на термини по клубови.', 'Se aprobă programul pe cluburi.', 'The hours are adopted.')),
  topic(own('Извјештај о раду инспекције', 'Извештај за работата на инспекцијата', 'Raportul de activitate al inspecției', 'Report of the inspection'), own('Прихвата се извјештај.', 'Се прифаќа извештајот.', 'Se aprobă raportul.', 'The report is accepted.')),
  topic(own('Пријава пројекта на позив за енергетску ефикасност', 'Пријава на проект на повикот за енергетска ефикасност', 'Depunerea proiectului de eficiență energetică', 'Energy efficiency project'), own('Одобрава се пријава пројекта и обезбјеђује сопствено учешће.', 'Се одобрува пријавата на проектот и се обезбедува сопствено учество.', 'Se aprobă depunerea proiectului și cofinanțarea.', 'The application is approved.')),
  topic(own('Уређење дворишта основне школе', 'Уредување на дворот на основното училиште', 'Amenajarea curții școlii gimnaziale', 'School yard'), own('Одобравају се средства за уређење дворишта.', 'Се одобруваат средства за уредување на дворот.', 'Se aprobă fondurile pentru amenajarea curții.', 'The funds are approved.')),
];
const safety: readonly Topic[] = [
  topic(own('Безбједност дјеце у зонама школа', 'Безбедност на децата во зоните на училиштата', 'Siguranța copiilor în zona școlilor', 'Safety at schools'), own('Постављају се вјештачке избочине код двије школе.', 'Се поставуваат вештачки нерамнини кај две училишта.', 'Se montează limitatoare de viteză la două școli.', 'Speed bumps at two schools.')),
  topic(own('Привремени режим саобраћаја због радова', 'Привремен режим на сообраќајот поради работи', 'Restricții temporare de circulație pentru lucrări', 'Temporary traffic regime'), own('Предлаже се привремени режим саобраћаја.', 'Се предлага привремен режим на сообраќајот.', 'Se avizează restricțiile temporare.', 'The regime is proposed.')),
  topic(own('Пјешачки прелаз код тржнице', 'Пешачки премин кај пазарот', 'Trecere de pietoni la piață', 'Crossing at the market'), own('Подржава се обиљежавање пјешачког прелаза.', 'Се поддржува обележувањето на пешачкиот премин.', 'Se avizează marcarea trecerii de pietoni.', 'The crossing is supported.')),
];
const aid: readonly Topic[] = [
  topic(own('Захтјеви за једнократну помоћ: прва група', 'Барања за еднократна помош: прва група', 'Cereri de ajutor: primul grup', 'Requests: first group'), own('Предлаже се додјела помоћи према списку.', 'Се предлага доделување помош според списокот.', 'Se propune acordarea ajutoarelor conform listei.', 'Aid by the list.')),
  topic(own('Захтјеви за помоћ за лијечење', 'Барања за помош за лекување', 'Cereri de ajutor pentru tratament', 'Requests for treatment'), own('Предлаже се додјела помоћи за лијечење.', 'Се предлага доделување помош за лекување.', 'Se propune acordarea ajutoarelor pentru tratament.', 'Aid for treatment.')),
];
const reason = own('Предлаже се да се питање размотри, јер рокови истичу, а потребно је усагласити рад више јединица. Детаљи су у материјалу.', 'Се предлага прашањето да се разгледа, бидејќи роковите истекуваат, а потребно е да се усогласи работата на повеќе единици. Деталите се во материјалот.', 'Se propune analizarea problemei, întrucât termenele expiră și este necesară corelarea mai multor compartimente. Detaliile se află în material.', 'To be considered: terms are running out.');
const winter = own('Информација о припремама за зиму', 'Информација за подготовките за зимата', 'Informare privind pregătirile de iarnă', 'Information on the winter');
const settlement = own('Поравнање у спору са ранијим извођачем', 'Порамнување во спорот со поранешниот изведувач', 'Tranzacție în litigiul cu fostul executant', 'Settlement with a former contractor');
const lacking = own('Приложити процјену трошкова и мишљење правне службе.', 'Да се приложи проценка на трошоците и мислење на правната служба.', 'Se vor anexa estimarea costurilor și avizul juridic.', 'Attach the costs and the legal opinion.');
const paperTitle = own('Материјал', 'Материјал', 'Material', 'Paper');
const busy = own('службени пут', 'службен пат', 'deplasare de serviciu', 'on a trip');

/** Sittings of the year, the oldest first: weeks before this one, by which body, how many points. */
const year: readonly { weeks: number; kind: string; points: number }[] = [
  { weeks: 40, kind: 'collegium', points: 3 }, { weeks: 25, kind: 'collegium', points: 2 }, { weeks: 12, kind: 'collegium', points: 3 }, { weeks: 7, kind: 'council', points: 2 }, { weeks: 5, kind: 'collegium', points: 3 }, { weeks: 3, kind: 'commission', points: 1 }, { weeks: 1, kind: 'collegium', points: 4 },
];

/** The bodies of the office: a year of sittings with their course, the next one convened with its papers, and proposals of the units on their way. */
export function tellMeetings(stage: Stage): void {
  const { kernel, office, cast, random, add, now } = stage;
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const chief = cast.chief;
  const words = (text: LocalText): string => textIn(text, office.locale);
  const workday = (day: Day, step = 1): Day => (isWorkingDay(office.jurisdiction, day) ? day : workday(addDays(day, step), step));
  const at = (day: Day, time: string): Date => instantIn(zone, day, time);
  const units = office.data.units.filter((unit) => !unit.cabinet);
  const monday = addDays(weekStart(today), 7);
  const pools: Record<string, readonly Topic[]> = { collegium: topics, council: safety, commission: aid };
  const next: Record<string, number> = { collegium: 0, council: 0, commission: 0 };
  const draw = (kind: string): Topic => { const pool = pools[kind]!; const index = next[kind]!; next[kind] = index + 1; return pool[index % pool.length]!; };
  const committees = new Map<string, string>();
  const time = (kind: string): string => ({ collegium: '10:00', council: '12:30', commission: '09:00' }[kind]!);

  const call = (kind: string, on: Day, points: number, more: { before?: (id: string) => Promise<void>; convene?: boolean }): { id(): string } => {
    let id = '';
    // Numbers follow one another: those to come are planned after the last one was.
    const planned = workday(on > today ? addDays(today, -9) : addDays(on, -12), -1);
    add(at(planned, '09:05'), async (moment) => {
      if (committees.size === 0) for (const one of (await kernel.run(listCommittees, chief, {})).committees) committees.set(one.kind, one.id);
      const committeeId = committees.get(kind);
      if (committeeId) id = (await kernel.run(planMeeting, chief, { committeeId, onDay: on, time: time(kind), minutes: 75 }, { now: moment })).id;
    });
    if (more.convene === false) return { id: () => id };
    add(at(workday(addDays(on, -7), -1), '11:30'), async (moment) => {
      if (!id) return;
      for (let index = 0; index < points; index++) {
        const { title, proposed } = draw(kind);
        await kernel.run(addOwnPoint, chief, { id, kind: index === points - 1 && points > 3 ? 'information' : 'point', title: words(title), proposed: words(proposed), minutes: 10 + Math.floor(random() * 2) * 5, rapporteur: cast.clerkOf(units[(index * 3) % units.length]!.id).name }, { now: moment });
      }
      await more.before?.(id);
      await kernel.run(conveneMeeting, chief, { id }, { now: new Date(moment.getTime() + 3_600_000) });
    });
    return { id: () => id };
  };
  for (const one of year) {
    const on = workday(addDays(weekStart(today), -7 * one.weeks + { collegium: 0, council: 2, commission: 3 }[one.kind]!));
    const sitting = call(one.kind, on, one.points, {});
    tellCourse(stage, { id: sitting.id, at: at(on, time(one.kind)), ago: one.weeks });
  }

  const paper = async (title: string) => ({
    name: `${words(paperTitle)} - ${title.slice(0, 60)}.pdf`,
    bytes: new Uint8Array(await renderPdf('bundle-sheet', { lang: office.locale, region: office.jurisdiction.country, title, issuedAt: today, office: { name: textIn(office.data.name, office.locale), cabinet: textIn(office.data.cabinet, office.locale), accent: office.data.accent[0] }, facts: [], text: [words(reason), words(reason)].join('\n\n') })),
  });
  const propose = async (who: Caller, title: LocalText, proposed: LocalText, moment: Date, more: { isConfidential?: boolean; file?: boolean } = {}): Promise<string> =>
    (await kernel.run(draftProposal, who, { committeeId: committees.get('collegium')!, title: words(title), reason: words(reason), proposed: words(proposed), minutes: 15, isConfidential: more.isConfidential ?? false, files: more.file ? [await paper(words(title))] : [] }, { now: moment })).id;
  const coming = call('collegium', workday(monday), 0, { before: async (id) => {
    const moment = at(workday(addDays(monday, -8), -1), '09:30');
    const proposalIds: string[] = [];
    for (const [index, one] of [topics[0]!, topics[1]!, topics[6]!].entries()) {
      const who = cast.clerkOf(units[index * 2]!.id);
      const made = await propose(who, one.title, one.proposed, moment, { file: index < 2 });
      await kernel.run(submitProposal, who, { id: made }, { now: moment });
      await kernel.run(acceptProposal, chief, { id: made }, { now: moment });
      proposalIds.push(made);
    }
    const secret = await propose(chief, settlement, topics[9]!.proposed, moment, { isConfidential: true });
    await kernel.run(submitProposal, chief, { id: secret }, { now: moment });
    await kernel.run(acceptProposal, chief, { id: secret }, { now: moment });
    await kernel.run(placeProposals, chief, { id, proposalIds: [...proposalIds, secret] }, { now: moment });
    await kernel.run(addOwnPoint, chief, { id, kind: 'information', title: words(winter), minutes: 10 }, { now: moment });
  } });
  add(at(workday(addDays(today, -2), -1), '10:40'), async (moment) => {
    if (!coming.id()) return;
    const { called } = await kernel.run(readMeeting, chief, { id: coming.id() }, { now: moment });
    for (const [index, line] of called.slice(0, 8).entries()) if (index !== 3) await kernel.run(replyToMeeting, chief, { id: coming.id(), attendanceId: line.id, reply: index === 5 ? 'declined' : 'accepted', reason: index === 5 ? words(busy) : '', representedBy: index === 5 ? cast.clerkOf(units[0]!.id).name : '' }, { now: moment });
  });
  call('council', workday(addDays(monday, 9)), 0, { convene: false });
  call('commission', workday(addDays(monday, 3)), 0, { convene: false });
  call('collegium', workday(addDays(monday, 14)), 0, { convene: false });
  add(at(workday(addDays(today, -3), -1), '09:20'), async (moment) => {
    if (!committees.get('collegium')) return;
    for (const [index, fate] of (['accepted', 'accepted', 'submitted', 'submitted', 'returned', 'draft'] as const).entries()) {
      const who = cast.clerkOf(units[(index * 2 + 1) % units.length]!.id);
      const one = topics[[5, 7, 8, 10, 11, 3][index]!]!;
      const id = await propose(who, one.title, one.proposed, moment);
      if (fate === 'draft') continue;
      await kernel.run(submitProposal, who, { id }, { now: moment });
      if (fate === 'accepted') await kernel.run(acceptProposal, chief, { id }, { now: moment });
      if (fate === 'returned') await kernel.run(returnProposal, chief, { id, comment: words(lacking) }, { now: moment });
    }
  });
}
