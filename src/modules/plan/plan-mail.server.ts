import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { addDays, weekStart, type Day } from '../../core/day.ts';
import { isLocaleId, type LocaleId } from '../../core/language.ts';
import { queueMail } from '../../core/mail.ts';
import { translator } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { officeCalendar } from '../registry/index.ts';
import { periods, spanOf, type Audience, type Period } from './plan.ts';
import { planTitle } from './plan-print.ts';
import { preparePlanOf, type PlanRow } from './prepare.server.ts';

type Reader = { email: string; locale: LocaleId; audience: Audience };

/** Who is sent plans of this period: the staff at their own address, others at the one given. */
async function readersOf({ db, office }: Context, period: Period): Promise<Reader[]> {
  const rows = await db.selectFrom('plan_reader as r').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'r.office_id').onRef('p.id', '=', 'r.person_id'))
    .select(['r.audience', 'r.email', 'r.periods', 'r.person_id', 'p.email as own', 'p.locale', 'p.is_active']).where('r.office_id', '=', office.id).where('r.ended_at', 'is', null).execute();
  return rows.filter((row) => row.periods.includes(period) && (row.person_id === null || row.is_active)).flatMap((row): Reader[] => {
    const email = row.own ?? row.email;
    return email ? [{ email, locale: isLocaleId(row.locale) ? row.locale : office.locale, audience: row.audience as Audience }] : [];
  });
}

/** Sends an approved plan to its readers, each in the version that is theirs. The words are in the file alone. */
export async function sendPlan(context: Context, plan: Pick<PlanRow, 'id' | 'period' | 'from_on' | 'until_on' | 'version'>, isNewer = false): Promise<number> {
  const { db, office, now } = context;
  const copies = await db.selectFrom('plan_copy').select(['audience', 'sha256']).where('office_id', '=', office.id).where('plan_id', '=', plan.id).execute();
  const readers = await readersOf(context, plan.period);
  for (const reader of readers) {
    const sha256 = copies.find((copy) => copy.audience === reader.audience)?.sha256;
    if (!sha256) continue;
    const t = translator(reader.locale);
    const title = planTitle({ period: plan.period, fromOn: plan.from_on, untilOn: plan.until_on }, reader.locale);
    await queueMail(db, office.id, now, {
      to: reader.email, locale: reader.locale, subject: isNewer ? t('plan.mail.newer_subject', { title }) : title, body: t(isNewer ? 'plan.mail.newer_body' : 'plan.mail.body', { title }),
      attachments: [{ name: `${t(`plan.period.${plan.period}`)} ${plan.from_on}.pdf`, sha256 }],
    });
  }
  await db.updateTable('plan').set({ mailed_at: now }).where('office_id', '=', office.id).where('id', '=', plan.id).execute();
  context.record({ name: 'plan.mailed', nounId: plan.id, data: { period: plan.period, fromOn: plan.from_on, version: plan.version, readers: readers.length } });
  return readers.length;
}

/** Which plans go out on the evening of a working day: that of the next working day, and of the week or month that begins with it. */
export function plansDue(today: Day, next: Day): { period: Period; on: Day }[] {
  return [{ period: 'day', on: next }, ...(weekStart(next) > today ? [{ period: 'week' as const, on: next }] : []), ...(next.slice(0, 7) > today.slice(0, 7) ? [{ period: 'month' as const, on: next }] : [])];
}

export const mailPlans = operation({
  id: 'plan.mail', kind: 'command', allow: [],
  summary: 'In the evening of each working day: sends the approved plans of the next one; where nobody prepared that day’s plan it is prepared, and the chief is told.',
  input: z.object({}),
  output: z.object({ sent: z.array(z.object({ period: z.enum(periods), readers: z.number() })), prepared: z.boolean() }),
  async run(context) {
    const { db, office, today, now, kernel } = context;
    const calendar = await officeCalendar(db, office);
    context.record({ name: 'plan.looked_after' });
    if (!calendar.isWorkingDay(today)) return { sent: [], prepared: false };
    const next = calendar.nextWorkingDay(addDays(today, 1));
    const sent: { period: Period; readers: number }[] = [];
    let prepared = false;
    for (const { period, on } of plansDue(today, next)) {
      const { fromOn } = spanOf(period, on);
      const plans = (await db.selectFrom('plan').selectAll().where('office_id', '=', office.id).where('period', '=', period).where('from_on', '=', fromOn).where('state', '<>', 'dropped').orderBy('version', 'desc').execute()) as unknown as PlanRow[];
      const approved = plans.find((plan) => plan.state === 'approved');
      if (approved && !approved.mailed_at) sent.push({ period, readers: await sendPlan(context, approved) });
      if (plans.length > 0 || period !== 'day') continue;
      const { id } = await preparePlanOf(context, period, on);
      prepared = true;
      const chiefs = await db.selectFrom('person').select(['email', 'locale']).where('office_id', '=', office.id).where('is_active', '=', true).where((eb) => eb(eb.val('chief'), '=', eb.fn.any('roles'))).execute();
      for (const chief of chiefs) {
        const locale = isLocaleId(chief.locale) ? chief.locale : office.locale;
        const title = planTitle({ period, ...spanOf(period, on) }, locale);
        await queueMail(db, office.id, now, { to: chief.email, locale, subject: translator(locale)('plan.mail.draft_subject', { title }), body: translator(locale)('plan.mail.draft_body', { title, link: `${officeAddress(kernel.config, office)}/desk/plans/${id}` }) });
      }
    }
    return { sent, prepared };
  },
});
