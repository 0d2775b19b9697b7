import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { operation } from '../../core/operation.ts';
import { retentionYears } from './retention.ts';

const Text = z.record(z.string(), z.string());
export const readPlan = operation({
  id: 'archive.plan', kind: 'query', rest: 'GET /archive/plan', allow: ['staff'],
  summary: 'The classification plan of the office with its periods, how many cases each class holds, and what the law says of it.',
  input: z.object({}),
  output: z.object({
    classes: z.array(z.object({ code: z.string(), name: Text, years: z.number().nullable(), group: z.string(), cases: z.number(), archived: z.number() })),
    law: z.object({ document: Text, setBy: Text, basis: Text, closingMark: z.string(), periods: z.array(z.object({ what: Text, years: z.number().nullable() })) }),
  }),
  async run({ db, office }) {
    const counted = await sql<{ code: string; cases: number; archived: number }>`select code, cases, archived from count_classes()`.execute(db);
    const counts = new Map(counted.rows.map((row) => [row.code, row]));
    const { document, setBy, basis, closingMark, periods } = office.jurisdiction.retention;
    return {
      classes: office.data.classes.toSorted((a, b) => (a.code < b.code ? -1 : 1)).map((one) => ({
        code: one.code, name: one.name, years: retentionYears(one.retention), group: one.code.includes('.') ? one.code.slice(0, one.code.lastIndexOf('.')) : '', cases: counts.get(one.code)?.cases ?? 0, archived: counts.get(one.code)?.archived ?? 0,
      })),
      law: { document: document as Record<string, string>, setBy: setBy as Record<string, string>, basis: basis as Record<string, string>, closingMark, periods: periods.map((one) => ({ what: one.what as Record<string, string>, years: one.years })) },
    };
  },
});
