import type { ReactElement } from 'react';
import { addDays, dayIn, daysBetween, isDay } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { isId } from '../../../core/id.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown as Posted } from '../../../core/page.ts';
import { Checkbox, DateField, ErrorSummary, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { Actions, Button, Crumbs, Empty, LinkButton, Pages, Section, State, Views } from '../../../ui/parts.tsx';
import { getCase } from '../../registry/index.ts';
import { listParties } from '../../directory/index.ts';
import { listCalendars } from '../calendar.server.ts';
import { findTime } from '../free-time.server.ts';
import { fillReply, replyWays, requestActs, requestChannels, usualReply, type ReplyWay, type RequestAct } from '../request.ts';
import { acceptRequest, declineRequest, delegateRequest } from '../request-reply.server.ts';
import { addRequest, countRequests, listRequests, withdrawRequest, type RequestRow } from '../request.server.ts';
import { freeResources } from '../resource.server.ts';
import { Time } from './engagement-form.tsx';
import type { ConflictRow } from './shown.ts';
import { caseHref, Clashes, has, Sheet, slotWords, spanWords, timeWords, todayOf, wallOf, zoneOf } from './words.tsx';

const usualMinutes = 45;
const daysAhead = 21;
const oldAfter = 7;

/** Times at which a person is free in the coming weeks, a few of each of the next days. */
async function freeFor(page: PageContext, personId: string | null, most = 8): Promise<{ startsAt: Date; endsAt: Date }[]> {
  if (!personId) return [];
  const from = addDays(todayOf(page), 1);
  const { times } = await page.run(findTime, { personIds: [personId], resourceIds: [], minutes: usualMinutes, fromOn: from, untilOn: addDays(from, daysAhead), most: 60 });
  const days = Map.groupBy(times, (one) => wallOf(page, one.startsAt).on);
  return [...days.values()].flatMap((list) => [list[0]!, list[Math.floor(list.length / 2)]!].filter((one, index, both) => both.indexOf(one) === index)).slice(0, most);
}
const slotHref = (page: PageContext, id: string, act: string, slot: { startsAt: Date; endsAt: Date }): string => {
  const [start, end] = [wallOf(page, slot.startsAt), wallOf(page, slot.endsAt)];
  return `/desk/meeting-requests/${id}/${act}?${new URLSearchParams({ startsOn: start.on, startsTime: start.time, endsTime: end.time })}`;
};

/** How long it has been waiting. */
export function AgeMark({ page, row }: { page: PageContext; row: RequestRow }): ReactElement {
  const age = daysBetween(dayIn(zoneOf(page), row.askedAt), todayOf(page));
  return <ClockMark state={age > oldAfter ? 'late' : age > oldAfter / 2 ? 'soon' : 'ok'} label={age === 0 ? page.t('calendar.today') : page.t('request.waits', { count: age })} />;
}
export const requestActsOf = (page: PageContext, row: RequestRow): RequestAct[] => requestActs.filter((act) => (act === 'withdraw' ? row.state !== 'declined' && row.state !== 'withdrawn' && (row.decides || has(page, 'registrar', 'citizens')) : row.decides && row.state === 'open'));

function Asked({ page, row }: { page: PageContext; row: RequestRow }): ReactElement {
  const { t } = page;
  const acts = requestActsOf(page, row);
  return (
    <li>
      <h2><a href={caseHref(row.caseId)} data-row={caseHref(row.caseId)}>{row.party?.name || row.purpose}</a></h2>
      {row.party && <p>{row.purpose}</p>}
      <p className="meta"><span className="ref">{row.reference}</span> · {t('request.with', { who: row.owner })}{row.people > 1 && ` · ${t('request.people_count', { count: row.people })}`}{row.wished && ` · ${t('request.wished')}: ${row.wished}`}{row.party?.phone && <> · <a className="nowrap" href={`tel:${row.party.phone.replaceAll(/[^+\d]/g, '')}`}>{row.party.phone}</a></>}{row.party && row.party.earlier > 0 && ` · ${t('request.earlier', { count: row.party.earlier })}`}</p>
      {row.state === 'open' ? <p><AgeMark page={page} row={row} /></p>
        : <p><State kind={row.state === 'accepted' ? 'ok' : row.state === 'delegated' ? 'soon' : ''}>{t(`request.state.${row.state}`)}</State> <span className="meta">{[row.delegatedTo, row.engagementAt && row.engagementEndsAt ? spanWords(page, row.engagementAt, row.engagementEndsAt, false) : '', row.reason, row.decidedBy && row.decidedAt ? `${row.decidedBy}, ${formatDay(dayIn(zoneOf(page), row.decidedAt), page.locale, 'numeric')}` : ''].filter(Boolean).join(' · ')}</span></p>}
      {acts.includes('accept') && <div className="actions"><LinkButton icon="check" href={`/desk/meeting-requests/${row.id}/accept`}>{t('request.act.accept')}<span className="vh"> {row.reference}</span></LinkButton><LinkButton href={`/desk/meeting-requests/${row.id}/delegate`}>{t('request.act.delegate')}<span className="vh"> {row.reference}</span></LinkButton><LinkButton kind="quiet" href={`/desk/meeting-requests/${row.id}/decline`}>{t('request.act.decline')}<span className="vh"> {row.reference}</span></LinkButton></div>}
    </li>
  );
}

const list = definePage({
  path: '/desk/meeting-requests', audience: 'desk',
  async get(page) {
    const { t } = page;
    const view = page.query.get('view') === 'decided' ? 'decided' as const : 'open' as const;
    const after = page.query.get('after') ?? '';
    const [{ requests, next }, { open }, { calendars }] = await Promise.all([page.run(listRequests, { view, after }), page.run(countRequests, {}), page.run(listCalendars, {})]);
    const mayor = calendars.find((one) => one.role === 'mayor');
    const free = view === 'open' ? await freeFor(page, mayor?.personId ?? null, 10) : [];
    const byDay = Map.groupBy(free, (one) => wallOf(page, one.startsAt).on);
    return page.html(
      <DeskPage title={t('request.title')}>
        <Sheet />
        <div className="head"><div><h1>{t('request.title')}</h1><p>{t('request.lead', { count: open })}</p></div>{has(page, 'registrar', 'citizens', 'chief', 'clerk', 'protocol') && <div className="actions"><LinkButton kind="primary" icon="plus" href="/desk/meeting-requests/new" data-key="n">{t('request.new')}</LinkButton></div>}</div>
        <Views label={t('desk.views')} items={(['open', 'decided'] as const).map((one) => ({ href: `/desk/meeting-requests?view=${one}`, label: t(`request.view.${one}`), count: one === 'open' ? open : undefined, current: one === view }))} />
        <div className={view === 'open' ? 'split' : undefined}><div>
          {requests.length === 0 ? <Empty>{t(`request.empty.${view}`)}</Empty> : <ul className="asks">{requests.map((row) => <Asked key={row.id} page={page} row={row} />)}</ul>}
          <Pages previous={after ? `/desk/meeting-requests?view=${view}` : null} next={next && `/desk/meeting-requests?view=${view}&after=${next}`} />
        </div>
          {view === 'open' && mayor && <div><Section id="free" title={t('request.free', { who: mayor.name })}>{free.length === 0 ? <p className="meta">{t('request.free.none')}</p> : <dl className="facts">{[...byDay].map(([on, slots]) => [<dt key={`t${on}`}>{formatDay(on, page.locale, 'weekday').replace(/\s\d{4}\.?$/, '')}</dt>, <dd key={`d${on}`}>{slots.map((slot) => timeWords(page, slot.startsAt)).join(', ')}</dd>])}</dl>}<p className="meta"><a href={`/desk/calendar?of=${mayor.id}`}>{t('calendar.title')}</a></p></Section></div>}
        </div>
      </DeskPage>,
    );
  },
});

async function renderNew(page: PageContext, after?: Posted): Promise<Response> {
  const { t } = page;
  const caseId = page.params['id'] ?? '';
  const errors = errorsOf(page, after?.errors, ['name', 'purpose', 'wished', 'people', 'email']);
  const values = after?.values ?? page.values;
  const value = (name: string): string => first(values, name);
  const { calendars } = await page.run(listCalendars, {});
  const leaders = calendars.filter((one) => one.role === 'mayor' || one.role === 'deputy');
  const file = caseId ? await page.run(getCase, { id: caseId }) : null;
  const typed = value('who').trim();
  const { parties } = !file && typed.length > 1 ? await page.run(listParties, { query: typed }) : { parties: [] };
  const partyId = value('partyId');
  const title = t('request.new');
  return page.html(
    <DeskPage title={Object.keys(errors).length > 0 ? `${t('ui.error_prefix')} ${title}` : title}>
      <Sheet />
      <Crumbs items={[{ label: t('request.title'), href: '/desk/meeting-requests' }, ...(file ? [{ label: file.reference, href: caseHref(file.id) }] : []), { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>{file && <p className="meta">{[file.subject, file.party?.name].filter(Boolean).join(' · ')}</p>}
        <form method="post" action={file ? `/desk/cases/${file.id}/meeting-request` : '/desk/meeting-requests/new'} className="stack" noValidate data-unsaved="1">
          <button hidden />
          {!file && <>
            <RadioGroup name="channel" legend={t('request.channel')} value={value('channel') || 'phone'} options={requestChannels.map((one) => ({ value: one, label: t(`channel.${one}`) }))} />
            <TextField name="name" label={t('request.name')} value={value('name')} error={errors['name']} maxLength={200} />
            <Checkbox name="organisation" label={t('request.organisation')} checked={value('organisation') !== ''} />
            <div className="fields"><TextField name="phone" type="tel" label={t('request.phone')} value={value('phone')} error={errors['phone']} optional /><TextField name="email" type="email" label={t('request.email')} value={value('email')} error={errors['email']} optional /><TextField name="address" label={t('request.address')} value={value('address')} error={errors['address']} optional /><TextField name="town" label={t('request.town')} value={value('town')} error={errors['town']} optional /></div>
            <details open={typed !== ''}><summary>{t('request.known')}</summary><div className="joined"><label className="vh" htmlFor="who">{t('request.known')}</label><input type="search" id="who" name="who" defaultValue={typed} maxLength={200} /><Button name="act" value="find" icon="search">{t('engagement.find')}</Button></div>
              {parties.length > 0 && <RadioGroup name="partyId" legend={t('request.known.choose')} value={partyId} options={[...parties.slice(0, 10).map((one) => ({ value: one.id, label: [one.name, one.place, one.phone].filter(Boolean).join(', ') })), { value: '', label: t('request.known.nobody') }]} />}</details></>}
          {leaders.length > 1 && <SelectField name="calendarId" label={t('request.whom')} value={value('calendarId')} options={leaders.map((one) => ({ value: one.id, label: one.name }))} error={errors['calendarId']} />}
          <TextField name="purpose" label={t('request.purpose')} hint={t('request.purpose.hint')} value={value('purpose')} error={errors['purpose']} maxLength={300} />
          {!file && <TextArea name="text" label={t('request.text')} value={value('text')} error={errors['text']} rows={3} optional />}
          <TextField name="wished" label={t('request.wished')} hint={t('request.wished.hint')} value={value('wished')} error={errors['wished']} optional />
          <TextField name="people" type="number" inputMode="numeric" label={t('request.people')} value={value('people') || '1'} error={errors['people']} />
          <Actions><Button kind="primary" icon="check">{t('request.save')}</Button><LinkButton kind="quiet" href={file ? caseHref(file.id) : '/desk/meeting-requests'}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}
const postNew = async (page: PageContext): Promise<Response> => {
  const read = (name: string): string => first(page.values, name);
  if (read('act') === 'find') return renderNew(page);
  const caseId = page.params['id'];
  const added = await page.run(addRequest, {
    caseId: caseId ?? '', calendarId: read('calendarId'), purpose: read('purpose'), wished: read('wished'), people: read('people') || 1, text: read('text'),
    ...(caseId ? {} : { channel: read('channel') as 'phone', partyId: read('partyId'), name: read('name'), organisation: read('organisation'), email: read('email'), phone: read('phone'), address: read('address'), town: read('town') }),
  });
  return page.redirect(caseId ? caseHref(caseId) : '/desk/meeting-requests', { key: 'desk.done.request_added', args: { reference: added.reference } });
};
const newPage = definePage({ path: '/desk/meeting-requests/new', audience: 'desk', get: renderNew, post: postNew });
const ofCase = definePage({ path: '/desk/cases/:id/meeting-request', audience: 'desk', get: renderNew, post: postNew });

/** The decision: on a phone the time is one tap, the letter another. */
async function renderDecision(page: PageContext, act: RequestAct, after?: Posted): Promise<Response> {
  const { t, office } = page;
  const { requests } = await page.run(listRequests, { id: page.params['id']! });
  const row = requests[0]!;
  const title = t(`request.act.${act}`);
  const errors = errorsOf(page, after?.errors, ['to', 'startsOn', 'startsTime', 'endsTime', 'reason', 'way', 'letter']);
  const value = (name: string): string => (after?.values ? first(after.values, name) : first(page.values, name) || (page.query.get(name) ?? ''));
  const { calendars } = await page.run(listCalendars, {});
  const owner = calendars.find((one) => one.id === row.calendarId);
  const deputies = calendars.filter((one) => (one.role === 'deputy' || one.role === 'mayor') && one.id !== row.calendarId);
  const deputy = deputies.find((one) => one.personId === value('to')) ?? deputies[0];
  const receives = act === 'delegate' ? deputy : owner;
  const meets = act === 'accept' || act === 'delegate';
  const slots = meets && row.state === 'open' ? await freeFor(page, receives?.personId ?? null) : [];
  const firstSlot = slots[0];
  const start = value('startsOn') ? { on: value('startsOn'), time: value('startsTime') } : firstSlot ? wallOf(page, firstSlot.startsAt) : { on: '', time: '' };
  const endsTime = value('startsOn') ? value('endsTime') : firstSlot ? wallOf(page, firstSlot.endsAt).time : '';
  const { resources } = meets ? await page.run(freeResources, firstSlot && !isDay(value('startsOn')) ? firstSlot : { startsAt: page.now, endsAt: page.now }) : { resources: [] };
  const conflicts = (after?.current as { conflicts?: readonly ConflictRow[] } | undefined)?.conflicts ?? [];
  const usualWay: ReplyWay = row.party?.email ? 'email' : row.party?.address ? 'post' : 'none';
  const words = act === 'withdraw' ? null : usualReply(act, office.locale);
  const letter = value('letter') || (words ? fillReply(words.body, { purpose: row.purpose, reference: row.reference, phone: office.data.phone }) : '');
  const action = `/desk/meeting-requests/${row.id}/${act}`;
  const isOffered = requestActsOf(page, row).includes(act);
  return page.html(
    <DeskPage title={Object.keys(errors).length > 0 ? `${t('ui.error_prefix')} ${title}` : title}>
      <Sheet />
      <Crumbs items={[{ label: t('request.title'), href: '/desk/meeting-requests' }, { label: row.reference, href: caseHref(row.caseId) }, { label: title }]} />
      <div className="formpage">
        {after?.said && conflicts.length === 0 && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1><p className="meta">{[row.party?.name, row.purpose, row.people > 1 ? t('request.people_count', { count: row.people }) : ''].filter(Boolean).join(' · ')}</p>
        {row.wished && <p className="meta">{t('request.wished')}: {row.wished}</p>}
        {!isOffered ? <><p className="lead">{t('error.not_now')}</p><Actions><LinkButton href="/desk/meeting-requests">{t('request.title')}</LinkButton></Actions></> : (
          <form method="post" action={action} className="stack" noValidate data-unsaved="1">
            {conflicts.length > 0 && <div className="errors" role="alert" tabIndex={-1} data-focus="1"><h2>{t('engagement.conflicts')}</h2><Clashes page={page} conflicts={conflicts} /><p data-top="1"><label><input type="checkbox" name="nevertheless" value="1" /> {t('engagement.nevertheless')}</label></p></div>}
            {act === 'delegate' && <RadioGroup name="to" legend={t('request.to')} value={deputy?.personId ?? ''} error={errors['to']} options={deputies.map((one) => ({ value: one.personId!, label: one.name }))} />}
            {meets && (
              <fieldset className="field"><legend>{t('request.when')}</legend>
                {slots.length > 0 && <p className="slots">{slots.map((slot) => { const at = wallOf(page, slot.startsAt); return <a key={slot.startsAt.getTime()} href={`${slotHref(page, row.id, act, slot)}${act === 'delegate' && deputy ? `&to=${deputy.personId}` : ''}`} aria-current={at.on === start.on && at.time === start.time ? 'true' : undefined} data-slot={`${at.on} ${at.time} ${wallOf(page, slot.endsAt).time}`}>{slotWords(page, slot.startsAt)}</a>; })}</p>}
                <div className="whenfields"><DateField name="startsOn" label={t('engagement.on')} value={start.on} error={errors['startsOn']} /><Time name="startsTime" label={t('engagement.from')} value={start.time} error={errors['startsTime']} /><Time name="endsTime" label={t('engagement.until')} value={endsTime} error={errors['endsTime']} /></div></fieldset>
            )}
            {meets && <div className="fields"><TextField name="place" label={t('engagement.place')} value={value('place')} error={errors['place']} optional />{resources.some((one) => one.kind === 'room') && <SelectField name="resourceId" label={t('engagement.room')} empty={t('engagement.room.none')} value={value('resourceId')} options={resources.filter((one) => one.kind === 'room').map((one) => ({ value: one.id, label: one.name }))} error={errors['resourceId']} optional />}</div>}
            {act === 'decline' && <TextField name="reason" label={t('request.reason')} hint={t('request.reason.hint')} value={value('reason')} error={errors['reason']} maxLength={500} />}
            {act === 'withdraw' && <TextField name="reason" label={t('request.withdrawn_reason')} value={value('reason')} error={errors['reason']} maxLength={300} optional />}
            {words && <>
              <RadioGroup name="way" legend={t('request.reply')} value={value('way') || usualWay} error={errors['way']} options={replyWays.filter((way) => (way !== 'email' || Boolean(row.party?.email)) && (way !== 'post' || Boolean(row.party?.address))).map((way) => ({ value: way, label: t(`request.way.${way}`), hint: way === 'email' ? row.party!.email : way === 'post' ? row.party!.address : undefined }))} />
              <details open={Boolean(errors['letter'])}><summary>{t('request.letter.open')}</summary><TextArea name="letter" label={t('request.letter')} hint={t('request.letter.hint')} value={letter} error={errors['letter']} rows={12} /><p className="meta"><a href={caseHref(row.caseId)}>{t('request.letter.own')}</a></p></details></>}
            <Actions><Button kind="primary" icon="check">{title}</Button><LinkButton kind="quiet" href="/desk/meeting-requests">{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}

const decision = (act: RequestAct): Page => definePage({
  path: `/desk/meeting-requests/:id/${act}`, audience: 'desk', get: (page, shown) => renderDecision(page, act, shown),
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const id = page.params['id']!;
    const reply = { way: (read('way') || 'none') as ReplyWay, letter: read('letter') };
    const when = { startsOn: read('startsOn'), startsTime: read('startsTime'), endsTime: read('endsTime'), place: read('place'), resourceId: isId(read('resourceId')) ? read('resourceId') : '', nevertheless: read('nevertheless') };
    if (act === 'accept') await page.run(acceptRequest, { id, ...when, ...reply });
    else if (act === 'delegate') await page.run(delegateRequest, { id, to: read('to'), ...when, ...reply });
    else if (act === 'decline') await page.run(declineRequest, { id, reason: read('reason'), ...reply });
    else await page.run(withdrawRequest, { id, reason: read('reason') });
    return page.redirect('/desk/meeting-requests', { key: `desk.done.request_${act}` });
  },
});

export const requestPages: readonly Page[] = [list, newPage, ofCase, ...requestActs.map(decision)];
