import type { ReactElement } from 'react';
import { formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown as Posted } from '../../../core/page.ts';
import { DateField, ErrorSummary, Hidden, RadioGroup, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Actions, At, Button, Crumbs, Facts, LinkButton, MoreActs, Notice, Section, State } from '../../../ui/parts.tsx';
import { answerEngagement, cancelInCalendar, confirmEngagement, markParticipant, moveEngagement } from '../engagement.server.ts';
import { replies, type Reach, type Reply } from '../engagement.ts';
import { getEngagement, type EngagementView } from '../engagement-read.server.ts';
import { saidOf } from '../repeat.ts';
import { Time } from './engagement-form.tsx';
import type { ConflictRow } from './shown.ts';
import { caseHref, Clashes, engagementHref, kindIcons, Sheet, spanWords, wallOf } from './words.tsx';

/** How a series repeats, in words: „every week on Tuesdays until …“. */
export function repeatWords(page: PageContext, rule: string): string {
  const { t } = page;
  const said = saidOf(rule);
  if (said.repeat === 'never') return '';
  const weekday = said.weekdays[0];
  const body = (said.repeat === 'weekly' || said.repeat === 'fortnightly') && weekday ? `${t(`engagement.repeat.${said.repeat}`)}, ${t(`calendar.weekday.on.${weekday}`)}`
    : said.repeat === 'monthly_weekday' && weekday ? t(`calendar.weekday.nth.${weekday}`, { nth: String(said.place) })
      : said.repeat === 'monthly' && said.date > 0 ? t('engagement.repeat.monthly_on', { date: said.date }) : t(`engagement.repeat.${said.repeat}`);
  return [body, said.untilOn ? t('engagement.repeat.until', { on: formatDay(said.untilOn, page.locale, 'long') }) : said.count > 0 ? t('engagement.repeat.times', { count: said.count }) : ''].filter(Boolean).join(' ');
}

const open = (page: PageContext): Promise<EngagementView> => page.run(getEngagement, { id: page.params['id']!, at: first(page.values, 'at') || page.query.get('at') || '' });
const hrefOf = (view: EngagementView, act = ''): string => engagementHref({ engagementId: view.id, recurrenceAt: view.recurrenceAt, isSeries: view.rule !== '' }, act);
const atOf = (view: EngagementView): string => (view.rule !== '' && view.recurrenceAt ? view.recurrenceAt.toISOString() : '');

function People({ page, view }: { page: PageContext; view: EngagementView }): ReactElement {
  const { t } = page;
  return (
    <ul className="rows">{view.participants.map((one) => (
      <li key={one.id}><span><b>{one.name}</b>{one.role !== 'required' && <span className="meta"> · {t(`engagement.role.${one.role}`)}</span>}</span><State kind={one.reply === 'accepted' ? 'ok' : one.reply === 'declined' ? 'late' : one.reply === 'needs-action' ? '' : 'soon'}>{t(`engagement.reply.${one.reply}`)}</State>
        <span className="sub">{[one.email, one.delegatedTo && t('engagement.reply.to', { who: one.delegatedTo }), one.comment].filter(Boolean).join(' · ')}{one.repliedAt && <> · <At at={one.repliedAt} style="both" />{one.replyWay && `, ${t(`engagement.way.${one.replyWay}`)}`}</>}
          {view.can.mark && !one.isMe && <details className="inline"><summary>{t('engagement.mark')}</summary><form method="post" action={hrefOf(view)} className="filters"><Hidden fields={{ act: 'mark', participant: one.id, at: atOf(view) }} /><SelectField name="reply" id={`reply-${one.id}`} label={t('engagement.reply')} value={one.reply} options={replies.map((reply) => ({ value: reply, label: t(`engagement.reply.${reply}`) }))} /><TextField name="comment" id={`comment-${one.id}`} label={t('engagement.comment')} optional /><Button>{t('engagement.mark.save')}</Button></form></details>}</span></li>))}</ul>
  );
}

async function render(page: PageContext, after?: Posted): Promise<Response> {
  const { t } = page;
  const view = await open(page);
  const mine = view.participants.find((one) => one.isMe);
  const isSeries = view.rule !== '' || view.seriesId !== null;
  const acts = [
    ...(view.can.cancel ? [{ key: 'cancel', label: t('engagement.act.cancel'), href: hrefOf(view, 'cancel') }] : []),
    ...(view.caseId ? [{ key: 'case', label: t('engagement.act.case'), href: caseHref(view.caseId) }] : []),
  ];
  const isTentative = view.state === 'tentative';
  return page.html(
    <DeskPage title={view.title}>
      <Sheet />
      <Crumbs items={[{ label: t('calendar.title'), href: `/desk/calendar?on=${wallOf(page, view.startsAt).on}&of=${view.calendarId}` }, { label: view.title }]} />
      {after?.said && <ErrorSummary errors={errorsOf(page, after.errors)} title={t(after.said.key, after.said.args)} />}
      <div className="casehead"><div className="line"><span><Icon name={kindIcons[view.kind]} /> {t(`engagement.kind.${view.kind}`)}</span>{view.state !== 'confirmed' && <State kind={view.state === 'cancelled' ? 'late' : 'soon'}>{t(`engagement.state.${view.state}`)}</State>}{view.caseReference && <a className="ref" href={caseHref(view.caseId!)}>{view.caseReference}</a>}</div>
        <h1>{view.title}</h1><p className="lead">{spanWords(page, view.startsAt, view.endsAt, view.isAllDay)}</p></div>
      {view.state === 'cancelled' && <Notice kind="late" title={t('engagement.state.cancelled')}><p>{view.cancelledReason}</p></Notice>}
      {view.conflicts.length > 0 && <Notice kind="warn" title={t('engagement.conflicts')}><Clashes page={page} conflicts={view.conflicts} /></Notice>}
      {view.state !== 'cancelled' && (
        <div className="next">
          {view.can.confirm && isTentative ? <form method="post" action={hrefOf(view)} className="inline"><Hidden fields={{ act: 'confirm', at: atOf(view) }} /><Button kind="primary" icon="check">{t('engagement.act.confirm')}</Button></form> : <LinkButton kind="primary" icon="file" href={`/desk/packs/of/${view.id}`}>{t('engagement.pack')}</LinkButton>}
          {view.can.move && <LinkButton icon="calendar" href={hrefOf(view, 'move')}>{t('engagement.act.move')}</LinkButton>}{view.can.change && <LinkButton icon="pen" href={hrefOf(view, 'change')}>{t('engagement.act.change')}</LinkButton>}
          {isTentative && view.can.confirm && <LinkButton href={`/desk/packs/of/${view.id}`}>{t('engagement.pack')}</LinkButton>}<MoreActs label={t('petition.more_acts')} acts={acts} />
        </div>
      )}
      <div className="split"><div>
        {mine && view.can.answer && (
          <Section id="mine" title={t('engagement.mine')} aside={<span className="meta">{t(`engagement.reply.${mine.reply}`)}</span>}><form method="post" action={hrefOf(view)}><Hidden fields={{ act: 'answer', at: atOf(view) }} /><TextField name="comment" label={t('engagement.comment')} value={mine.comment} optional />
            <div className="actions" data-top="1">{(['accepted', 'tentative', 'declined'] as const).map((reply) => <Button key={reply} name="reply" value={reply} {...(reply === 'accepted' ? { icon: 'check' as const } : {})}>{t(`engagement.answer.${reply}`)}</Button>)}</div></form></Section>
        )}
        {view.detail && <Section id="detail" title={t('engagement.detail')}><p className="read">{view.detail.split('\n').flatMap((line, index) => (index === 0 ? [line] : [<br key={index} />, line]))}</p></Section>}
        <Section id="people" title={t('engagement.participants')} aside={<span className="meta">{view.participants.length}</span>}>{view.participants.length === 0 ? <p className="meta">{t('engagement.nobody_else')}</p> : <People page={page} view={view} />}</Section>
        {isSeries && <Section id="series" title={t('engagement.next')}><ul className="rows">{view.next.map((one) => <li key={one.recurrenceAt.getTime()}><a href={engagementHref({ engagementId: one.engagementId, recurrenceAt: one.recurrenceAt, isSeries: one.engagementId === (view.seriesId ?? view.id) })}>{spanWords(page, one.startsAt, one.endsAt, view.isAllDay)}</a></li>)}</ul></Section>}
      </div><div>
        <Section id="facts" title={t('engagement.facts')} hiddenTitle>
          <Facts facts={[
            [t('engagement.calendar'), view.calendarName], view.place && [t('engagement.place'), view.place], view.resources.length > 0 && [t('engagement.resources'), view.resources.map((one) => one.name).join(', ')], isSeries && [t('engagement.repeat'), repeatWords(page, view.seriesRule)], view.skipsClosingDays && ['', t('engagement.skips_closing')],
            view.preparation > 0 && [t('engagement.preparation'), t('engagement.minutes', { count: view.preparation })], view.travelBefore > 0 && [t('engagement.travel_before'), t('engagement.minutes', { count: view.travelBefore })], view.travelAfter > 0 && [t('engagement.travel_after'), t('engagement.minutes', { count: view.travelAfter })],
            [t('engagement.visibility'), <>{t(`engagement.visibility.${view.visibility}`)}<span className="sub">{t(`engagement.visibility.${view.visibility}.hint`)}</span></>], view.visibility === 'public' && view.publicTitle && [t('engagement.public_title'), view.publicTitle], view.organizerName && [t('engagement.organizer'), view.organizerName],
            [t('engagement.entered'), <>{view.createdById && view.createdById !== view.ownerId ? t('engagement.entered_for', { by: view.createdBy, who: view.calendarName }) : view.createdBy || t('engagement.by_system')}<span className="sub"><At at={view.createdAt} style="both" /></span></>],
            view.changedAt.getTime() !== view.createdAt.getTime() && [t('engagement.changed'), <>{view.changedBy || t('engagement.by_system')}<span className="sub"><At at={view.changedAt} style="both" /></span></>],
          ]} />
        </Section>
      </div></div>
    </DeskPage>,
  );
}

const shown = definePage({
  path: '/desk/calendar/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const back = `/desk/calendar/${id}${read('at') ? `?at=${encodeURIComponent(read('at'))}` : ''}`;
    if (read('act') === 'confirm') await page.run(confirmEngagement, { id });
    else if (read('act') === 'mark') await page.run(markParticipant, { id: read('participant'), reply: read('reply') as Reply, comment: read('comment') });
    else await page.run(answerEngagement, { id, reply: read('reply') as 'accepted', comment: read('comment') });
    return page.redirect(back, { key: read('act') === 'confirm' ? 'desk.done.engagement_confirmed' : 'desk.done.engagement_answered' });
  },
});

const Which = ({ page, view, value }: { page: PageContext; view: EngagementView; value: string }): ReactElement | null => (view.rule === '' ? null
  : <RadioGroup name="which" legend={page.t('engagement.which')} value={value || 'this'} options={(['this', 'following', 'all'] as const).map((one) => ({ value: one, label: page.t(`engagement.which.${one}`) }))} />);

async function renderMove(page: PageContext, after?: Posted): Promise<Response> {
  const { t } = page;
  const view = await open(page);
  const [start, end] = [wallOf(page, view.startsAt), wallOf(page, view.endsAt)];
  const errors = errorsOf(page, after?.errors, ['startsOn', 'startsTime', 'endsTime']);
  const value = (name: string, usual: string): string => (after?.values ? first(after.values, name) : page.query.get(name) ?? usual);
  const conflicts = (after?.current as { conflicts?: readonly ConflictRow[] } | undefined)?.conflicts ?? [];
  return page.html(
    <DeskPage title={t('engagement.act.move')}>
      <Sheet />
      <Crumbs items={[{ label: t('calendar.title'), href: '/desk/calendar' }, { label: view.title, href: hrefOf(view) }, { label: t('engagement.act.move') }]} />
      <div className="formpage">
        {after?.said && conflicts.length === 0 && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{t('engagement.act.move')}</h1><p className="meta">{view.title} · {spanWords(page, view.startsAt, view.endsAt, view.isAllDay)}</p>
        <form method="post" action={hrefOf(view, 'move')} className="stack" noValidate><Hidden fields={{ at: atOf(view), version: view.version, ...(view.isAllDay ? { isAllDay: '1' } : {}) }} />
          {conflicts.length > 0 && <div className="errors" role="alert" tabIndex={-1} data-focus="1"><h2>{t('engagement.conflicts')}</h2><Clashes page={page} conflicts={conflicts} /><p data-top="1"><label><input type="checkbox" name="nevertheless" value="1" /> {t('engagement.nevertheless')}</label></p></div>}
          <div className="field"><div className="whenfields"><DateField name="startsOn" label={t('engagement.on')} value={value('startsOn', start.on)} error={errors['startsOn']} />{!view.isAllDay && <><Time name="startsTime" label={t('engagement.from')} value={value('startsTime', start.time)} error={errors['startsTime']} /><Time name="endsTime" label={t('engagement.until')} value={value('endsTime', end.on === start.on ? end.time : '')} error={errors['endsTime']} /></>}</div></div>
          <Which page={page} view={view} value={value('which', 'this')} />
          <Actions><Button kind="primary" icon="check">{t('engagement.act.move')}</Button><LinkButton kind="quiet" href={hrefOf(view)}>{t('desk.cancel')}</LinkButton></Actions></form>
      </div>
    </DeskPage>,
  );
}
const move = definePage({
  path: '/desk/calendar/:id/move', audience: 'desk', get: renderMove,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const { id } = await page.run(moveEngagement, {
      id: page.params['id']!, recurrenceAt: read('at'), which: (read('which') || 'this') as Reach, version: Number(read('version')) || undefined, startsOn: read('startsOn'), startsTime: read('startsTime'), endsOn: read('endsOn'), endsTime: read('endsTime'), ...(read('isAllDay') ? { isAllDay: read('isAllDay') } : {}), nevertheless: read('nevertheless'),
    });
    return page.redirect(`/desk/calendar/${id}`, { key: 'desk.done.engagement_moved' });
  },
});

async function renderCancel(page: PageContext, after?: Posted): Promise<Response> {
  const { t } = page;
  const view = await open(page);
  const errors = errorsOf(page, after?.errors, ['reason']);
  const value = (name: string): string => first(after?.values ?? page.values, name);
  return page.html(
    <DeskPage title={t('engagement.act.cancel')}>
      <Sheet />
      <Crumbs items={[{ label: t('calendar.title'), href: '/desk/calendar' }, { label: view.title, href: hrefOf(view) }, { label: t('engagement.act.cancel') }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{t('engagement.act.cancel')}</h1><p className="meta">{view.title} · {spanWords(page, view.startsAt, view.endsAt, view.isAllDay)}</p>
        <form method="post" action={hrefOf(view, 'cancel')} className="stack" noValidate><Hidden fields={{ at: atOf(view), version: view.version }} />
          <TextField name="reason" label={t('engagement.reason')} hint={view.participants.length > 0 ? t('engagement.reason.hint') : undefined} value={value('reason')} error={errors['reason']} maxLength={500} />
          <Which page={page} view={view} value={value('which')} />
          <Actions><Button kind="primary">{t('engagement.act.cancel')}</Button><LinkButton kind="quiet" href={hrefOf(view)}>{t('desk.cancel')}</LinkButton></Actions></form>
      </div>
    </DeskPage>,
  );
}
const cancel = definePage({
  path: '/desk/calendar/:id/cancel', audience: 'desk', get: renderCancel,
  async post(page) {
    const view = await open(page);
    const read = (name: string): string => first(page.values, name);
    await page.run(cancelInCalendar, { id: view.id, recurrenceAt: read('at'), which: (read('which') || 'this') as Reach, version: Number(read('version')) || undefined, reason: read('reason') });
    return page.redirect(`/desk/calendar?on=${wallOf(page, view.startsAt).on}&of=${view.calendarId}`, { key: 'desk.done.engagement_cancelled' });
  },
});

export const engagementPages: readonly Page[] = [shown, move, cancel];
