import { dayIn } from '../../core/day.ts';
import { formatDay, formatTime, type LocaleId } from '../../core/language.ts';
import { textIn, translator, type Translate } from '../../core/message.ts';
import type { Office } from '../../core/office.ts';
import type { MinutesData, PdfOffice } from '../../core/pdf.ts';
import type { Verified } from './conclusion-settle.server.ts';
import type { AttendanceRow, ConclusionRow, ItemRow, SittingView, VoteRow } from './sitting-read.server.ts';

/** What the keeper wrote over what the system drafts: the beginning, the end, and the course of points, by their ids. */
export type MinutesEdits = { opening: string; closing: string; texts: Record<string, string> };
export type MinutesPrint = Pick<MinutesData, 'title' | 'body' | 'subtitle' | 'facts' | 'attendance' | 'opening' | 'agenda' | 'points' | 'closing' | 'remarks' | 'signatories'> & { quorum: string };

type Frame = { office: Office; locale: LocaleId; t: Translate };
export const frameOf = (office: Office): Frame => ({ office, locale: office.locale, t: translator(office.locale) });
const clock = ({ office, locale }: Frame, at: Date): string => formatTime(at, office.jurisdiction.timeZone, locale);
const unitOf = ({ office, locale }: Frame, unitId: string | null): string => textIn(office.data.units.find((unit) => unit.id === unitId)?.name, locale);

export const headingOf = (office: Office, locale: LocaleId): PdfOffice => ({
  name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), address: office.data.address, phone: office.data.phone, email: office.data.email,
  ...(office.data.web ? { web: office.data.web } : {}), accent: office.data.accent[0],
});

export const subtitleOf = (frame: Frame, view: Pick<SittingView, 'number' | 'kind' | 'startsAt'>): string => frame.t('minutes.subtitle', { number: view.number, kind: view.kind, on: formatDay(dayIn(frame.office.jurisdiction.timeZone, view.startsAt), frame.locale, 'numeric') });

function attended(frame: Frame, one: AttendanceRow): string {
  const { t } = frame;
  const more = [
    one.role === 'chair' || one.role === 'secretary' ? t(`committee.role.${one.role}`) : '', one.standsFor, one.state === 'remote' ? t('minutes.remote') : '',
    one.cameAt ? t('minutes.from', { at: clock(frame, one.cameAt) }) : '', one.leftAt ? t('minutes.until', { at: clock(frame, one.leftAt) }) : '', one.representedBy ? t('minutes.represented', { who: one.representedBy }) : '', one.state === 'excused' ? one.replyReason : '',
  ].filter(Boolean);
  return more.length > 0 ? `${one.name} (${more.join(', ')})` : one.name;
}

/** A vote as it is written down: what was asked, how many for, against, abstaining, and what came of it. */
export function voteWords(t: Translate, vote: VoteRow): string {
  if (vote.state === 'annulled') return t('minutes.vote.annulled', { question: vote.question, reason: vote.reason });
  return t('minutes.vote', { question: vote.question, for: vote.for, against: vote.against, abstain: vote.abstain, secret: String(vote.isSecret), carried: String(vote.isCarried === true) });
}
export function ownersOf(frame: Frame, conclusion: Pick<ConclusionRow, 'obligations'>): string[] {
  const { t, locale } = frame;
  return conclusion.obligations.filter((one) => one.state !== 'dropped').map((one) => t('minutes.owner', { who: [one.owner, unitOf(frame, one.unitId)].filter(Boolean).join(', '), due: one.dueOn ? formatDay(one.dueOn, locale, 'long') : 'none' }));
}
const conclusionsOf = (frame: Frame, view: Pick<SittingView, 'number'>, item: ItemRow): MinutesData['points'][number]['conclusions'] => item.conclusions.filter((one) => !one.droppedAt)
  .map((one) => ({ title: frame.t('minutes.conclusion', { number: `${view.number}/${one.position}` }), text: one.text, owners: ownersOf(frame, one) }));

function linesOf(frame: Frame, view: SittingView, item: ItemRow): string[] {
  const { t } = frame;
  const away = item.away.map((one) => t(`minutes.away.${one.reason}`, { who: view.attendance.find((row) => row.id === one.attendanceId)?.name ?? '' }));
  const outcome = item.state === 'deferred' || item.state === 'dropped' ? [t(`minutes.${item.state}`, { reason: item.reason || 'none' })] : [];
  return [...away, ...item.votes.filter((vote) => vote.state !== 'open').map((vote) => voteWords(t, vote)), ...outcome];
}

/** One point as it stands in the minutes, or in the annex of its own. */
export function pointOf(frame: Frame, view: SittingView, item: ItemRow, number: string, text: string): MinutesData['points'][number] {
  return { number, title: item.title, ...(item.rapporteur ? { meta: frame.t('minutes.rapporteur', { who: item.rapporteur }) } : {}), ...(text ? { text } : {}), lines: linesOf(frame, view, item), conclusions: conclusionsOf(frame, view, item) };
}
const late = (frame: Frame, one: Verified): string => one.verifiedAs ? frame.t(`verification.${one.verifiedAs}`) : frame.t('verification.none');
export const verificationColumns = (t: Translate): { title: string; width: number }[] => [{ title: t('verification.reference'), width: 2 }, { title: t('verification.text'), width: 7 }, { title: t('verification.owners'), width: 5 }, { title: t('verification.state'), width: 4 }];
/** The earlier conclusions as rows: number, text, who, what became of it, the day to which it goes on. `isCommon`: of confidential points only that they were verified. */
export function verificationRows(frame: Frame, conclusions: readonly Verified[], isCommon = false): string[][] {
  const { t, locale } = frame;
  return conclusions.map((one) => one.isConfidential && isCommon ? [one.reference, t('minutes.confidential_point'), '', one.isMarked && one.verifiedAs ? t(`verification.${one.verifiedAs}`) : ''] : [
    one.reference, one.text, one.obligations.map((obligation) => [obligation.owner || unitOf(frame, obligation.unitId), obligation.dueOn ? formatDay(obligation.dueOn, locale, 'numeric') : ''].filter(Boolean).join(', ')).join('; '),
    [late(frame, one), one.verifiedOn ? t('verification.until', { on: formatDay(one.verifiedOn, locale, 'numeric') }) : '', one.verifiedNote || (one.isMarked ? '' : one.obligations.map((obligation) => obligation.report).filter(Boolean).join('; '))].filter(Boolean).join('; '),
  ]);
}

/** What the system writes of itself where the keeper wrote nothing. */
export function usualEdits(frame: Frame, view: SittingView): Pick<MinutesEdits, 'opening' | 'closing'> {
  const { t } = frame;
  return {
    opening: t('minutes.opening', { chair: view.chair || '…', at: clock(frame, view.openedAt ?? view.startsAt), present: view.quorum.present, entitled: view.quorum.entitled }),
    closing: view.closedAt ? t('minutes.closing', { at: clock(frame, view.closedAt) }) : '',
  };
}

/**
 * The minutes as they are printed, in the office's language: what was recorded, with what the keeper wrote. Points of a confidential case are
 * only counted: their course stands in an annex that is kept in their own case.
 */
export function composeMinutes(frame: Frame, view: SittingView, edits: MinutesEdits, more: { verified: readonly Verified[]; adopted: string | null; remarks?: MinutesPrint['remarks'] }): MinutesPrint {
  const { t } = frame;
  const groups = (['present', 'absent', 'excused', 'guest'] as const).map((group) => ({
    label: t(`minutes.${group}`),
    names: view.attendance.filter((one) => {
      const there = one.state === 'present' || one.state === 'remote';
      return group === 'guest' ? there && one.role === 'guest' : group === 'present' ? there && one.role !== 'guest' : one.role !== 'guest' && (group === 'excused' ? one.state === 'excused' : one.state === 'absent' || one.state === 'unknown');
    }).map((one) => attended(frame, one)),
  })).filter((group) => group.names.length > 0);
  const voting = view.attendance.filter((one) => one.isVoting);
  const came = voting.filter((one) => one.state === 'present' || one.state === 'remote').length;
  return {
    title: t('minutes.title'), body: view.committee, subtitle: subtitleOf(frame, view),
    facts: [{ label: t('minutes.place'), value: view.place }, { label: t('minutes.began'), value: view.openedAt ? clock(frame, view.openedAt) : '' }, { label: t('minutes.ended'), value: view.closedAt ? clock(frame, view.closedAt) : '' }, { label: t('minutes.chair'), value: view.chair }, { label: t('minutes.keeper'), value: view.keeper }],
    attendance: groups, quorum: t('minutes.quorum', { present: came, entitled: voting.length, needed: view.quorum.needed }), opening: edits.opening,
    agenda: view.places.map((place) => {
      const item = view.items.find((one) => one.id === place.id);
      return { number: `${place.number}.`, title: !item || item.isConfidential ? t('minutes.confidential_point') : item.title };
    }),
    points: view.places.map((place) => {
      const item = view.items.find((one) => one.id === place.id);
      const number = `${place.number}.`;
      if (!item || item.isConfidential) return { number, title: t('minutes.confidential_point'), text: t('minutes.confidential_annex'), lines: [], conclusions: [] };
      const point = pointOf(frame, view, item, number, edits.texts[item.id] ?? item.notes);
      if (item.kind === 'verification') return { ...point, ...(more.verified.length > 0 ? { columns: verificationColumns(t), rows: verificationRows(frame, more.verified, true) } : { lines: [...point.lines, t('verification.nothing')] }) };
      return item.kind === 'minutes' && more.adopted ? { ...point, lines: [...point.lines, more.adopted] } : point;
    }),
    closing: edits.closing, ...(more.remarks && more.remarks.length > 0 ? { remarks: more.remarks } : {}),
    signatories: [{ label: t('minutes.keeper'), name: view.keeper }, { label: t('minutes.chair'), name: view.chair }],
  };
}

/** The printed paper from what is kept of the minutes. */
export function minutesPaper(frame: Frame, print: MinutesPrint, more: { number: string; date: string; issuedAt: string; marking?: string; draft?: string }): MinutesData {
  const { office, locale, t } = frame;
  return {
    lang: locale, region: office.jurisdiction.country, issuedAt: more.issuedAt, office: headingOf(office, locale), number: more.number, date: more.date, ...(more.marking ? { marking: more.marking } : {}), ...(more.draft ? { draft: more.draft } : {}),
    ...print, signatory: { name: print.signatories[0]?.name ?? '' },
    labels: { page: t('public.paper.page', { page: '{page}', pages: '{pages}' }), agenda: t('minutes.agenda'), attendance: t('minutes.attendance'), course: print.agenda.length > 0 ? t('minutes.course') : '', remarks: t('minutes.remarks'), answer: t('minutes.remark.answer') },
  };
}
