import type { ReactElement } from 'react';
import { addDays, wallClock, weekdayOf } from '../../../core/day.ts';
import { calendarNames, formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { Checkbox, DateField, ErrorSummary, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Empty, LinkButton, Section, State, Table } from '../../../ui/parts.tsx';
import { audienceNumber } from '../audience.ts';
import { addSlot, cancelDay, changeReceptionDay, closeDay, dropSlot, getReceptionDay, listDays, makeDays, type DayRow } from '../day.server.ts';
import { dayHref, hostOptions, hrefOf, listPath, organises, StateOf, timeOf, todayOf, topicName, topicOptions } from './words.tsx';

const daysPath = `${listPath}/days`;
const hoursOf = (page: PageContext, one: DayRow): string => (one.startsAt && one.endsAt ? `${timeOf(page, one.startsAt)}–${timeOf(page, one.endsAt)}` : '');
const topicWords = (page: PageContext, topics: readonly string[]): string => (topics.length === 0 ? page.t('audience.topics.all') : topics.map((one) => topicName(page, one)).join(', '));
const TopicTicks = ({ page, chosen }: { page: PageContext; chosen: readonly string[] }): ReactElement => (
  <details className="also" open={chosen.length > 0}><summary>{page.t('audience.day.topics')}</summary><p className="meta">{page.t('audience.day.topics.hint')}</p><ul className="ticks">{topicOptions(page).map((one) => <li key={one.value}><label><input type="checkbox" name="topics" value={one.value} defaultChecked={chosen.includes(one.value)} /><span>{one.label}</span></label></li>)}</ul></details>
);

function DayTable({ page, days }: { page: PageContext; days: readonly DayRow[] }): ReactElement {
  const { t } = page;
  return (
    <Table caption={t('audience.days')} head="day" columns={[{ key: 'day', label: t('audience.day'), className: 'full' }, { key: 'host', label: t('audience.host') }, { key: 'taken', label: t('audience.day.taken'), className: 'right' }, { key: 'state', label: t('audience.state') }]}
      rows={days.map((one) => ({
        id: one.id, cells: {
          day: <><a href={dayHref(one.id)} data-row={dayHref(one.id)}>{formatDay(one.onDay, page.locale, 'weekday')}</a><span className="sub">{[hoursOf(page, one), one.place, topicWords(page, one.topics)].filter(Boolean).join(' · ')}</span></>,
          host: one.host, taken: `${one.taken} / ${one.slots}`, state: <State kind={one.state === 'cancelled' ? 'late' : ''}>{t(`audience.day.state.${one.state}`)}{!one.isPublic && `, ${t('audience.day.not_public')}`}</State>,
        },
      }))} />
  );
}

async function renderList(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office } = page;
  const today = todayOf(page);
  const values = after?.values ?? {};
  const errors = errorsOf(page, after?.errors, ['hostId', 'weekdays', 'fromOn', 'untilOn', 'from', 'until', 'minutes', 'pause', 'place']);
  const usual = office.data.audiences;
  const value = (name: string, preset: string | number = ''): string => (values[name] === undefined ? String(preset) : first(values, name));
  const [{ days }, past, hosts] = await Promise.all([page.run(listDays, { cancelled: true }), page.run(listDays, { fromOn: addDays(today, -35), untilOn: addDays(today, -1) }), hostOptions(page)]);
  const chosen = values['fromOn'] === undefined ? (usual?.weekdays ?? [weekdayOf(today)]).map(String) : many(values, 'weekdays');
  const names = calendarNames(page.locale).weekdays;
  return page.html(
    <DeskPage title={t('audience.days')}>
      <Crumbs items={[{ label: t('audience.title'), href: listPath }, { label: t('audience.days') }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="head"><div><h1>{t('audience.days')}</h1><p>{textIn(office.data.hours.text, page.locale)}</p></div></div>
      <div className="split"><div>
        <Section id="ahead" title={t('audience.days.ahead')}>{days.length === 0 ? <Empty>{t('audience.days.none')}</Empty> : <DayTable page={page} days={days} />}</Section>
        {past.days.length > 0 && <details className="also"><summary>{t('audience.days.past')}</summary><DayTable page={page} days={past.days.toReversed()} /></details>}
      </div><aside aria-label={t('audience.days.make')}>
        {organises(page) && <Section id="make" title={t('audience.days.make')}>
          <form method="post" action={daysPath} className="stack" noValidate>
            <SelectField name="hostId" label={t('audience.host')} value={value('hostId', hosts[0]?.value)} error={errors['hostId']} options={hosts} />
            <fieldset className={`field${errors['weekdays'] ? ' wrong' : ''}`}><legend>{t('audience.days.weekdays')}</legend>{errors['weekdays'] && <p className="error" id="weekdays-error">{errors['weekdays']}</p>}
              <ul className="ticks two">{[1, 2, 3, 4, 5, 6, 7].map((day) => <li key={day}><label><input type="checkbox" name="weekdays" id={day === 1 ? 'weekdays' : undefined} value={day} defaultChecked={chosen.includes(String(day))} /><span>{names[day - 1]}</span></label></li>)}</ul></fieldset>
            <div className="two fields">
              <DateField name="fromOn" label={t('audience.days.from_on')} value={value('fromOn', addDays(today, 1))} error={errors['fromOn']} min={today} />
              <DateField name="untilOn" label={t('audience.days.until_on')} value={value('untilOn', addDays(today, 90))} error={errors['untilOn']} min={today} />
              <TextField name="from" label={t('audience.days.from')} value={value('from', usual?.from ?? '10:00')} error={errors['from']} size={6} />
              <TextField name="until" label={t('audience.days.until')} value={value('until', usual?.until ?? '12:00')} error={errors['until']} size={6} />
              <TextField name="minutes" type="number" inputMode="numeric" label={t('audience.days.minutes')} value={value('minutes', usual?.minutes ?? 15)} error={errors['minutes']} />
              <TextField name="pause" type="number" inputMode="numeric" label={t('audience.days.pause')} value={value('pause', usual?.pause ?? 0)} error={errors['pause']} />
              <SelectField name="every" label={t('audience.days.every')} value={value('every', 1)} options={[1, 2, 3, 4].map((count) => ({ value: String(count), label: t('audience.days.weeks', { count }) }))} />
            </div>
            <TextField name="place" label={t('audience.place')} optional value={value('place', textIn(usual?.place, page.locale))} error={errors['place']} />
            <TopicTicks page={page} chosen={many(values, 'topics')} />
            <Checkbox name="isPublic" label={t('audience.day.public')} hint={t('audience.day.public.hint')} checked={values['fromOn'] === undefined || first(values, 'isPublic') !== ''} />
            <Actions><Button kind="primary" icon="check">{t('audience.days.do')}</Button></Actions>
          </form></Section>}
      </aside></div>
    </DeskPage>,
  );
}

async function renderDay(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const { day, slots, audiences } = await page.run(getReceptionDay, { id: page.params['id']! });
  const values = after?.values ?? {};
  const errors = errorsOf(page, after?.errors, ['place', 'topics', 'from', 'minutes', 'reason']);
  const value = (name: string, preset: string): string => (values[name] === undefined ? preset : first(values, name));
  const may = organises(page) && day.state !== 'cancelled' && day.state !== 'held';
  const between = audiences.filter((one) => !one.slotId);
  const zone = page.office.jurisdiction.timeZone;
  return page.html(
    <DeskPage title={formatDay(day.onDay, page.locale, 'weekday')}>
      <Crumbs items={[{ label: t('audience.title'), href: listPath }, { label: t('audience.days'), href: daysPath }, { label: formatDay(day.onDay, page.locale, 'numeric') }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="head"><div><h1>{formatDay(day.onDay, page.locale, 'weekday')}</h1><p>{[hoursOf(page, day), day.host, day.place, topicWords(page, day.topics)].filter(Boolean).join(' · ')}{day.state !== 'open' && <> · <State kind={day.state === 'cancelled' ? 'late' : ''}>{t(`audience.day.state.${day.state}`)}</State></>}</p>{day.cancelledReason && <p className="meta">{day.cancelledReason}</p>}{day.note && <p className="meta">{day.note}</p>}</div>
        <Actions>{day.onDay === todayOf(page) && <LinkButton kind="primary" href={`${listPath}/today`}>{t('audience.today')}</LinkButton>}<LinkButton icon="print" href={`${listPath}/today.pdf?day=${day.id}`}>{t('audience.print')}</LinkButton></Actions></div>
      <div className="split"><div>
        <Section id="times" title={t('audience.day.times')} aside={<span className="meta">{day.taken} / {day.slots}</span>}>
          <ul className="rows">{slots.map((slot) => {
            const one = audiences.find((each) => each.slotId === slot.id);
            return (
              <li key={slot.id}>{one ? <a href={hrefOf(one.id)} data-row={hrefOf(one.id)}>{one.name || t('audience.nobody')}</a> : <span className="meta">{t(slot.isTaken ? 'audience.day.taken_by_other' : 'audience.day.free')}</span>}<span className="nowrap"><b>{timeOf(page, slot.startsAt)}</b></span>
                <span className="sub">{one ? <><span className="ref">{audienceNumber(one)}</span> · {topicName(page, one.topic)} · <StateOf page={page} audience={one} /></> : may && !slot.isTaken && <form method="post" action={dayHref(day.id)} className="inline"><Hidden fields={{ act: 'drop', slotId: slot.id }} /><button className="link">{t('audience.day.drop_time')}</button></form>}</span></li>
            );
          })}
          {between.map((one) => <li key={one.id}><a href={hrefOf(one.id)} data-row={hrefOf(one.id)}>{one.name || t('audience.nobody')}</a><span className="nowrap">{one.arrivedAt && timeOf(page, one.arrivedAt)}</span><span className="sub"><span className="ref">{audienceNumber(one)}</span> · {t('audience.between')} · <StateOf page={page} audience={one} /></span></li>)}</ul>
          {may && <form method="post" action={dayHref(day.id)} className="filters" noValidate><Hidden fields={{ act: 'add' }} /><TextField name="from" label={t('audience.days.from')} value={value('from', day.endsAt ? wallClock(zone, day.endsAt).time : '10:00')} error={errors['from']} size={6} /><TextField name="minutes" type="number" inputMode="numeric" label={t('audience.days.minutes')} value={value('minutes', String(page.office.data.audiences?.minutes ?? 15))} error={errors['minutes']} /><Button>{t('audience.day.add_time')}</Button></form>}
        </Section>
      </div><aside aria-label={t('audience.day.change')}>
        {may && <Section id="change" title={t('audience.day.change')}><form method="post" action={dayHref(day.id)} className="stack" noValidate><Hidden fields={{ act: 'change', resourceId: day.resourceId }} /><TextField name="place" label={t('audience.place')} optional value={value('place', day.place)} error={errors['place']} /><TextField name="note" label={t('audience.day.note')} optional value={value('note', day.note)} error={errors['note']} /><TopicTicks page={page} chosen={day.topics} /><Checkbox name="isPublic" label={t('audience.day.public')} checked={day.isPublic} /><Actions><Button>{t('desk.save')}</Button></Actions></form></Section>}
        {may && <Section id="close" title={t(day.state === 'open' ? 'audience.day.close' : 'audience.day.open')}><p className="meta">{t(day.state === 'open' ? 'audience.day.close.hint' : 'audience.day.open.hint')}</p><form method="post" action={dayHref(day.id)}><Hidden fields={{ act: day.state === 'open' ? 'close' : 'open' }} /><Button>{t(day.state === 'open' ? 'audience.day.close' : 'audience.day.open')}</Button></form></Section>}
        {may && <Section id="cancel" title={t('audience.day.cancel')}><form method="post" action={dayHref(day.id)} className="stack" noValidate><Hidden fields={{ act: 'cancel' }} /><TextArea name="reason" rows={2} label={t('audience.reason')} hint={t('audience.day.cancel.hint', { count: day.taken })} value={value('reason', '')} error={errors['reason']} /><Actions><Button>{t('audience.day.cancel')}</Button></Actions></form></Section>}
      </aside></div>
    </DeskPage>,
  );
}

export const dayPages: readonly Page[] = [
  definePage({
    path: daysPath, audience: 'desk', get: renderList,
    async post(page) {
      const read = (name: string): string => first(page.values, name);
      const done = await page.run(makeDays, {
        hostId: read('hostId'), fromOn: read('fromOn'), untilOn: read('untilOn'), weekdays: many(page.values, 'weekdays').map(Number), every: Number(read('every')) || 1, from: read('from').padStart(5, '0'), until: read('until').padStart(5, '0'), minutes: read('minutes'), pause: read('pause') || '0', place: read('place'), topics: many(page.values, 'topics'), isPublic: read('isPublic'),
      });
      return page.redirect(daysPath, { key: 'audience.done.days', args: { made: done.made, skipped: done.skipped } });
    },
  }),
  definePage({
    path: `${daysPath}/:id`, audience: 'desk', get: renderDay,
    async post(page) {
      const read = (name: string): string => first(page.values, name);
      const id = page.params['id']!;
      const act = read('act');
      if (act === 'add') await page.run(addSlot, { id, from: read('from').padStart(5, '0'), minutes: read('minutes') });
      else if (act === 'drop') await page.run(dropSlot, { id, slotId: read('slotId') });
      else if (act === 'close' || act === 'open') await page.run(closeDay, { id, open: act === 'open' });
      else if (act === 'cancel') {
        const done = await page.run(cancelDay, { id, reason: read('reason') });
        return page.redirect(dayHref(id), { key: 'audience.done.day_cancelled', args: { told: done.told, waiting: done.waiting } });
      } else {
        const done = await page.run(changeReceptionDay, { id, place: read('place'), note: read('note'), topics: many(page.values, 'topics'), isPublic: read('isPublic'), resourceId: read('resourceId') || null });
        if (done.told + done.toCall > 0) return page.redirect(dayHref(id), { key: 'audience.done.day_moved', args: { told: done.told, toCall: done.toCall } });
      }
      return page.redirect(dayHref(id), { key: 'audience.done.day' });
    },
  }),
];
