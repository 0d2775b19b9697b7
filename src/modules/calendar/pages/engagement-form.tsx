import type { ReactElement } from 'react';
import { addDays, instantIn, isDay } from '../../../core/day.ts';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown as Posted, type Values } from '../../../core/page.ts';
import { fold } from '../../../core/fold.ts';
import { isId } from '../../../core/id.ts';
import { textIn } from '../../../core/message.ts';
import { Checkbox, DateField, ErrorSummary, Hidden, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Actions, Button, Crumbs, LinkButton, Notice } from '../../../ui/parts.tsx';
import { listParties } from '../../directory/index.ts';
import { listColleagues } from '../../people/index.ts';
import { getCase } from '../../registry/index.ts';
import { listCalendars, type CalendarView } from '../calendar.server.ts';
import { addToCalendar, askConflicts, changeInCalendar } from '../engagement.server.ts';
import { engagementKinds, usual, visibilities, type EngagementKind, type Reach, type Visibility } from '../engagement.ts';
import { getEngagement, type EngagementView } from '../engagement-read.server.ts';
import { repeats, ruleFrom, saidOf, type Repeat } from '../repeat.ts';
import { findTime } from '../free-time.server.ts';
import { freeResources } from '../resource.server.ts';
import { minuteOf, timeOf } from './day-layout.ts';
import type { ConflictRow } from './shown.ts';
import { Clashes, engagementHref, Sheet, slotWords, todayOf, wallOf, zoneOf } from './words.tsx';

const kindOf = (values: Values): EngagementKind => engagementKinds.find((one) => one === first(values, 'kind')) ?? 'meeting';
const isTime = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

/** The fields of an engagement that is there, as its form shows them. */
export function valuesOf(page: PageContext, view: EngagementView): Values {
  const [start, end] = [wallOf(page, view.startsAt), wallOf(page, view.endsAt)];
  const said = saidOf(view.rule);
  return {
    of: view.calendarId, kind: view.kind, title: view.title, detail: view.detail, place: view.place, startsOn: start.on, startsTime: view.isAllDay ? '' : start.time, endsOn: view.isAllDay ? addDays(end.on, -1) : end.on === start.on ? '' : end.on, endsTime: view.isAllDay ? '' : end.time, isAllDay: view.isAllDay ? '1' : '',
    travelBefore: String(view.travelBefore || ''), travelAfter: String(view.travelAfter || ''), preparation: String(view.preparation || ''), repeat: said.repeat, repeatUntil: said.untilOn, rule: view.rule, skipsClosingDays: view.skipsClosingDays ? '1' : '', state: view.state === 'tentative' ? 'tentative' : '', visibility: view.visibility, publicTitle: view.publicTitle,
    isFree: view.isFree ? '1' : '', resourceIds: view.resources.map((one) => one.id), participants: view.participants.map((one) => (one.personId ? `person:${one.personId}:${one.role}` : one.partyId ? `party:${one.partyId}:${one.role}` : one.email && one.email !== one.name ? `${one.name} <${one.email}>` : one.name)), caseId: view.caseId ?? '', version: String(view.version),
  };
}

/** The fields as the operations take them. */
function inputOf(values: Values) {
  const read = (name: string): string => first(values, name);
  const kind = kindOf(values);
  const repeat = read('repeat');
  const startsOn = read('startsOn');
  const rule = repeat === 'other' ? read('rule') : isDay(startsOn) && repeats.some((one) => one === repeat) ? ruleFrom(repeat as Repeat, startsOn, isDay(read('repeatUntil')) ? read('repeatUntil') : '') : '';
  return {
    kind, title: read('title'), detail: read('detail'), place: read('place'), startsOn, startsTime: read('startsTime'), endsOn: read('endsOn'), endsTime: read('endsTime'), isAllDay: read('isAllDay'), travelBefore: read('travelBefore'), travelAfter: read('travelAfter'), preparation: read('preparation'), rule,
    skipsClosingDays: read('skipsClosingDays'), state: read('state') === 'tentative' ? 'tentative' as const : 'confirmed' as const, visibility: kind === 'private' ? 'private' as const : (read('visibility') as Visibility | ''), publicTitle: read('publicTitle'), isFree: read('isFree'), caseId: read('caseId'),
    resourceIds: many(values, 'resourceIds').filter(Boolean), participants: many(values, 'participants').filter(Boolean), nevertheless: read('nevertheless'),
  };
}

/** Who was found by what was typed, those of the office first. */
async function foundFor(page: PageContext, typed: string): Promise<{ value: string; label: string }[]> {
  if (typed.trim().length < 2) return [];
  const wanted = fold(typed).split(/\s+/).filter(Boolean);
  const [{ people }, { parties }] = await Promise.all([page.run(listColleagues, {}), page.run(listParties, { query: typed.slice(0, 200) })]);
  const staff = people.filter((one) => wanted.every((word) => fold(`${one.name} ${textIn(one.title, page.locale)}`).includes(word))).slice(0, 8);
  return [
    ...staff.map((one) => ({ value: `person:${one.id}:required`, label: `${one.name}, ${textIn(one.title, page.locale)}` })),
    ...parties.slice(0, 8).map((one) => ({ value: `party:${one.id}:required`, label: [one.name, one.place, one.email].filter(Boolean).join(', ') })),
    { value: typed.trim(), label: page.t('engagement.as_typed', { name: typed.trim() }) },
  ];
}
/** The names behind the values of those who were chosen. */
async function chosenOf(page: PageContext, chosen: readonly string[], view: EngagementView | null, found: readonly { value: string; label: string }[]): Promise<{ value: string; label: string }[]> {
  const { people } = chosen.some((one) => one.startsWith('person:')) ? await page.run(listColleagues, {}) : { people: [] };
  return chosen.map((value) => {
    const [kind, id] = value.split(':');
    const known = kind === 'person' ? people.find((one) => one.id === id)?.name : view?.participants.find((one) => one.partyId === id)?.name;
    return { value, label: known ?? found.find((one) => one.value === value)?.label ?? value };
  });
}

type Opened = { view: EngagementView | null; calendars: CalendarView[]; action: string; back: string; title: string };
type Step = { conflicts?: readonly ConflictRow[]; found?: { value: string; label: string }[]; times?: { startsAt: Date; endsAt: Date }[] };

async function render(page: PageContext, opened: Opened, values: Values, after?: Posted, step: Step = {}): Promise<Response> {
  const { t } = page;
  const { view, calendars, title } = opened;
  const errors = errorsOf(page, after?.errors, ['kind', 'title', 'startsOn', 'startsTime', 'endsOn', 'endsTime', 'place', 'participants', 'rule']);
  const value = (name: string): string => first(values, name);
  const kind = kindOf(values);
  const conflicts = step.conflicts ?? (after?.current as { conflicts?: readonly ConflictRow[] } | undefined)?.conflicts ?? [];
  const stale = after?.said?.key === 'error.changed_meanwhile' ? (after.current as { version: number; title: string; place: string; startsAt: Date; endsAt: Date }) : null;
  const found = step.found ?? [];
  const chosen = await chosenOf(page, many(values, 'participants').filter(Boolean), view, found);
  const others = found.filter((one) => !chosen.some((two) => two.value === one.value));
  const isFixed = isDay(value('startsOn')) && (value('isAllDay') !== '' || isTime(value('startsTime')));
  const startsAt = isFixed ? instantIn(zoneOf(page), value('startsOn'), value('isAllDay') ? '00:00' : value('startsTime')) : null;
  const endsAt = startsAt && (value('isAllDay') ? instantIn(zoneOf(page), addDays(isDay(value('endsOn')) ? value('endsOn') : value('startsOn'), 1)) : isTime(value('endsTime')) ? instantIn(zoneOf(page), isDay(value('endsOn')) ? value('endsOn') : value('startsOn'), value('endsTime')) : new Date(startsAt.getTime() + usual[kind].minutes * 60_000));
  const { resources } = startsAt && endsAt && endsAt >= startsAt ? await page.run(freeResources, { startsAt, endsAt, exceptId: view?.id ?? '' }) : await page.run(freeResources, { startsAt: page.now, endsAt: page.now });
  const booked = new Set(many(values, 'resourceIds'));
  const file = isId(value('caseId')) ? await page.run(getCase, { id: value('caseId') }).catch(() => null) : null;
  const isSeries = view !== null && view.rule !== '';
  const repeat = value('repeat') || 'never';
  const minutes = Object.fromEntries(engagementKinds.map((one) => [one, usual[one]]));
  return page.html(
    <DeskPage title={Object.keys(errors).length > 0 ? `${t('ui.error_prefix')} ${title}` : title}>
      <Sheet />
      <Crumbs items={[{ label: t('calendar.title'), href: '/desk/calendar' }, ...(view ? [{ label: view.title, href: opened.back }] : []), { label: title }]} />
      <div className="formpage">
        {after?.said && conflicts.length === 0 && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        {file && <p className="meta">{t('engagement.case')}: <a href={`/desk/cases/${file.id}`}><span className="ref">{file.reference}</span> {file.subject}</a></p>}
        {stale && <Notice kind="warn" title={t('engagement.changed_by_other')}><p>{stale.title} · {stale.place}</p></Notice>}
        <form method="post" action={opened.action} className="stack" noValidate data-unsaved="1" data-engagement={JSON.stringify(minutes)}>
          {/* Enter in a field saves: the first button of a form is what Enter presses. */}<button hidden />
          <Hidden fields={{ caseId: value('caseId'), rule: value('rule'), version: stale ? stale.version : value('version'), at: value('at') }} />
          {conflicts.length > 0 && <div className="errors" role="alert" tabIndex={-1} data-focus="1"><h2>{t('engagement.conflicts')}</h2><Clashes page={page} conflicts={conflicts} /><p data-top="1"><label><input type="checkbox" name="nevertheless" value="1" /> {t('engagement.nevertheless')}</label></p></div>}
          {step.conflicts?.length === 0 && <Notice><span role="status">{t('engagement.is_free_then')}</span></Notice>}
          {isSeries && <RadioGroup name="which" legend={t('engagement.which')} value={value('which') || 'this'} options={(['this', 'following', 'all'] as const).map((one) => ({ value: one, label: t(`engagement.which.${one}`) }))} />}
          {view === null && calendars.length > 1 && <SelectField name="of" label={t('engagement.calendar')} value={value('of')} options={calendars.map((one) => ({ value: one.id, label: one.name }))} error={errors['calendarId']} />}
          {view === null && calendars.length === 1 && <Hidden fields={{ of: calendars[0]!.id }} />}
          <SelectField name="kind" label={t('engagement.kind')} value={kind} options={engagementKinds.map((one) => ({ value: one, label: t(`engagement.kind.${one}`) }))} error={errors['kind']} />
          <TextField name="title" label={t('engagement.title')} value={value('title')} error={errors['title']} maxLength={200} autoFocus={view === null} />
          <div className="field">
            <div className="whenfields"><DateField name="startsOn" label={t('engagement.on')} value={value('startsOn')} error={errors['startsOn']} /><Time name="startsTime" label={t('engagement.from')} value={value('startsTime')} error={errors['startsTime']} /><Time name="endsTime" label={t('engagement.until')} value={value('endsTime')} error={errors['endsTime']} /><DateField name="endsOn" label={t('engagement.last_day')} value={value('endsOn')} error={errors['endsOn']} optional /></div>
            <p className="hint">{t('engagement.when.hint')}</p>
            {step.times && (step.times.length === 0 ? <p role="status">{t('engagement.times.none')}</p> : <p className="slots" role="group" aria-label={t('engagement.times')}>{step.times.map((slot) => <Button key={slot.startsAt.getTime()} name="act" value={`at ${wallOf(page, slot.startsAt).on} ${wallOf(page, slot.startsAt).time} ${wallOf(page, slot.endsAt).time}`}>{slotWords(page, slot.startsAt)}</Button>)}</p>)}
          </div>
          <Checkbox name="isAllDay" label={t('calendar.all_day')} checked={value('isAllDay') !== ''} />
          <TextField name="place" label={t('engagement.place')} value={value('place')} error={errors['place']} maxLength={200} optional />
          {resources.length > 0 && (
            <fieldset className="field" id="rooms"><legend>{t('engagement.resources')} <span className="hint">{t('ui.optional')}</span></legend>{errors['resourceIds'] && <p className="error">{errors['resourceIds']}</p>}
              <ul className="ticks">{resources.map((one) => <li key={one.id}><label><input type="checkbox" name="resourceIds" value={one.id} defaultChecked={booked.has(one.id)} /><span>{one.name}{one.seats ? `, ${t('resource.seats_count', { count: one.seats })}` : ''}{isFixed && !one.isFree && <span className="meta"> · <Icon name="warning" /> {t('resource.taken_then')}</span>}</span></label></li>)}</ul></fieldset>
          )}
          <fieldset className="field" id="people"><legend>{t('engagement.participants')} <span className="hint">{t('ui.optional')}</span></legend>
            {errors['participants'] && <p className="error" id="participants">{errors['participants']}</p>}
            {chosen.length > 0 && <ul className="ticks">{chosen.map((one) => <li key={one.value}><label><input type="checkbox" name="participants" value={one.value} defaultChecked /><span>{one.label}</span></label></li>)}</ul>}
            {others.length > 0 && <><p className="meta">{t('engagement.found')}</p><ul className="ticks">{others.map((one) => <li key={one.value}><label><input type="checkbox" name="participants" value={one.value} /><span>{one.label}</span></label></li>)}</ul></>}
            <div className="joined"><label className="vh" htmlFor="who">{t('engagement.who')}</label><input type="search" id="who" name="who" placeholder={t('engagement.who')} defaultValue={found.length > 0 ? '' : value('who')} autoComplete="off" maxLength={200} /><Button name="act" value="find" icon="search">{t('engagement.find')}</Button></div><p className="hint">{t('engagement.participants.hint')}</p></fieldset>
          <TextArea name="detail" label={t('engagement.detail')} value={value('detail')} error={errors['detail']} rows={3} optional />
          {view?.seriesId ? null : <div className="field"><div className="whenfields"><SelectField name="repeat" label={t('engagement.repeat')} value={repeat} error={errors['rule']} options={[...repeats, ...(repeat === 'other' ? ['other' as const] : [])].map((one) => ({ value: one, label: t(`engagement.repeat.${one}`) }))} /><DateField name="repeatUntil" label={t('engagement.repeat_until')} value={value('repeatUntil')} error={errors['repeatUntil']} optional /></div>
            <p className="hint">{t('engagement.repeat.hint')}</p></div>}
          {!view?.seriesId && <Checkbox name="skipsClosingDays" label={t('engagement.skips_closing')} checked={value('skipsClosingDays') !== ''} />}
          <RadioGroup name="visibility" legend={t('engagement.visibility')} value={value('visibility') || usual[kind].visibility} error={errors['visibility']} options={visibilities.map((one) => ({ value: one, label: t(`engagement.visibility.${one}`), hint: t(`engagement.visibility.${one}.hint`) }))} />
          <TextField name="publicTitle" label={t('engagement.public_title')} hint={t('engagement.public_title.hint')} value={value('publicTitle')} error={errors['publicTitle']} maxLength={200} optional />
          <details open={['travelBefore', 'travelAfter', 'preparation', 'state', 'isFree'].some((name) => value(name) !== '')}><summary>{t('engagement.more')}</summary>
            <div className="whenfields"><Minutes name="preparation" label={t('engagement.preparation')} value={value('preparation')} error={errors['preparation']} /><Minutes name="travelBefore" label={t('engagement.travel_before')} value={value('travelBefore')} error={errors['travelBefore']} /><Minutes name="travelAfter" label={t('engagement.travel_after')} value={value('travelAfter')} error={errors['travelAfter']} /></div>
            <p className="hint">{t('engagement.minutes.hint')}</p>
            <Checkbox name="state" value="tentative" label={t('engagement.tentative')} hint={t('engagement.tentative.hint')} checked={value('state') === 'tentative'} />
            <Checkbox name="isFree" label={t('engagement.is_free')} checked={value('isFree') !== ''} /></details>
          <Actions><Button kind="primary" icon="check">{t('engagement.save')}</Button><Button name="act" value="check">{t('engagement.check')}</Button><Button name="act" value="times">{t('engagement.times')}</Button><LinkButton kind="quiet" href={opened.back}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}

type Small = { name: string; label: string; value: string; error: string | undefined };
export const Time = ({ name, label, value, error }: Small): ReactElement => (
  <div className={`field timefield${error ? ' wrong' : ''}`}><label htmlFor={name}>{label}</label>{error && <span className="error" id={`${name}-error`}>{error}</span>}<input type="time" id={name} name={name} defaultValue={value} step={300} aria-invalid={error ? true : undefined} aria-describedby={error ? `${name}-error` : undefined} /></div>
);
const Minutes = ({ name, label, value, error }: Small): ReactElement => <TextField name={name} label={label} value={value} error={error} type="number" inputMode="numeric" className="timefield" />;

const daysAhead = 14;
/** When the owner, those of the staff who were chosen, and the rooms are free for as long as it lasts. */
async function timesFor(page: PageContext, opened: Opened, calendarId: string): Promise<{ startsAt: Date; endsAt: Date }[]> {
  const read = (name: string): string => first(page.values, name);
  const owner = opened.view?.ownerId ?? opened.calendars.find((one) => one.id === calendarId)?.personId;
  const people = many(page.values, 'participants').flatMap((one) => (one.startsWith('person:') ? [one.split(':')[1]!] : [])).filter(isId);
  const length = isTime(read('startsTime')) && isTime(read('endsTime')) ? minuteOf(read('endsTime')) - minuteOf(read('startsTime')) : 0;
  const fromOn = isDay(read('startsOn')) && read('startsOn') >= todayOf(page) ? read('startsOn') : todayOf(page);
  const minutes = length >= 5 && length <= 720 ? length : Math.min(usual[kindOf(page.values)].minutes, 720);
  return (await page.run(findTime, { personIds: [...new Set([...(owner ? [owner] : []), ...people])], resourceIds: many(page.values, 'resourceIds').filter(isId), minutes, fromOn, untilOn: addDays(fromOn, daysAhead), most: 12 })).times;
}

/** What the buttons beside saving ask for: who is meant by what was typed, and whether the time is free. */
async function aside(page: PageContext, opened: Opened): Promise<Response | null> {
  const act = first(page.values, 'act');
  if (act === 'find') return render(page, opened, page.values, undefined, { found: await foundFor(page, first(page.values, 'who')) });
  const calendarId = opened.view?.calendarId ?? first(page.values, 'of');
  if (act === 'times') return render(page, opened, page.values, undefined, { times: await timesFor(page, opened, calendarId) });
  const [, startsOn, startsTime, endsTime] = /^at (\S+) (\S+) (\S+)$/.exec(act) ?? [];
  if (startsOn) return render(page, opened, { ...page.values, startsOn, startsTime: startsTime!, endsTime: endsTime!, endsOn: '', isAllDay: '' });
  if (act !== 'check') return null;
  const { conflicts } = await page.run(askConflicts, { ...inputOf(page.values), calendarId, exceptId: opened.view?.id ?? null });
  return render(page, opened, page.values, undefined, { conflicts });
}

/** The next full hour, so that a new engagement has a time that may do. */
function freshValues(page: PageContext, calendars: readonly CalendarView[]): Values {
  const read = (name: string): string => page.query.get(name) ?? '';
  const wanted = calendars.find((one) => one.id === read('of')) ?? calendars[0];
  const now = wallOf(page, page.now);
  const hour = Number(now.time.slice(0, 2)) + 1;
  // In the evening one thinks of the next day.
  const on = isDay(read('on')) && (read('on') !== todayOf(page) || hour < 18) ? read('on') : hour < 18 ? todayOf(page) : addDays(todayOf(page), 1);
  const kind = kindOf({ kind: read('kind') });
  const from = isTime(read('from')) ? read('from') : on === todayOf(page) ? timeOf(hour * 60) : '10:00';
  const minute = minuteOf(from);
  return { of: wanted?.id ?? '', kind, startsOn: on, startsTime: from, endsTime: isTime(read('until')) ? read('until') : timeOf(Math.min(minute + usual[kind].minutes, 1435)), caseId: isId(read('case')) ? read('case') : '', title: read('title'), ...page.values };
}
async function openNew(page: PageContext): Promise<Opened> {
  const { calendars } = await page.run(listCalendars, {});
  const caseId = first(page.values, 'caseId') || page.query.get('case');
  return { view: null, calendars: calendars.filter((one) => one.writes), action: '/desk/calendar/new', back: caseId && isId(caseId) ? `/desk/cases/${caseId}` : '/desk/calendar', title: page.t('engagement.new') };
}

const newPage = definePage({
  path: '/desk/calendar/new', audience: 'desk',
  async get(page, shown) {
    const opened = await openNew(page);
    return render(page, opened, shown?.values ?? freshValues(page, opened.calendars), shown);
  },
  async post(page) {
    const opened = await openNew(page);
    const other = await aside(page, opened);
    if (other) return other;
    const { id } = await page.run(addToCalendar, { calendarId: first(page.values, 'of'), ...inputOf(page.values) });
    return page.redirect(`/desk/calendar/${id}`, { key: 'desk.done.engagement_added' });
  },
});

async function openChange(page: PageContext): Promise<Opened> {
  const at = first(page.values, 'at') || page.query.get('at');
  const view = await page.run(getEngagement, { id: page.params['id']!, at: at ?? '' });
  const hrefOf = (act = ''): string => engagementHref({ engagementId: view.id, recurrenceAt: view.recurrenceAt, isSeries: view.rule !== '' }, act);
  return { view, calendars: [], action: hrefOf('change'), back: hrefOf(), title: page.t('engagement.act.change') };
}
const changePage = definePage({
  path: '/desk/calendar/:id/change', audience: 'desk',
  async get(page, shown) {
    const opened = await openChange(page);
    return render(page, opened, shown?.values ?? { ...valuesOf(page, opened.view!), at: opened.view!.rule && opened.view!.recurrenceAt ? opened.view!.recurrenceAt.toISOString() : '', ...page.values }, shown);
  },
  async post(page) {
    const opened = await openChange(page);
    const other = await aside(page, opened);
    if (other) return other;
    const { id } = await page.run(changeInCalendar, { id: opened.view!.id, recurrenceAt: first(page.values, 'at'), which: (first(page.values, 'which') || 'this') as Reach, version: Number(first(page.values, 'version')) || undefined, ...inputOf(page.values) });
    return page.redirect(`/desk/calendar/${id}`, { key: 'desk.done.engagement_changed' });
  },
});

export const engagementFormPages: readonly Page[] = [newPage, changePage];
