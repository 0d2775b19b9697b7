import { addDays, dayOf, partsOf, weekdayOf, type Day } from './day.ts';
import type { HolidayRule, IslamicDay, Jurisdiction } from './jurisdiction.ts';
import type { LocalText } from './language.ts';

/** Answers which days an office is open; closed lists the closing days of a year with their names. */
export type WorkCalendar = {
  isWorkingDay(day: Day): boolean;
  nextWorkingDay(day: Day): Day;
  closingName(day: Day): LocalText | undefined;
};

/** A closing day that the administrator added, with the name if one was given. */
export type ExtraDay = Day | { on: Day; name: LocalText };

/** The Sunday of Orthodox Easter, as a day of the Gregorian calendar (years 1900 to 2099). */
export function orthodoxEaster(year: number): Day {
  const a = year % 4;
  const b = year % 7;
  const c = year % 19;
  const d = (19 * c + 15) % 30;
  const e = (2 * a + 4 * b - d + 34) % 7;
  const month = Math.floor((d + e + 114) / 31);
  return addDays(dayOf(year, month, ((d + e + 114) % 31) + 1), 13);
}

/** The Sunday of Catholic Easter. */
export function catholicEaster(year: number): Day {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const skipped = century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25);
  const epact = (skipped + 19 * golden + 15) % 30;
  const moon = epact - Math.floor(epact / 28) * (1 - Math.floor(29 / (epact + 1)) * Math.floor((21 - golden) / 11));
  const weekday = (year + Math.floor(year / 4) + moon + 2 - century + Math.floor(century / 4)) % 7;
  const offset = moon - weekday;
  const month = 3 + Math.floor((offset + 40) / 44);
  return dayOf(year, month, offset + 28 - 31 * Math.floor(month / 4));
}

/** The Islamic feasts of a year as the Umm al-Qura calendar proposes them, for the administrator to confirm. */
export function proposeIslamicDays(year: number): { on: Day; feast: IslamicDay }[] {
  const format = new Intl.DateTimeFormat('en-u-ca-islamic-umalqura', { month: 'numeric', day: 'numeric', timeZone: 'UTC' });
  const found: { on: Day; feast: IslamicDay }[] = [];
  for (let on = dayOf(year, 1, 1); partsOf(on).year === year; on = addDays(on, 1)) {
    const parts = format.formatToParts(new Date(`${on}T00:00:00Z`));
    const month = parts.find((part) => part.type === 'month')?.value;
    const date = parts.find((part) => part.type === 'day')?.value;
    if (month === '10' && date === '1') found.push({ on, feast: 'shawwal-1' });
    if (month === '12' && date === '10') found.push({ on, feast: 'dhu-al-hijja-10' });
  }
  return found;
}

function firstDays(jurisdiction: Jurisdiction, rule: HolidayRule, year: number): Day[] {
  const when = rule.when;
  if ('fixed' in when) return [`${String(year).padStart(4, '0')}-${when.fixed}`];
  if ('orthodoxEaster' in when) return [addDays(orthodoxEaster(year), when.orthodoxEaster)];
  if ('catholicEaster' in when) return [addDays(catholicEaster(year), when.catholicEaster)];
  if ('islamic' in when) {
    return jurisdiction.holidays.islamic?.days[when.islamic].filter((day) => partsOf(day).year === year) ?? [];
  }
  return [];
}

function spans(jurisdiction: Jurisdiction, rule: HolidayRule, year: number): Day[][] {
  return firstDays(jurisdiction, rule, year)
    .filter((first) => (rule.validFrom ?? '') <= first && first <= (rule.validTo ?? '9999'))
    .map((first) => Array.from({ length: rule.days }, (_, index) => addDays(first, index)));
}

const memory = new WeakMap<Jurisdiction, Map<number, ReadonlyMap<Day, LocalText>>>();

function lawfulDays(jurisdiction: Jurisdiction, year: number): ReadonlyMap<Day, LocalText> {
  let years = memory.get(jurisdiction);
  if (!years) memory.set(jurisdiction, (years = new Map()));
  let found = years.get(year);
  if (!found) {
    const days = new Map<Day, LocalText>();
    const { closing, adHoc, sundayShift } = jurisdiction.holidays;
    const shifted: [Day, LocalText][] = [];
    for (const rule of closing) {
      // A holiday that begins late in December may reach into this year.
      for (const span of [...spans(jurisdiction, rule, year - 1), ...spans(jurisdiction, rule, year)]) {
        for (const day of span) if (!days.has(day)) days.set(day, rule.name);
        if (sundayShift === 'day-after' && span.some((day) => weekdayOf(day) === 7)) shifted.push([addDays(span.at(-1)!, 1), rule.name]);
      }
    }
    for (const { on, name } of adHoc) if (!days.has(on)) days.set(on, name);
    for (const [day, name] of shifted) if (!days.has(day)) days.set(day, name);
    found = new Map([...days].filter(([day]) => partsOf(day).year === year).sort(([a], [b]) => (a < b ? -1 : 1)));
    years.set(year, found);
  }
  return found;
}

/** The closing days of a year, earliest first, with their names: by law, by decision, moved from Sunday, and the extra ones. */
export function closingDays(jurisdiction: Jurisdiction, year: number, extra: readonly ExtraDay[] = []): ReadonlyMap<Day, LocalText> {
  const lawful = lawfulDays(jurisdiction, year);
  const added = extra.map((one) => (typeof one === 'string' ? { on: one, name: {} } : one));
  const missing = added.filter(({ on }) => partsOf(on).year === year && !lawful.has(on));
  if (!missing.length) return lawful;
  return new Map([...lawful, ...missing.map(({ on, name }): [Day, LocalText] => [on, name])].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** True when an office is open on the day: neither weekend nor closing day. Leave for believers does not close an office. */
export function isWorkingDay(jurisdiction: Jurisdiction, day: Day, extra: readonly ExtraDay[] = []): boolean {
  return workCalendar(jurisdiction, extra).isWorkingDay(day);
}

/** The calendar of an office: the jurisdiction's closing days and the office's extra ones. Cheap to make; keep it for a request. */
export function workCalendar(jurisdiction: Jurisdiction, extra: readonly ExtraDay[] = []): WorkCalendar {
  const added = new Map(extra.map((one) => (typeof one === 'string' ? [one, {}] : [one.on, one.name])));
  const closingName = (day: Day) => lawfulDays(jurisdiction, partsOf(day).year).get(day) ?? added.get(day);
  const isWorking = (day: Day) => !jurisdiction.weekend.includes(weekdayOf(day)) && closingName(day) === undefined;
  return {
    closingName,
    isWorkingDay: isWorking,
    nextWorkingDay(day) {
      let next = day;
      // A year without a single working day would be an error in the data; it must not hang.
      for (let tries = 0; tries < 400 && !isWorking(next); tries++) next = addDays(next, 1);
      return next;
    },
  };
}

/** Days of a year that give leave to believers or communities; they never move a deadline. */
export function leaveDays(jurisdiction: Jurisdiction, year: number): { on: Day; name: LocalText; who: string }[] {
  return jurisdiction.holidays.leave
    .flatMap((rule) => spans(jurisdiction, rule, year).flat().map((on) => ({ on, name: rule.name, who: rule.who ?? 'other' })))
    .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

/** True when dates of that year still rest on computed Islamic feasts that nobody confirmed. */
export function hasUnconfirmedDays(jurisdiction: Jurisdiction, year: number): boolean {
  const { closing, islamic } = jurisdiction.holidays;
  return closing.some((rule) => 'islamic' in rule.when) && year > (islamic?.confirmedUntil ?? 0);
}
