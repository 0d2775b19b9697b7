import { z } from 'zod';
import type { Allow } from '../../core/caller.ts';
import { check, choice, day, optionalId, optionalLine, say, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notNow, wrong } from '../../core/refusal.ts';
import { getCaseFile, involve } from '../registry/index.ts';
import { givenSources, nextDue, ruleFrom, rules } from './obligation.ts';
import { addObligation, getReceivers, tell, type Row } from './obligation.server.ts';

/** Who tells others what to do. */
export const givers: readonly Allow[] = ['mayor', 'deputy', 'chief', 'head'];
export const marksAtMost = 40;
/** Several ids of persons or units; one may come without its list. */
export const marks = () => z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]).transform((list) => [...new Set(list.filter((one) => one !== ''))]).pipe(z.array(z.string().max(80, say('field.choose'))).max(marksAtMost, say('field.choose')));

export const giveObligation = operation({
  id: 'obligation.give', kind: 'command', rest: 'POST /obligations', allow: givers,
  summary: 'Tells somebody what to do by when, on a case or without one: a person or a unit with helpers; a head within the own units.',
  input: z.object({
    text: text(4000), title: optionalLine(200), to: z.string().min(1, say('field.choose_receiver')).max(80, say('field.choose')), helpers: marks(), dueOn: z.union([z.literal(''), day()]).default(''), source: choice(givenSources).default('order'), caseId: optionalId(),
    confidential: check(), rule: choice(['', ...rules]).default(''),
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { caller, today } = context;
    if (input.dueOn && input.dueOn < today) throw wrong({ dueOn: { key: 'field.day_past' } });
    if (input.rule && !input.dueOn) throw wrong({ dueOn: { key: 'field.required' } });
    const file = input.caseId ? await getCaseFile(context, input.caseId, true) : null;
    if (file?.annulledAt) throw notNow('error.case_annulled', { reference: file.reference });
    if (file?.closedAt) throw notNow('error.case_closed');
    const isConfidential = input.confidential || file?.access === 'confidential';
    const to = await getReceivers(context, [input.to], 'to', isConfidential);
    const helpers = input.helpers.filter((one) => one !== input.to);
    const { people, units } = await getReceivers(context, helpers, 'helpers', isConfidential);
    const [owner] = to.people;
    const unitId = owner ? owner.unitId : to.units[0]!;
    const across = ['mayor', 'deputy', 'chief'].some((role) => caller.roles.has(role as 'chief')) || caller.kind === 'system';
    if (!across && [unitId, ...people.map((one) => one.unitId), ...units].some((one) => one === null || !caller.marks.includes(one))) throw notAllowed();
    const obligationId = await addObligation(context, {
      caseId: file?.id ?? null, source: input.source, text: input.text, title: input.title, ownerId: owner?.id ?? null, unitId, helpers, dueOn: input.dueOn || null, access: input.confidential ? 'confidential' : 'office', rule: input.rule ? ruleFrom(input.rule, input.dueOn) : '',
    });
    if (file) await involve(context, file.id, [caller.personId, input.to, ...helpers]);
    tell(context, { id: obligationId, case_id: file?.id ?? null }, 'given', input.confidential ? {} : { unit: unitId, to: owner?.id ?? null, ...(input.dueOn ? { dueOn: input.dueOn } : {}) });
    return { id: obligationId };
  },
});

/** Gives a recurring one again, for its next day that is not over yet; once for each. */
export async function giveAgain(context: Context, row: Row): Promise<string | null> {
  const { db, office, today } = context;
  let dueOn = row.due_on ? nextDue(row.rule, row.due_on) : null;
  // Days that passed while it lay are not made up for.
  while (dueOn && dueOn < today) dueOn = nextDue(row.rule, dueOn);
  if (!dueOn) return null;
  const known = await db.selectFrom('obligation').select('id').where('office_id', '=', office.id).where('follows_id', '=', row.id).executeTakeFirst();
  if (known) return null;
  const obligationId = await addObligation(context, {
    caseId: row.case_id, source: row.source as 'order', text: row.text, title: row.title, ownerId: row.owner_id, unitId: row.unit_id, helpers: row.helpers, dueOn, access: row.access as 'office', rule: row.rule, followsId: row.id, givenBy: row.given_by,
    sourceNoun: row.source_noun, ...(row.source_id ? { sourceId: row.source_id } : {}), ...(row.committee_id ? { committeeId: row.committee_id } : {}),
  });
  tell(context, { id: obligationId, case_id: row.case_id }, 'given', row.access === 'confidential' ? {} : { unit: row.unit_id, to: row.owner_id, dueOn });
  return obligationId;
}
