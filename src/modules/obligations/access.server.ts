import { z } from 'zod';
import { isId } from '../../core/id.ts';
import { id } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { getCaseFile } from '../registry/index.ts';
import { change, involvedIn } from './obligation.server.ts';

export const followAccess = operation({
  id: 'obligation.follow_access', kind: 'command', allow: [],
  summary: 'When a case became confidential or open again, what was told on it follows: units see it only where the case is open; the persons named on it stay.',
  input: z.object({ id: id() }), output: z.object({ changed: z.number() }),
  async run(context, input) {
    const { db, office } = context;
    const file = await getCaseFile(context, input.id);
    const rows = await db.selectFrom('obligation').select(['id', 'version', 'case_id', 'access', 'owner_id', 'given_by', 'unit_id', 'helpers', 'involved']).where('office_id', '=', office.id).where('case_id', '=', file.id).where('source', '<>', 'resolution').orderBy('id').forUpdate().execute();
    for (const row of rows) {
      const involved = await involvedIn(context, { caseId: row.case_id, access: row.access, ownerId: row.owner_id, givenBy: row.given_by, unitId: row.unit_id, helpers: row.helpers });
      await change(context, row, { involved: [...new Set([...row.involved.filter(isId), ...involved])] });
    }
    context.record({ name: 'obligation.checked', data: { count: rows.length } });
    return { changed: rows.length };
  },
});
