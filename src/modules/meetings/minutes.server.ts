import { z } from 'zod';
import { officeAddress } from '../../core/address.ts';
import { dayIn } from '../../core/day.ts';
import { docxType } from '../../core/docx.ts';
import { formatDay } from '../../core/language.ts';
import { id, optionalText, seenVersion } from '../../core/input.ts';
import { queueMail } from '../../core/mail.ts';
import { operation, type Context } from '../../core/operation.ts';
import { renderPdf } from '../../core/pdf.ts';
import { notFound, notNow } from '../../core/refusal.ts';
import { addDocument } from '../documents/index.ts';
import { beginCourse } from './attendance.server.ts';
import { listToVerify } from './conclusion-settle.server.ts';
import { minutesDocx } from './minutes-docx.ts';
import { composeMinutes, frameOf, minutesPaper, pointOf, subtitleOf, usualEdits, type MinutesEdits, type MinutesPrint } from './minutes-print.ts';
import { stateAfter } from './sitting.server.ts';
import { getSitting, sittingView, type Sitting, type SittingView } from './sitting-read.server.ts';

/** What is kept of minutes: what the keeper wrote, how often, and once they are issued all that was printed. */
export type Content = MinutesEdits & { revision: number; printed?: MinutesPrint };
export const noEdits: Content = { opening: '', closing: '', texts: {}, revision: 0 };
export type Kept = { id: string; version: number; state: string; content: Content; document_id: string | null; docx_id: string | null; issued_at: Date | null; adopted_at: Date | null; adopted_in: string | null; sealed_with: string };

export async function listMinutes({ db, office }: Pick<Context, 'db' | 'office'>, meetingId: string): Promise<Kept[]> {
  const rows = await db.selectFrom('minutes').select(['id', 'version', 'state', 'content', 'document_id', 'docx_id', 'issued_at', 'adopted_at', 'adopted_in', 'sealed_with']).where('office_id', '=', office.id).where('meeting_id', '=', meetingId).orderBy('version', 'desc').execute();
  return rows.map((row) => ({ ...row, content: row.content as Content }));
}
export const draftOf = (kept: readonly Kept[]): Kept | null => kept.find((one) => one.state === 'draft') ?? null;
export const issuedOf = (kept: readonly Kept[]): Kept | null => kept.find((one) => one.state === 'issued' || one.state === 'adopted') ?? null;

/** What the sitting said of the minutes of the one before: a line of its own minutes. */
async function adoptedIn({ db, office }: Pick<Context, 'db' | 'office'>, sitting: Pick<Sitting, 'id'>): Promise<string | null> {
  const row = await db.selectFrom('minutes as n').innerJoin('meeting as m', (join) => join.onRef('m.office_id', '=', 'n.office_id').onRef('m.id', '=', 'n.meeting_id')).select(['n.id', 'm.number'])
    .where('n.office_id', '=', office.id).where('n.adopted_in', '=', sitting.id).limit(1).executeTakeFirst();
  if (!row) return null;
  const taken = await db.selectFrom('minutes_remark as r').innerJoin('minutes as n', (join) => join.onRef('n.office_id', '=', 'r.office_id').onRef('n.id', '=', 'r.minutes_id')).select('r.id').where('r.office_id', '=', office.id)
    .where('n.meeting_id', 'in', (eb) => eb.selectFrom('minutes').select('meeting_id').where('office_id', '=', office.id).where('id', '=', row.id)).where('r.state', '=', 'taken').limit(1).executeTakeFirst();
  return frameOf(office).t('minutes.adopted', { number: row.number, remarks: taken ? 'some' : 'none' });
}

/** The minutes as they would be printed now. */
export async function compose(context: Context, sitting: Sitting, view: SittingView, edits: MinutesEdits, remarks?: MinutesPrint['remarks']): Promise<MinutesPrint> {
  const frame = frameOf(context.office);
  const usual = usualEdits(frame, view);
  const verified = (await listToVerify(context, sitting)).filter((one) => sitting.state === 'open' || one.isMarked);
  return composeMinutes(frame, view, { opening: edits.opening || usual.opening, closing: edits.closing || usual.closing, texts: edits.texts }, { verified, adopted: await adoptedIn(context, sitting), ...(remarks ? { remarks } : {}) });
}

const Point = z.object({ id: z.string(), number: z.number(), kind: z.string(), title: z.string(), notes: z.string(), text: z.string(), isEdited: z.boolean(), isConfidential: z.boolean(), lines: z.array(z.string()), conclusions: z.array(z.object({ title: z.string(), text: z.string(), owners: z.array(z.string()) })) });
const Remark = z.object({ id: z.string(), minutesId: z.string(), by: z.string(), isMine: z.boolean(), text: z.string(), state: z.string(), answer: z.string(), at: z.date() });
export const readMinutes = operation({
  id: 'minutes.read', kind: 'query', rest: 'GET /meetings/{id}/minutes', allow: ['staff'],
  summary: 'The minutes of a sitting: the draft as the system writes it from the record and the keeper’s words, the versions, the members’ remarks.',
  input: z.object({ id: id() }),
  output: z.object({
    id: z.string(), caseId: z.string(), committee: z.string(), number: z.number(), state: z.string(), startsAt: z.date(), revision: z.number(), isDraft: z.boolean(), opening: z.string(), closing: z.string(), usual: z.object({ opening: z.string(), closing: z.string() }), quorum: z.string(),
    attendance: z.array(z.object({ label: z.string(), names: z.array(z.string()) })), points: z.array(Point), chair: z.string(), keeper: z.string(),
    versions: z.array(z.object({ id: z.string(), version: z.number(), state: z.string(), issuedAt: z.date().nullable(), adoptedAt: z.date().nullable(), documentId: z.string().nullable(), docxId: z.string().nullable(), sealedWith: z.string() })), remarks: z.array(Remark),
    can: z.object({ write: z.boolean(), issue: z.boolean(), remark: z.boolean(), settle: z.boolean() }), adoptIn: z.object({ id: z.string(), number: z.number(), startsAt: z.date(), isOpen: z.boolean() }).nullable(),
  }),
  async run(context, input) {
    const { db, office, caller } = context;
    const sitting = await getSitting(context, input.id);
    const view = await sittingView(context, sitting);
    const kept = await listMinutes(context, sitting.id);
    const [draft, issued] = [draftOf(kept), issuedOf(kept)];
    const content = (draft ?? issued)?.content ?? noEdits;
    const print = !draft && issued?.content.printed ? issued.content.printed : await compose(context, sitting, view, content);
    const frame = frameOf(office);
    const remarks = kept.length === 0 ? [] : await db.selectFrom('minutes_remark').select(['id', 'minutes_id', 'by_name', 'by_person', 'text', 'state', 'answer', 'at']).where('office_id', '=', office.id).where('minutes_id', 'in', kept.map((one) => one.id)).orderBy('at').execute();
    const keeps = view.keeps;
    const next = view.nextId ? await db.selectFrom('meeting').select(['id', 'number', 'starts_at', 'state']).where('office_id', '=', office.id).where('id', '=', view.nextId).executeTakeFirst() : undefined;
    const isWritable = ['open', 'closed', 'issued'].includes(sitting.state);
    return {
      id: sitting.id, caseId: sitting.case_id, committee: sitting.committee, number: sitting.number, state: sitting.state, startsAt: sitting.starts_at, revision: content.revision, isDraft: draft !== null, opening: content.opening, closing: content.closing, usual: usualEdits(frame, view), quorum: print.quorum,
      attendance: print.attendance, chair: view.chair, keeper: view.keeper,
      points: view.items.map((item) => {
        const printed = print.points[view.places.findIndex((place) => place.id === item.id)];
        const own = pointOf(frame, view, item, '', '');
        return {
          id: item.id, number: item.number, kind: item.kind, title: item.title, notes: item.notes, text: content.texts[item.id] ?? item.notes, isEdited: content.texts[item.id] !== undefined && content.texts[item.id] !== item.notes, isConfidential: item.isConfidential,
          lines: [...(printed?.rows ?? []).map((row) => row.filter(Boolean).join(' · ')), ...(item.isConfidential ? own.lines : printed?.lines ?? own.lines)], conclusions: own.conclusions,
        };
      }),
      versions: kept.map((one) => ({ id: one.id, version: one.version, state: one.state, issuedAt: one.issued_at, adoptedAt: one.adopted_at, documentId: one.document_id, docxId: one.docx_id, sealedWith: one.sealed_with })),
      remarks: remarks.map((one) => ({ id: one.id, minutesId: one.minutes_id, by: one.by_name, isMine: one.by_person !== null && one.by_person === caller.personId, text: one.text, state: one.state, answer: one.answer, at: one.at })),
      can: { write: keeps && isWritable, issue: keeps && (sitting.state === 'closed' || (sitting.state === 'issued' && draft !== null)), remark: sitting.state === 'issued' && (keeps || view.mine !== null), settle: keeps && sitting.state === 'issued' },
      adoptIn: next ? { id: next.id, number: next.number, startsAt: next.starts_at, isOpen: next.state === 'open' } : null,
    };
  },
});

const Text = z.object({ id: id(), text: optionalText(40_000) });
export const writeMinutes = operation({
  id: 'minutes.write', kind: 'command', rest: 'POST /meetings/{id}/minutes', allow: ['staff'], isFresh: true,
  summary: 'Writes the draft of the minutes, section by section; of issued ones a next version begins. `revision` is the one that was read.',
  input: z.object({ id: id(), revision: seenVersion(), opening: optionalText(10_000), closing: optionalText(10_000), texts: z.array(Text).max(300).default([]) }),
  output: z.object({ id: z.string(), revision: z.number() }),
  async run(context, input) {
    const { db, office, now } = context;
    const sitting = await beginCourse(context, input.id, ['open', 'closed', 'issued']);
    const kept = await listMinutes(context, sitting.id);
    const draft = draftOf(kept);
    const before = (draft ?? issuedOf(kept))?.content ?? noEdits;
    if (before.revision !== input.revision) throw notNow('error.minutes_changed', {}, before);
    const items = new Map((await db.selectFrom('agenda_item').select(['id', 'notes', 'case_id']).where('office_id', '=', office.id).where('meeting_id', '=', sitting.id).execute()).map((one) => [one.id, one]));
    const texts = { ...before.texts };
    for (const one of input.texts) {
      const item = items.get(one.id);
      if (!item) throw notFound();
      // The course of a confidential point is written in its notes, which its own case guards; never here.
      if (item.case_id !== sitting.case_id && (await isConfidential(context, item.case_id))) continue;
      if (one.text === item.notes) delete texts[one.id];
      else texts[one.id] = one.text;
    }
    const usual = usualEdits(frameOf(office), await sittingView(context, sitting));
    const content: Content = { opening: input.opening === usual.opening ? '' : input.opening, closing: input.closing === usual.closing ? '' : input.closing, texts, revision: before.revision + 1 };
    const minutesId = draft?.id ?? context.newId();
    if (draft) await db.updateTable('minutes').set({ content: JSON.stringify(content) }).where('office_id', '=', office.id).where('id', '=', draft.id).execute();
    else await db.insertInto('minutes').values({ office_id: office.id, id: minutesId, meeting_id: sitting.id, version: (kept[0]?.version ?? 0) + 1, content: JSON.stringify(content), at: now }).execute();
    context.record({ name: 'minutes.drafted', nounId: minutesId });
    return { id: minutesId, revision: content.revision };
  },
});

export async function isConfidential({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string): Promise<boolean> {
  return (await db.selectFrom('case_file').select('access').where('office_id', '=', office.id).where('id', '=', caseId).executeTakeFirst())?.access === 'confidential';
}
export const fileOf = (name: string, bytes: Uint8Array, mediaType = 'application/pdf') => ({ name, bytes: new Uint8Array(bytes), mediaType });

/** The course of confidential points, each as an annex in the case of its own. */
async function writeAnnexes(context: Context, view: SittingView): Promise<void> {
  const { db, office, now } = context;
  const frame = frameOf(office);
  for (const item of view.items) {
    if (!item.isConfidential) continue;
    const print = annexPrint(context, view, item);
    const bytes = await renderPdf('minutes', minutesPaper(frame, print, { number: view.reference, date: formatDay(dayIn(office.jurisdiction.timeZone, now), office.locale, 'numeric'), issuedAt: `${now.toISOString().slice(0, 19)}Z`, marking: frame.t('minutes.marking') }));
    const annexId = await addDocument(context, { caseId: item.caseId, kind: 'note', title: frame.t('minutes.annex.title', { number: view.number }), file: fileOf(`${frame.t('minutes.annex.file')}-${view.number}-${item.number}.pdf`, bytes) });
    await db.updateTable('agenda_item').set({ annex_id: annexId }).where('office_id', '=', office.id).where('id', '=', item.id).execute();
  }
}
function annexPrint(context: Context, view: SittingView, item: SittingView['items'][number]): MinutesPrint {
  const frame = frameOf(context.office);
  const signed = composeMinutes(frame, { ...view, items: [], places: [] }, { opening: '', closing: '', texts: {} }, { verified: [], adopted: null });
  return { ...signed, title: frame.t('minutes.annex'), subtitle: subtitleOf(frame, view), facts: [], attendance: [], quorum: '', agenda: [], points: [pointOf(frame, view, item, `${item.number}.`, item.notes)], closing: '' };
}

/** Tells those who were called that there are minutes, with the paper where it may leave the house. */
async function mailMinutes(context: Context, sitting: Sitting, view: SittingView, documentId: string): Promise<number> {
  const { db, office, now, kernel } = context;
  const { t } = frameOf(office);
  const secret = await isConfidential(context, sitting.case_id);
  const rows = await db.selectFrom('attendance as a').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'a.office_id').onRef('p.id', '=', 'a.person_id')).select(['a.person_id', 'a.email', 'p.email as own'])
    .where('a.office_id', '=', office.id).where('a.meeting_id', '=', sitting.id).where('a.role', '<>', 'guest').execute();
  const file = await db.selectFrom('document').select(['sha256', 'file_name']).where('office_id', '=', office.id).where('id', '=', documentId).executeTakeFirstOrThrow();
  let sent = 0;
  for (const to of rows) {
    const address = to.own || to.email;
    if (!address) continue;
    const link = to.person_id ? `${officeAddress(kernel.config, office)}/desk/meetings/${sitting.id}/minutes` : '';
    await queueMail(db, office.id, now, {
      to: address, subject: secret ? t('minutes.mail.subject_plain') : t('minutes.mail.subject', { committee: sitting.committee, number: sitting.number }), locale: office.locale, caseId: sitting.case_id,
      body: t('minutes.mail.body', { number: sitting.number, committee: secret ? '' : sitting.committee, keeper: view.keeper, link: link || 'none' }), ...(secret || to.person_id ? {} : { attachments: [{ name: file.file_name, sha256: file.sha256 }] }),
    });
    sent++;
  }
  return sent;
}

export const issueMinutes = operation({
  id: 'minutes.issue', kind: 'command', rest: 'POST /meetings/{id}/minutes/issue', allow: ['staff'],
  summary: 'Issues the minutes as PDF and DOCX to those who were called, who may make remarks until the next sitting; confidential points go into annexes of their own cases.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string(), minutesId: z.string(), sent: z.number() }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const sitting = await beginCourse(context, input.id, ['closed', 'issued']);
    const view = await sittingView(context, sitting);
    const kept = await listMinutes(context, sitting.id);
    const draft = draftOf(kept);
    if (!draft && sitting.state === 'issued') throw notNow();
    const frame = frameOf(office);
    const before = (draft ?? issuedOf(kept))?.content ?? noEdits;
    const printed = await compose(context, sitting, view, before);
    const paper = minutesPaper(frame, printed, { number: view.reference, date: formatDay(dayIn(office.jurisdiction.timeZone, now), office.locale, 'numeric'), issuedAt: `${now.toISOString().slice(0, 19)}Z`, draft: '' });
    const version = draft?.version ?? (kept[0]?.version ?? 0) + 1;
    const minutesId = draft?.id ?? context.newId();
    const title = frame.t('minutes.document', { number: sitting.number, version });
    const name = `${frame.t('minutes.file')}-${sitting.number}-v${version}`;
    const documentId = await addDocument(context, { caseId: sitting.case_id, kind: 'note', title, file: fileOf(`${name}.pdf`, await renderPdf('minutes', paper)) });
    const docxId = await addDocument(context, { caseId: sitting.case_id, kind: 'note', title, file: fileOf(`${name}.docx`, await minutesDocx(paper, printed.quorum), docxType) });
    const set = { state: 'issued', content: JSON.stringify({ ...before, printed }), document_id: documentId, docx_id: docxId, issued_at: now, issued_by: caller.personId };
    if (draft) await db.updateTable('minutes').set(set).where('office_id', '=', office.id).where('id', '=', draft.id).execute();
    else await db.insertInto('minutes').values({ office_id: office.id, id: minutesId, meeting_id: sitting.id, version, at: now, ...set }).execute();
    await db.updateTable('minutes').set({ state: 'replaced' }).where('office_id', '=', office.id).where('meeting_id', '=', sitting.id).where('state', '=', 'issued').where('id', '<>', minutesId).execute();
    await writeAnnexes(context, view);
    await db.updateTable('meeting').set((eb) => ({ state: stateAfter(sitting, 'issue'), version: eb('version', '+', 1) })).where('office_id', '=', office.id).where('id', '=', sitting.id).execute();
    const sent = await mailMinutes(context, sitting, view, documentId);
    context.record({ name: 'minutes.issued', nounId: minutesId, caseId: sitting.case_id, data: { version, count: sent } });
    return { id: sitting.id, minutesId, sent };
  },
});
