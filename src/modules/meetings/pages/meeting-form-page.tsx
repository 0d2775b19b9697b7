import type { ReactElement } from 'react';
import { addDays, wallClock } from '../../../core/day.ts';
import { calendarNames, formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { DateField, ErrorSummary, Hidden, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Empty, LinkButton } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';
import { listCommittees, readCommittee } from '../committee.server.ts';
import { readMeeting, type MeetingView } from '../meeting-list.server.ts';
import { meetingKinds } from '../meeting.ts';
import { cancelMeeting, changeMeeting, planMeeting, planSeries, postponeMeeting } from '../meeting.server.ts';
import { nameOf, sittingHref, todayOf, unitName, whenWords } from './meeting-words.tsx';

type Read = (name: string, usual?: string) => string;
const reader = (after: Shown | undefined, page: PageContext): Read => (name, usual = '') => { const values = after?.values ?? page.values; return name in values ? first(values, name) : usual; };
const Problem = ({ page, after, errors }: { page: PageContext; after: Shown | undefined; errors: Record<string, string> }): ReactElement | null => after?.said ? <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: page.t(after.said.key, after.said.args) })} /> : null;

const Times = ({ page, read, errors, minutes = '90', time = '10:00' }: { page: PageContext; read: Read; errors: Record<string, string>; minutes?: string; time?: string }): ReactElement => (
  <div className="fields">
    <TextField name="time" label={page.t('meeting.begins')} hint={page.t('meeting.begins.hint')} value={read('time', time)} error={errors['time']} inputMode="numeric" size={6} />
    <TextField name="minutes" type="number" label={page.t('meeting.lasts')} value={read('minutes', minutes)} error={errors['minutes']} inputMode="numeric" />
  </div>
);

async function renderNew(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const read = reader(after, page);
  const { committees } = await page.run(listCommittees, {});
  const kept = committees.filter((one) => one.keeps && !one.endedAt);
  const chosen = kept.find((one) => one.id === read('committeeId', page.query.get('committee') ?? ''));
  const room = chosen ? (await page.run(readCommittee, { id: chosen.id })).rooms : [];
  const isSeries = read('as') === 'series' || page.query.get('as') === 'series';
  const errors = errorsOf(page, after?.errors, ['committeeId', 'onDay', 'weekday', 'time', 'minutes']);
  const title = t(isSeries ? 'meeting.plan_series' : 'meeting.plan');
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('meeting.list.title'), href: '/desk/meetings' }, { label: title }]} />
      <div className="formpage">
        <Problem page={page} after={after} errors={errors} />
        <h1>{title}</h1>
        {kept.length === 0 ? <Empty>{t('meeting.plan.nothing')}</Empty> : (
          <form method="post" action="/desk/meetings/new" className="stack" noValidate data-unsaved="1"><Hidden fields={{ as: isSeries ? 'series' : 'one' }} />
            <SelectField name="committeeId" label={t('committee.one')} options={kept.map((one) => ({ value: one.id, label: one.name }))} value={chosen?.id ?? kept[0]!.id} error={errors['committeeId']} />
            <DateField name="onDay" label={t(isSeries ? 'meeting.series.from' : 'meeting.day')} value={read('onDay', isSeries ? addDays(todayOf(page), 1) : '')} error={errors['onDay']} min={todayOf(page)} />
            {isSeries && <>
              <SelectField name="weekday" label={t('meeting.series.weekday')} options={calendarNames(page.locale).weekdays.slice(0, 5).map((name, index) => ({ value: String(index + 1), label: name }))} value={read('weekday', '1')} error={errors['weekday']} />
              <div className="fields"><TextField name="everyWeeks" type="number" label={t('meeting.series.every')} value={read('everyWeeks', '1')} error={errors['everyWeeks']} inputMode="numeric" /><TextField name="count" type="number" label={t('meeting.series.count')} hint={t('meeting.series.count.hint')} value={read('count', '8')} error={errors['count']} inputMode="numeric" /></div>
            </>}
            <Times page={page} read={read} errors={errors} />
            {!isSeries && <>
              <SelectField name="kind" label={t('meeting.kind')} options={meetingKinds.map((one) => ({ value: one, label: t(`meeting.kind.${one}`) }))} value={read('kind', 'regular')} error={errors['kind']} />
              <TextField name="title" label={t('meeting.matter')} hint={t('meeting.matter.hint')} value={read('title')} error={errors['title']} optional />
              <TextField name="place" label={t('meeting.place')} hint={t('meeting.place.hint')} value={read('place', chosen?.place ?? '')} error={errors['place']} optional />
              {room.length > 0 && <SelectField name="resourceId" label={t('meeting.room')} empty={t('meeting.room.none')} options={room.map((one) => ({ value: one.id, label: one.name }))} value={read('resourceId')} error={errors['resourceId']} optional />}
              <TextField name="link" label={t('meeting.link')} hint={t('meeting.link.hint')} value={read('link')} error={errors['link']} optional />
            </>}
            <Actions><Button kind="primary" icon="calendar">{t(isSeries ? 'meeting.plan_series.do' : 'meeting.plan.do')}</Button><LinkButton kind="quiet" href={`/desk/meetings/new?as=${isSeries ? 'one' : 'series'}${chosen ? `&committee=${chosen.id}` : ''}`}>{t(isSeries ? 'meeting.plan' : 'meeting.plan_series')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}
const newPage = definePage({
  path: '/desk/meetings/new', audience: 'desk', get: renderNew,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const same = { committeeId: read('committeeId'), onDay: read('onDay'), time: read('time'), minutes: read('minutes') };
    if (read('as') === 'series') {
      const { days } = await page.run(planSeries, { ...same, weekday: read('weekday'), everyWeeks: read('everyWeeks'), count: read('count') });
      return page.redirect(`/desk/meetings?view=coming&committee=${same.committeeId}`, { key: 'meeting.done.planned_series', args: { count: days.length, until: formatDay(days.at(-1) ?? same.onDay, page.locale, 'long') } });
    }
    const { id } = await page.run(planMeeting, { ...same, kind: read('kind') as 'regular', title: read('title'), place: read('place'), link: read('link'), resourceId: read('resourceId') });
    return page.redirect(sittingHref(id), { key: 'meeting.done.planned' });
  },
});

/** A form about one sitting, under its name. */
async function about(page: PageContext, after: Shown | undefined, act: 'change' | 'postpone' | 'cancel', fields: (view: MeetingView, read: Read, errors: Record<string, string>) => Promise<ReactElement> | ReactElement): Promise<Response> {
  const { t } = page;
  const view = await page.run(readMeeting, { id: page.params['id']! });
  const errors = errorsOf(page, after?.errors, ['onDay', 'time', 'minutes', 'reason']);
  const title = t(`meeting.act.${act}`);
  const may = act === 'change' ? 'prepare' : act;
  if (!view.acts.includes(may)) throw notFound();
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('meeting.list.title'), href: '/desk/meetings' }, { label: nameOf(page, view), href: sittingHref(view.id) }, { label: title }]} />
      <div className="formpage">
        <Problem page={page} after={after} errors={errors} />
        <h1>{title}</h1><p className="meta">{nameOf(page, view)} · {whenWords(page, view.startsAt)}</p>
        <form method="post" action={sittingHref(view.id, act)} className="stack" noValidate data-unsaved="1">
          {await fields(view, reader(after, page), errors)}
          <Actions><Button kind="primary">{t(`meeting.act.${act}.do`)}</Button><LinkButton kind="quiet" href={sittingHref(view.id)}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}

const changePage = definePage({
  path: '/desk/meetings/:id/change', audience: 'desk',
  get: (page, after) => about(page, after, 'change', async (view, read, errors) => {
    const { t } = page;
    const [{ people }, { rooms }] = await Promise.all([page.run(listColleagues, {}), page.run(readCommittee, { id: view.committeeId })]);
    const options = people.map((one) => ({ value: one.id, label: `${one.name}, ${textIn(one.title, page.locale)}`, group: unitName(page, one.unitId) }));
    return (
      <>
        <RadioGroup name="kind" legend={t('meeting.kind')} value={read('kind', view.kind)} error={errors['kind']} options={meetingKinds.map((one) => ({ value: one, label: t(`meeting.kind.${one}`) }))} />
        <TextField name="title" label={t('meeting.matter')} hint={t('meeting.matter.hint')} value={read('title', view.title)} error={errors['title']} optional />
        <TextField name="place" label={t('meeting.place')} value={read('place', view.place)} error={errors['place']} optional />
        {rooms.length > 0 && <SelectField name="resourceId" label={t('meeting.room')} empty={t('meeting.room.as_is')} options={rooms.map((one) => ({ value: one.id, label: one.name }))} value={read('resourceId')} error={errors['resourceId']} optional />}
        <TextField name="link" label={t('meeting.link')} hint={t('meeting.link.hint')} value={read('link', view.link)} error={errors['link']} optional />
        <SelectField name="chairId" label={t('meeting.chair')} options={options} empty={t('meeting.nobody')} value={read('chairId', view.chairId ?? '')} error={errors['chairId']} />
        <SelectField name="keeperId" label={t('meeting.keeper')} options={options} empty={t('meeting.nobody')} value={read('keeperId', view.keeperId ?? '')} error={errors['keeperId']} />
      </>
    );
  }),
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    await page.run(changeMeeting, { id, kind: read('kind') as 'regular', title: read('title'), place: read('place'), link: read('link'), resourceId: read('resourceId'), chairId: read('chairId'), keeperId: read('keeperId') });
    return page.redirect(sittingHref(id), { key: 'meeting.done.changed' });
  },
});

const postponePage = definePage({
  path: '/desk/meetings/:id/postpone', audience: 'desk',
  get: (page, after) => about(page, after, 'postpone', (view, read, errors) => (
    <>
      <DateField name="onDay" label={page.t('meeting.day')} value={read('onDay')} error={errors['onDay']} min={todayOf(page)} />
      <Times page={page} read={read} errors={errors} minutes={String(Math.round((view.endsAt.getTime() - view.startsAt.getTime()) / 60_000))} time={wallClock(page.office.jurisdiction.timeZone, view.startsAt).time} />
      <TextArea name="reason" rows={3} label={page.t('meeting.reason')} hint={view.state === 'convened' ? page.t('meeting.reason.mailed') : undefined} value={read('reason')} error={errors['reason']} maxLength={1000} />
    </>
  )),
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    await page.run(postponeMeeting, { id, onDay: read('onDay'), time: read('time'), minutes: read('minutes'), reason: read('reason') });
    return page.redirect(sittingHref(id), { key: 'meeting.done.postponed' });
  },
});

const cancelPage = definePage({
  path: '/desk/meetings/:id/cancel', audience: 'desk',
  get: (page, after) => about(page, after, 'cancel', (view, read, errors) => <TextArea name="reason" rows={3} label={page.t('meeting.reason')} hint={view.state === 'convened' ? page.t('meeting.reason.mailed') : undefined} value={read('reason')} error={errors['reason']} maxLength={1000} />),
  async post(page) {
    const id = page.params['id']!;
    await page.run(cancelMeeting, { id, reason: first(page.values, 'reason') });
    return page.redirect(sittingHref(id), { key: 'meeting.done.cancelled' });
  },
});

export const meetingFormPages: readonly Page[] = [newPage, changePage, postponePage, cancelPage];
