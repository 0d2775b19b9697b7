import { z } from 'zod';
import { optionalLine } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { beginsWith, searchEntries } from '../../core/search.ts';

export const searchAll = operation({
  id: 'search.all', kind: 'query', rest: 'GET /search', allow: ['staff'],
  summary: 'Everything the caller may see that holds these words, in either script: a reference number, a name, a text; close spellings when nothing matches.',
  input: z.object({ query: optionalLine(200) }),
  output: z.object({ near: z.boolean(), hits: z.array(z.object({ id: z.string(), noun: z.string(), caseId: z.string().nullable(), title: z.string(), detail: z.string(), reference: z.string(), at: z.date() })) }),
  async run(context, input) {
    const { db, office } = context;
    if (!input.query) return { near: false, hits: [] };
    const exact = await db.selectFrom('case_file').select(['id', 'reference', 'subject', 'opened_at']).where('office_id', '=', office.id).where(beginsWith('reference', input.query)).orderBy('opened_at', 'desc').limit(5).execute();
    const found = await searchEntries(context, input.query);
    const ids = found.hits.map((hit) => hit.caseId).filter((one): one is string => one !== null);
    const references = new Map((ids.length > 0 ? await db.selectFrom('case_file').select(['id', 'reference']).where('office_id', '=', office.id).where('id', 'in', ids).execute() : []).map((row) => [row.id, row.reference]));
    const hits = [
      ...exact.map((row) => ({ id: row.id, noun: 'petition', caseId: row.id, title: row.subject, detail: '', reference: row.reference, at: row.opened_at })),
      ...found.hits.filter((hit) => !exact.some((row) => row.id === hit.id)).map((hit) => ({ ...hit, reference: (hit.caseId && references.get(hit.caseId)) || '' })),
    ];
    return { near: exact.length === 0 && found.near, hits };
  },
});
