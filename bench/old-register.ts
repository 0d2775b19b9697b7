import { dayFromOrdinal, ordinalOf } from '../src/core/day.ts';

/** Why a made-up row is bad; each reason is one that the import names. */
export const flaws = ['number', 'day', 'future', 'subject', 'twin', 'base', 'year', 'closed'] as const;
export type Flaw = (typeof flaws)[number];
export type OldRegister = { head: string[]; rows: string[][]; bad: Record<Flaw, number> };

/** The same numbers for the same seed, between 0 and 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const subjects = ['Захтјев за поправку пута', 'Молба за једнократну помоћ', 'Понуда за набавку материјала', 'Позив на сједницу савјета', 'Жалба на буку', 'Захтјев за увјерење', 'Извјештај о раду', 'Допис о водоводу', 'Приједлог за засађивање дрвећа', 'Обавјештење о радовима'];
const places = ['Горња Махала', 'Стари Пазар', 'Доње Поље', 'Нова Чаршија', 'Подгора', 'Језеро'];
const firstNames = ['Милица', 'Јован', 'Ана', 'Петар', 'Сандра', 'Адмир', 'Ивана', 'Никола', 'Лејла', 'Марко'];
const lastNames = ['Примјеровић', 'Измишљен', 'Угледић', 'Пробић', 'Ниједан', 'Замишљај', 'Огледни', 'Узорак'];
const bodies = ['ЈП Комунално Примјер', 'Министарство примјера', 'Удружење Узорак', 'Д.О.О. Градња Примјер', 'Основна школа Примјер'];

/** An invented book of several years up to `untilYear`: `count` rows, of which about `badShare` of each kind cannot be entered. */
export function makeOldRegister(count: number, { seed = 1, untilYear = 2024, badShare = 0.003 } = {}): OldRegister {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const bad = Object.fromEntries(flaws.map((flaw) => [flaw, 0])) as Record<Flaw, number>;
  const rows: string[][] = [];
  const perYear = 5000;
  let year = untilYear - Math.floor((count - 1) / (perYear * 1.25));
  let number = 0;
  let sub = 1;
  const written = (on: string): string => {
    const [y, m, d] = on.split('-').map(Number);
    return pick([`${d}.${m}.${y}.`, `${String(d).padStart(2, '0')}.${String(m).padStart(2, '0')}.${y}`, on, `${d}/${m}/${y}`]);
  };
  while (rows.length < count) {
    const flaw = rows.length > 10 && random() < badShare * flaws.length ? pick(flaws) : undefined;
    if (!flaw && number > 0 && sub < 6 && random() < 0.2) sub++;
    else {
      number++;
      sub = 1;
      if (number > perYear) {
        year++;
        number = 1;
      }
    }
    const on = dayFromOrdinal(ordinalOf(`${year}-01-02`) + Math.min(362, Math.floor((number / perYear) * 360)));
    const sender = random() < 0.2 ? pick(bodies) : `${pick(firstNames)} ${pick(lastNames)}`;
    const row = [`${number}/${year}`, sub > 1 ? String(sub) : '', written(on), `${pick(subjects)}, ${pick(places)}`, sender, random() < 0.3 ? `${Math.floor(random() * 900) + 1}-${year % 100}` : '', sub > 1 && random() < 0.5 ? 'излаз' : 'улаз', '', random() < 0.1 ? 'отворено' : random() < 0.5 ? written(dayFromOrdinal(Math.min(ordinalOf(on) + 20, ordinalOf(`${year}-12-31`)))) : '', random() < 0.1 ? 'види раније' : ''];
    if (flaw) {
      // A case of which the bad row is the first has no number to hang papers on: bad rows stand alone.
      bad[flaw]++;
      sub = 9;
      if (flaw === 'number') row[0] = pick(['без броја', '?', '12a-b']);
      else if (flaw === 'day') row[2] = pick(['31.2.2020.', 'март', '00.00.0000', '2020-13-01']);
      else if (flaw === 'future') row[2] = '1.1.2098.';
      else if (flaw === 'subject') row[3] = '';
      else if (flaw === 'twin') {
        row[0] = rows[0]![0]!;
        row[1] = '';
        row[2] = rows[0]![2]!;
      } else if (flaw === 'base') {
        row[0] = `${900_000 + rows.length}/${year}`;
        row[1] = '7';
      } else if (flaw === 'year') row[0] = `${number}/${year - 7}`;
      else row[8] = '1.1.1990.';
      if (flaw === 'future') row[0] = `${number}/2098`;
    }
    rows.push(row);
  }
  return { head: ['Основни број', 'Подброј', 'Датум пријема', 'Предмет', 'Пошиљалац', 'Број пошиљаоца', 'Смјер', 'Организациона јединица', 'Датум развођења', 'Примједба'], rows, bad };
}

export const asCsv = ({ head, rows }: Pick<OldRegister, 'head' | 'rows'>, delimiter = ';'): string =>
  [head, ...rows].map((row) => row.map((cell) => (/[";,\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)).join('\r\n');
