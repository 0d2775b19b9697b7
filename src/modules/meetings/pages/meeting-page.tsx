import type { ReactElement } from 'react';
import { formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, many, type CaseAct, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, RadioGroup, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Facts, LinkButton, MoreActs, Notice, Section, State } from '../../../ui/parts.tsx';
import { dropPoint, movePoint, placeProposals } from '../agenda.server.ts';
import { conveneMeeting, replyToMeeting } from '../convene.server.ts';
import { readMeeting, type MeetingView } from '../meeting-list.server.ts';
import { readPack } from '../pack.server.ts';
import { servePack } from '../pack-print.ts';
import { AgendaList } from './agenda-part.tsx';
import { MeetingMark, nameOf, ReplyMark, sittingHref, todayOf, unitName, whenWords } from './meeting-words.tsx';

const isComing = (view: MeetingView): boolean => view.state === 'planned' || view.state === 'convened';

/** The next step of the sitting, for who keeps it: the one thing that is done from here. */
function NextStep({ page, view, errors, values }: { page: PageContext; view: MeetingView; errors: Record<string, string>; values: Shown['values'] }): ReactElement | null {
  const { t } = page;
  const link = (part: string, label: string): ReactElement => <Actions><LinkButton kind="primary" icon="arrow" href={sittingHref(view.id, part)}>{t(label)}</LinkButton></Actions>;
  if (view.state === 'open') return link('sitting', 'meeting.go.open');
  if (!view.keeps) return ['issued', 'adopted'].includes(view.state) ? <Actions><LinkButton icon="file" href={sittingHref(view.id, 'minutes')}>{t('meeting.go.minutes')}</LinkButton></Actions> : null;
  if (['closed', 'issued', 'adopted'].includes(view.state)) return view.state === 'adopted' ? <Actions><LinkButton icon="file" href={sittingHref(view.id, 'minutes')}>{t('meeting.go.minutes')}</LinkButton></Actions> : link('minutes', 'meeting.go.minutes');
  if (!isComing(view)) return null;
  const isLate = todayOf(page) > view.noticeOn;
  const isEmpty = !view.agenda.some((one) => one.kind === 'point' || one.kind === 'information');
  const isChanged = view.agenda.some((one) => one.mark !== null || one.papers.some((paper) => view.copies.at(-1) && paper.addedAt > view.copies.at(-1)!.at)) || view.dropped.length > 0;
  if (view.state === 'convened' && !isChanged) return view.startsAt.getTime() - page.now.getTime() < 3 * 3_600_000 ? link('sitting', 'meeting.go.sitting') : null;
  if (view.startsAt <= page.now) return view.state === 'convened' ? link('sitting', 'meeting.go.sitting') : <Notice kind="warn">{t('meeting.past_uncalled')}</Notice>;
  return (
    <form method="post" action={sittingHref(view.id)} className="stack" noValidate>
      <p className="meta">{view.state === 'convened' ? t('meeting.changed_since') : isEmpty ? t('meeting.convene.empty') : isLate ? t('meeting.convene.late', { on: formatDay(view.noticeOn, page.locale, 'long'), days: view.noticeDays }) : t('meeting.convene.until', { on: formatDay(view.noticeOn, page.locale, 'weekday'), days: view.noticeDays, basis: view.noticeBasis })}</p>
      {view.state === 'planned' && isLate && !isEmpty && <TextField name="urgency" label={t('meeting.urgency')} hint={t('meeting.urgency.hint')} value={values ? first(values, 'urgency') : ''} error={errors['urgency']} />}
      {!isEmpty && <Actions><Button kind="primary" icon="send" name="act" value="convene">{t(view.state === 'convened' ? 'meeting.reconvene' : 'meeting.convene')}</Button></Actions>}
    </form>
  );
}

/** A member says whether they come, on the telephone with one hand. */
function Reply({ page, view, errors, values }: { page: PageContext; view: MeetingView; errors: Record<string, string>; values: Shown['values'] }): ReactElement | null {
  const { t } = page;
  const mine = view.called.find((one) => one.id === view.mineId);
  if (!mine || view.state !== 'convened') return null;
  const read = (name: string, kept: string): string => (values && 'reply' in values ? first(values, name) : kept);
  return (
    <details open={mine.reply === 'needs-action' || Boolean(values && 'reply' in values)}>
      <summary><b>{t('meeting.reply.title')}</b> <ReplyMark page={page} reply={mine.reply} /></summary>
      <form method="post" action={sittingHref(view.id)} className="stack" noValidate>
        <RadioGroup name="reply" legend={<span className="vh">{t('meeting.reply.title')}</span>} value={read('reply', mine.reply === 'needs-action' ? 'accepted' : mine.reply)} error={errors['reply']} options={(['accepted', 'declined'] as const).map((one) => ({ value: one, label: t(`meeting.reply.${one}`) }))} />
        <div className="fields"><TextField name="representedBy" label={t('meeting.reply.represented')} value={read('representedBy', mine.representedBy)} error={errors['representedBy']} optional /><TextField name="reason" label={t('meeting.reply.reason')} value={read('reason', mine.reason)} error={errors['reason']} optional /></div>
        <Actions><Button kind={view.keeps ? '' : 'primary'} name="act" value="reply">{t('meeting.reply.send')}</Button></Actions>
      </form>
    </details>
  );
}

const Backlog = ({ page, view, error }: { page: PageContext; view: MeetingView; error: string | undefined }): ReactElement => (
  <Section id="backlog" title={page.t('agenda.backlog')} aside={<a href={`/desk/proposals?view=waiting`}>{page.t('agenda_proposal.view.waiting')}</a>}>
    {view.backlog.length === 0 ? <p className="meta">{page.t('agenda.backlog.empty')}</p> : (
      <form method="post" action={sittingHref(view.id)}>
        {error && <p className="error">{error}</p>}
        <ul className="ticks one">{view.backlog.map((one) => <li key={one.id}><label><input type="checkbox" name="proposalIds" value={one.id} defaultChecked={one.wantedOn !== null && one.wantedOn <= todayOf(page)} /><span>{one.title} {one.isConfidential && <State kind="late">{page.t('agenda.confidential')}</State>}<span className="sub meta">{[unitName(page, one.unitId), one.rapporteur, page.t('agenda.minutes_count', { count: one.minutes }), one.papers > 0 && page.t('agenda.papers_count', { count: one.papers }), one.wantedOn && page.t('agenda_proposal.wanted_from', { on: formatDay(one.wantedOn, page.locale, 'short') })].filter(Boolean).join(' · ')}</span></span></label></li>)}</ul>
        <Actions><Button name="act" value="place" icon="plus">{page.t('agenda.place')}</Button></Actions>
      </form>
    )}
  </Section>
);

const Called = ({ page, view }: { page: PageContext; view: MeetingView }): ReactElement | null => {
  const { t } = page;
  if (view.called.length === 0) return null;
  const coming = view.called.filter((one) => one.reply === 'accepted').length;
  return (
    <Section id="called" title={t('meeting.called')} aside={view.state === 'convened' && <span className="meta">{t('meeting.coming', { count: coming, of: view.called.length })}</span>}>
      <ul className="rows">{view.called.map((one) => <li key={one.id}><span>{one.name}{one.role !== 'member' && <span className="meta"> · {t(`committee.role.${one.role}`)}</span>}</span>{isComing(view) && <ReplyMark page={page} reply={one.reply} of="other" />}
        {(one.standsFor || one.representedBy || one.reason || !one.hasEmail) && <span className="sub">{[one.standsFor, one.representedBy && t('meeting.sends', { name: one.representedBy }), one.reason, !one.hasEmail && t('meeting.no_email')].filter(Boolean).join(' · ')}</span>}</li>)}</ul>
    </Section>
  );
};

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const view = await page.run(readMeeting, { id: page.params['id']! });
  const errors = errorsOf(page, after?.errors, ['urgency', 'proposalIds']);
  const name = nameOf(page, view);
  const hasOwnPack = view.agenda.some((one) => one.isConfidential);
  const href = (part: string): string => sittingHref(view.id, part);
  const acts: CaseAct[] = [
    ...(view.acts.includes('prepare') ? [{ key: 'change', label: t('meeting.act.change'), href: href('change') }, { key: 'postpone', label: t('meeting.act.postpone'), href: href('postpone') }] : []),
    { key: 'case', label: t('meeting.act.case', { reference: view.reference }), href: `/desk/cases/${view.caseId}`, group: 'matter' },
    ...(view.engagementId ? [{ key: 'calendar', label: t('meeting.act.calendar'), href: `/desk/calendar/${view.engagementId}`, group: 'matter' as const }] : []),
    ...(view.acts.includes('cancel') ? [{ key: 'cancel', label: t('meeting.act.cancel'), href: href('cancel'), group: 'file' as const }] : []),
  ];
  return page.html(
    <DeskPage title={name}>
      <Crumbs items={[{ label: t('meeting.list.title'), href: '/desk/meetings' }, { label: view.committee, href: `/desk/committees/${view.committeeId}` }, { label: t('meeting.short', { number: view.number }) }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="casehead"><div className="line"><MeetingMark page={page} row={view} />{view.isConfidential && <State kind="late">{t('agenda.confidential')}</State>}<b>{whenWords(page, view.startsAt)}</b><span>{view.place}</span></div><h1>{name}</h1>{view.title && <p className="meta">{view.title}</p>}</div>
      {view.state === 'cancelled' && <Notice kind="warn">{t('meeting.cancelled_because', { reason: view.cancelledReason })}</Notice>}
      <div className="split"><div>
        <NextStep page={page} view={view} errors={errors} values={after?.values} />
        <Reply page={page} view={view} errors={errors} values={after?.values} />
        <AgendaList page={page} view={view} edits={view.keeps && isComing(view)} />
        {view.keeps && isComing(view) && <Backlog page={page} view={view} error={errors['proposalIds']} />}
      </div><aside aria-label={t('meeting.about')}>
        <div className="actions">{view.packId && <LinkButton icon="file" href={`/desk/documents/${view.packId}`}>{t('meeting.pack.open')}</LinkButton>}{(hasOwnPack || (!view.packId && view.agendaVersion > 0)) && <LinkButton kind="quiet" icon={hasOwnPack ? 'lock' : 'file'} href={href('pack.pdf')}>{t(hasOwnPack ? 'meeting.pack.whole' : 'meeting.pack.open')}</LinkButton>}<MoreActs label={t('petition.more_acts')} acts={acts} /></div>
        <Facts facts={[
          [t('meeting.when'), whenWords(page, view.startsAt)], view.place && [t('meeting.place'), view.place], view.link && [t('meeting.link'), <a key="l" href={view.link} rel="noreferrer">{t('meeting.link.open')}</a>], [t('meeting.kind'), t(`meeting.kind.${view.kind}`)], view.chair && [t('meeting.chair'), view.chair], view.keeper && [t('meeting.keeper'), view.keeper],
          view.convenedAt && [t('meeting.convened_at'), <span key="c"><At at={view.convenedAt} style="both" />, {view.convenedBy}</span>], view.urgency && [t('meeting.urgency'), view.urgency],
          view.copies.length > 0 && [t('meeting.invitations'), <span key="i">{view.copies.map((copy) => copy.documentId && <a key={copy.version} className="act" href={`/desk/documents/${copy.documentId}`}>{t('meeting.invitation', { version: copy.version })}</a>)}</span>],
          view.previousId && [t('meeting.previous'), <a key="p" href={sittingHref(view.previousId)}>{t('meeting.previous.open')}</a>],
        ]} />
        <Called page={page} view={view} />
      </aside></div>
    </DeskPage>,
  );
}

export const meetingPage = definePage({
  path: '/desk/meetings/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const { values } = page;
    const read = (name: string): string => first(values, name);
    const back = (key: string, args: Record<string, string | number> = {}, at = ''): Response => page.redirect(`${sittingHref(id)}${at}`, { key: `meeting.done.${key}`, args });
    const act = read('act');
    if (act === 'convene') {
      const { mailed } = await page.run(conveneMeeting, { id, urgency: read('urgency') });
      return back('convened', { count: mailed });
    }
    if (act === 'reply') {
      await page.run(replyToMeeting, { id, reply: read('reply') as 'accepted', reason: read('reason'), representedBy: read('representedBy') });
      return back('replied');
    }
    if (act === 'place') {
      await page.run(placeProposals, { id, proposalIds: many(values, 'proposalIds') });
      return back('placed');
    }
    if (act === 'drop') {
      await page.run(dropPoint, { id, itemId: read('itemId') });
      return back('dropped');
    }
    await page.run(movePoint, { id, itemId: read('itemId'), to: act === 'up' ? 'up' : act === 'down' ? 'down' : Number(read('to')) });
    return page.redirect(`${sittingHref(id)}#item-${read('itemId')}`);
  },
});

/** The pack with every point that the reader may see, made for this reader and not kept. */
export const ownPackPage = definePage({
  path: '/desk/meetings/:id/pack.pdf', audience: 'desk',
  async get(page) {
    return servePack(page, await page.run(readPack, { id: page.params['id']! }));
  },
});
