import type { ReactElement } from 'react';
import { dayIn } from '../../../core/day.ts';
import { formatBytes, formatDay, formatTime } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import type { PageContext } from '../../../core/page.ts';
import type { ClockState } from '../../../ui/icon.tsx';
import { State } from '../../../ui/parts.tsx';
import type { MeetingRow } from '../meeting-list.server.ts';
import type { ProposalRow } from '../proposal-list.server.ts';

export const sittingHref = (meetingId: string, part = ''): string => `/desk/meetings/${meetingId}${part && `/${part}`}`;
export const unitName = (page: Pick<PageContext, 'office' | 'locale'>, unitId: string | null | undefined): string => textIn(page.office.data.units.find((unit) => unit.id === unitId)?.name, page.locale);
export const todayOf = (page: Pick<PageContext, 'office' | 'now'>): string => dayIn(page.office.jurisdiction.timeZone, page.now);

/** Day and time of a sitting: „сриједа, 11. март 2026, 10:00“; short, in a list. */
export function whenWords(page: Pick<PageContext, 'office' | 'locale'>, at: Date, style: 'weekday' | 'short' = 'weekday'): string {
  const zone = page.office.jurisdiction.timeZone;
  return `${formatDay(dayIn(zone, at), page.locale, style)}, ${formatTime(at, zone, page.locale)}`;
}
export const clockWords = (page: Pick<PageContext, 'office' | 'locale'>, at: Date): string => formatTime(at, page.office.jurisdiction.timeZone, page.locale);
export const nameOf = (page: Pick<PageContext, 't'>, row: Pick<MeetingRow, 'number' | 'committee'>): string => page.t('meeting.name', { number: row.number, committee: row.committee });
export const sizeWords = (page: Pick<PageContext, 'locale'>, size: number): string => formatBytes(size, page.locale);

const marks: Record<string, ClockState | ''> = { planned: '', convened: 'soon', open: 'soon', closed: 'soon', issued: 'soon', adopted: 'ok', cancelled: 'none' };
export const MeetingMark = ({ page, row }: { page: PageContext; row: Pick<MeetingRow, 'state'> }): ReactElement => <State kind={marks[row.state] ?? ''}>{page.t(`meeting.state.${row.state}`)}</State>;
const proposalMarks: Record<string, ClockState | ''> = { submitted: 'soon', returned: 'late', accepted: 'soon', placed: 'ok', settled: 'ok', declined: 'none', withdrawn: 'none' };
export const ProposalMark = ({ page, row }: { page: PageContext; row: Pick<ProposalRow, 'state'> }): ReactElement => <State kind={proposalMarks[row.state] ?? ''}>{page.t(`agenda_proposal.state.${row.state}`)}</State>;
/** Whether somebody comes: of oneself in the first person, of another in the third. */
export const ReplyMark = ({ page, reply, of = 'mine' }: { page: PageContext; reply: string; of?: 'mine' | 'other' }): ReactElement => <State kind={reply === 'accepted' ? 'ok' : reply === 'declined' ? 'none' : ''}>{page.t(of === 'mine' || reply === 'needs-action' ? `meeting.reply.${reply}` : `meeting.comes.${reply}`)}</State>;
