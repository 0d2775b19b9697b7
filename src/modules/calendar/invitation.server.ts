import { z } from 'zod';
import { choice, id, optionalText } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { hashToken } from '../../core/secret.ts';
import { setReply } from './engagement.server.ts';
import { replies } from './engagement.ts';
import type { EngagementRow, ParticipantRow } from './engagement-write.server.ts';
import { outwardTitle, ownerName, seriesOf, untold, whenOf, writeInvitation } from './invitation-mail.server.ts';

/** The calendars of guests of the staff, in which this engagement stands or stood. */
async function guestCalendars({ db, office }: Context, engagementId: string): Promise<{ id: string; isThere: boolean }[]> {
  const family = db.selectFrom('engagement').select('id').where('office_id', '=', office.id).where((eb) => eb.or([eb('id', '=', engagementId), eb('series_id', '=', engagementId)]));
  const there = await db.selectFrom('occurrence').select('calendar_id').distinct().where('office_id', '=', office.id).where('engagement_id', 'in', family).where('is_own', '=', false).execute();
  const own = await db.selectFrom('engagement').select('calendar_id').where('office_id', '=', office.id).where('id', '=', engagementId).executeTakeFirst();
  const last = await db.selectFrom('calendar_change').select(['calendar_id', 'is_gone']).distinctOn('calendar_id').where('office_id', '=', office.id).where('engagement_id', '=', engagementId).orderBy('calendar_id').orderBy('number', 'desc').execute();
  const known = last.filter((row) => !row.is_gone);
  const ids = new Set([...there, ...known].map((row) => row.calendar_id));
  return [...ids].filter((one) => one !== own?.calendar_id).sort().map((one) => ({ id: one, isThere: there.some((row) => row.calendar_id === one) }));
}

export const askUntold = operation({
  id: 'engagement.untold', kind: 'query', allow: [],
  summary: 'Whether somebody still has to be told of an engagement as it now is.',
  input: z.object({ id: id() }),
  output: z.object({ owes: z.boolean() }),
  async run(context, input) {
    const known = await context.db.selectFrom('engagement').select('id').where('office_id', '=', context.office.id).where('id', '=', input.id).executeTakeFirst();
    if (!known) throw notFound();
    return { owes: (await untold(context, input.id)).length > 0 || (await guestCalendars(context, await seriesOf(context, input.id))).length > 0 };
  },
});

export const tellEngagement = operation({
  id: 'engagement.tell', kind: 'command', allow: [],
  summary: 'Writes to those outside who are asked to take part: an invitation, its change or its end, once for each state of it; the programs of guests of the staff are told that there is something new.',
  input: z.object({ id: id() }),
  output: z.object({ told: z.number() }),
  async run(context, input) {
    const { db, office, now } = context;
    const owed = await untold(context, input.id);
    for (const { one, person } of owed) await writeInvitation(context, one, person);
    const seriesId = await seriesOf(context, input.id);
    const master = await db.selectFrom('engagement').select('uid').where('office_id', '=', office.id).where('id', '=', seriesId).executeTakeFirst();
    if (!master) throw notFound();
    for (const calendar of await guestCalendars(context, seriesId)) {
      const { change_number: number } = await db.updateTable('calendar').set((eb) => ({ change_number: eb('change_number', '+', 1) })).where('office_id', '=', office.id).where('id', '=', calendar.id).returning('change_number').executeTakeFirstOrThrow();
      await db.insertInto('calendar_change').values({ office_id: office.id, calendar_id: calendar.id, number, engagement_id: seriesId, uid: master.uid, is_gone: !calendar.isThere, at: now }).execute();
    }
    context.record({ name: 'engagement.told', nounId: input.id, data: { told: owed.length } });
    return { told: owed.length };
  },
});

const Invitation = z.object({ title: z.string(), when: z.string(), place: z.string(), host: z.string(), name: z.string(), reply: z.enum(replies), comment: z.string(), isSeries: z.boolean(), isCancelled: z.boolean(), isOver: z.boolean() });
export type Invitation = z.infer<typeof Invitation>;

async function byToken({ db, office }: Context, token: string): Promise<{ row: EngagementRow; person: ParticipantRow }> {
  const person = /^[\w-]{43}$/.test(token) ? await db.selectFrom('participant').selectAll().where('office_id', '=', office.id).where('token_hash', '=', hashToken(token)).executeTakeFirst() : undefined;
  const row = person && (await db.selectFrom('engagement').selectAll().where('office_id', '=', office.id).where('id', '=', person.engagement_id).executeTakeFirst());
  if (!person || !row) throw notFound();
  return { row, person };
}
const isOver = (row: EngagementRow, now: Date): boolean => row.rule === '' && row.ends_at < now;

export const openInvitation = operation({
  id: 'invitation.open', kind: 'query', allow: ['public'], asOffice: true,
  summary: 'An invitation, as its link shows it to whoever was invited.',
  input: z.object({ token: z.string().max(100) }),
  output: Invitation,
  async run(context, input) {
    const { row, person } = await byToken(context, input.token);
    const { caller, office, now, t } = context;
    return {
      title: outwardTitle(row, t), when: whenOf(row, office.jurisdiction.timeZone, caller.locale), place: row.place, host: await ownerName(context, row.calendar_id), name: person.name, reply: person.reply as 'accepted', comment: person.comment, isSeries: row.rule !== '', isCancelled: row.state === 'cancelled', isOver: isOver(row, now),
    };
  },
});

export const answerInvitation = operation({
  id: 'invitation.answer', kind: 'command', allow: ['public'], asOffice: true,
  summary: 'Whoever was invited says yes, perhaps or no by the link of the invitation, with a word if they like; they may say otherwise later.',
  input: z.object({ token: z.string().max(100), reply: choice(['accepted', 'tentative', 'declined']), comment: optionalText(500) }),
  output: z.object({ reply: z.enum(replies) }),
  async run(context, input) {
    const { row, person } = await byToken(context, input.token);
    if (row.state === 'cancelled' || isOver(row, context.now)) throw notNow('error.invitation_over');
    await setReply(context, row, person.id, { reply: input.reply, comment: input.comment, way: 'link', delegatedTo: '' });
    return { reply: input.reply };
  },
});
