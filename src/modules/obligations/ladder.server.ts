import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { sql } from '../../core/database.ts';
import { addDays } from '../../core/day.ts';
import { formatDay, isLocaleId } from '../../core/language.ts';
import { queueMail } from '../../core/mail.ts';
import { textIn, translator, type Translate } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { officeCalendar } from '../registry/index.ts';
import { reached, rungs, type Reader } from './ladder.ts';
import { getRow, note, tell } from './obligation.server.ts';
import { giveAgain } from './obligation-give.server.ts';

type Due = { id: string; case_id: string | null; text: string; title: string; owner_id: string | null; unit_id: string | null; given_by: string | null; due_on: string; access: string; case_access: string | null; reference: string | null; escalation: number; version: number };
type Person = { id: string; email: string; locale: string; unit_id: string | null; roles: string[] };
type Digest = { climbed: Map<string, Due[]>; accept: number; asked: number; passed: Due[] };

/** Whom a rung tells: of what is confidential only those who may open it. */
function readersOf(row: Due, to: readonly Reader[], people: readonly Person[]): string[] {
  const isNarrow = row.access === 'confidential' || row.case_access === 'confidential';
  const heads = people.filter((one) => one.unit_id === row.unit_id && one.roles.includes('head')).map((one) => one.id);
  const of: Record<Reader, () => (string | null)[]> = {
    owner: () => (row.owner_id ? [row.owner_id] : heads), head: () => (isNarrow && row.owner_id ? [] : heads), giver: () => [row.given_by], lead: () => people.filter((one) => one.roles.includes('chief') || one.roles.includes('mayor')).map((one) => one.id),
  };
  return [...new Set(to.flatMap((reader) => of[reader]()).filter((one): one is string => one !== null))];
}

/** What a line of the mail says: of what is confidential only the number. */
function lineOf(t: Translate, address: string, locale: string, row: Due): string {
  const words = row.access === 'confidential' || row.case_access === 'confidential' ? [t('obligation.mail.confidential'), row.reference].filter(Boolean).join(' ') : (row.title || row.text.split('\n')[0]!).slice(0, 140);
  return t('obligation.mail.line', { words, on: formatDay(row.due_on, isLocaleId(locale) ? locale : 'en', 'numeric'), link: `${address}/desk/obligations/${row.id}` });
}

export const escalateObligations = operation({
  id: 'obligation.escalate', kind: 'command', allow: [],
  summary: 'Each morning, once: what nears or passed its day climbs the ladder, whom it concerns gets one message, and what comes again is given again.',
  input: z.object({}), output: z.object({ climbed: z.number(), mails: z.number(), given: z.number() }),
  async run(context) {
    const { db, office, today } = context;
    const already = await sql<{ id: string }>`select id from event where office_id = ${office.id} and name = 'obligation.ladder_climbed' and at > ${context.now}::timestamptz - interval '2 days' and data->>'on' = ${today} limit 1`.execute(db);
    if (already.rows.length > 0) {
      context.record({ name: 'obligation.checked' });
      return { climbed: 0, mails: 0, given: 0 };
    }
    const given = await giveDueAgain(context);
    const people = await db.selectFrom('person').select(['id', 'email', 'locale', 'unit_id', 'roles']).where('office_id', '=', office.id).where('is_active', '=', true).execute();
    const digests = new Map<string, Digest>();
    const digestOf = (personId: string): Digest => digests.get(personId) ?? digests.set(personId, { climbed: new Map(), accept: 0, asked: 0, passed: [] }).get(personId)!;
    const climbed = await climb(context, (row, key, to) => {
      for (const personId of readersOf(row, to, people)) digestOf(personId).climbed.set(key, [...(digestOf(personId).climbed.get(key) ?? []), row]);
    });
    const waiting = await sql<{ given_by: string; accept: number; asked: number }>`select given_by, count(*) filter (where state = 'reported')::int as accept, count(*) filter (where state = 'open')::int as asked from obligation
      where office_id = ${office.id} and given_by is not null and (state = 'reported' or (state = 'open' and asked_due_on is not null)) group by 1`.execute(db);
    for (const row of waiting.rows) Object.assign(digestOf(row.given_by), { accept: row.accept, asked: row.asked });
    const passed = await sql<Due>`select o.id, o.case_id, o.text, o.title, o.owner_id, o.unit_id, o.given_by, coalesce(o.due_on, ${today}::date)::text as due_on, o.access, c.access as case_access, c.reference, o.escalation, o.version from obligation o
      left join case_file c on c.office_id = o.office_id and c.id = o.case_id where o.office_id = ${office.id} and o.given_by is not null and o.state = 'open'
      and o.id in (select r.obligation_id from obligation_report r where r.office_id = ${office.id} and r.kind = 'passed' and r.at > ${context.now}::timestamptz - interval '1 day' and r.by_person is distinct from o.given_by)`.execute(db);
    for (const row of passed.rows) digestOf(row.given_by!).passed.push(row);
    let mails = 0;
    for (const person of people) {
      const digest = digests.get(person.id);
      if (!digest || !person.email) continue;
      await mailDigest(context, person, digest);
      mails++;
    }
    context.record({ name: 'obligation.ladder_climbed', data: { on: today, count: climbed, mails } });
    return { climbed, mails, given };
  },
});

/** Moves up what has reached a higher rung, and says for each who is to be told. */
async function climb(context: Context, told: (row: Due, key: string, to: readonly Reader[]) => void): Promise<number> {
  const { db, office, today } = context;
  const calendar = await officeCalendar(db, office);
  const soonest = Math.min(0, ...rungs.map((rung) => rung.calendarDays ?? 0));
  const rows = (await sql<Due>`select o.id, o.case_id, o.text, o.title, o.owner_id, o.unit_id, o.given_by, o.due_on::text as due_on, o.access, c.access as case_access, c.reference, o.escalation, o.version
    from obligation o left join case_file c on c.office_id = o.office_id and c.id = o.case_id
    where o.office_id = ${office.id} and o.state = 'open' and o.due_on <= ${addDays(today, -soonest)}::date and o.escalation < ${rungs.length} order by o.due_on, o.id for update of o`.execute(db)).rows;
  let climbed = 0;
  for (const row of rows) {
    const rung = reached(row.due_on, today, calendar);
    if (rung <= row.escalation) continue;
    const { key, to } = rungs[rung - 1]!;
    await db.updateTable('obligation').set({ escalation: rung, escalated_on: today }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    await note(context, row.id, { kind: 'escalated', text: key });
    tell(context, row, 'escalated', { as: key });
    told(row, key, to);
    climbed++;
  }
  return climbed;
}

/** What comes again and was not given for its next time yet: its day has come, or it was done. */
async function giveDueAgain(context: Context): Promise<number> {
  const { db, office, today } = context;
  const due = (await sql<{ id: string }>`select o.id from obligation o where o.office_id = ${office.id} and o.rule <> '' and (o.state = 'done' or (o.state in ('open', 'reported') and o.due_on <= ${today}::date))
    and not exists (select 1 from obligation n where n.office_id = o.office_id and n.follows_id = o.id) order by o.id limit 500`.execute(db)).rows;
  let given = 0;
  for (const { id } of due) if (await giveAgain(context, await getRow(context, id, true))) given++;
  return given;
}

async function mailDigest(context: Context, person: Person, digest: Digest): Promise<void> {
  const { db, office, now, kernel, today } = context;
  const locale = isLocaleId(person.locale) ? person.locale : office.locale;
  const t = translator(locale);
  const address = officeAddress(kernel.config, office);
  const parts: string[] = [];
  for (const rung of rungs.toReversed()) {
    const rows = digest.climbed.get(rung.key) ?? [];
    if (rows.length > 0) parts.push([t(`obligation.mail.${rung.key}`, { count: rows.length }), ...rows.slice(0, 20).map((row) => lineOf(t, address, locale, row)), ...(rows.length > 20 ? [t('obligation.mail.more', { count: rows.length - 20 })] : [])].join('\n'));
  }
  if (digest.accept > 0) parts.push(t('obligation.mail.accept', { count: digest.accept }));
  if (digest.asked > 0) parts.push(t('obligation.mail.asked', { count: digest.asked }));
  if (digest.passed.length > 0) parts.push([t('obligation.mail.passed', { count: digest.passed.length }), ...digest.passed.slice(0, 20).map((row) => lineOf(t, address, locale, row))].join('\n'));
  const body = t('obligation.mail.body', { parts: parts.join('\n\n'), link: `${address}/desk/obligations`, office: textIn(office.data.name, locale) });
  await queueMail(db, office.id, now, { to: person.email, subject: t('obligation.mail.subject', { on: formatDay(today, locale, 'numeric') }), body, locale });
}
