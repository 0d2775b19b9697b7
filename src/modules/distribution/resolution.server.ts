import { z } from 'zod';
import { sql } from '../../core/database.ts';
import type { WorkCalendar } from '../../core/holiday.ts';
import { addDays, type Day } from '../../core/day.ts';
import { day, id, optionalId, say, text } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { notAllowed, wrong } from '../../core/refusal.ts';
import { textIn } from '../../core/message.ts';
import { listDocuments, DocumentRow } from '../documents/index.ts';
import { addObligation } from '../obligations/index.ts';
import { involve, officeCalendar } from '../registry/index.ts';
import { purposes, type Purpose } from './delivery.ts';
import { addDelivery, beginGiving, hasRole, leaders, settleFor, takeOver } from './delivery.server.ts';
import { waitsForMe } from './delivery-list.server.ts';
import { dueDays, phrases } from './phrase.ts';
import { getReceiver, listAbsences, Absence, receivers, type Receiver } from './receiver.server.ts';

/** The n-th working day after a day. */
export function addWorkingDays(calendar: WorkCalendar, from: Day, n: number): Day {
  let on = from;
  for (let left = n; left > 0; left--) on = calendar.nextWorkingDay(addDays(on, 1));
  return on;
}

export const giveResolution = operation({
  id: 'resolution.give', kind: 'command', rest: 'POST /cases/{id}/resolutions', allow: leaders,
  summary: 'Writes on a letter who does what by when: an obligation and a delivery for each; the first gets the original, the others copies.',
  input: z.object({ id: id(), deliveryId: optionalId(), text: text(2000), to: receivers().pipe(z.array(z.string()).min(1, say('field.choose_receiver'))), dueOn: z.union([z.literal(''), day()]).default('') }),
  output: z.object({ id: z.string(), obligations: z.array(z.string()) }),
  async run(context, input) {
    const { db, office, caller, today } = context;
    const file = await beginGiving(context, input.id);
    const on = input.deliveryId ? await db.selectFrom('delivery').select(['id', 'entry_id']).where('office_id', '=', office.id).where('id', '=', input.deliveryId).where('case_id', '=', file.id).executeTakeFirst() : null;
    if (input.deliveryId && !on) throw wrong({ deliveryId: { key: 'field.choose' } });
    if (input.dueOn && input.dueOn < today) throw wrong({ dueOn: { key: 'field.day_past' } });
    const to: Receiver[] = [];
    for (const named of input.to) to.push(await getReceiver(context, named, 'to', file.access));
    // A head gives work within the own units; across the office it is for who leads it.
    if (!hasRole(caller, 'mayor', 'deputy', 'chief') && to.some((one) => !one.unitId || !caller.marks.includes(one.unitId))) throw notAllowed();
    const entryId = on?.entry_id ?? null;
    await settleFor(context, file.id, on?.id ?? null);
    const obligations: string[] = [];
    for (const [index, receiver] of to.entries()) {
      obligations.push(await addObligation(context, { caseId: file.id, source: 'resolution', text: input.text, ownerId: receiver.personId, unitId: receiver.unitId, dueOn: input.dueOn || null, entryId }));
      await addDelivery(context, { caseId: file.id, entryId, purpose: 'work', isCopy: index > 0, to: receiver, note: input.text.slice(0, 1000) });
    }
    // Who gives work follows it.
    await involve(context, file.id, [caller.personId]);
    if (!entryId) await takeOver(context, file, to[0]!);
    context.record({ name: 'resolution.given', nounId: obligations[0]!, caseId: file.id, data: { unit: to[0]!.unitId, to: to[0]!.personId, count: to.length, purpose: 'work', ...(entryId ? { entryId } : {}), ...(input.dueOn ? { dueOn: input.dueOn } : {}) } });
    return { id: file.id, obligations };
  },
});

export const readResolutionDesk = operation({
  id: 'resolution.next', kind: 'query', rest: 'GET /resolutions/next', allow: leaders,
  summary: 'The oldest letter that waits for the caller’s resolution, with its scan and text, the usual phrases and days; `after` passes over one.',
  input: z.object({ after: optionalId() }),
  output: z.object({
    total: z.number(), passed: z.number(), dueDays: z.array(z.object({ days: z.number(), on: z.string() })), phrases: z.array(z.object({ id: z.string(), text: z.string() })), usualUnits: z.array(z.string()), absences: z.array(Absence.extend({ personId: z.string() })),
    letter: z.object({
      deliveryId: z.string(), caseId: z.string(), kind: z.string(), reference: z.string(), subject: z.string(), sender: z.string(), senderPlace: z.string(), at: z.date(), purpose: z.enum(purposes), givenBy: z.string(), note: z.string(), text: z.string(), access: z.string(),
      suggestedUnit: z.string().nullable(), documents: z.array(DocumentRow), earlier: z.array(z.object({ text: z.string(), owner: z.string(), unitId: z.string().nullable(), dueOn: z.string().nullable() })),
    }).nullable(),
  }),
  async run(context, input) {
    const { db, office, today, caller } = context;
    const calendar = await officeCalendar(db, office);
    const own = office.data['resolutionPhrases'] as { id: string; text: Record<string, string> }[] | undefined;
    // To whom this leader gives most, of the last quarter.
    const usual = await sql<{ unit_id: string }>`select unit_id from (select o.unit_id, o.at from obligation o where o.office_id = ${office.id} and o.given_by = ${caller.personId}::uuid order by o.at desc limit 200) x where unit_id is not null group by 1 order by count(*) desc, 1 limit 8`.execute(db);
    const frame = {
      usualUnits: usual.rows.map((row) => row.unit_id),
      dueDays: dueDays.map((days) => ({ days, on: addWorkingDays(calendar, today, days) })), phrases: (own ?? phrases).map((one) => ({ id: one.id, text: textIn(one.text, office.locale) })), absences: [...(await listAbsences(context))].map(([personId, absence]) => ({ personId, ...absence })),
    };
    type Found = { id: string; case_id: string; entry_id: string | null; kind: string; reference: string; subject: string; sender: string | null; place: string | null; at: Date; purpose: Purpose; giver: string | null; note: string; body: string; access: string; unit_id: string | null; area: string | null; class_code: string };
    const ids = (await sql<{ id: string }>`select d.id from delivery d where d.office_id = ${office.id} and ${waitsForMe(context)} order by d.given_at, d.id limit 200`.execute(db)).rows.map((row) => row.id);
    const index = input.after ? ids.indexOf(input.after) + 1 : 0;
    const chosen = ids[index] ?? ids[0];
    const base = { total: ids.length, passed: chosen === undefined ? 0 : ids.indexOf(chosen), ...frame };
    if (!chosen) return { ...base, letter: null };
    const row = (await sql<Found>`select d.id, d.case_id, d.entry_id, c.kind, c.reference, c.subject, coalesce(ep.name, cp.name) as sender, coalesce(ep.place, cp.place) as place, e.at, d.purpose, g.name as giver, d.note, coalesce(nullif(e.body, ''), pe.body, '') as body, c.access, c.unit_id, pe.area, c.class_code
      from delivery d join case_file c on c.office_id = d.office_id and c.id = d.case_id
        left join petition pe on pe.office_id = c.office_id and pe.id = c.id left join person g on g.office_id = d.office_id and g.id = d.given_by left join party cp on cp.office_id = c.office_id and cp.id = c.party_id
        left join lateral (select x.at, x.body, x.party_id from entry x where x.office_id = d.office_id and x.case_id = d.case_id and (x.id = d.entry_id or (d.entry_id is null and x.sub = 1)) limit 1) e on true
        left join party ep on ep.office_id = d.office_id and ep.id = e.party_id
      where d.office_id = ${office.id} and d.id = ${chosen}`.execute(db)).rows[0]!;
    const documents = await listDocuments(context, row.case_id);
    const earlier = await db.selectFrom('obligation as o').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'o.office_id').onRef('p.id', '=', 'o.owner_id')).select(['o.text', 'p.name', 'o.unit_id', 'o.due_on'])
      .where('o.office_id', '=', office.id).where('o.case_id', '=', row.case_id).where('o.state', '=', 'open').orderBy('o.at').limit(10).execute();
    const area = office.data.areas.find((one) => one.id === row.area) ?? office.data.areas.find((one) => one.class === row.class_code && row.class_code !== office.data.numbering.class);
    return {
      ...base,
      letter: {
        deliveryId: row.id, caseId: row.case_id, kind: row.kind, reference: row.reference, subject: row.subject, sender: row.sender ?? '', senderPlace: row.place ?? '', at: row.at, purpose: row.purpose, givenBy: row.giver ?? '', note: row.note, text: row.body, access: row.access,
        // Whose area it is by the subject or the class sign, if it is with nobody yet; else with whom it is.
        suggestedUnit: (row.unit_id !== caller.unitId ? row.unit_id : null) ?? area?.unit ?? null,
        // The scan first: that is what a leader reads.
        documents: documents.toSorted((a, b) => Number(b.kind === 'scan') - Number(a.kind === 'scan')), earlier: earlier.map((one) => ({ text: one.text, owner: one.name ?? '', unitId: one.unit_id, dueOn: one.due_on })),
      },
    };
  },
});
