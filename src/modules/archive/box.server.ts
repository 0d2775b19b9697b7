import { z } from 'zod';
import QRCode from 'qrcode';
import { officeAddress } from '../../core/address.ts';
import { sql } from '../../core/database.ts';
import { id, optionalId, optionalLine } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { bookReaders, ItemRow, keepers, lineFrom, lines, ofLines, ticked } from './archive.server.ts';

export const BoxRow = z.object({ id: z.string(), number: z.number(), label: z.string(), place: z.string(), items: z.number(), classes: z.array(z.string()), fromYear: z.number().nullable(), untilYear: z.number().nullable(), first: z.number().nullable(), last: z.number().nullable(), lent: z.number(), keepUntil: z.string().nullable(), isPermanent: z.boolean() });
export type BoxRow = z.infer<typeof BoxRow>;
type Found = { id: string; number: number; label: string; place: string; items: number; classes: string[] | null; from_year: number | null; until_year: number | null; first: number | null; last: number | null; lent: number; keep_until: string | null; is_permanent: boolean | null };

/** Boxes with what lies in them: a box is as full as the caller may see. */
async function readBoxes({ db, office }: Pick<Context, 'db' | 'office'>, condition = sql`true`, limit = 500): Promise<BoxRow[]> {
  const { rows } = await sql<Found>`select b.id, b.number, b.label, b.place, count(i.case_id)::int as items, array_agg(distinct i.class_code order by i.class_code) filter (where i.case_id is not null) as classes, min(extract(year from i.closed_on))::int as from_year,
      max(extract(year from i.closed_on))::int as until_year, min(i.number) as first, max(i.number) as last, count(l.id)::int as lent, max(i.keep_until) as keep_until, bool_or(i.retention_years is null and i.case_id is not null) as is_permanent
    from (select * from archive_box b where b.office_id = ${office.id} and ${condition} order by b.number desc limit ${limit}) b left join archive_item i on i.office_id = b.office_id and i.box_id = b.id and i.state in ('kept', 'listed')
      left join lending l on l.office_id = i.office_id and l.case_id = i.case_id and l.returned_at is null
    group by b.id, b.number, b.label, b.place order by b.number desc`.execute(db);
  return rows.map((row) => ({
    id: row.id, number: row.number, label: row.label, place: row.place, items: row.items, classes: row.classes ?? [], fromYear: row.from_year, untilYear: row.until_year, first: row.first, last: row.last, lent: row.lent, keepUntil: row.keep_until, isPermanent: row.is_permanent ?? false,
  }));
}

export const listBoxes = operation({
  id: 'box.list', kind: 'query', rest: 'GET /archive/boxes', allow: bookReaders,
  summary: 'The boxes of the archive, the last first, with classes, years and numbers of what lies in them; pages by number.',
  input: z.object({ before: z.coerce.number().int().min(0).max(2_000_000_000).default(0), limit: z.coerce.number().int().min(1).max(500).default(100) }),
  output: z.object({ boxes: z.array(BoxRow), next: z.number().nullable() }),
  async run(context, input) {
    const boxes = await readBoxes(context, input.before ? sql`b.number < ${input.before}` : sql`true`, input.limit + 1);
    return { boxes: boxes.slice(0, input.limit), next: boxes.length > input.limit ? boxes[input.limit - 1]!.number : null };
  },
});

export const getBox = operation({
  id: 'box.get', kind: 'query', rest: 'GET /archive/boxes/{id}', allow: bookReaders,
  summary: 'A box with its contents by number (two thousand at most), and the code on its label, which opens it.',
  input: z.object({ id: id() }),
  output: z.object({ box: BoxRow, items: z.array(ItemRow), qr: z.string() }),
  async run(context, input) {
    const { db, office, kernel } = context;
    const box = (await readBoxes(context, sql`b.id = ${input.id}`))[0];
    if (!box) throw notFound();
    const { rows } = await sql<Parameters<typeof lineFrom>[1]>`select ${lines} from archive_item i ${ofLines} where i.office_id = ${office.id} and i.box_id = ${box.id} order by i.number limit 2000`.execute(db);
    const qr = await QRCode.toString(`${officeAddress(kernel.config, office)}/desk/archive/boxes/${box.id}`, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' });
    return { box, items: rows.map((row) => lineFrom(context, row)), qr };
  },
});

export const makeBox = operation({
  id: 'box.make', kind: 'command', rest: 'POST /archive/boxes', allow: keepers,
  summary: 'A new box under the next number, with its title and place.',
  input: z.object({ label: optionalLine(120), place: optionalLine(120) }),
  output: z.object({ id: z.string(), number: z.number() }),
  async run(context, input) {
    const { db, office, now, caller } = context;
    const boxId = context.newId();
    await sql`select pg_advisory_xact_lock(1602, ${office.id})`.execute(db);
    const { number } = (await sql<{ number: number }>`select coalesce(max(number), 0) + 1 as number from archive_box where office_id = ${office.id}`.execute(db)).rows[0]!;
    await db.insertInto('archive_box').values({ office_id: office.id, id: boxId, number, label: input.label, place: input.place, made_by: caller.personId, at: now }).execute();
    context.record({ name: 'box.made', nounId: boxId, data: { number } });
    return { id: boxId, number };
  },
});

export const changeBox = operation({
  id: 'box.change', kind: 'command', rest: 'POST /archive/boxes/{id}', allow: keepers,
  summary: 'Another title or place of a box: it was carried elsewhere.',
  input: z.object({ id: id(), label: optionalLine(120), place: optionalLine(120) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const before = await db.selectFrom('archive_box').select(['label', 'place']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!before) throw notFound();
    await db.updateTable('archive_box').set({ label: input.label, place: input.place }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    context.record({ name: 'box.changed', nounId: input.id, data: { before, place: input.place, label: input.label } });
    return { id: input.id };
  },
});

export const moveItems = operation({
  id: 'archive.move', kind: 'command', rest: 'POST /archive/move', allow: keepers,
  summary: 'Lays archived cases into a box, or takes them out of one.',
  input: z.object({ ids: ticked(), boxId: optionalId() }),
  output: z.object({ count: z.number() }),
  async run(context, input) {
    const { db, office } = context;
    const ids = [...new Set(input.ids)];
    const box = input.boxId ? await db.selectFrom('archive_box').select('number').where('office_id', '=', office.id).where('id', '=', input.boxId).executeTakeFirst() : null;
    if (box === undefined) throw wrong({ boxId: { key: 'field.choose' } });
    const rows = await db.selectFrom('archive_item').select(['case_id', 'number', 'state']).where('office_id', '=', office.id).where('case_id', 'in', ids).orderBy('number').forUpdate().execute();
    if (rows.length !== ids.length) throw notFound();
    const gone = rows.find((row) => row.state === 'destroyed' || row.state === 'handed_over');
    if (gone) throw notNow('error.archive.gone', { number: gone.number });
    await db.updateTable('archive_item').set({ box_id: input.boxId }).where('office_id', '=', office.id).where('case_id', 'in', ids).execute();
    for (const row of rows) context.record({ name: 'archive.moved', nounId: row.case_id, caseId: row.case_id, data: { box: box?.number ?? null } });
    return { count: rows.length };
  },
});
