import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { isId } from '../../core/id.ts';
import { id } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { ruleName } from './obligation.ts';
import { actsOn, dayOf, getRow, leadsOn } from './obligation.server.ts';

const Person = z.object({ id: z.string(), name: z.string() }).nullable();
export const ObligationView = z.object({
  id: z.string(), source: z.string(), sourceNoun: z.string(), sourceId: z.string().nullable(), title: z.string(), text: z.string(), access: z.string(), state: z.string(), at: z.date(), endedAt: z.date().nullable(), reportedAt: z.date().nullable(),
  owner: Person, giver: Person, unitId: z.string().nullable(), committee: Person, helpers: z.array(z.object({ mark: z.string(), name: z.string() })), dueOn: z.string().nullable(), firstDueOn: z.string().nullable(), askedDueOn: z.string().nullable(), doneOn: z.string().nullable(),
  percent: z.number(), rule: z.string().nullable(), report: z.string(), returnedReason: z.string(), escalation: z.number(), version: z.number(), followsId: z.string().nullable(), nextId: z.string().nullable(),
  file: z.object({ id: z.string(), reference: z.string(), subject: z.string(), access: z.string() }).nullable(),
  steps: z.array(z.object({ id: z.string(), text: z.string(), owner: z.string(), dueOn: z.string().nullable(), doneAt: z.date().nullable(), doneBy: z.string() })),
  story: z.array(z.object({ id: z.string(), kind: z.string(), text: z.string(), percent: z.number().nullable(), dueBefore: z.string().nullable(), dueOn: z.string().nullable(), by: z.string(), at: z.date() })),
  evidence: z.array(z.object({ id: z.string(), reportId: z.string().nullable(), name: z.string(), mediaType: z.string(), size: z.number(), isDestroyed: z.boolean() })), acts: z.array(z.string()), leads: z.boolean(),
});
export type ObligationView = z.infer<typeof ObligationView>;

export const getObligation = operation({
  id: 'obligation.get', kind: 'query', rest: 'GET /obligations/{id}', allow: ['staff'],
  summary: 'An obligation whole: from what it came, with whom it is, its steps, its story with files, and what the caller may do now.',
  input: z.object({ id: id() }),
  output: ObligationView,
  async run(context, input) {
    const { db, office, caller } = context;
    const row = await getRow(context, input.id);
    const known = await db.selectFrom('person').select(['id', 'name']).where('office_id', '=', office.id).where('id', 'in', [row.owner_id, row.given_by, ...row.helpers].filter((one): one is string => one !== null && isId(one)).concat(row.id)).execute();
    const names = new Map(known.map((one) => [one.id, one.name]));
    const person = (personId: string | null): { id: string; name: string } | null => (personId && names.has(personId) ? { id: personId, name: names.get(personId)! } : null);
    const file = row.case_id ? await db.selectFrom('case_file').select(['id', 'reference', 'subject', 'access']).where('office_id', '=', office.id).where('id', '=', row.case_id).executeTakeFirst() : undefined;
    const committee = row.committee_id ? await db.selectFrom('committee').select(['id', 'name']).where('office_id', '=', office.id).where('id', '=', row.committee_id).executeTakeFirst() : undefined;
    const steps = await sql<{ id: string; text: string; owner: string | null; due_on: string | null; done_at: Date | null; done_by: string | null }>`select s.id, s.text, p.name as owner, s.due_on::text as due_on, s.done_at, d.name as done_by from obligation_step s
      left join person p on p.office_id = s.office_id and p.id = s.owner_id left join person d on d.office_id = s.office_id and d.id = s.done_by where s.office_id = ${office.id} and s.obligation_id = ${row.id} order by s.position`.execute(db);
    const story = await sql<{ id: string; kind: string; text: string; percent: number | null; due_before: string | null; due_on: string | null; by: string | null; at: Date }>`select r.id, r.kind, r.text, r.percent, r.due_before::text as due_before, r.due_on::text as due_on, p.name as by, r.at
      from obligation_report r left join person p on p.office_id = r.office_id and p.id = r.by_person where r.office_id = ${office.id} and r.obligation_id = ${row.id} order by r.at desc, r.id desc limit 300`.execute(db);
    const evidence = await db.selectFrom('obligation_evidence').select(['id', 'report_id', 'name', 'media_type', 'size', 'destroyed_at']).where('office_id', '=', office.id).where('obligation_id', '=', row.id).orderBy('at').orderBy('id').execute();
    const chain = await sql<{ follows_id: string | null; next_id: string | null }>`select o.follows_id, (select n.id from obligation n where n.office_id = o.office_id and n.follows_id = o.id) as next_id from obligation o where o.office_id = ${office.id} and o.id = ${row.id}`.execute(db);
    const doneAt = row.reported_at ?? row.ended_at;
    return {
      id: row.id, source: row.source, sourceNoun: row.source_noun, sourceId: row.source_id, title: row.title, text: row.text, access: row.access, state: row.state, at: row.at, endedAt: row.ended_at, reportedAt: row.reported_at, owner: person(row.owner_id), giver: person(row.given_by), unitId: row.unit_id,
      committee: committee ?? null, helpers: row.helpers.map((mark) => ({ mark, name: names.get(mark) ?? '' })), dueOn: row.due_on, firstDueOn: row.first_due_on, askedDueOn: row.asked_due_on, doneOn: doneAt ? dayOf(context, doneAt) : null, percent: row.percent, rule: ruleName(row.rule), report: row.report,
      returnedReason: row.returned_reason, escalation: row.escalation, version: row.version, followsId: chain.rows[0]?.follows_id ?? null, nextId: chain.rows[0]?.next_id ?? null, file: file ?? null,
      steps: steps.rows.map((one) => ({ id: one.id, text: one.text, owner: one.owner ?? '', dueOn: one.due_on, doneAt: one.done_at, doneBy: one.done_by ?? '' })),
      story: story.rows.map((one) => ({ id: one.id, kind: one.kind, text: one.text, percent: one.percent, dueBefore: one.due_before, dueOn: one.due_on, by: one.by ?? '', at: one.at })),
      evidence: evidence.map((one) => ({ id: one.id, reportId: one.report_id, name: one.name, mediaType: one.media_type, size: one.size, isDestroyed: one.destroyed_at !== null })), acts: actsOn(caller, row), leads: leadsOn(caller, row),
    };
  },
});
