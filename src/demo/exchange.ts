import { addDays, instantIn } from '../core/day.ts';
import { getLocale, latinFromCyrillic, type LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { csvOf } from '../core/table-file.ts';
import { driveImport } from '../modules/exchange/import-entry.server.ts';
import { getImport, mapImport, runImport, uploadImport } from '../modules/exchange/import.server.ts';
import type { Stage } from './tell.ts';

const heads: readonly LocalText[] = [
  { sr: 'Основни број', cnr: 'Основни број', mk: 'Основен број', ro: 'Nr. de înregistrare' }, { sr: 'Датум пријема', cnr: 'Датум пријема', mk: 'Датум на прием', ro: 'Data înregistrării' }, { sr: 'Предмет', cnr: 'Предмет', mk: 'Предмет', ro: 'Conținutul pe scurt' },
  { sr: 'Пошиљалац', cnr: 'Пошиљалац', mk: 'Испраќач', ro: 'Emitent' }, { sr: 'Датум развођења', cnr: 'Датум развођења', mk: 'Датум на разведување', ro: 'Data rezolvării' }, { sr: 'Примједбе', cnr: 'Примједбе', mk: 'Забелешка', ro: 'Observații' },
];
const subjects: readonly LocalText[] = [
  { sr: 'Захтјев за асфалтирање прилазног пута', cnr: 'Захтјев за асфалтирање прилазног пута', mk: 'Барање за асфалтирање на пристапниот пат', ro: 'Cerere de asfaltare a drumului de acces' },
  { sr: 'Молба за једнократну помоћ', cnr: 'Молба за једнократну помоћ', mk: 'Барање за еднократна помош', ro: 'Cerere de ajutor de urgență' },
  { sr: 'Позив на отварање изложбе', cnr: 'Позив на отварање изложбе', mk: 'Покана за отворање на изложба', ro: 'Invitație la vernisajul unei expoziții' },
  { sr: 'Извјештај о раду за прво полугодиште', cnr: 'Извјештај о раду за прво полугодиште', mk: 'Извештај за работата за првото полугодие', ro: 'Raport de activitate pe primul semestru' },
  { sr: 'Притужба на буку из угоститељског објекта', cnr: 'Притужба на буку из угоститељског објекта', mk: 'Поплака за бучава од угостителски објект', ro: 'Sesizare privind zgomotul unui local' },
  { sr: 'Понуда за одржавање зелених површина', cnr: 'Понуда за одржавање зелених површина', mk: 'Понуда за одржување на зелените површини', ro: 'Ofertă pentru întreținerea spațiilor verzi' },
];
const senders: readonly LocalText[] = [
  { sr: 'Мјесна заједница Извор', cnr: 'Мјесна заједница Извор', mk: 'Месна заедница Извор', ro: 'Asociația de proprietari Izvorul' }, { sr: 'Нада Примјеровић', cnr: 'Нада Примјеровић', mk: 'Нада Примеровска', ro: 'Nadia Exemplaru' },
  { sr: 'Удружење пензионера „Јесен“', cnr: 'Удружење пензионера „Јесен“', mk: 'Здружение на пензионери „Есен“', ro: 'Asociația pensionarilor „Toamna”' }, { sr: 'Васо Измишљен', cnr: 'Васо Измишљен', mk: 'Васо Измислен', ro: 'Vasile Închipuit' },
  { sr: 'Ниједан д.о.о.', cnr: 'Ниједан д.о.о.', mk: 'Ниеден ДООЕЛ', ro: 'Niciunul S.R.L.' }, { sr: 'Савјет родитеља основне школе', cnr: 'Савјет родитеља основне школе', mk: 'Совет на родители на основното училиште', ro: 'Consiliul părinților școlii gimnaziale' },
];
const names: LocalText = { sr: 'дјеловодник', cnr: 'дјеловодник', mk: 'деловодник', ro: 'registru' };

/** Two books of former years, one taken over in spring and one that waits, checked, with rows to be corrected. */
export function tellExchange({ kernel, office, cast, random, add, now }: Stage): void {
  const { locale, jurisdiction } = office;
  const isLatin = getLocale(locale).script === 'Latn';
  const say = (text: LocalText): string => textIn(text as Record<string, string>, locale) || (isLatin ? latinFromCyrillic(text.sr ?? '') : (text.sr ?? ''));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const written = (on: string): string => on.split('-').toReversed().join('.');
  const thisYear = now.getUTCFullYear();
  const bookOf = (year: number, bad: boolean): string => {
    const rows = Array.from({ length: 60 }, (_, index) => {
      const on = addDays(`${year}-01-08`, index * 6);
      return [`${index + 1}/${year}`, written(on), say(pick(subjects)), say(pick(senders)), written(addDays(on, 3 + Math.floor(random() * 5))), ''];
    });
    if (bad) {
      rows[7]![1] = `31.02.${year}`;
      rows[19]![2] = '';
      rows[33]![0] = rows[32]![0]!;
      rows[48]![4] = `01.01.${year}`;
    }
    return csvOf([heads.map(say), ...rows]);
  };
  const take = (daysAgo: number, year: number, bad: boolean): void => {
    const at = instantIn(jurisdiction.timeZone, addDays(now.toISOString().slice(0, 10), -daysAgo), '10:20');
    add(at, async (moment) => {
      const options = { now: moment };
      const { id } = await kernel.run(uploadImport, cast.registrar, { file: { name: `${say(names)} ${year}.csv`, bytes: Buffer.from(bookOf(year, bad)) } }, options);
      const { fields } = await kernel.run(getImport, cast.registrar, { id });
      await kernel.run(mapImport, cast.registrar, { id, ...fields }, options);
      await driveImport(kernel, office, id, options);
      if (bad) return;
      await kernel.run(runImport, cast.registrar, { id }, options);
      await driveImport(kernel, office, id, options);
    });
  };
  take(200, thisYear - 3, false);
  take(2, thisYear - 2, true);
}
