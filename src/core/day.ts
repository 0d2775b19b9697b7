/** A calendar day as 'YYYY-MM-DD', without time and zone. Days compare rightly as strings. */
export type Day = string;

const dayPattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const dayMs = 86_400_000;

/** True when the text is a real day of the Gregorian calendar in the form YYYY-MM-DD. */
export function isDay(text: unknown): text is Day {
  if (typeof text !== 'string') return false;
  const match = dayPattern.exec(text);
  if (!match) return false;
  const month = Number(match[2]);
  const date = Number(match[3]);
  return month >= 1 && month <= 12 && date >= 1 && date <= daysInMonth(Number(match[1]), month);
}

/** True when the text is a real day within the bounds (both inclusive); the usual slip of a year such as 1026 fails. */
export function isPlausibleDay(text: unknown, bounds: { from?: Day; until?: Day } = {}): text is Day {
  return isDay(text) && text >= (bounds.from ?? '1900-01-01') && text <= (bounds.until ?? '2099-12-31');
}

/** The number of days of a month (1 to 12). */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

// Clocks count day by day; the same few hundred days come again and again.
const ordinals = new Map<Day, number>();
const days = new Map<number, Day>();
const daysKept = 20_000;
function keep(day: Day, ordinal: number): void {
  if (days.size >= daysKept) {
    ordinals.clear();
    days.clear();
  }
  ordinals.set(day, ordinal);
  days.set(ordinal, day);
}

/** Days since 1970-01-01; throws RangeError when the text is not a day. */
export function ordinalOf(day: Day): number {
  const known = ordinals.get(day);
  if (known !== undefined) return known;
  if (!isDay(day)) throw new RangeError(`not a day: ${String(day).slice(0, 20)}`);
  const ordinal = Date.parse(`${day}T00:00:00Z`) / dayMs;
  keep(day, ordinal);
  return ordinal;
}

/** The day that lies the given number of days after 1970-01-01. */
export function dayFromOrdinal(ordinal: number): Day {
  const known = days.get(ordinal);
  if (known !== undefined) return known;
  const day = new Date(ordinal * dayMs).toISOString().slice(0, 10);
  if (!isDay(day)) throw new RangeError('day outside the years 0000 to 9999');
  // A part of a day falls on the day it is in, and is not kept under it.
  if (Number.isInteger(ordinal)) keep(day, ordinal);
  return day;
}

/** The day from its parts; throws RangeError when there is no such day. */
export function dayOf(year: number, month: number, date: number): Day {
  const day = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
  if (!isDay(day)) throw new RangeError(`not a day: ${day}`);
  return day;
}

/** Year, month (1 to 12) and date of a day. */
export function partsOf(day: Day): { year: number; month: number; date: number } {
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), date: Number(day.slice(8, 10)) };
}

/** The day n days later (earlier when n is negative). */
export function addDays(day: Day, n: number): Day {
  return dayFromOrdinal(ordinalOf(day) + n);
}

/** The day n months later; the 31st becomes the last day of a shorter month. */
export function addMonths(day: Day, n: number): Day {
  const { year, month, date } = partsOf(day);
  const count = year * 12 + month - 1 + n;
  const toYear = Math.floor(count / 12);
  const toMonth = count - toYear * 12 + 1;
  return dayOf(toYear, toMonth, Math.min(date, daysInMonth(toYear, toMonth)));
}

/** How many days lie from one day to another; negative when the second is earlier. */
export function daysBetween(from: Day, until: Day): number {
  return ordinalOf(until) - ordinalOf(from);
}

/** Day of the week by ISO 8601: 1 is Monday, 7 is Sunday. */
export function weekdayOf(day: Day): number {
  return ((((ordinalOf(day) + 3) % 7) + 7) % 7) + 1;
}

/** The Monday of the day's week. */
export function weekStart(day: Day): Day {
  return addDays(day, 1 - weekdayOf(day));
}

/** Year and number of the day's week by ISO 8601. */
export function weekOf(day: Day): { year: number; week: number } {
  const thursday = addDays(weekStart(day), 3);
  const year = partsOf(thursday).year;
  return { year, week: Math.floor(daysBetween(dayOf(year, 1, 1), thursday) / 7) + 1 };
}

const clocksByZone = new Map<string, { format: Intl.DateTimeFormat; minutes: Map<number, { on: Day; time: string }> }>();
const minutesKept = 10_000;

/** The wall clock of a zone at an instant: the day and the time as 'HH:mm'; throws RangeError for an unknown zone. */
export function wallClock(zone: string, at: Date): { on: Day; time: string } {
  let clock = clocksByZone.get(zone);
  if (!clock) {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    clocksByZone.set(zone, (clock = { format, minutes: new Map() }));
  }
  // A month asks for each of its times day by day; Intl is slow to tell them.
  const minute = Math.floor(at.getTime() / 60_000);
  const known = clock.minutes.get(minute);
  if (known) return known;
  const part: Record<string, string> = {};
  for (const { type, value } of clock.format.formatToParts(at)) part[type] = value;
  const shown = { on: `${part.year!.padStart(4, '0')}-${part.month}-${part.day}`, time: `${part.hour}:${part.minute}` };
  if (clock.minutes.size >= minutesKept) clock.minutes.clear();
  clock.minutes.set(minute, shown);
  return shown;
}

/** The day it is in a zone at an instant. */
export function dayIn(zone: string, at: Date): Day {
  return wallClock(zone, at).on;
}

/**
 * The instant at which a zone's clocks show the day and time ('HH:mm').
 * Of an hour that comes twice the first is taken; of one that is skipped the moment after the jump.
 */
export function instantIn(zone: string, on: Day, time = '00:00'): Date {
  const wanted = Date.parse(`${on}T${time}:00Z`);
  if (!isDay(on) || Number.isNaN(wanted)) throw new RangeError('not a day and time');
  const offsetAt = (instant: number) => {
    const seen = wallClock(zone, new Date(instant));
    return Date.parse(`${seen.on}T${seen.time}:00Z`) - instant;
  };
  const before = offsetAt(wanted - dayMs);
  const after = offsetAt(wanted + dayMs);
  const first = wanted - Math.max(before, after);
  if (first + offsetAt(first) === wanted) return new Date(first);
  // Neither offset fits in the skipped hour: the earlier offset lands just after the jump.
  const second = wanted - Math.min(before, after);
  return new Date(second);
}
