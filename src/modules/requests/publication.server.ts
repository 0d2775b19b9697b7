import { z } from 'zod';
import { dayIn } from '../../core/day.ts';
import { fold } from '../../core/fold.ts';
import { id, line, optionalLine, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong, type FieldErrors } from '../../core/refusal.ts';
import { sql } from '../../core/database.ts';
import { begin, getPetitionRow, move, workers } from './petition.server.ts';
import { findAnswer } from './answer.server.ts';

type Named = { name: string; email: string | null; phone: string | null; address: string | null } | null;

/** The text without what names its writer: parts of the name, contacts, long numbers. A first proposal, read by a person before it is published. */
export function withoutPerson(raw: string, party: Named): string {
  const mark = '[…]';
  let result = raw.replace(/[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu, mark).replace(/(?:\+|00)?\d[\d\s/.-]{6,}\d/g, mark);
  const words = [...(party?.name.split(/[\s,.„“”"]+/) ?? []), ...(party?.address ? [party.address] : [])].filter((word) => word.length > 2);
  for (const word of words) {
    const key = fold(word);
    // Inflected forms too: the case ending changes, the stem stays.
    const stem = key.length > 4 ? key.slice(0, -1) : key;
    result = word.includes(' ') ? result.replaceAll(word, mark) : result.replace(/[\p{L}\p{M}]+/gu, (found) => (fold(found).startsWith(stem) && fold(found).length <= key.length + 3 ? mark : found));
  }
  return result.replace(/(?:\[…\][\s,]*){2,}/g, `${mark} `).trim();
}

async function partyOf({ db, office }: Pick<Context, 'db' | 'office'>, partyId: string | null): Promise<Named> {
  if (!partyId) return null;
  return (await db.selectFrom('party').select(['name', 'email', 'phone', 'address']).where('office_id', '=', office.id).where('id', '=', partyId).executeTakeFirst()) ?? null;
}

export const proposePublication = operation({
  id: 'publication.propose', kind: 'query', allow: workers,
  summary: 'What would be published of an answered petition, with the person taken out, for a person to read and correct.',
  input: z.object({ id: id() }),
  output: z.object({ title: z.string(), question: z.string(), answer: z.string() }),
  async run(context, input) {
    const petition = await getPetitionRow(context, input.id);
    const party = await partyOf(context, petition.partyId);
    const answer = await findAnswer(context, petition.id);
    return { title: withoutPerson(petition.subject, party), question: withoutPerson(petition.body, party), answer: withoutPerson([answer?.facts, answer?.decision].filter(Boolean).join('\n\n'), party) };
  },
});

export const publishPetition = operation({
  id: 'petition.publish', kind: 'command', rest: 'POST /petitions/{id}/publish', allow: workers,
  summary: 'Publishes an answered petition without the person in the office’s public register; refuses a text that still names them.',
  input: z.object({ id: id(), title: line(200), question: text(20_000), answer: text(20_000) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now } = context;
    if (!office.data.publishes) throw notNow('error.not_publishing');
    const petition = await begin(context, input.id, 'publish');
    if (!petition.mayPublish) throw notNow('error.no_consent');
    if (petition.access === 'confidential') throw notNow();
    const party = await partyOf(context, petition.partyId);
    const errors: FieldErrors = {};
    for (const field of ['title', 'question', 'answer'] as const) if (withoutPerson(input[field], party) !== input[field].trim()) errors[field] = { key: 'field.names_person' };
    if (Object.keys(errors).length > 0) throw wrong(errors);
    const zone = office.jurisdiction.timeZone;
    const values = { title: input.title, question: input.question, answer: input.answer, withdrawn_at: null, published_at: now };
    await db.insertInto('publication').values({
      office_id: office.id, id: context.newId(), case_id: petition.id, kind: petition.kind, area: petition.area, locale: petition.locale, registered_on: dayIn(zone, petition.registeredAt),
      answered_on: dayIn(zone, petition.answeredAt ?? now), ...values,
    }).onConflict((conflict) => conflict.columns(['office_id', 'case_id']).doUpdateSet(values)).execute();
    await move(context, petition, 'publish');
    context.record({ name: 'petition.published', nounId: petition.id, caseId: petition.id });
    return { id: petition.id };
  },
});

export const withdrawPublication = operation({
  id: 'publication.withdraw', kind: 'command', rest: 'POST /petitions/{id}/unpublish', allow: workers,
  summary: 'Takes a published petition out of the public register.',
  input: z.object({ id: id() }), output: z.object({ id: z.string() }),
  async run(context, input) {
    await getPetitionRow(context, input.id);
    const gone = await context.db.updateTable('publication').set({ withdrawn_at: context.now }).where('office_id', '=', context.office.id).where('case_id', '=', input.id).where('withdrawn_at', 'is', null).returning('case_id').executeTakeFirst();
    if (!gone) throw notFound();
    context.record({ name: 'petition.unpublished', nounId: input.id, caseId: input.id });
    return { id: input.id };
  },
});

const Published = z.object({ id: z.string(), kind: z.string(), area: z.string().nullable(), title: z.string(), question: z.string(), answer: z.string(), locale: z.string(), registeredOn: z.string(), answeredOn: z.string() });

export const listPublications = operation({
  id: 'publication.list', kind: 'query', rest: 'GET /published-petitions', allow: ['public', 'petitioner'],
  summary: 'The public register of answered petitions, without persons, newest first.',
  input: z.object({ query: optionalLine(200), area: optionalLine(60), page: z.coerce.number().int().min(1).max(1000).default(1) }),
  output: z.object({ publications: z.array(Published), more: z.boolean() }),
  async run({ db, office }, input) {
    const size = 20;
    let query = db.selectFrom('publication').selectAll().where('office_id', '=', office.id).where('withdrawn_at', 'is', null);
    if (input.area) query = query.where('area', '=', input.area);
    if (input.query) query = query.where(sql<boolean>`(title || ' ' || question || ' ' || answer) ilike ${`%${input.query.replace(/[%_\\]/g, '')}%`}`);
    const rows = await query.orderBy('published_at', 'desc').offset((input.page - 1) * size).limit(size + 1).execute();
    return { publications: rows.slice(0, size).map(published), more: rows.length > size };
  },
});

export const getPublication = operation({
  id: 'publication.get', kind: 'query', rest: 'GET /published-petitions/{id}', allow: ['public', 'petitioner'],
  summary: 'One published petition with its answer.',
  input: z.object({ id: id() }), output: Published,
  async run({ db, office }, input) {
    const row = await db.selectFrom('publication').selectAll().where('office_id', '=', office.id).where('id', '=', input.id).where('withdrawn_at', 'is', null).executeTakeFirst();
    if (!row) throw notFound();
    return published(row);
  },
});

type Row = { id: string; kind: string; area: string | null; title: string; question: string; answer: string; locale: string; registered_on: string; answered_on: string };
const published = (row: Row): z.infer<typeof Published> => ({ id: row.id, kind: row.kind, area: row.area, title: row.title, question: row.question, answer: row.answer, locale: row.locale, registeredOn: row.registered_on, answeredOn: row.answered_on });

export const waitingTimes = operation({
  id: 'petition.waiting_times', kind: 'query', rest: 'GET /waiting-times', allow: ['public', 'petitioner'], asOffice: true,
  summary: 'How many wrote in the last full months, how many were answered in time, and how long it took: counts only.',
  input: z.object({ months: z.coerce.number().int().min(1).max(24).default(12) }),
  output: z.object({ months: z.array(z.object({ month: z.string(), arrived: z.number(), answered: z.number(), inTime: z.number(), medianDays: z.number().nullable() })), open: z.number() }),
  async run({ db, office, today }, input) {
    const zone = office.jurisdiction.timeZone;
    const months = await sql<{ month: string; arrived: number; answered: number; inTime: number; medianDays: number | null }>`select to_char(m, 'YYYY-MM') as month, count(p.id) as arrived,
        count(p.answered_at) as answered, count(*) filter (where (p.answered_at at time zone ${zone})::date <= k.legal_on) as "inTime",
        percentile_cont(0.5) within group (order by (p.answered_at at time zone ${zone})::date - (p.registered_at at time zone ${zone})::date) as "medianDays"
      from generate_series(date_trunc('month', ${today}::date) - make_interval(months => ${input.months}), date_trunc('month', ${today}::date), interval '1 month') m
      left join petition p on p.office_id = ${office.id} and p.registered_at >= m and p.registered_at < m + interval '1 month' left join clock k on k.office_id = p.office_id and k.case_id = p.id
      group by m order by m desc`.execute(db);
    const open = await sql<{ n: number }>`select count(*) as n from petition where office_id = ${office.id} and state in ('registered','assigned','awaiting_completion','drafting','awaiting_approval','approved')`.execute(db);
    return { months: months.rows, open: open.rows[0]!.n };
  },
});
