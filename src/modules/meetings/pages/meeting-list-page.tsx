import type { ReactElement } from 'react';
import { definePage, type PageContext } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { Hidden, SelectField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Button, Empty, Exports, LinkButton, Pages, Views } from '../../../ui/parts.tsx';
import { listCommittees } from '../committee.server.ts';
import { listMeetings, meetingViews, type MeetingListView, type MeetingRow } from '../meeting-list.server.ts';
import { MeetingMark, nameOf, ReplyMark, sittingHref, whenWords } from './meeting-words.tsx';

/** Sittings line by line: when, of what, where, and whether one comes oneself. */
export const MeetingRows = ({ page, rows }: { page: PageContext; rows: readonly MeetingRow[] }): ReactElement => (
  <ul className="rows">{rows.map((row) => (
    <li key={row.id}><a href={sittingHref(row.id)} data-row={sittingHref(row.id)}>{nameOf(page, row)}</a><MeetingMark page={page} row={row} />
      <span className="sub"><span className="nowrap">{whenWords(page, row.startsAt)}</span>{row.place && ` · ${row.place}`}{row.points > 0 && ` · ${page.t('agenda.points_count', { count: row.points })}`}{row.title && ` · ${row.title}`}{row.reply && row.state === 'convened' && <> · <ReplyMark page={page} reply={row.reply} /></>}</span></li>))}</ul>
);

export const meetingListPage = definePage({
  path: '/desk/meetings', audience: 'desk',
  async get(page) {
    const { t } = page;
    const { committees } = await page.run(listCommittees, {});
    const isMember = committees.some((one) => one.isMine);
    const asked = page.query.get('view');
    const view: MeetingListView = meetingViews.find((one) => one === asked) ?? (isMember ? 'mine' : 'coming');
    const committeeId = committees.find((one) => one.id === page.query.get('committee'))?.id ?? '';
    const list = (after: string, limit = 30) => page.run(listMeetings, { view, committeeId, after, limit });
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const part = await list(after, 500);
        return { rows: part.meetings, next: part.next };
      });
      return serveTable(page, {
        name: t('meeting.list.title'), title: t('meeting.list.title'), isCut, columns: [{ title: t('meeting.number') }, { title: t('committee.one'), width: 40 }, { title: t('meeting.when'), time: true }, { title: t('meeting.place'), width: 30 }, { title: t('meeting.kind') }, { title: t('meeting.state') }, { title: t('desk.column.number') }],
        rows: rows.map((row) => [row.number, row.committee, row.startsAt, row.place, t(`meeting.kind.${row.kind}`), t(`meeting.state.${row.state}`), row.reference]),
      }, as);
    }
    const { meetings, next } = await list(page.query.get('after') ?? '');
    const keeps = committees.some((one) => one.keeps && !one.endedAt);
    const query = new URLSearchParams(page.query);
    query.delete('after');
    return page.html(
      <DeskPage title={t('meeting.list.title')}>
        <div className="head"><div><h1>{t('meeting.list.title')}</h1></div><div className="actions"><LinkButton kind="quiet" href="/desk/committees">{t('committee.list.title')}</LinkButton><LinkButton kind="quiet" href="/desk/proposals">{t('agenda_proposal.list.title')}</LinkButton>{keeps && <LinkButton kind="primary" icon="plus" href={`/desk/meetings/new${committeeId && `?committee=${committeeId}`}`}>{t('meeting.plan')}</LinkButton>}</div></div>
        <Views label={t('desk.views')} items={meetingViews.filter((one) => one !== 'mine' || isMember).map((one) => ({ href: `/desk/meetings?${new URLSearchParams({ view: one, ...(committeeId ? { committee: committeeId } : {}) })}`, label: t(`meeting.view.${one}`), current: one === view }))} />
        {committees.length > 1 && <form className="filters" action="/desk/meetings"><Hidden fields={{ view }} /><SelectField name="committee" label={t('committee.one')} empty={t('committee.any')} value={committeeId} options={committees.map((one) => ({ value: one.id, label: one.name }))} /><Button>{t('desk.filter.apply')}</Button></form>}
        {meetings.length === 0 ? <Empty action={keeps && view !== 'past' ? <LinkButton href="/desk/meetings/new">{t('meeting.plan')}</LinkButton> : undefined}>{t(`meeting.empty.${view}`)}</Empty> : <MeetingRows page={page} rows={meetings} />}
        <Pages previous={page.query.get('after') ? `/desk/meetings?${query}` : null} next={next && `/desk/meetings?${new URLSearchParams([...query, ['after', next]])}`} />
        {meetings.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});
