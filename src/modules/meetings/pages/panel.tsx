import type { ReactElement } from 'react';
import { glance } from '../../../core/glance.ts';
import type { CaseAct, CaseHead, MenuItem, PageContext, Panel } from '../../../core/page.ts';
import { LinkButton, Section } from '../../../ui/parts.tsx';
import { countMeetings, listMeetings } from '../meeting-list.server.ts';
import { listProposals } from '../proposal-list.server.ts';
import { conclusionsOfCase } from './conclusion-part.tsx';
import { MeetingRows } from './meeting-list-page.tsx';
import { ProposalRows } from './proposal-pages.tsx';

const countsOf = (page: PageContext) => glance(page.caller.personId ?? '', 'meetings', 20, () => page.run(countMeetings, {}));

const acts = (page: PageContext, file: CaseHead): CaseAct[] => (file.kind === 'reserved' || file.closedAt !== null ? [] : [{ key: 'put_on_agenda', label: page.t('agenda_proposal.act.put'), icon: 'people', href: `/desk/proposals/new?case=${file.id}`, group: 'work' }]);

/** On the page of a case: the sitting that it is of, and where it was put before a committee. */
async function ofCase(page: PageContext, file: CaseHead): Promise<ReactElement | null> {
  const [{ meetings }, { proposals }, conclusions] = await Promise.all([page.run(listMeetings, { caseId: file.id, limit: 3 }), page.run(listProposals, { caseId: file.id, limit: 6 }), conclusionsOfCase(page, file)]);
  if (meetings.length + proposals.length === 0) return conclusions;
  return <><Section id="meetings" title={page.t(meetings.length > 0 ? 'meeting.one' : 'agenda_proposal.of_case')}>{meetings.length > 0 && <MeetingRows page={page} rows={meetings} />}{proposals.length > 0 && <ProposalRows page={page} rows={proposals} />}</Section>{conclusions}</>;
}

async function today(page: PageContext): Promise<ReactElement | null> {
  const { t } = page;
  const counts = await countsOf(page);
  const own = [...counts.toConvene, ...counts.coming.filter((one) => !counts.toConvene.some((other) => other.id === one.id))];
  if (own.length + counts.waiting + counts.returned === 0) return null;
  return (
    <Section id="sittings" title={t('meeting.list.title')} aside={<a href="/desk/meetings">{t('meeting.view.coming')}</a>}>
      {own.length > 0 && <MeetingRows page={page} rows={own} />}
      {counts.waiting + counts.returned > 0 && <p className="actions" data-top>{counts.waiting > 0 && <LinkButton href="/desk/proposals?view=waiting">{t('agenda_proposal.waiting_count', { count: counts.waiting })}</LinkButton>}{counts.returned > 0 && <LinkButton href="/desk/proposals?view=mine">{t('agenda_proposal.returned_count', { count: counts.returned })}</LinkButton>}</p>}
    </Section>
  );
}

async function menu(page: PageContext): Promise<MenuItem[]> {
  const counts = await countsOf(page);
  return [{ href: '/desk/meetings', label: page.t('meeting.list.title'), icon: 'people', order: 6, count: counts.unanswered + counts.waiting + counts.returned }];
}

export const panel: Panel = { name: 'meetings', parts: ['meeting', 'agenda_proposal', 'conclusion'], todayOrder: 15, acts, ofCase, today, menu };
