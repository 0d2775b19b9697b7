import { z } from 'zod';
import { dayIn } from '../../core/day.ts';
import { docxType } from '../../core/docx.ts';
import { formatDay } from '../../core/language.ts';
import { choice, id, optionalLine, text } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong } from '../../core/refusal.ts';
import { renderPaper } from '../../core/sign.ts';
import { addDocument } from '../documents/index.ts';
import { addPaper } from '../registry/index.ts';
import { beginCourse } from './attendance.server.ts';
import { minutesDocx } from './minutes-docx.ts';
import { frameOf, minutesPaper } from './minutes-print.ts';
import { compose, draftOf, fileOf, issuedOf, listMinutes, noEdits } from './minutes.server.ts';
import { stateAfter } from './sitting.server.ts';
import { getSitting, isKeeper, listAttendance, sittingView } from './sitting-read.server.ts';

const Done = z.object({ id: z.string() });
async function getMinutes({ db, office }: Pick<Context, 'db' | 'office'>, minutesId: string) {
  const row = await db.selectFrom('minutes').select(['id', 'meeting_id', 'state']).where('office_id', '=', office.id).where('id', '=', minutesId).executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

export const addRemark = operation({
  id: 'remark.add', kind: 'command', rest: 'POST /minutes/{id}/remarks', allow: ['staff'],
  summary: 'A member’s remark on issued minutes, until they are adopted; the keeper enters the remarks of those from outside in their name.',
  input: z.object({ id: id(), text: text(4000), name: optionalLine(200) }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now } = context;
    const minutes = await getMinutes(context, input.id);
    const sitting = await getSitting(context, minutes.meeting_id);
    const keeps = isKeeper(context, sitting);
    const attendance = await listAttendance(context, sitting.id);
    if (!keeps && !attendance.some((one) => one.personId !== null && one.personId === caller.personId)) throw notAllowed();
    if (sitting.state !== 'issued' || minutes.state !== 'issued') throw notNow();
    if (input.name && !keeps) throw notAllowed();
    if (input.name && !attendance.some((one) => one.name === input.name)) throw wrong({ name: { key: 'field.choose' } });
    const remarkId = context.newId();
    await db.insertInto('minutes_remark').values({ office_id: office.id, id: remarkId, minutes_id: minutes.id, by_name: input.name || caller.name, by_person: input.name ? null : caller.personId, text: input.text, at: now }).execute();
    context.record({ name: 'remark.added', nounId: remarkId, caseId: sitting.case_id });
    return { id: remarkId };
  },
});

export const settleRemark = operation({
  id: 'remark.settle', kind: 'command', rest: 'POST /remarks/{id}/settle', allow: ['staff'],
  summary: 'The keeper takes a remark into the minutes, or refuses it with an answer.',
  input: z.object({ id: id(), as: choice(['taken', 'refused']), answer: optionalLine(1000) }),
  output: Done,
  async run(context, input) {
    const { db, office, now } = context;
    const row = await db.selectFrom('minutes_remark').select(['id', 'minutes_id']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    const sitting = await beginCourse(context, (await getMinutes(context, row.minutes_id)).meeting_id, ['issued']);
    if (input.as === 'refused' && !input.answer) throw wrong({ answer: { key: 'field.required' } });
    await db.updateTable('minutes_remark').set({ state: input.as, answer: input.answer, settled_at: now }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    context.record({ name: 'remark.settled', nounId: row.id, caseId: sitting.case_id, data: { as: input.as } });
    return { id: row.id };
  },
});

export const adoptMinutes = operation({
  id: 'minutes.adopt', kind: 'command', rest: 'POST /meetings/{id}/minutes/adopt', allow: ['staff'],
  summary: 'The next sitting adopts the minutes: the last version with its remarks is entered in the case under its number, sealed, and not changed again.',
  input: z.object({ id: id(), inId: id() }),
  output: Done.extend({ reference: z.string(), documentId: z.string(), sealedWith: z.string() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const sitting = await beginCourse(context, input.id, ['issued']);
    const later = await beginCourse(context, input.inId, ['open']);
    if (later.committee_id !== sitting.committee_id || later.starts_at <= sitting.starts_at) throw wrong({ inId: { key: 'field.choose' } });
    const kept = await listMinutes(context, sitting.id);
    const last = draftOf(kept) ?? issuedOf(kept);
    const remarks = await db.selectFrom('minutes_remark').select(['by_name', 'text', 'state', 'answer']).where('office_id', '=', office.id).where('minutes_id', 'in', kept.map((one) => one.id)).orderBy('at').execute();
    const open = remarks.filter((one) => one.state === 'open').length;
    if (open > 0) throw notNow('error.remarks_open', { count: open });
    const frame = frameOf(office);
    const view = await sittingView(context, sitting);
    const content = last?.content ?? noEdits;
    const said = remarks.map((one) => ({ by: one.by_name, text: one.text, answer: [frame.t(`remark.state.${one.state}`), one.answer].filter(Boolean).join(': ') }));
    // What was issued is adopted as it was read, whatever became of its obligations since; only a corrected draft is composed anew.
    const printed = last?.content.printed && last.state === 'issued' ? { ...last.content.printed, ...(said.length > 0 ? { remarks: said } : {}) } : await compose(context, sitting, view, content, said);
    const title = frame.t('minutes.document.adopted', { number: sitting.number });
    const name = `${frame.t('minutes.file')}-${sitting.number}`;
    const minutesId = context.newId();
    await db.updateTable('minutes').set({ state: 'replaced' }).where('office_id', '=', office.id).where('meeting_id', '=', sitting.id).where('state', 'in', ['issued', 'draft']).execute();
    await db.updateTable('meeting').set((eb) => ({ state: stateAfter(sitting, 'adopt'), version: eb('version', '+', 1) })).where('office_id', '=', office.id).where('id', '=', sitting.id).execute();
    // The number is taken here and holds its counter until the commit: the seal alone comes after it.
    const entry = await addPaper(context, sitting.case_id, { direction: 'internal', channel: 'internal', subject: title });
    const paper = minutesPaper(frame, printed, { number: entry.reference, date: formatDay(dayIn(office.jurisdiction.timeZone, now), office.locale, 'numeric'), issuedAt: `${now.toISOString().slice(0, 19)}Z` });
    const { bytes, sealedWith } = await renderPaper(context, { template: 'minutes', data: paper }, office.locale, frame.t('minutes.sealed_note'));
    const documentId = await addDocument(context, { caseId: sitting.case_id, entryId: entry.id, kind: 'note', title, file: fileOf(`${name}.pdf`, bytes) });
    const docxId = await addDocument(context, { caseId: sitting.case_id, entryId: entry.id, kind: 'note', title, file: fileOf(`${name}.docx`, await minutesDocx(paper, printed.quorum), docxType) });
    await db.insertInto('minutes').values({
      office_id: office.id, id: minutesId, meeting_id: sitting.id, version: (kept[0]?.version ?? 0) + 1, state: 'adopted', content: JSON.stringify({ ...content, printed }), document_id: documentId, docx_id: docxId, issued_at: kept.find((one) => one.issued_at)?.issued_at ?? now,
      adopted_in: later.id, adopted_at: now, adopted_by: caller.personId, sealed_with: sealedWith, at: now,
    }).execute();
    context.record({ name: 'minutes.adopted', nounId: minutesId, caseId: sitting.case_id, data: { entry: entry.reference } });
    return { id: sitting.id, reference: entry.reference, documentId, sealedWith };
  },
});
