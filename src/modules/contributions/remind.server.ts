import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { sql } from '../../core/database.ts';
import { id } from '../../core/input.ts';
import { textIn, translator } from '../../core/message.ts';
import { queueMail } from '../../core/mail.ts';
import { operation, type Context } from '../../core/operation.ts';
import { openText } from '../../core/secret.ts';
import { getCaseFile } from '../registry/index.ts';
import { mailAsk } from './ask.server.ts';
import { dropContributions } from './contribution.server.ts';
import ladder from './ladder.json' with { type: 'json' };

type Rung = { days: number; /** Only where at least so many days were given. */ term?: number; /** Again after so many days, until it comes. */ every?: number };

/** The last day up to today on which the ladder asks for a reminder of this contribution; null where there is none yet. */
function lastRung(today: string): RawBuilder<unknown> {
  const days = (ladder as Rung[]).map((rung) => {
    const first = sql`(k.due_on + ${rung.days}::int)`;
    const reached = sql`${today}::date >= ${first}${rung.term ? sql` and k.due_on - k.asked_at::date >= ${rung.term}::int` : sql``}`;
    const on = rung.every ? sql`${first} + ((${today}::date - ${first}) / ${rung.every}::int) * ${rung.every}::int` : first;
    return sql`case when ${reached} then ${on} end`;
  });
  return sql`greatest(${sql.join(days)})`;
}
const furthest = -Math.min(...(ladder as Rung[]).map((rung) => rung.days), 0);

type Owing = { id: string; case_id: string; unit_id: string | null; email: string | null; token_sealed: Buffer | null; question: string; due_on: string; reference: string; subject: string };

export const remindContributors = operation({
  id: 'contribution.remind', kind: 'command', allow: [], summary: 'Reminds who owes a contribution, by the ladder: before the day, on it and after it; a unit once a day for all that it owes.',
  input: z.object({}), output: z.object({ reminded: z.number() }),
  async run(context) {
    const { db, office, today } = context;
    const rows = (await sql<Owing>`select k.id, k.case_id, k.unit_id, k.email, k.token_sealed, k.question, to_char(k.due_on, 'YYYY-MM-DD') as due_on, c.reference, c.subject from contribution k join case_file c on c.office_id = k.office_id and c.id = k.case_id
      where k.office_id = ${office.id} and k.state in ('asked', 'returned') and k.more_until is null and k.due_on <= ${today}::date + ${furthest}::int and (k.email is not null or k.unit_id is not null)
      and ${lastRung(today)} is not null and (k.reminded_on is null or k.reminded_on < ${lastRung(today)}) order by k.due_on limit 500`.execute(db)).rows;
    for (const row of rows) {
      if (row.email && row.token_sealed) await mailAsk(context, { to: row.email, token: openText(row.token_sealed), question: row.question, dueOn: row.due_on, reference: row.reference, subject: row.subject, caseId: row.case_id }, row.due_on > today ? 'soon' : 'remind');
      await db.updateTable('contribution').set((eb) => ({ reminded_on: today, reminders: eb('reminders', '+', 1) })).where('office_id', '=', office.id).where('id', '=', row.id).execute();
      context.record({ name: 'contribution.reminded', nounId: row.id, caseId: row.case_id });
    }
    for (const [unitId, owed] of Map.groupBy(rows.filter((row) => row.unit_id), (row) => row.unit_id!)) await mailUnit(context, unitId, owed);
    if (rows.length === 0) context.record({ name: 'contribution.checked' });
    return { reminded: rows.length };
  },
});

/** One letter a unit and a day, to its head, or to its staff where it has none: numbers and days, no words of a case. */
async function mailUnit({ db, office, now, today, kernel }: Context, unitId: string, owed: readonly Owing[]): Promise<void> {
  const people = await db.selectFrom('person').select(['email', 'locale', 'roles']).where('office_id', '=', office.id).where('unit_id', '=', unitId).where('is_active', '=', true).execute();
  const heads = people.filter((one) => one.roles.includes('head'));
  for (const person of heads.length > 0 ? heads : people) {
    const t = translator(person.locale as typeof office.locale);
    const said = { count: owed.length, late: owed.filter((row) => row.due_on < today).length, references: owed.map((row) => row.reference).join(', '), link: `${officeAddress(kernel.config, office)}/desk/contributions?view=mine`, cabinet: textIn(office.data.cabinet, person.locale as typeof office.locale) };
    await queueMail(db, office.id, now, { to: person.email, locale: person.locale, subject: t('contribution.mail.unit.subject', said), body: t('contribution.mail.unit.body', said) });
  }
}

export const settleContributions = operation({
  id: 'contribution.settle', kind: 'command', allow: [], summary: 'What was asked for on a case that is closed or annulled is owed no more.',
  input: z.object({ caseId: id() }), output: z.object({}),
  async run(context, input) {
    await getCaseFile(context, input.caseId);
    await dropContributions(context, input.caseId);
    context.record({ name: 'contribution.settled', nounId: input.caseId });
    return {};
  },
});
