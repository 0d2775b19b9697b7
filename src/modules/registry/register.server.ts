import { z } from 'zod';
import { getReferenceRule } from '../../core/jurisdiction.ts';
import { day, optionalLine } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { sql } from '../../core/database.ts';

export const RegisterRow = z.object({
  id: z.string(), caseId: z.string(), reference: z.string(), number: z.number(), sub: z.number(), direction: z.string(), channel: z.string(), subject: z.string(), party: z.string(), partyPlace: z.string(), at: z.date(), senderReference: z.string(),
  unitId: z.string().nullable(), handler: z.string(), pages: z.number().nullable(), enclosures: z.number(), classCode: z.string(), closedAt: z.date().nullable(), dispatchedAt: z.date().nullable(),
});

export const readRegister = operation({
  id: 'register.read', kind: 'query', rest: 'GET /register', allow: ['registrar', 'chief', 'mayor', 'deputy', 'auditor', 'citizens', 'quality'],
  summary: 'The book of a year as the register shows it: every number in order with its papers; by day and direction.',
  input: z.object({ year: z.coerce.number().int().min(2000).max(2100).optional(), from: z.union([z.literal(''), day()]).default(''), until: z.union([z.literal(''), day()]).default(''), direction: optionalLine(10), after: z.coerce.number().int().min(0).max(2_147_483_647).default(0) }),
  output: z.object({ year: z.number(), years: z.array(z.number()), rows: z.array(RegisterRow), next: z.number().nullable(), last: z.number(), pattern: z.string() }),
  async run({ db, office, today }, input) {
    const years = (await db.selectFrom('book_year').select(['year', 'last_number']).where('office_id', '=', office.id).where('book', '=', 'main').orderBy('year', 'desc').execute());
    const year = input.year ?? years[0]?.year ?? Number(today.slice(0, 4));
    const zone = office.jurisdiction.timeZone;
    const size = 100;
    const conditions = [sql`c.office_id = ${office.id} and c.book = 'main' and c.year = ${year} and c.number > ${input.after}`];
    if (input.from) conditions.push(sql`(e.at at time zone ${zone})::date >= ${input.from}::date`);
    if (input.until) conditions.push(sql`(e.at at time zone ${zone})::date <= ${input.until}::date`);
    if (['in', 'out', 'internal'].includes(input.direction)) conditions.push(sql`e.direction = ${input.direction}`);
    type Row = { id: string; case_id: string; reference: string; number: number; sub: number; direction: string; channel: string; subject: string; party: string | null; place: string | null; at: Date; sender_reference: string | null; unit_id: string | null; handler: string | null; pages: number | null; enclosures: number; class_code: string; closed_at: Date | null; dispatched_at: Date | null };
    const rows = (await sql<Row>`select e.id, e.case_id, e.reference, c.number, e.sub, e.direction, e.channel, e.subject, p.name as party, p.place, e.at, e.sender_reference, c.unit_id, h.name as handler, e.pages, e.enclosures, c.class_code, c.closed_at, e.dispatched_at
      from case_file c join entry e on e.office_id = c.office_id and e.case_id = c.id left join party p on p.office_id = e.office_id and p.id = e.party_id left join person h on h.office_id = c.office_id and h.id = c.handled_by
      where ${sql.join(conditions, sql` and `)} order by c.number, e.sub limit ${size + 1}`.execute(db)).rows;
    // A page ends with a whole number: its papers are not torn apart.
    const lastNumber = rows.length > size ? rows[rows.length - 1]!.number : null;
    const shown = lastNumber === null ? rows : rows.filter((row) => row.number !== lastNumber || rows[0]!.number === lastNumber);
    return {
      year, years: years.map((one) => one.year), last: years.find((one) => one.year === year)?.last_number ?? 0, pattern: getReferenceRule(office.jurisdiction, today).pattern,
      next: rows.length > size && shown.length > 0 ? shown[shown.length - 1]!.number : null,
      rows: shown.map((row) => ({
        id: row.id, caseId: row.case_id, reference: row.reference, number: row.number, sub: row.sub, direction: row.direction, channel: row.channel, subject: row.subject, party: row.party ?? '', partyPlace: row.place ?? '', at: row.at, senderReference: row.sender_reference ?? '',
        unitId: row.unit_id, handler: row.handler ?? '', pages: row.pages, enclosures: row.enclosures, classCode: row.class_code, closedAt: row.closed_at, dispatchedAt: row.dispatched_at,
      })),
    };
  },
});
