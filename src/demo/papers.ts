import { addDays, dayIn, instantIn } from '../core/day.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { putAway } from '../modules/registry/case.server.ts';
import { addPaperToCase, registerPaper } from '../modules/registry/paper.server.ts';
import type { Stage } from './tell.ts';

type Paper = { from: LocalText; subject: LocalText; text: LocalText; number: string; channel: 'post' | 'email' | 'courier' | 'counter'; pages: number; enclosures: number; answer?: LocalText };
const papers: readonly Paper[] = [
  {
    from: { sr: 'Савез општина „Полимље“', mk: 'Сојуз на општини „Полог“', ro: 'Asociația de comune „Târnava”', en: 'Union of municipalities' }, number: '114/26', channel: 'post', pages: 2, enclosures: 1,
    subject: { sr: 'Позив на савјетовање о буџетима општина', mk: 'Покана за советување за буџетите на општините', ro: 'Invitație la consfătuirea privind bugetele locale', en: 'Invitation to a consultation on budgets' },
    text: { sr: 'Позивамо Вас на савјетовање о изради буџета за наредну годину. Молимо да учешће потврдите у року од десет дана.', mk: 'Ве покануваме на советување за изработка на буџетот за наредната година. Ве молиме учеството да го потврдите во рок од десет дена.', ro: 'Vă invităm la consfătuirea privind elaborarea bugetului pe anul următor. Vă rugăm să confirmați participarea în termen de zece zile.', en: 'You are invited.' },
    answer: { sr: 'Потврђујемо учешће два представника.', mk: 'Го потврдуваме учеството на двајца претставници.', ro: 'Confirmăm participarea a doi reprezentanți.', en: 'Two of us will come.' },
  },
  {
    from: { sr: 'Предузеће „Водоток“', mk: 'Претпријатие „Водотек“', ro: 'Societatea „Firul Apei”', en: 'Waterworks' }, number: '02-88/26', channel: 'courier', pages: 4, enclosures: 2,
    subject: { sr: 'Захтјев за мишљење о траси прикључка', mk: 'Барање за мислење за трасата на приклучокот', ro: 'Solicitare de punct de vedere privind traseul branșamentului', en: 'Opinion on a route' },
    text: { sr: 'Достављамо идејно рјешење и молимо мишљење о траси прикључка на водоводну мрежу.', mk: 'Доставуваме идејно решение и бараме мислење за трасата на приклучокот на водоводната мрежа.', ro: 'Vă transmitem studiul de soluție și solicităm punctul dumneavoastră de vedere privind traseul branșamentului.', en: 'We ask for an opinion.' },
    answer: { sr: 'На предложену трасу немамо примједби.', mk: 'На предложената траса немаме забелешки.', ro: 'Nu avem observații cu privire la traseul propus.', en: 'We have no objections.' },
  },
  {
    from: { sr: 'Штампарија „Слово“', mk: 'Печатница „Збор“', ro: 'Tipografia „Litera”', en: 'Printing house' }, number: '771', channel: 'post', pages: 1, enclosures: 0,
    subject: { sr: 'Рачун за штампу позивница', mk: 'Фактура за печатење покани', ro: 'Factură pentru tipărirea invitațiilor', en: 'Invoice' },
    text: { sr: 'Рачун за штампу 200 позивница по наруџбеници.', mk: 'Фактура за печатење 200 покани според нарачка.', ro: 'Factură pentru tipărirea a 200 de invitații, conform comenzii.', en: 'Invoice.' },
  },
  {
    from: { sr: 'Културно друштво „Извор“', mk: 'Културно друштво „Извор“', ro: 'Societatea culturală „Izvorul”', en: 'Cultural society' }, number: '', channel: 'counter', pages: 1, enclosures: 0,
    subject: { sr: 'Молба за коришћење велике сале', mk: 'Барање за користење на големата сала', ro: 'Cerere pentru folosirea sălii mari', en: 'Request to use the hall' },
    text: { sr: 'Молимо да нам се уступи велика сала за годишњи концерт, у суботу у 19 часова.', mk: 'Бараме да ни се отстапи големата сала за годишниот концерт, во сабота во 19 часот.', ro: 'Vă rugăm să ne puneți la dispoziție sala mare pentru concertul anual, sâmbătă, la ora 19.', en: 'We ask for the hall.' },
    answer: { sr: 'Сала је одобрена; кључ се преузима у служби.', mk: 'Салата е одобрена; клучот се зема во службата.', ro: 'Folosirea sălii a fost aprobată; cheia se ridică de la cabinet.', en: 'Granted.' },
  },
  {
    from: { sr: 'Завод за мјере и студије', mk: 'Завод за мерки и студии', ro: 'Institutul de Măsurători și Studii', en: 'Institute' }, number: '19-4/26', channel: 'email', pages: 3, enclosures: 1,
    subject: { sr: 'Достава упитника о квалитету услуга', mk: 'Достава на прашалник за квалитетот на услугите', ro: 'Transmiterea chestionarului privind calitatea serviciilor', en: 'Questionnaire' },
    text: { sr: 'Молимо да попуњен упитник вратите до краја мјесеца.', mk: 'Ве молиме пополнетиот прашалник да го вратите до крајот на месецот.', ro: 'Vă rugăm să returnați chestionarul completat până la sfârșitul lunii.', en: 'Please return it.' },
  },
  {
    from: { sr: 'Планинарски клуб „Видик“', mk: 'Планинарски клуб „Видик“', ro: 'Clubul de drumeții „Zarea”', en: 'Hiking club' }, number: '7/26', channel: 'post', pages: 1, enclosures: 1,
    subject: { sr: 'Предлог за обиљежавање стазе', mk: 'Предлог за обележување на патеката', ro: 'Propunere de marcare a traseului', en: 'Marking a path' },
    text: { sr: 'Предлажемо да се стаза до врха обиљежи прије почетка сезоне; у прилогу је скица.', mk: 'Предлагаме патеката до врвот да се обележи пред почетокот на сезоната; во прилог е скица.', ro: 'Propunem marcarea traseului până la vârf înainte de începerea sezonului; anexăm o schiță.', en: 'We propose to mark it.' },
  },
];
const note: LocalText = { sr: 'Службена биљешка о састанку са руководиоцима', mk: 'Службена белешка за состанокот со раководителите', ro: 'Notă privind ședința cu șefii de compartimente', en: 'Note of a meeting' };
const agreed: LocalText = { sr: 'Договорено је да се извјештаји доставе до петка.', mk: 'Договорено е извештаите да се достават до петок.', ro: 'S-a stabilit ca rapoartele să fie predate până vineri.', en: 'Reports are due on Friday.' };

/** Mail that is no petition: some answered and put away, some in work, the last still to be distributed. */
export function tellPapers({ kernel, office, cast, random, add, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const say = (text: LocalText): string => textIn(text, office.locale);
  const today = dayIn(zone, now);
  const at = (daysAgo: number, time: string): Date => instantIn(zone, addDays(today, -daysAgo), time);
  const clerk = cast.clerkOf(office.data.units.find((unit) => unit.cabinet)!.id);
  for (let index = 0; index < 18; index++) {
    const paper = papers[index % papers.length]!;
    const age = index < 3 ? index : 4 + Math.round((index - 2) * 11 + random() * 6);
    const isNew = index < 3;
    add(at(age, `09:${String(10 + index).padStart(2, '0')}`), async (moment) => {
      const unitId = isNew ? '' : clerk.unitId ?? '';
      const { id } = await kernel.run(registerPaper, cast.registrar, {
        channel: paper.channel, subject: say(paper.subject), text: say(paper.text), name: say(paper.from), organisation: true, town: office.data.place, senderReference: paper.number, senderDatedOn: addDays(dayIn(zone, moment), -2), pages: paper.pages, enclosures: paper.enclosures, unitId,
      }, { now: moment });
      if (isNew || !paper.answer) return;
      add(new Date(moment.getTime() + 5 * 86_400_000), async (later) => {
        await kernel.run(addPaperToCase, cast.registrar, { id, direction: 'out', channel: 'post', text: say(paper.answer!) }, { now: later });
        if (index > 6) await kernel.run(putAway, cast.registrar, { id }, { now: new Date(later.getTime() + 3_600_000) });
      });
    });
  }
  for (const age of [9, 37, 66]) add(at(age, '13:20'), async (moment) => {
    await kernel.run(registerPaper, clerk, { direction: 'internal', subject: say(note), text: say(agreed), pages: 1 }, { now: moment });
  });
}
