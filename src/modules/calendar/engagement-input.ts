import { z } from 'zod';
import { addDays, instantIn, type Day } from '../../core/day.ts';
import { check, choice, day, id, line, optionalId, optionalLine, optionalText, say } from '../../core/input.ts';
import { isId } from '../../core/id.ts';
import { wrong } from '../../core/refusal.ts';
import { engagementKinds, participantRoles, usual, visibilities, type NewEngagement, type NewParticipant } from './engagement.ts';

const time = () => z.string().refine((value) => /^([01]\d|2[0-3]):[0-5]\d$/.test(value), say('field.time'));
const optionalTime = () => z.union([z.literal(''), time()]).default('');
const optionalDay = () => z.union([z.literal(''), day()]).default('');
const minutes = () => z.union([z.literal('').transform(() => 0), z.coerce.number(say('field.number')).int(say('field.number')).min(0, say('field.number')).max(1440, say('field.number'))]).default(0);
/** Ids as a list, or as an address says them, with commas between. */
export const listedIds = (max: number) => z.union([z.array(id()).max(max), z.string().transform((text) => text.split(',').filter(Boolean)).pipe(z.array(id()).max(max))]).default([]);
/** Several of a form, of which one alone comes as itself and none as nothing. */
const list = <T extends z.ZodType>(one: T, max: number) => z.union([z.literal('').transform((): z.output<T>[] => []), z.array(one).max(max, say('field.too_long', { max })), one.transform((value): z.output<T>[] => [value])]).default([]);

const Named = z.object({ personId: optionalId(), partyId: optionalId(), name: optionalLine(200), email: z.union([z.literal('').transform(() => null), z.email(say('field.email'))]).nullish(), role: choice(participantRoles).default('required') });
/** One who takes part: an object, or as a form says it `person:<id>`, `party:<id>`, `Name <address>` or a name; `:optional` behind an id is the role. */
const Participant = z.union([Named, line(300)]).transform((given): NewParticipant => {
  if (typeof given !== 'string') return { ...given, email: given.email ?? null };
  const [kind, key = '', role = ''] = given.split(':');
  if ((kind === 'person' || kind === 'party') && isId(key)) return { [kind === 'person' ? 'personId' : 'partyId']: key, role: participantRoles.find((one) => one === role) ?? 'required' };
  const [, name = '', email = ''] = /^(.*?)\s*<([^<>\s]+@[^<>\s]+)>$/.exec(given) ?? (/^[^<>\s]+@[^<>\s]+$/.test(given) ? ['', given, given] : ['', given, '']);
  return { name: name || email, email: z.email().safeParse(email).success ? email : null };
});

/** When: a day and a time of the office's clock; without an end as long as one of its kind usually lasts. */
export const whenFields = { startsOn: day(), startsTime: optionalTime(), endsOn: optionalDay(), endsTime: optionalTime(), isAllDay: check() };
export const engagementFields = {
  kind: choice(engagementKinds), title: line(200), detail: optionalText(10_000), place: optionalLine(200), ...whenFields, travelBefore: minutes(), travelAfter: minutes(), preparation: minutes(), rule: optionalLine(300), skipsClosingDays: check(),
  state: choice(['tentative', 'confirmed']).default('confirmed'), visibility: choice(['', ...visibilities]).default(''), publicTitle: optionalLine(200), isFree: check(), caseId: optionalId(), resourceIds: list(id(), 20), participants: list(Participant, 200),
  /** Enters it although somebody’s time is taken. */
  nevertheless: check(),
};
type When = z.output<z.ZodObject<typeof whenFields>>;
export type EngagementInput = z.output<z.ZodObject<typeof engagementFields>>;

/** Both ends as instants; of all-day ones the midnights around the days. */
export function timesOf(when: When, zone: string, usualMinutes: number): { startsAt: Date; endsAt: Date; isAllDay: boolean } {
  const lastOn: Day = when.endsOn || when.startsOn;
  if (lastOn < when.startsOn) throw wrong({ endsOn: { key: 'field.day_order' } });
  if (when.isAllDay) return { startsAt: instantIn(zone, when.startsOn), endsAt: instantIn(zone, addDays(lastOn, 1)), isAllDay: true };
  if (!when.startsTime) throw wrong({ startsTime: { key: 'field.required' } });
  const startsAt = instantIn(zone, when.startsOn, when.startsTime);
  const endsAt = when.endsTime ? instantIn(zone, lastOn, when.endsTime) : new Date(startsAt.getTime() + usualMinutes * 60_000);
  if (endsAt < startsAt) throw wrong({ endsTime: { key: 'field.time_order' } });
  return { startsAt, endsAt, isAllDay: false };
}

/** What a form says of an engagement, without its calendar. */
export function engagementOf(input: EngagementInput, zone: string): Omit<NewEngagement, 'calendarId'> {
  const visibility = input.visibility || usual[input.kind].visibility;
  return {
    kind: input.kind, title: input.title, detail: input.detail, place: input.place, ...timesOf(input, zone, usual[input.kind].minutes), travelBefore: input.travelBefore, travelAfter: input.travelAfter, preparation: input.preparation, rule: input.rule,
    skipsClosingDays: input.skipsClosingDays, state: input.state, visibility, publicTitle: input.publicTitle, isFree: input.isFree, caseId: input.caseId, resourceIds: input.resourceIds, participants: input.participants,
  };
}
