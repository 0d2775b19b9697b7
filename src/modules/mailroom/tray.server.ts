import { z } from 'zod';
import { id, optionalId } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';
import { ArrivalRow, openers, rowOf, selectArrivals } from './arrival.server.ts';
import { contentsOf } from './register.server.ts';
import { suggest } from './suggestion.ts';

export const getArrival = operation({
  id: 'arrival.get', kind: 'query', rest: 'GET /arrivals/{id}', allow: openers,
  summary: 'One arrival as it is worked through: what it says, what it seems to be, and which is the next.',
  input: z.object({ id: id() }),
  output: z.object({
    arrival: ArrivalRow, text: z.string(), pages: z.number().nullable(), attachments: z.array(z.object({ name: z.string(), size: z.number() })), suggestion: z.object({ subject: z.string(), name: z.string(), senderReference: z.string(), senderDatedOn: z.string() }),
    known: z.array(z.object({ id: z.string(), name: z.string(), detail: z.string() })), nextId: z.string().nullable(), waiting: z.number(),
  }),
  async run(context, input) {
    const { db, office } = context;
    const row = await selectArrivals(context).where('a.id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const { message } = await contentsOf(context, row);
    const suggestion = message ? { subject: message.subject || message.text.split('\n')[0]!.slice(0, 100), name: message.name, senderReference: '', senderDatedOn: '' } : suggest(row.words, context.today);
    const known = row.sender_email ? await db.selectFrom('party').select(['id', 'name', 'address', 'email']).where('office_id', '=', office.id).where((eb) => eb(eb.fn('lower', ['email']), '=', row.sender_email)).limit(5).execute() : [];
    const waiting = db.selectFrom('arrival').where('office_id', '=', office.id).where('state', '=', 'waiting').where('id', '<>', row.id);
    const after = await waiting.select('id').where((eb) => eb(eb.refTuple('arrived_at', 'id'), '>', eb.tuple(row.arrived_at, row.id))).orderBy('arrived_at').orderBy('id').limit(1).executeTakeFirst();
    const next = after ?? (await waiting.select('id').orderBy('arrived_at').orderBy('id').limit(1).executeTakeFirst());
    const count = await db.selectFrom((eb) => eb.selectFrom('arrival').select('id').where('office_id', '=', office.id).where('state', '=', 'waiting').limit(1000).as('w')).select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
    return {
      arrival: rowOf(row), text: message ? message.text : row.words, pages: row.pages, attachments: (message?.attachments ?? []).map((one) => ({ name: one.name, size: one.bytes.length })), suggestion,
      known: known.map((one) => ({ id: one.id, name: one.name, detail: [one.address, one.email].filter(Boolean).join(', ') })), nextId: next?.id ?? null, waiting: count.n,
    };
  },
});

/** Refuses a case that the caller may not see: mail itself knows only its office. */
async function seen({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string): Promise<void> {
  if (!(await db.selectFrom('case_file').select('id').where('office_id', '=', office.id).where('id', '=', caseId).executeTakeFirst())) throw notFound();
}

const Undelivered = z.object({ id: z.string(), caseId: z.string(), reference: z.string(), subject: z.string(), recipient: z.string(), state: z.string(), reason: z.string(), at: z.date() });

export const listUndelivered = operation({
  id: 'mail.undelivered', kind: 'query', rest: 'GET /mails/undelivered', allow: ['staff'],
  summary: 'Letters of the office by e-mail that were refused or came back: all of one case, or those of the last month that no dispatch speaks for.',
  input: z.object({ caseId: optionalId() }),
  output: z.object({ mails: z.array(Undelivered) }),
  async run({ db, office, now }, input) {
    if (input.caseId) await seen({ db, office }, input.caseId);
    const rows = await db.selectFrom('mail as m').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'm.office_id').onRef('c.id', '=', 'm.case_id'))
      .select(['m.id', 'c.id as caseId', 'c.reference', 'm.subject', 'm.recipient', 'm.state', 'm.error', 'm.queued_at', 'm.bounced_at']).where('m.office_id', '=', office.id).where('m.state', 'in', ['failed', 'bounced'])
      .$if(input.caseId !== null, (query) => query.where('m.case_id', '=', input.caseId!)).$if(input.caseId === null, (query) => query.where('m.queued_at', '>', new Date(now.getTime() - 31 * 86_400_000))
        // What went out as a dispatch is said where the others that came back are.
        .where((eb) => eb.not(eb.exists(eb.selectFrom('dispatch as d').select('d.id').whereRef('d.office_id', '=', 'm.office_id').whereRef('d.mail_id', '=', 'm.id')))))
      .orderBy('m.queued_at', 'desc').limit(20).execute();
    return { mails: rows.map((row) => ({ id: row.id, caseId: row.caseId, reference: row.reference, subject: row.subject, recipient: row.recipient, state: row.state, reason: row.error ?? '', at: row.bounced_at ?? row.queued_at })) };
  },
});

export const listCame = operation({
  id: 'arrival.came', kind: 'query', rest: 'GET /arrivals/came', allow: ['staff'],
  summary: 'Papers that came by e-mail in the last three days to the cases that the caller handles.',
  input: z.object({}),
  output: z.object({ papers: z.array(z.object({ id: z.string(), caseId: z.string(), reference: z.string(), subject: z.string(), at: z.date() })) }),
  async run({ db, office, caller, now }) {
    if (!caller.personId) return { papers: [] };
    const rows = await db.selectFrom('case_file as c').innerJoin('entry as e', (join) => join.onRef('e.office_id', '=', 'c.office_id').onRef('e.case_id', '=', 'c.id')).select(['e.id', 'c.id as caseId', 'e.reference', 'e.subject', 'e.at'])
      .where('c.office_id', '=', office.id).where('c.handled_by', '=', caller.personId).where('c.closed_at', 'is', null).where('e.direction', '=', 'in').where('e.channel', '=', 'email').where('e.sub', '>', 1).where('e.at', '>', new Date(now.getTime() - 3 * 86_400_000))
      .orderBy('e.at', 'desc').limit(6).execute();
    return { papers: rows };
  },
});

export const listMailsOfCase = operation({
  id: 'mail.of_case', kind: 'query', rest: 'GET /cases/{caseId}/mails', allow: ['staff'],
  summary: 'The letters of a case that went by e-mail, newest first, and how each fared.',
  input: z.object({ caseId: id() }),
  output: z.object({ mails: z.array(z.object({ id: z.string(), recipient: z.string(), subject: z.string(), state: z.string(), messageId: z.string().nullable(), at: z.date() })) }),
  async run({ db, office }, input) {
    await seen({ db, office }, input.caseId);
    const rows = await db.selectFrom('mail').select(['id', 'recipient', 'subject', 'state', 'message_id as messageId', 'queued_at as at']).where('office_id', '=', office.id).where('case_id', '=', input.caseId).orderBy('queued_at', 'desc').limit(100).execute();
    return { mails: rows };
  },
});
