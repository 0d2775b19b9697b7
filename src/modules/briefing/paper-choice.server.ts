import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { id, optionalLine } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { getHead } from './pack-view.server.ts';

const Choice = z.object({ caseId: z.string(), reference: z.string(), subject: z.string(), documents: z.array(z.object({ id: z.string(), title: z.string(), size: z.number(), at: z.date() })) });

export const choosePapers = operation({
  id: 'pack.choose_papers', kind: 'query', rest: 'GET /packs/{id}/papers', allow: ['staff'],
  summary: 'Papers that may go into a pack: of its case, of the matters of those who are met, or of the case with this number.',
  input: z.object({ id: id(), query: optionalLine(80) }),
  output: z.object({ cases: z.array(Choice) }),
  async run(context, input) {
    const { db, office } = context;
    const pack = await getHead(context, input.id);
    const inside = sql`select document_id from pack_part where office_id = ${office.id} and pack_id = ${pack.id}::uuid and document_id is not null`;
    const cases = input.query
      ? sql`select c.id from case_file c where c.office_id = ${office.id} and c.kind <> 'reserved' and c.reference ilike ${`${input.query.replace(/[%_\\]/g, '')}%`} order by c.opened_at desc limit 8`
      : sql`(select ${pack.case_id}::uuid as id where ${pack.case_id}::uuid is not null) union (select k.case_id from contribution k where k.office_id = ${office.id} and k.engagement_id = ${pack.engagement_id}::uuid)
        union (select id from (select c.id, row_number() over (partition by c.party_id order by c.opened_at desc) as place from pack_part p join case_file c on c.office_id = p.office_id and c.party_id = p.party_id where p.office_id = ${office.id} and p.pack_id = ${pack.id}::uuid and c.kind <> 'reserved') x where place <= 5)`;
    const found = await sql<{ case_id: string; reference: string; subject: string; id: string; title: string; size: number; at: Date }>`select c.id as case_id, c.reference, c.subject, d.id, d.title, d.size, d.at from case_file c join document d on d.office_id = c.office_id and d.case_id = c.id and d.destroyed_at is null
      where c.office_id = ${office.id} and c.id in (${cases}) and d.id not in (${inside}) order by (c.id = ${pack.case_id}::uuid) desc nulls last, c.opened_at desc, d.at limit 200`.execute(db);
    const groups = Map.groupBy(found.rows, (row) => row.case_id);
    return { cases: [...groups.values()].map((rows) => ({ caseId: rows[0]!.case_id, reference: rows[0]!.reference, subject: rows[0]!.subject, documents: rows.map((row) => ({ id: row.id, title: row.title, size: row.size, at: row.at })) })) };
  },
});
