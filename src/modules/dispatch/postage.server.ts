import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { choice, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { listedWays, senders } from './dispatch.ts';
import { ratesInForce, tariffOf, type Rate } from './postage.ts';

/** An amount as it is typed ('1,20', '1.20', 3) in hundredths; empty is null. */
export const amount = () => z.union([z.number(), z.string()]).transform((typed) => String(typed).trim().replace(',', '.')).pipe(z.string().regex(/^(?:\d{1,6}(?:\.\d{1,2})?)?$/, say('field.amount')))
  .transform((typed) => (typed === '' ? null : Math.round(Number(typed) * 100)));

/** The rates that this office franks by. */
export async function listRates({ db, office }: Pick<Context, 'db' | 'office'>): Promise<Rate[]> {
  const own = await db.selectFrom('postage_rate').select(['way', 'up_to_g', 'cents']).where('office_id', '=', office.id).execute();
  return ratesInForce(tariffOf(office.jurisdiction.id), own.map((row) => ({ way: row.way as Rate['way'], upToG: row.up_to_g, cents: row.cents, isOwn: true })));
}

const RateRow = z.object({ way: z.enum(listedWays), upToG: z.number(), cents: z.number(), isOwn: z.boolean() });

export const readPostage = operation({
  id: 'postage.read', kind: 'query', rest: 'GET /postage', allow: ['registrar', 'chief', 'mayor', 'deputy', 'auditor'],
  summary: 'The postage book of a year: pieces and franking by month and way, with the rates in force.',
  input: z.object({ year: z.coerce.number().int().min(2000).max(2100).optional() }),
  output: z.object({ year: z.number(), months: z.array(z.object({ month: z.number(), way: z.string(), pieces: z.number(), cents: z.number() })), rates: z.array(RateRow), tariffIsOwn: z.boolean() }),
  async run(context, input) {
    const { db, office, today } = context;
    const year = input.year ?? Number(today.slice(0, 4));
    const zone = office.jurisdiction.timeZone;
    const months = (await sql<{ month: number; way: string; pieces: number; cents: number }>`select extract(month from l.handed_at at time zone ${zone})::int as month, d.way, count(*)::int as pieces, coalesce(sum(d.postage_cents), 0)::int as cents
      from post_list l join dispatch d on d.office_id = l.office_id and d.list_id = l.id
      where l.office_id = ${office.id} and l.handed_at >= (make_date(${year}, 1, 1)::timestamp at time zone ${zone}) and l.handed_at < (make_date(${year + 1}, 1, 1)::timestamp at time zone ${zone})
      group by 1, 2 order by 1, 2`.execute(db)).rows;
    const rates = await listRates(context);
    return { year, months, rates, tariffIsOwn: rates.some((rate) => rate.isOwn) };
  },
});

export const setRate = operation({
  id: 'postage.set_rate', kind: 'command', rest: 'POST /postage/rates', allow: senders,
  summary: 'Sets what the post office asks for a way up to a weight, in place of the placeholder.',
  input: z.object({ way: choice(listedWays), upToG: z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(50_000, say('field.number')), amount: amount() }),
  output: z.object({ cents: z.number() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const cents = input.amount ?? 0;
    await db.insertInto('postage_rate').values({ office_id: office.id, way: input.way, up_to_g: input.upToG, cents, set_by: caller.personId, at: now })
      .onConflict((conflict) => conflict.columns(['office_id', 'way', 'up_to_g']).doUpdateSet({ cents, set_by: caller.personId, at: now })).execute();
    context.record({ name: 'postage.rate_set', data: { way: input.way, upToG: input.upToG, cents } });
    return { cents };
  },
});
