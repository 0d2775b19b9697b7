import type { Selectable } from 'kysely';
import type { Engagement, Participant } from '../../../db/types.ts';
import { readCalendar, type Vevent } from '../../core/ical.ts';
import { writeCalendar, type Written } from '../../core/ical-write.ts';
import { optionalLine, optionalText } from '../../core/input.ts';
import { locales, type LocaleId } from '../../core/language.ts';
import { translator, type Translate } from '../../core/message.ts';
import type { Office } from '../../core/office.ts';
import { wrong } from '../../core/refusal.ts';
import { engagementKinds, type EngagementKind, type NewEngagement, type Visibility } from './engagement.ts';

type Row = Selectable<Engagement>;
type Person = Selectable<Participant>;
export type Telling = { office: Office; t: Translate; organizerName: string; people?: readonly Person[]; hidesPeople?: boolean; url?: string };

const secrecyOf: Record<Visibility, Written['secrecy']> = { public: 'public', internal: 'public', confidential: 'confidential', private: 'private' };
const kindsByWord = new Map<string, EngagementKind>();
/** The kind that a category names in whatever language; null where it is a word of the reader's own. */
export function findKind(categories: readonly string[]): EngagementKind | null {
  if (kindsByWord.size === 0) {
    for (const kind of engagementKinds) for (const one of locales) kindsByWord.set(translator(one.id as LocaleId)(`engagement.kind.${kind}`).toLowerCase(), kind);
    for (const kind of engagementKinds) kindsByWord.set(kind, kind);
  }
  return categories.map((one) => kindsByWord.get(one.trim().toLowerCase())).find((kind) => kind !== undefined) ?? null;
}

/** What a program is told of an engagement, or of the one occurrence of its series that is otherwise. */
export function writtenOf(row: Row, { office, t, organizerName, people = [], hidesPeople = false, url }: Telling): Written {
  const attendees = hidesPeople ? [] : people.filter((one) => one.engagement_id === row.id && one.email).map((one) => ({ email: one.email!, name: one.name, role: one.role as 'required', reply: one.reply as 'accepted', asks: one.reply === 'needs-action' }));
  const organizer = row.organizer_email ? { email: row.organizer_email, name: row.organizer_name } : attendees.length > 0 ? { email: office.data.email, name: organizerName } : null;
  const own = row.ics ? ownCategories(row.ics, row.time_zone) : [];
  return {
    uid: row.uid, recurrenceAt: row.recurrence_at, startsAt: row.starts_at, endsAt: row.ends_at, isAllDay: row.is_all_day, timeZone: row.time_zone, title: row.title, detail: row.detail, place: row.place, status: row.state as 'confirmed',
    secrecy: secrecyOf[row.visibility as Visibility], isFree: row.is_free, rule: row.rule, droppedAt: row.dropped_at, sequence: row.sequence, organizer, attendees, categories: [t(`engagement.kind.${row.kind}`), ...own],
    travelBefore: row.travel_before_min || null, stampAt: row.changed_at, changedAt: row.changed_at, ...(url ? { url } : {}),
  };
}

function ownCategories(ics: string, zone: string): string[] {
  try {
    return (readCalendar(ics, zone).events[0]?.categories ?? []).filter((one) => findKind([one]) === null);
  } catch {
    return [];
  }
}

/** A series with those of its occurrences that are otherwise, as one text; cancelled ones fall out of it. */
export function icsOf(master: Row, exceptions: readonly Row[], telling: Telling, options: { method?: string } = {}): string {
  const standing = exceptions.filter((one) => one.state !== 'cancelled');
  const cancelled = exceptions.filter((one) => one.state === 'cancelled' && one.recurrence_at).map((one) => one.recurrence_at!);
  const series = writtenOf({ ...master, dropped_at: [...master.dropped_at, ...cancelled].filter((at, index, all) => all.findIndex((one) => one.getTime() === at.getTime()) === index) }, telling);
  return writeCalendar([series, ...standing.map((one) => writtenOf(one, telling))], { ...options, kept: master.ics });
}

const clean = { title: (text: string): string => optionalLine(300).parse(text.slice(0, 300)), detail: (text: string): string => optionalText(20_000).parse(text.slice(0, 20_000)), place: (text: string): string => optionalLine(300).parse(text.slice(0, 300)) };

/** Who may read what a program wrote. Programs say PUBLIC of everything: that means the office, never the public plan. */
function visibilityOf(event: Vevent, before: Visibility | null): Visibility {
  if (event.secrecy === 'private' || event.secrecy === 'confidential') return event.secrecy;
  if (before === 'public' || before === 'internal') return before;
  return event.secrecy === null && before !== null ? before : 'internal';
}

/** The fields of an engagement as a program wrote them; `before` is what stood there. */
export function fieldsOf(event: Vevent, before: Row | null, t: Translate): Omit<NewEngagement, 'calendarId'> {
  const kind = findKind(event.categories) ?? (before?.kind as EngagementKind | undefined) ?? (event.secrecy === 'private' ? 'private' : event.attendees.length > 0 ? 'meeting' : 'other');
  return {
    kind, title: clean.title(event.title) || t('calendar.client.untitled'), detail: clean.detail(event.detail), place: clean.place(event.place), startsAt: event.startsAt, endsAt: event.endsAt, isAllDay: event.isAllDay, timeZone: event.timeZone,
    rule: event.rule, droppedAt: event.droppedAt, state: event.status === 'tentative' ? 'tentative' : 'confirmed', visibility: visibilityOf(event, (before?.visibility as Visibility | undefined) ?? null), isFree: event.isFree,
    ...(event.travelBefore === null ? {} : { travelBefore: event.travelBefore }),
  };
}

export type Object = { uid: string; master: Vevent; others: Vevent[] };
/** The one thing that a calendar object holds: a single engagement, or a series with those that are otherwise. */
export function readObject(text: string, zone: string): Object {
  const { method, events } = readCalendar(text, zone);
  const [master, ...more] = events.filter((one) => one.recurrenceAt === null);
  const others = events.filter((one) => one.recurrenceAt !== null);
  if (method) throw wrong({ ics: { key: 'field.ics_part', args: { part: 'METHOD' } } });
  if (!master || more.length > 0 || others.some((one) => one.uid !== master.uid) || (others.length > 0 && !master.rule)) throw wrong({ ics: { key: 'field.ics_object' } });
  const once = new Map(others.map((one) => [one.recurrenceAt!.getTime(), one]));
  return { uid: master.uid, master, others: [...once.values()] };
}

/** Whether two texts say the same of everything that stands in columns here: then the program's own may be given back to the letter. */
export function saysSame(a: string, b: string, zone: string): boolean {
  const told = (text: string): string => {
    const { master, others } = readObject(text, zone);
    const plain = ({ changedAt: _at, categories: _words, sequence: _number, comment: _said, secrecy, droppedAt, travelBefore, title, detail, place, ...rest }: Vevent) => ({ ...rest, ...(rest.isAllDay ? { timeZone: '' } : {}), title: title.trim(), detail: detail.trim(), place: place.trim(), secrecy: secrecy ?? 'public', travelBefore: travelBefore ?? 0, dropped: droppedAt.map((at) => at.getTime()).sort() });
    return JSON.stringify([plain(master), ...others.toSorted((x, y) => x.recurrenceAt!.getTime() - y.recurrenceAt!.getTime()).map(plain)]);
  };
  return told(a) === told(b);
}

/** Whether a program left what it read as it was: the same times and words. */
export const isSame = (row: Row, fields: Partial<NewEngagement>): boolean => row.title === fields.title && row.detail === fields.detail && row.place === fields.place && row.starts_at.getTime() === fields.startsAt?.getTime()
  && row.ends_at.getTime() === fields.endsAt?.getTime() && row.is_all_day === fields.isAllDay && row.state === fields.state && row.visibility === fields.visibility && row.is_free === fields.isFree && row.kind === fields.kind
  && (fields.travelBefore === undefined || row.travel_before_min === fields.travelBefore);

export type Busy = { engagementId: string; recurrenceAt: Date; startsAt: Date; endsAt: Date; isTentative: boolean };
/** A time that is taken, without a word: what a reader sees of what is not for them. */
export const busyOf = (one: Busy, title: string): Written => ({
  uid: `busy-${one.engagementId}-${one.recurrenceAt.getTime()}`, recurrenceAt: null, startsAt: one.startsAt, endsAt: one.endsAt, isAllDay: false, timeZone: 'UTC', title, detail: '', place: '', status: one.isTentative ? 'tentative' : 'confirmed',
  secrecy: 'private', isFree: false, rule: '', droppedAt: [], sequence: 0, organizer: null, attendees: [], categories: [], stampAt: one.startsAt,
});
