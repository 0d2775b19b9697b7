import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { dayIn } from '../../core/day.ts';
import { formatDay } from '../../core/language.ts';
import { id } from '../../core/input.ts';
import { queueMail } from '../../core/mail.ts';
import type { Listener } from '../../core/module.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, Refusal } from '../../core/refusal.ts';
import { renderPaper } from '../../core/sign.ts';
import { addDocument } from '../documents/index.ts';
import { addPaper, involve } from '../registry/index.ts';
import { composeMinutes, frameOf, minutesPaper, ownersOf, subtitleOf } from './minutes-print.ts';
import { fileOf, isConfidential } from './minutes.server.ts';
import { getSitting, sittingView, type SittingView } from './sitting-read.server.ts';

const sendable = ['closed', 'issued', 'adopted'];
type Row = { id: string; meeting_id: string; item_id: string; case_id: string; position: number; text: string; excerpt_id: string | null; dropped_at: Date | null };
async function getConclusion({ db, office }: Pick<Context, 'db' | 'office'>, conclusionId: string): Promise<Row> {
  const row: Row | undefined = await db.selectFrom('conclusion').select(['id', 'meeting_id', 'item_id', 'case_id', 'position', 'text', 'excerpt_id', 'dropped_at']).where('office_id', '=', office.id).where('id', '=', conclusionId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

/** The case that the point was about: that of its proposal, else of the point. */
async function caseOfProposal({ db, office }: Pick<Context, 'db' | 'office'>, row: Row): Promise<string> {
  const found = await db.selectFrom('agenda_item as i').innerJoin('agenda_proposal as p', (join) => join.onRef('p.office_id', '=', 'i.office_id').onRef('p.id', '=', 'i.proposal_id')).innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'p.office_id').onRef('c.id', '=', 'p.case_id'))
    .select(['p.case_id', 'c.closed_at']).where('i.office_id', '=', office.id).where('i.id', '=', row.item_id).executeTakeFirst();
  return found && !found.closed_at ? found.case_id : row.case_id;
}

/** One conclusion as a paper of its own, in the case of its proposal: there under the next number of the case. */
async function writeExcerpt(context: Context, row: Row, view: SittingView): Promise<string> {
  const { db, office, now } = context;
  const frame = frameOf(office);
  const { t } = frame;
  const number = `${view.number}/${row.position}`;
  const conclusion = view.items.flatMap((item) => item.conclusions).find((one) => one.id === row.id)!;
  const title = t('excerpt.document', { number });
  const caseId = await caseOfProposal(context, row);
  const entry = caseId === view.caseId ? null : await addPaper(context, caseId, { direction: 'internal', channel: 'internal', subject: title });
  const base = composeMinutes(frame, { ...view, items: [], places: [] }, { opening: '', closing: '', texts: {} }, { verified: [], adopted: null });
  const paper = minutesPaper(frame, {
    ...base, title: t('excerpt.title'), subtitle: subtitleOf(frame, view), facts: [], attendance: [], quorum: '', agenda: [], closing: '', points: [{ number: '', title: '', lines: [], conclusions: [{ title: t('minutes.conclusion', { number }), text: row.text, owners: ownersOf(frame, conclusion) }] }],
  }, { number: entry?.reference ?? view.reference, date: formatDay(dayIn(office.jurisdiction.timeZone, now), office.locale, 'numeric'), issuedAt: `${now.toISOString().slice(0, 19)}Z` });
  const { bytes } = await renderPaper(context, { template: 'minutes', data: paper }, office.locale, t('minutes.sealed_note'));
  const documentId = await addDocument(context, { caseId, entryId: entry?.id ?? null, kind: 'note', title, file: fileOf(`${t('excerpt.file')}-${view.number}-${row.position}.pdf`, bytes) });
  await db.updateTable('conclusion').set({ excerpt_id: documentId }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
  return documentId;
}

export const excerptConclusion = operation({
  id: 'conclusion.excerpt', kind: 'command', rest: 'POST /conclusions/{id}/excerpt', allow: ['staff'],
  summary: 'Makes the excerpt of one conclusion once the sitting is over: a PDF in the case that the point was about.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string(), documentId: z.string() }),
  async run(context, input) {
    const row = await getConclusion(context, input.id);
    const sitting = await getSitting(context, row.meeting_id);
    const view = await sittingView(context, sitting);
    if (!sendable.includes(sitting.state) || row.dropped_at) throw notNow();
    if (row.excerpt_id) return answer(context, row, row.excerpt_id);
    return answer(context, row, await writeExcerpt(context, row, view));
  },
});
function answer(context: Context, row: Row, documentId: string): { id: string; documentId: string } {
  context.record({ name: 'conclusion.excerpted', nounId: row.id });
  return { id: row.id, documentId };
}

export const sendConclusion = operation({
  id: 'conclusion.send', kind: 'command', allow: [],
  summary: 'After the sitting a conclusion goes to who carries it out, by e-mail, and its excerpt into the case of its proposal; once.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string(), sent: z.number() }),
  async run(context, input) {
    const { db, office, now, kernel } = context;
    const row = await getConclusion(context, input.id);
    const sitting = await getSitting(context, row.meeting_id);
    const already = await db.selectFrom('event').select('id').where('office_id', '=', office.id).where('noun_id', '=', row.id).where('name', '=', 'conclusion.sent').limit(1).executeTakeFirst();
    if (already || row.dropped_at || !sendable.includes(sitting.state)) throw notNow();
    const view = await sittingView(context, sitting);
    const about = await caseOfProposal(context, row);
    if (!row.excerpt_id && about !== sitting.case_id) await writeExcerpt(context, row, view);
    const frame = frameOf(office);
    const secret = (await isConfidential(context, row.case_id)) || (await isConfidential(context, sitting.case_id));
    const conclusion = view.items.flatMap((item) => item.conclusions).find((one) => one.id === row.id)!;
    // Who carries it out reads the matter it is about, unless that is for named persons only.
    if (!secret && about !== sitting.case_id) await involve(context, about, conclusion.obligations.map((one) => one.ownerId ?? one.unitId));
    let sent = 0;
    for (const one of conclusion.obligations.filter((obligation) => obligation.state === 'open')) {
      const person = one.ownerId ? await db.selectFrom('person').select('email').where('office_id', '=', office.id).where('id', '=', one.ownerId).executeTakeFirst() : undefined;
      const to = person?.email ?? (one.ownerId || secret ? null : office.data.units.find((unit) => unit.id === one.unitId)?.email);
      if (!to) continue;
      const number = `${sitting.number}/${row.position}`;
      await queueMail(db, office.id, now, {
        to, subject: secret ? frame.t('excerpt.mail.subject_plain') : frame.t('excerpt.mail.subject', { number, committee: sitting.committee }), locale: office.locale, caseId: row.case_id,
        body: frame.t('excerpt.mail.body', { number, text: secret ? '' : row.text, due: one.dueOn ? formatDay(one.dueOn, office.locale, 'long') : 'none', secret: String(secret), link: `${officeAddress(kernel.config, office)}/desk/obligations/${one.id}` }),
      });
      sent++;
    }
    context.record({ name: 'conclusion.sent', nounId: row.id, caseId: row.case_id, data: { reference: `${sitting.number}/${row.position}`, count: sent } });
    return { id: row.id, sent };
  },
});

export const conclusionsToSend = operation({
  id: 'conclusion.to_send', kind: 'query', allow: [],
  summary: 'The conclusions of a sitting that was closed, for sending.',
  input: z.object({ id: id() }),
  output: z.object({ ids: z.array(z.string()) }),
  async run(context, input) {
    const { db, office } = context;
    await getSitting(context, input.id);
    const rows = await db.selectFrom('conclusion').select('id').where('office_id', '=', office.id).where('meeting_id', '=', input.id).where('dropped_at', 'is', null).orderBy('position').execute();
    return { ids: rows.map((row) => row.id) };
  },
});

/** When a sitting is closed, each of its conclusions goes out. */
const onClosed: Listener = {
  name: 'meetings.on_closed', on: ['meeting.closed'],
  async run(kernel, office, event) {
    const { ids } = await kernel.run(conclusionsToSend, kernel.system(office), { id: event.nounId! });
    for (const one of ids) {
      try {
        await kernel.run(sendConclusion, kernel.system(office), { id: one }, { now: event.at });
      } catch (error) {
        // Heard twice after a crash: what went out before does not go again.
        if (!(error instanceof Refusal)) throw error;
      }
    }
  },
};
export const sittingListeners: readonly Listener[] = [onClosed];
