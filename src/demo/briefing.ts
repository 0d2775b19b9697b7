import { addDays, dayIn, instantIn } from '../core/day.ts';
import type { Caller } from '../core/caller.ts';
import { publicCaller } from '../core/caller.ts';
import { isWorkingDay } from '../core/holiday.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { getPack, listComing, type Coming } from '../modules/briefing/pack-view.server.ts';
import { addPart, changePack, gatherPack, makePack, makeReady } from '../modules/briefing/pack-work.server.ts';
import { choosePapers } from '../modules/briefing/paper-choice.server.ts';
import { askMany } from '../modules/contributions/ask.server.ts';
import { giveContribution } from '../modules/contributions/contribution.server.ts';
import { listParties } from '../modules/directory/party.server.ts';
import { setPhoto } from '../modules/directory/party-photo.server.ts';
import { drawPortrait } from './portrait.ts';
import type { Stage } from './tell.ts';

const own = (sr: string, mk: string, ro: string, en: string): LocalText => ({ sr, cnr: sr, mk, ro, en });
const aims: readonly LocalText[] = [
  own('Договорити рок завршетка радова и ко плаћа накнадне позиције.', 'Да се договори рок за завршување на работите и кој ги плаќа дополнителните позиции.', 'Stabilirea termenului de finalizare a lucrărilor și a părții care suportă lucrările suplimentare.', 'Agree by when the works end and who pays what was added.'),
  own('Чути приједлог и обећати одговор до краја мјесеца, без преузимања обавеза.', 'Да се слушне предлогот и да се вети одговор до крајот на месецот, без преземање обврски.', 'Ascultarea propunerii și un răspuns până la sfârșitul lunii, fără angajamente.', 'Hear the proposal and promise an answer by the end of the month, without taking anything on.'),
  own('Потврдити подршку и одредити лице за даљи рад.', 'Да се потврди поддршката и да се определи лице за понатамошна работа.', 'Confirmarea sprijinului și desemnarea unei persoane de contact.', 'Confirm support and name who works on it further.'),
];
const summaries: readonly LocalText[] = [
  own('Уговор је потписан у марту, рок је истекао прије три седмице. Извођач тражи продужење због додатних радова на одводњи; надзор је дио захтјева прихватио.', 'Договорот е потпишан во март, рокот истече пред три недели. Изведувачот бара продолжување поради дополнителни работи на одводнувањето; надзорот прифати дел од барањето.', 'Contractul a fost semnat în martie, termenul a expirat acum trei săptămâni. Constructorul cere prelungirea pentru lucrări suplimentare la canalizare; dirigintele a admis o parte din cerere.', 'The contract was signed in March, its day passed three weeks ago. The builder asks for more time because of drainage; supervision accepted a part.'),
  own('Саговорници траже простор и средства за наредну годину. Прошле године добили су простор без накнаде; извјештај о раду је уредно достављен.', 'Соговорниците бараат простор и средства за следната година. Минатата година добија простор без надомест; извештајот за работа е уредно доставен.', 'Interlocutorii solicită un spațiu și fonduri pentru anul viitor. Anul trecut au primit spațiul gratuit; raportul de activitate a fost depus la timp.', 'They ask for rooms and means for the coming year. Last year they had rooms without rent; their report came in time.'),
];
const points: readonly (readonly [LocalText, LocalText])[] = [
  [own('Рок', 'Рок', 'Termen', 'The day'), own('Нови рок мора бити писмен, са пеналима од првог дана.', 'Новиот рок мора да биде писмен, со казни од првиот ден.', 'Noul termen trebuie stabilit în scris, cu penalități din prima zi.', 'The new day must be in writing, with penalties from the first day.')],
  [own('Новац', 'Средства', 'Bani', 'Money'), own('Буџет за ову годину је исцрпљен; више од раније договореног није могуће.', 'Буџетот за оваа година е исцрпен; повеќе од претходно договореното не е можно.', 'Bugetul pe acest an este epuizat; mai mult decât s-a convenit nu este posibil.', 'This year’s budget is spent; more than was agreed is not possible.')],
  [own('Грађани', 'Граѓани', 'Cetățeni', 'Citizens'), own('У улици станује двјеста породица: обавијестити их прије почетка радова.', 'Во улицата живеат двесте семејства: да се известат пред почетокот на работите.', 'Pe stradă locuiesc două sute de familii: să fie anunțate înainte de începerea lucrărilor.', 'Two hundred families live in the street: tell them before the works begin.')],
];
const programme = own('10.00 дочек пред улазом\n10.10 разговор у свечаној сали\n10.45 обилазак радова\n11.15 изјава за новинаре', '10:00 пречек пред влезот\n10:10 разговор во свечената сала\n10:45 увид во работите\n11:15 изјава за медиумите', '10.00 întâmpinarea la intrare\n10.10 discuții în sala de ședințe\n10.45 vizitarea lucrărilor\n11.15 declarație de presă', '10:00 welcome at the door\n10:10 talk in the hall\n10:45 a look at the works\n11:15 words for the press');
const guest = own('Води разговор са њихове стране. Љубазан и упоран; цијени кратке и јасне одговоре.', 'Го води разговорот од нивна страна. Љубезен и упорен; цени кратки и јасни одговори.', 'Conduce discuția din partea lor. Amabil și insistent; apreciază răspunsurile scurte și clare.', 'Speaks for their side. Friendly and firm; values short and clear answers.');
const question = { title: own('Подаци за састанак', 'Податоци за состанокот', 'Date pentru întâlnire', 'Figures for the meeting'), text: own('Молимо стање радова, утрошена средства и отворена питања, највише једна страна.', 'Ве молиме за состојбата на работите, потрошените средства и отворените прашања, најмногу една страница.', 'Vă rugăm să comunicați stadiul lucrărilor, sumele cheltuite și problemele deschise, cel mult o pagină.', 'The state of the works, what was spent, and what is open, one page at most.') };
const answer = own('Изведено је 82 % радова, утрошено 61 % средстава. Отворено је питање прикључка на постојећу мрежу: сагласност се очекује ове седмице.', 'Изведени се 82 % од работите, потрошени се 61 % од средствата. Отворено е прашањето за приклучок на постојната мрежа: согласноста се очекува оваа недела.', 'S-au executat 82 % din lucrări și s-au cheltuit 61 % din fonduri. Rămâne deschisă racordarea la rețeaua existentă: avizul este așteptat săptămâna aceasta.', '82 % of the works are done, 61 % of the means spent. The connection to the present network is open: consent is expected this week.');

// A sitting prepares its own; what takes twenty minutes each morning needs no paper.
const worthy = (one: Coming): boolean => ['meeting', 'visit', 'event', 'interview'].includes(one.kind) && (one.visibility === 'public' || one.visibility === 'internal') && !one.isAllDay && one.packId === null && one.endsAt.getTime() - one.startsAt.getTime() >= 40 * 60_000;

/** Packs for what comes this week: asked for some days ago, put together today. */
export function tellBriefing({ kernel, office, cast, add, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const say = (text: LocalText): string => textIn(text, office.locale);
  const workday = (day: string): string => (isWorkingDay(office.jurisdiction, day) ? day : workday(addDays(day, -1)));
  const coming = async (): Promise<Coming[]> => (await kernel.run(listComing, cast.chief, { from: new Date(now.getTime() + 3_600_000), until: instantIn(zone, addDays(today, 5)), leaders: true })).engagements.filter(worthy)
    .filter((one, index, all) => all.findIndex((other) => other.engagementId === one.engagementId && other.at.getTime() === one.at.getTime()) === index).slice(0, 5);
  const unit = office.data.units.find((one) => !one.cabinet)!;
  const clerk = cast.clerkOf(unit.id);
  const asked = workday(addDays(today, -5));
  add(instantIn(zone, asked, '12:10'), async (moment) => {
    const [first] = await coming();
    const body = office.data.bodies.find((one) => one.email);
    if (!first) return;
    const bodyId = body && cast.bodyId(body.id);
    const ask = await kernel.run(askMany, cast.chief, { engagementId: first.engagementId, title: say(question.title), question: say(question.text), dueOn: workday(addDays(today, -1)) < dayIn(zone, moment) ? today : workday(addDays(today, -1)), of: [`unit:${unit.id}`, ...(bodyId ? [`body:${bodyId}`] : [])] }, { now: moment });
    add(new Date(moment.getTime() + 26 * 3_600_000), async (then) => {
      const giver: Caller = clerk.unitId === unit.id ? clerk : cast.chief;
      await kernel.run(giveContribution, giver, { id: ask.contributionIds[0]!, reply: say(answer) }, { now: then });
      if (ask.contributionIds[1]) await kernel.run(giveContribution, { ...publicCaller(office, office.locale), kind: 'contributor', linkId: ask.contributionIds[1] }, { id: ask.contributionIds[1], reply: say(answer), name: say(body!.name) }, { now: then });
    });
  });
  add(new Date(now.getTime() - 2 * 3_600_000), async (moment) => {
    const run = { now: moment };
    const people = (await kernel.run(listParties, cast.chief, { kind: 'person' })).parties.filter((one) => one.cases > 0);
    for (const [index, one] of (await coming()).entries()) {
      const { id } = await kernel.run(makePack, cast.chief, { engagementId: one.engagementId, at: one.at }, run);
      // A sitting or an audience may have begun it already.
      const { version, state } = await kernel.run(getPack, cast.chief, { id });
      await kernel.run(changePack, cast.chief, { id, version, aim: say(aims[index % aims.length]!), summary: say(summaries[index % summaries.length]!), isKept: true }, run);
      if (index > 2) continue;
      for (const [title, text] of points) await kernel.run(addPart, cast.chief, { id, kind: 'point', title: say(title), text: say(text) }, run);
      const met = people.slice(index * 2, index * 2 + 2);
      if (index === 0 && met[0]) await kernel.run(setPhoto, cast.chief, { id: met[0].id, photo: { name: 'photo.png', bytes: drawPortrait(office.data.slug.length) } }, run);
      for (const party of met) await kernel.run(addPart, cast.chief, { id, kind: 'person', partyId: party.id, text: say(guest) }, run);
      if (index === 0) {
        const { cases } = await kernel.run(choosePapers, cast.chief, { id });
        for (const document of cases.flatMap((file) => file.documents.slice(0, 1)).slice(0, 2)) await kernel.run(addPart, cast.chief, { id, kind: 'paper', documentId: document.id }, run);
        await kernel.run(addPart, cast.chief, { id, kind: 'seating', shape: 'long', text: [cast.mayor.name, ...met.map((party) => party.name), cast.chief.name, clerk.name].filter(Boolean).join('\n') }, run);
        await kernel.run(gatherPack, cast.chief, { id }, run);
      }
      if (index === 1) await kernel.run(addPart, cast.chief, { id, kind: 'programme', text: say(programme) }, run);
      if (index < 1 && state === 'open') await kernel.run(makeReady, cast.chief, { id }, run);
    }
  });
}
