import { partsOf, weekdayOf, type Day } from '../../core/day.ts';

export const repeats = ['never', 'daily', 'workdays', 'weekly', 'fortnightly', 'monthly', 'monthly_weekday', 'yearly'] as const;
export type Repeat = (typeof repeats)[number];
const codes = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const workdays = 'MO,TU,WE,TH,FR';

/** Which of its weekday in the month a day is, 1 to 4; -1 for the last where it is the fifth. */
export const placeInMonth = (on: Day): number => (partsOf(on).date > 28 ? -1 : Math.ceil(partsOf(on).date / 7));

/** The rule of iCalendar for what a form says in words, from its first day until a last one ('' for none). */
export function ruleFrom(repeat: Repeat, on: Day, untilOn: Day | ''): string {
  if (repeat === 'never') return '';
  const weekday = codes[weekdayOf(on) - 1]!;
  const rule = {
    daily: 'FREQ=DAILY', workdays: `FREQ=WEEKLY;BYDAY=${workdays}`, weekly: `FREQ=WEEKLY;BYDAY=${weekday}`, fortnightly: `FREQ=WEEKLY;INTERVAL=2;BYDAY=${weekday}`,
    monthly: `FREQ=MONTHLY;BYMONTHDAY=${partsOf(on).date}`, monthly_weekday: `FREQ=MONTHLY;BYDAY=${placeInMonth(on)}${weekday}`, yearly: 'FREQ=YEARLY',
  }[repeat];
  return untilOn ? `${rule};UNTIL=${untilOn.replaceAll('-', '')}` : rule;
}

export type Said = { repeat: Repeat | 'other'; weekdays: number[]; place: number; date: number; interval: number; untilOn: Day | ''; count: number };
/** A rule as a form and a sentence say it; `other` is one that a calendar program wrote and the form has no words for. */
export function saidOf(rule: string): Said {
  const parts = new Map(rule.replace(/^RRULE:/i, '').split(';').filter(Boolean).map((part) => part.split('=') as [string, string]));
  const get = (name: string): string => parts.get(name) ?? '';
  const days = get('BYDAY').split(',').filter(Boolean);
  const interval = Number(get('INTERVAL') || 1);
  const until = /^(\d{4})(\d{2})(\d{2})/.exec(get('UNTIL'));
  const [, place = '0', code = ''] = /^([-+]?\d*)([A-Z]{2})$/.exec(days[0] ?? '') ?? [];
  const setPlace = Number(place || 0) || Number(get('BYSETPOS') || 0);
  const said = { weekdays: days.map((one) => codes.indexOf(one.slice(-2) as 'MO') + 1).filter((one) => one > 0), place: setPlace, date: Number(get('BYMONTHDAY') || 0), interval, untilOn: until ? `${until[1]}-${until[2]}-${until[3]}` : ('' as const), count: Number(get('COUNT') || 0) };
  const known = ['FREQ', 'BYDAY', 'INTERVAL', 'UNTIL', 'COUNT', 'BYMONTHDAY', 'BYSETPOS', 'WKST'];
  const isPlain = [...parts.keys()].every((name) => known.includes(name));
  const repeat = ((): Said['repeat'] => {
    if (rule === '') return 'never';
    if (!isPlain) return 'other';
    const freq = get('FREQ');
    if (freq === 'DAILY' && interval === 1 && days.length === 0) return 'daily';
    if (freq === 'WEEKLY' && interval === 1 && days.toSorted().join() === workdays.split(',').toSorted().join()) return 'workdays';
    if (freq === 'WEEKLY' && days.length <= 1 && setPlace === 0) return interval === 1 ? 'weekly' : interval === 2 ? 'fortnightly' : 'other';
    if (freq === 'MONTHLY' && interval === 1 && days.length === 0 && /^\d{1,2}$/.test(get('BYMONTHDAY') || '1') && setPlace === 0) return 'monthly';
    if (freq === 'MONTHLY' && interval === 1 && days.length === 1 && code && [1, 2, 3, 4, -1].includes(setPlace) && said.date === 0) return 'monthly_weekday';
    return freq === 'YEARLY' && interval === 1 && days.length === 0 && said.date === 0 ? 'yearly' : 'other';
  })();
  return { repeat, ...said };
}
