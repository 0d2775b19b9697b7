import { z } from 'zod';
import { id, optionalText } from '../../core/input.ts';
import type { MessageFile } from '../../core/message-file.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notNow } from '../../core/refusal.ts';
import { mailFailed } from '../dispatch/index.ts';
import { hearCalendarMail } from '../calendar/index.ts';
import { indexCase } from '../registry/index.ts';
import { states, type machineReasons } from './arrival.ts';
import { findMatter, findPrinted, takesPapers } from './matter.server.ts';
import { contentsOf, joinArrival, registerArrival, settle, takeArrival, type Arrival } from './register.server.ts';
import { suggest } from './suggestion.ts';

type Reason = (typeof machineReasons)[number];

/** Words of a server that gives a message back without a report, in its own way. */
const returners = /^(mailer-daemon|postmaster)@/i;

/** The letters of ours that came back, marked so; answers with the case of the first. */
async function returnMails(context: Context, originals: readonly string[], reason: string): Promise<{ count: number; caseId: string | null }> {
  const { db, office, now } = context;
  if (originals.length === 0) return { count: 0, caseId: null };
  const mails = await db.updateTable('mail').set({ state: 'bounced', bounced_at: now, error: reason.slice(0, 500) }).where('office_id', '=', office.id).where('message_id', 'in', [...originals]).where('state', 'in', ['sent', 'bounced'])
    .returning(['id', 'case_id']).execute();
  for (const mail of mails) {
    context.record({ name: 'mail.bounced', nounId: mail.id, caseId: mail.case_id });
    await mailFailed(context, mail.id, reason);
  }
  return { count: mails.length, caseId: mails[0]?.case_id ?? null };
}

async function setAside(context: Context, arrival: Arrival, reason: Reason): Promise<'set_aside'> {
  await settle(context, arrival.id, { state: 'set_aside', reason });
  context.record({ name: 'arrival.set_aside', nounId: arrival.id, data: { reason } });
  return 'set_aside';
}

async function judgeReturned(context: Context, arrival: Arrival, message: MessageFile): Promise<'bounce' | 'set_aside' | null> {
  const report = message.report ?? (returners.test(message.email) && message.thread.length > 0 ? { action: 'failed', status: '', reason: message.text.split('\n').find((row) => /\b5\d\d\b|\b5\.\d\.\d/.test(row))?.slice(0, 300) ?? message.subject, originals: message.thread } : null);
  if (!report) return null;
  // A server that still tries, or that has delivered, returns nothing.
  if (report.action !== 'failed') return setAside(context, arrival, report.action === 'delayed' ? 'delayed' : 'report');
  const { count, caseId } = await returnMails(context, report.originals, report.reason);
  if (count === 0) return setAside(context, arrival, 'report');
  await settle(context, arrival.id, { state: 'bounce', caseId, reason: report.reason });
  context.record({ name: 'arrival.returned', nounId: arrival.id });
  return 'bounce';
}

async function judgeMessage(context: Context, arrival: Arrival, message: MessageFile, bytes: Uint8Array): Promise<(typeof states)[number]> {
  const { db, office } = context;
  const returned = await judgeReturned(context, arrival, message);
  if (returned) return returned;
  // What programs say to each other about a meeting is the calendar's, and no paper; an invitation is one.
  const heard = await hearCalendarMail(context, message.email, bytes);
  if (heard?.kind === 'taken') return setAside(context, arrival, 'calendar_reply');
  if (heard?.caseId && (await takesPapers(context, heard.caseId))) {
    await joinArrival(context, arrival, heard.caseId);
    return 'joined';
  }
  if (message.noise === 'auto_reply') return setAside(context, arrival, 'auto_reply');
  const matter = await findMatter(context, message);
  if (matter?.isKnown) {
    await settle(context, arrival.id, { state: 'joined', caseId: matter.id, entryId: matter.isKnown.entryId, reason: 'known' });
    context.record({ name: 'arrival.joined', nounId: arrival.id, data: { case: matter.id, known: true } });
    return 'joined';
  }
  // What came for a number that takes nothing more is a matter of its own.
  if (matter && (await takesPapers(context, matter.id))) {
    await joinArrival(context, arrival, matter.id);
    return 'joined';
  }
  if (message.noise) return setAside(context, arrival, message.noise);
  const mailbox = arrival.mailbox_id ? await db.selectFrom('mailbox').select(['registers_as', 'class_code']).where('office_id', '=', office.id).where('id', '=', arrival.mailbox_id).executeTakeFirst() : undefined;
  const as = mailbox?.registers_as ?? 'tray';
  // Of a message that says nothing, comes from nobody or is broken a person decides.
  if (as !== 'tray' && message.email && !message.isBroken && (message.subject || message.text)) {
    await registerArrival(context, arrival, heard ? 'paper' : as as 'paper', { classCode: mailbox!.class_code });
    return 'registered';
  }
  await settle(context, arrival.id, { state: 'waiting', reason: message.isBroken ? 'broken' : '' });
  context.record({ name: 'arrival.laid', nounId: arrival.id });
  return 'waiting';
}

export const judgeArrival = operation({
  id: 'arrival.judge', kind: 'command', allow: [],
  summary: 'Decides what a message is: a letter that came back, an automatic answer, a further paper of a case, a new one; or lays it into the tray.',
  input: z.object({ id: id() }),
  output: z.object({ state: z.enum(states) }),
  async run(context, input) {
    const arrival = await takeArrival(context, input.id);
    if (arrival.judged_at !== null || arrival.state !== 'waiting') throw notNow('error.arrival_settled');
    const { message, bytes } = await contentsOf(context, arrival);
    if (message && arrival.reason !== 'too_large') return { state: await judgeMessage(context, arrival, message, bytes) };
    await settle(context, arrival.id, { state: 'waiting', reason: arrival.reason });
    context.record({ name: 'arrival.laid', nounId: arrival.id });
    return { state: 'waiting' as const };
  },
});

export const listUndecided = operation({
  id: 'arrival.undecided', kind: 'query', allow: [],
  summary: 'Arrivals that are kept and not yet decided upon, and scans that nobody has read yet.',
  input: z.object({}),
  output: z.object({ unjudged: z.array(z.string()), unread: z.array(z.string()) }),
  async run({ db, office }) {
    const unjudged = await db.selectFrom('arrival').select('id').where('office_id', '=', office.id).where('judged_at', 'is', null).orderBy('arrived_at').limit(100).execute();
    const unread = await db.selectFrom('arrival').select('id').where('office_id', '=', office.id).where('judged_at', 'is', null).where('source', '=', 'scanner').where('read_at', 'is', null).orderBy('arrived_at').limit(20).execute();
    return { unjudged: unjudged.map((row) => row.id), unread: unread.map((row) => row.id) };
  },
});

export const noteWords = operation({
  id: 'arrival.note_words', kind: 'command', allow: [],
  summary: 'The words that were read on a scan; the case whose label it carries takes it by itself.',
  input: z.object({ id: id(), words: optionalText(200_000), pages: z.int32().min(1).nullable(), labelled: id().nullable().default(null) }),
  output: z.object({ state: z.enum(states) }),
  async run(context, input) {
    const { db, office, now } = context;
    const arrival = await takeArrival(context, input.id);
    const words = input.words.slice(0, 200_000);
    const labelled = input.labelled && (await takesPapers(context, input.labelled)) ? input.labelled : null;
    const likely = labelled ?? (words ? await findPrinted(context, words) : null);
    const said = suggest(words, context.today);
    await db.updateTable('arrival').set({ words, pages: input.pages, read_at: now, judged_at: now, likely_case: likely, subject: arrival.subject || said.subject, sender_name: arrival.sender_name || said.name }).where('office_id', '=', office.id).where('id', '=', arrival.id).execute();
    context.record({ name: 'arrival.read', nounId: arrival.id });
    if (arrival.state === 'waiting' && labelled) {
      await joinArrival(context, { ...arrival, words, pages: input.pages }, labelled);
      return { state: 'joined' as const };
    }
    // Registered before it was read: the words follow.
    const entered = await db.selectFrom('arrival').select(['case_id', 'entry_id']).where('office_id', '=', office.id).where('id', '=', arrival.id).executeTakeFirst();
    if (words && entered?.case_id && entered.entry_id) {
      await db.updateTable('document').set({ words }).where('office_id', '=', office.id).where('case_id', '=', entered.case_id).where('entry_id', '=', entered.entry_id).where('sha256', '=', arrival.sha256).execute();
      await indexCase(context, entered.case_id);
    }
    return { state: arrival.state };
  },
});
