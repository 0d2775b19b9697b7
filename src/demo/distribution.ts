import { addDays, dayIn, instantIn } from '../core/day.ts';
import { isWorkingDay } from '../core/holiday.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { putForward } from '../modules/distribution/bring-forward.server.ts';
import { giveDelivery, receiveDeliveries, returnDelivery } from '../modules/distribution/delivery.server.ts';
import { linkCase } from '../modules/distribution/matter.server.ts';
import { phrases } from '../modules/distribution/phrase.ts';
import { giveResolution } from '../modules/distribution/resolution.server.ts';
import { registerPaper } from '../modules/registry/paper.server.ts';
import type { Stage } from './tell.ts';

/** What becomes of a paper: it waits for the mayor, was resolved, lies unreceived, was returned, or waits in the rokovnik. */
type Fate = 'waits' | 'resolved' | 'lies' | 'returned' | 'forward';
type Piece = { fate: Fate; ago: number; from: LocalText; subject: LocalText };
const own = (sr: string, mk: string, ro: string, en: string): LocalText => ({ sr, cnr: sr, mk, ro, en });
const pieces: readonly Piece[] = [
  { fate: 'resolved', ago: 16, from: own('Удружење пензионера „Сунце“', 'Здружение на пензионери „Сонце“', 'Asociația pensionarilor „Soarele“', 'Pensioners’ association'), subject: own('Молба за просторије удружења', 'Барање за простории на здружението', 'Solicitare de spațiu pentru asociație', 'Request for premises') },
  { fate: 'forward', ago: 13, from: own('Предузеће „Брегови“', 'Претпријатие „Ридови“', 'Societatea „Dealuri“', 'Hills company'), subject: own('Рекламација на радове у парку', 'Рекламација за работите во паркот', 'Reclamație privind lucrările din parc', 'Complaint about works in the park') },
  { fate: 'resolved', ago: 11, from: own('Спортски клуб „Полет“', 'Спортски клуб „Полет“', 'Clubul sportiv „Avânt“', 'Polet sports club'), subject: own('Захтјев за покровитељство турнира', 'Барање за покровителство на турнир', 'Solicitare de patronaj pentru un turneu', 'Request for patronage of a tournament') },
  { fate: 'forward', ago: 9, from: own('Скупштина станара Липова 6', 'Совет на станари Липова 6', 'Asociația de proprietari Teilor 6', 'Residents of Lipova 6'), subject: own('Спор око паркинг мјеста', 'Спор за паркинг-места', 'Litigiu privind locurile de parcare', 'Dispute about parking') },
  { fate: 'returned', ago: 5, from: own('Осигурање „Штит“', 'Осигурување „Штит“', 'Asigurări „Scut“', 'Shield insurance'), subject: own('Одштетни захтјев због пада на леду', 'Отштетно барање поради пад на мраз', 'Cerere de despăgubire pentru căzătură pe gheață', 'Claim for a fall on ice') },
  { fate: 'lies', ago: 4, from: own('Студио „Трг“', 'Студио „Плоштад“', 'Studioul „Piața“', 'Square studio'), subject: own('Понуда за новогодишње украшавање', 'Понуда за новогодишно украсување', 'Ofertă pentru iluminatul de sărbători', 'Offer for holiday lights') },
  { fate: 'forward', ago: 3, from: own('Завод за мјерења', 'Завод за мерења', 'Institutul de măsurători', 'Institute of measurements'), subject: own('Извјештај о буци, допуна слиједи', 'Извештај за бучава, следува дополнување', 'Raport privind zgomotul, urmează completare', 'Noise report, to be completed') },
  { fate: 'waits', ago: 2, from: own('Друштво љубитеља књиге', 'Друштво на љубители на книгата', 'Societatea iubitorilor de carte', 'Friends of the book'), subject: own('Позив на отварање сајма књига', 'Покана за отворање на саемот на книга', 'Invitație la deschiderea târgului de carte', 'Invitation to the book fair') },
  { fate: 'waits', ago: 1, from: own('Савез планинара „Врх“', 'Сојуз на планинари „Врв“', 'Federația montană „Vârful“', 'Mountaineers’ union'), subject: own('Предлог обиљежавања планинске стазе', 'Предлог за обележување планинска патека', 'Propunere de marcare a unui traseu montan', 'Proposal to mark a mountain path') },
];
const notOurs = own('Није из наше надлежности; упутити имовинској служби.', 'Не е во наша надлежност; да се упати до службата за имот.', 'Nu intră în competența noastră; se transmite compartimentului juridic.', 'Not within our competence.');
const awaited = own('мишљење надлежног предузећа', 'мислење од надлежното претпријатие', 'avizul operatorului competent', 'the enterprise’s opinion');

/** The delivery book of the last weeks, resolutions of the mayor, and what lies in the rokovnik. */
export function tellDistribution({ kernel, office, cast, add, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const words = (text: LocalText): string => textIn(text, office.locale);
  const workday = (day: string, step = 1): string => (isWorkingDay(office.jurisdiction, day) ? day : workday(addDays(day, step), step));
  const at = (day: string, time: string): Date => instantIn(zone, day, time);
  const units = office.data.units.filter((unit) => !unit.cabinet);
  let earlier = '';
  pieces.forEach((piece, index) => {
    const arrived = workday(addDays(today, -piece.ago), -1);
    const unit = units[index % units.length]!;
    const clerk = cast.clerkOf(unit.id);
    const next = workday(addDays(arrived, 1));
    add(at(arrived, '08:40'), async (moment) => {
      const { id } = await kernel.run(registerPaper, cast.registrar, { direction: 'in', channel: 'post', subject: words(piece.subject), name: words(piece.from), organisation: true, receivedOn: arrived }, { now: moment });
      const toMayor = piece.fate === 'waits' || piece.fate === 'resolved';
      const { deliveries } = await kernel.run(giveDelivery, cast.registrar, { id, purpose: toMayor ? 'resolution' : 'work', original: toMayor ? `person:${cast.mayor.personId}` : `unit:${unit.id}` }, { now: moment });
      if (earlier && index === 3) await kernel.run(linkCase, cast.registrar, { id, otherId: earlier }, { now: moment });
      earlier = id;
      if (piece.fate === 'resolved') {
        add(at(next, '09:20'), async (then) => void (await kernel.run(giveResolution, cast.mayor, { id, deliveryId: deliveries[0]!, text: words(phrases[index % phrases.length]!.text), to: `unit:${unit.id}`, dueOn: workday(addDays(dayIn(zone, then), 10)) }, { now: then })));
        return;
      }
      // Only who is of the unit takes what is the unit's.
      if (clerk.unitId !== unit.id) return;
      if (piece.fate === 'returned') add(at(next, '10:10'), async (then) => void (await kernel.run(returnDelivery, clerk, { id: deliveries[0]!, reason: words(notOurs) }, { now: then })));
      if (piece.fate !== 'forward') return;
      add(at(next, '09:00'), async (then) => void (await kernel.run(receiveDeliveries, clerk, { ids: deliveries }, { now: then })));
      add(at(next, '13:00'), async (then) => void (await kernel.run(putForward, clerk, { id, dueOn: addDays(today, index - 2), awaited: index % 2 === 1 ? words(awaited) : '' }, { now: then })));
    });
  });
}
