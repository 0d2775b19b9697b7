import { z } from 'zod';
import type { Allow } from '../../core/caller.ts';
import { choice, id, optionalId, optionalLine } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { states, type ArrivalState } from './arrival.ts';

export const openers: readonly Allow[] = ['registrar', 'citizens', 'chief'];

// What came is kept as it came, but for what PostgreSQL cannot hold; what it is known by is never altered.
const storable = (text: string): string => text.replaceAll('\u0000', '').toWellFormed();
const whatCame = z.string().default('').transform(storable);
const keyText = z.string().min(1).max(500).refine((key) => !key.includes('\u0000'));

export const keepArrival = operation({
  id: 'arrival.keep', kind: 'command', allow: [],
  summary: 'Keeps what came by a mailbox or from the scanner, once: the file first, then the row. Only what is kept may leave where it came from.',
  input: z.object({
    source: choice(['mailbox', 'scanner']), mailboxId: optionalId(), key: keyText, name: z.string().min(1).max(200).transform(storable), mediaType: z.string(), bytes: z.instanceof(Uint8Array), size: z.int32().min(0),
    senderName: whatCame, senderEmail: whatCame, subject: whatCame, words: whatCame, reason: whatCame,
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, kernel, now } = context;
    const arrivalId = context.newId();
    const sha256 = await kernel.files.put(office.id, input.bytes);
    await db.insertInto('file').values({ office_id: office.id, sha256, size: input.bytes.length, media_type: input.mediaType }).onConflict((conflict) => conflict.doNothing()).execute();
    const kept = await db.insertInto('arrival').values({
      office_id: office.id, id: arrivalId, source: input.source, mailbox_id: input.mailboxId, message_key: input.key, name: input.name, sha256, media_type: input.mediaType, size: input.size, sender_name: input.senderName,
      sender_email: input.senderEmail, subject: input.subject, words: input.words, reason: input.reason, arrived_at: now, ...(input.source === 'mailbox' ? { read_at: now } : {}),
    }).onConflict((conflict) => conflict.columns(['office_id', 'source', 'message_key']).doNothing()).returning('id').executeTakeFirst();
    if (!kept) throw notNow('error.arrival_known');
    context.record({ name: 'arrival.kept', nounId: arrivalId, data: { source: input.source } });
    return { id: arrivalId };
  },
});

export const findArrival = operation({
  id: 'arrival.find', kind: 'query', allow: [],
  summary: 'What is known of an arrival by its key: nothing, or whether it has been decided upon.',
  input: z.object({ source: choice(['mailbox', 'scanner']), key: keyText }),
  output: z.object({ arrival: z.object({ id: z.string(), isJudged: z.boolean() }).nullable() }),
  async run({ db, office }, input) {
    const row = await db.selectFrom('arrival').select(['id', 'judged_at']).where('office_id', '=', office.id).where('source', '=', input.source).where('message_key', '=', input.key).executeTakeFirst();
    return { arrival: row ? { id: row.id, isJudged: row.judged_at !== null } : null };
  },
});

export const ArrivalRow = z.object({
  id: z.string(), source: z.string(), name: z.string(), mediaType: z.string(), size: z.number(), senderName: z.string(), senderEmail: z.string(), subject: z.string(), state: z.enum(states), reason: z.string(), arrivedAt: z.date(),
  isRead: z.boolean(), caseId: z.string().nullable(), reference: z.string(), likely: z.object({ id: z.string(), reference: z.string(), subject: z.string() }).nullable(), settledAt: z.date().nullable(), settledBy: z.string(),
});
export type ArrivalRow = z.infer<typeof ArrivalRow>;

/** Arrivals with what stands around them; the cases only as far as the caller may see them. */
export const selectArrivals = ({ db, office }: Pick<Context, 'db' | 'office'>) => db.selectFrom('arrival as a')
  .leftJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'a.office_id').onRef('c.id', '=', 'a.case_id'))
  .leftJoin('case_file as l', (join) => join.onRef('l.office_id', '=', 'a.office_id').onRef('l.id', '=', 'a.likely_case'))
  .leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'a.office_id').onRef('p.id', '=', 'a.settled_by'))
  .select(['a.id', 'a.source', 'a.name', 'a.media_type', 'a.size', 'a.sender_name', 'a.sender_email', 'a.subject', 'a.state', 'a.reason', 'a.arrived_at', 'a.read_at', 'a.case_id', 'c.reference', 'l.id as likely_id', 'l.reference as likely_reference',
    'l.subject as likely_subject', 'a.settled_at', 'p.name as settled_by', 'a.words', 'a.pages', 'a.sha256', 'a.judged_at', 'a.entry_id'])
  .where('a.office_id', '=', office.id);
type Found = Awaited<ReturnType<ReturnType<typeof selectArrivals>['execute']>>[number];

export const rowOf = (row: Found): ArrivalRow => ({
  id: row.id, source: row.source, name: row.name, mediaType: row.media_type, size: row.size, senderName: row.sender_name, senderEmail: row.sender_email, subject: row.subject, state: row.state as ArrivalState, reason: row.reason, arrivedAt: row.arrived_at,
  isRead: row.read_at !== null, caseId: row.reference ? row.case_id : null, reference: row.reference ?? '', likely: row.likely_id ? { id: row.likely_id, reference: row.likely_reference!, subject: row.likely_subject! } : null, settledAt: row.settled_at, settledBy: row.settled_by ?? '',
});

export const listArrivals = operation({
  id: 'arrival.list', kind: 'query', rest: 'GET /arrivals', allow: openers,
  summary: 'What came by the mailboxes and the scanner: what waits (oldest first), or what became of it (newest first).',
  input: z.object({ view: choice(['waiting', 'registered', 'bounce', 'set_aside', 'all']).default('waiting'), after: optionalLine(60) }),
  output: z.object({ arrivals: z.array(ArrivalRow), next: z.string().nullable() }),
  async run(context, input) {
    const size = 50;
    const [at, after] = input.after.split('~');
    const from = at && after && !Number.isNaN(Date.parse(at)) && /^[0-9a-f-]{36}$/.test(after) ? { at: new Date(at), id: after } : null;
    let query = selectArrivals(context);
    if (input.view === 'waiting') query = query.where('a.state', '=', 'waiting').orderBy('a.arrived_at').orderBy('a.id').$if(from !== null, (q) => q.where((eb) => eb(eb.refTuple('a.arrived_at', 'a.id'), '>', eb.tuple(from!.at, from!.id))));
    else {
      query = query.orderBy('a.arrived_at', 'desc').orderBy('a.id', 'desc').$if(from !== null, (q) => q.where((eb) => eb(eb.refTuple('a.arrived_at', 'a.id'), '<', eb.tuple(from!.at, from!.id))));
      if (input.view !== 'all') query = query.where('a.state', 'in', input.view === 'registered' ? ['registered', 'joined'] : [input.view]);
    }
    const rows = await query.limit(size + 1).execute();
    const last = rows[size - 1];
    return { arrivals: rows.slice(0, size).map(rowOf), next: rows.length > size && last ? `${last.arrived_at.toISOString()}~${last.id}` : null };
  },
});

export const countArrivals = operation({
  id: 'arrival.count', kind: 'query', rest: 'GET /arrivals/count', allow: openers,
  summary: 'How many arrivals wait, and how many messages of the office came back or were refused in the last week.',
  input: z.object({}),
  output: z.object({ waiting: z.number(), returned: z.number() }),
  async run({ db, office, now }) {
    const count = (await db.selectFrom((eb) => eb.selectFrom('arrival').select('id').where('office_id', '=', office.id).where('state', '=', 'waiting').limit(1000).as('a')).select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n;
    const since = new Date(now.getTime() - 7 * 86_400_000);
    const returned = (await db.selectFrom((eb) => eb.selectFrom('mail').select('id').where('office_id', '=', office.id).where('state', 'in', ['failed', 'bounced']).where('queued_at', '>', since).limit(100).as('m')).select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n;
    return { waiting: count, returned };
  },
});

export const openArrival = operation({
  id: 'arrival.file', kind: 'query', rest: 'GET /arrivals/{id}/file', allow: openers,
  summary: 'An arrival as it came, in base64.',
  input: z.object({ id: id() }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run({ db, office, kernel }, input) {
    const row = await db.selectFrom('arrival').select(['name', 'media_type', 'sha256']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    return { fileName: row.name, mediaType: row.media_type, content: Buffer.from(await kernel.files.get(office.id, row.sha256)).toString('base64') };
  },
});
