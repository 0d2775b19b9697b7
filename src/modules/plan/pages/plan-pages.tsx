import type { ReactElement } from 'react';
import { addDays, addMonths, dayIn, weekStart, type Day } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { Checkbox, DateField, ErrorSummary, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Empty, LinkButton, MoreActs, Notice, Pages, Section, Views } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';
import { audiences, daysOf, periods, shownEntries, type Audience, type Change, type Period, type PlanContent, type PlanEntry } from '../plan.ts';
import { isOn, timeWords } from '../plan-print.ts';
import { approvePlan, changePlan, dropPlan, getPlan, listPlans, preparePlan, printApproved, publishPlan, returnPlan, submitPlan, type PlanView } from '../plan.server.ts';
import { addReader, endReader, listReaders } from '../reader.server.ts';
import { has, historyOf, planHref, prepares, StateOf, titleOf } from './words.tsx';

const todayOf = (page: PageContext): Day => dayIn(page.office.jurisdiction.timeZone, page.now);

async function renderList(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const asked = page.query.get('period') ?? '';
  const period = periods.find((one) => one === asked) ?? '';
  const all = page.query.get('all') === '1';
  const { plans, next } = await page.run(listPlans, { period, all, after: page.query.get('after') ?? '' });
  const errors = errorsOf(page, after?.errors, ['period', 'on']);
  const value = (name: string): string => first(after?.values ?? {}, name);
  const href = (change: Record<string, string>): string => `/desk/plans?${new URLSearchParams(Object.entries({ period, all: all ? '1' : '', ...change }).filter(([, one]) => one !== ''))}`;
  const today = todayOf(page);
  const quick: [Period, Day, string][] = [['day', addDays(today, 1), 'plan.quick.day'], ['week', addDays(weekStart(today), 7), 'plan.quick.week'], ['month', addMonths(`${today.slice(0, 7)}-01`, 1), 'plan.quick.month']];
  return page.html(
    <DeskPage title={t('plan.title')}>
      <div className="head"><div><h1>{t('plan.title')}</h1><p>{t('plan.lead')}</p></div>
        <div className="actions">{has(page, 'chief', 'protocol', 'mayor') && <LinkButton kind="quiet" icon="people" href="/desk/plans/readers">{t('plan.readers')}</LinkButton>}<LinkButton kind="quiet" icon="globe" href="/plan">{t('plan.public_page')}</LinkButton></div></div>
      <ErrorSummary errors={errors} />
      {prepares(page) && (
        <Section id="prepare" title={t('plan.prepare')}>
          <form method="post" action="/desk/plans" className="actions">{quick.map(([one, on, key], index) => <Button key={one} {...(index === 0 ? { kind: 'primary' as const } : {})} name="quick" value={`${one}.${on}`}>{t(key)}</Button>)}</form>
          <details className="more" open={Object.keys(errors).length > 0}><summary>{t('plan.prepare_other')}</summary>
            <form method="post" action="/desk/plans" className="stack" noValidate>
              <SelectField name="period" label={t('plan.period')} options={periods.map((one) => ({ value: one, label: t(`plan.period.${one}`) }))} value={value('period') || 'week'} error={errors['period']} />
              <DateField name="on" label={t('plan.on')} hint={t('plan.on.hint')} value={value('on') || today} error={errors['on']} />
              <Actions><Button>{t('plan.prepare')}</Button></Actions>
            </form></details>
        </Section>
      )}
      <Views label={t('plan.title')} items={[['', 'plan.view.all'], ...periods.map((one) => [one, `plan.period.${one}`] as const)].map(([one, key]) => ({ href: href({ period: one! }), label: t(key!), current: period === one }))} />
      {plans.length === 0 ? <Empty>{t('plan.none')}</Empty> : (
        <ul className="rows">{plans.map((plan) => (
          <li key={plan.id}><a href={planHref(plan.id)} data-row={planHref(plan.id)}>{titleOf(page, plan)}</a><StateOf page={page} plan={plan} />
            <span className="sub">{plan.version > 1 && `${t('plan.version', { version: plan.version })} · `}{historyOf(page, plan)}</span></li>))}</ul>
      )}
      <Pages next={next ? href({ after: next }) : null} />
      <p className="meta"><a href={href({ all: all ? '' : '1' })}>{t(all ? 'plan.hide_old' : 'plan.show_old')}</a></p>
    </DeskPage>,
  );
}

const list = definePage({
  path: '/desk/plans', audience: 'desk', get: renderList,
  async post(page) {
    const [period = '', on = ''] = first(page.values, 'quick').split('.');
    const asked = { period: period || first(page.values, 'period'), on: on || first(page.values, 'on') };
    const { id } = await page.run(preparePlan, asked as { period: Period; on: string });
    return page.redirect(planHref(id), { key: 'plan.done.prepared' });
  },
});

const Mark = ({ page, change }: { page: PageContext; change: Change['kind'] | undefined }): ReactElement | null => (change ? <b className="mark">{page.t(`plan.mark.${change}`)}</b> : null);

/** The entries of a version, leader by leader and day by day. */
function Entries({ page, plan, content, changes }: { page: PageContext; plan: PlanView; content: PlanContent; changes: readonly Change[] }): ReactElement {
  const { t, locale } = page;
  const zone = page.office.jurisdiction.timeZone;
  const marks = new Map(changes.map((change) => [change.entry.key, change.kind]));
  const gone = changes.filter((change) => change.kind === 'gone').map((change) => change.entry);
  const shown = [...shownEntries(content), ...gone];
  if (shown.length === 0) return <Empty>{t('plan.empty')}</Empty>;
  return <>{content.leaders.filter((leader) => shown.some((entry) => entry.leaderId === leader.id)).map((leader) => (
    <div key={leader.id} className="planleader">
      <h2>{leader.name} <span className="meta">{t(`role.${leader.role}`)}</span></h2>
      {daysOf(plan).filter((on) => shown.some((entry) => entry.leaderId === leader.id && isOn(entry, on, zone))).map((on) => (
        <div key={on}>{plan.period !== 'day' && <h3>{formatDay(on, locale, 'weekday')}</h3>}
          <ul className="planrows">{shown.filter((entry) => entry.leaderId === leader.id && isOn(entry, on, zone)).map((entry) => {
            const isGone = marks.get(entry.key) === 'gone';
            const words = entry.isTaken ? t('plan.taken') : entry.title;
            return (
              <li key={entry.key}><span className="time">{timeWords(entry, on, zone, locale)}</span>
                <span>{isGone ? <s>{words}</s> : entry.engagementId ? <a href={`/desk/calendar/${entry.engagementId}`}>{words}</a> : <span className={entry.isTaken ? 'meta' : undefined}>{words}</span>}{entry.isTentative && <span className="meta"> ({t('plan.tentative')})</span>} <Mark page={page} change={marks.get(entry.key)} />
                  {(entry.place || entry.with || entry.preparedBy) && <span className="sub">{[entry.place, entry.with, entry.preparedBy && t('plan.prepares', { who: [entry.preparedBy, entry.phone].filter(Boolean).join(', ') })].filter(Boolean).join(' · ')}</span>}</span></li>
            );
          })}</ul></div>))}
    </div>))}</>;
}

function ChoiceRow({ page, entry, said }: { page: PageContext; entry: PlanEntry; said: PlanEntry | undefined }): ReactElement {
  const { t, locale } = page;
  const zone = page.office.jurisdiction.timeZone;
  const words = entry.isTaken ? t('plan.taken') : entry.title;
  return (
    <li><span className="time">{timeWords(entry, dayIn(zone, entry.startsAt), zone, locale)}</span>
      <span><span className={entry.isTaken ? 'meta' : undefined}>{words}</span>{entry.place && <span className="sub">{entry.place}</span>}
        <span className="ticks"><label><input type="checkbox" name="internal" value={entry.key} defaultChecked={entry.isShown} aria-label={`${t('plan.audience.internal')}: ${words}`} /> {t('plan.audience.internal')}</label>
          {said && <label><input type="checkbox" name="public" value={entry.key} defaultChecked={said.isShown} aria-label={`${t('plan.audience.public')}: ${words}`} /> {t('plan.audience.public')}</label>}</span>
        {said && <span className="saidas"><input type="hidden" name="key" value={entry.key} /><input name="title" defaultValue={said.title} maxLength={200} aria-label={t('plan.public_words', { title: words })} /><input name="place" defaultValue={said.place} maxLength={200} aria-label={t('plan.public_place', { title: words })} placeholder={t('plan.place')} /></span>}</span></li>
  );
}

/** What stands in which version, and in which words. */
function Choices({ page, plan }: { page: PageContext; plan: PlanView }): ReactElement {
  const { t, locale } = page;
  const zone = page.office.jurisdiction.timeZone;
  const internal = plan.internal!;
  const said = new Map(plan.public?.entries.map((entry) => [entry.key, entry]));
  const dayOfEntry = (entry: PlanEntry): Day => (dayIn(zone, entry.startsAt) < plan.fromOn ? plan.fromOn : dayIn(zone, entry.startsAt));
  return (
    <form method="post" action={planHref(plan.id)} className="stack" id="choices">
      {internal.leaders.filter((leader) => internal.entries.some((entry) => entry.leaderId === leader.id)).map((leader) => (
        <div key={leader.id} className="planleader"><h2>{leader.name} <span className="meta">{t(`role.${leader.role}`)}</span></h2>
          {daysOf(plan).filter((on) => internal.entries.some((entry) => entry.leaderId === leader.id && dayOfEntry(entry) === on)).map((on) => (
            <div key={on}>{plan.period !== 'day' && <h3>{formatDay(on, locale, 'weekday')}</h3>}
              <ul className="planrows">{internal.entries.filter((entry) => entry.leaderId === leader.id && dayOfEntry(entry) === on).map((entry) => <ChoiceRow key={entry.key} page={page} entry={entry} said={said.get(entry.key)} />)}</ul></div>))}
        </div>))}
      {internal.entries.length === 0 && <Empty action={<a href="/desk/calendar">{t('plan.to_calendar')}</a>}>{t('plan.empty')}</Empty>}
      <TextArea name="note" label={t('plan.note')} hint={t('plan.note.hint')} value={plan.note} rows={3} maxLength={2000} optional />
      <Actions><Button name="act" value="change">{t('plan.act.change')}</Button></Actions>
    </form>
  );
}

async function renderPlan(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const plan = await page.run(getPlan, { id: page.params['id']! });
  const title = titleOf(page, plan);
  const shows = audiences.find((one) => one === page.query.get('show')) ?? (plan.internal ? 'internal' : 'public');
  const content = plan[shows];
  // Who approves reads first; who prepares writes.
  const edits = plan.can.change && (page.query.get('show') === 'edit' || (page.query.get('show') === null && plan.state === 'draft'));
  const printHref = (audience: Audience): string => `${planHref(plan.id)}/print?of=${audience}`;
  const errors = errorsOf(page, after?.errors);
  const more = [
    ...(plan.internal ? [{ key: 'print_internal', label: t('plan.print.internal'), href: printHref('internal'), icon: 'print' }] : []), ...(plan.public ? [{ key: 'print_public', label: t('plan.print.public'), href: printHref('public'), icon: 'print' }] : []),
  ];
  const primary = plan.can.approve ? 'approve' : plan.can.submit ? 'submit' : plan.can.publish ? 'publish' : '';
  const acts = (['approve', 'submit', 'publish', 'return', 'drop'] as const).filter((act) => plan.can[act]);
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('plan.title'), href: '/desk/plans' }, { label: title }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="head"><div><h1>{title}</h1><p><StateOf page={page} plan={plan} /> {plan.version > 1 && t('plan.version', { version: plan.version })} <span className="meta">{historyOf(page, plan)}</span></p></div>
        <div className="actions">
          <form method="post" action={planHref(plan.id)} className="actions">{acts.map((act) => <Button key={act} name="act" value={act} kind={act === primary ? 'primary' : 'quiet'} {...(act === primary ? { icon: 'check' as const } : {})}>{t(`plan.act.${act}`)}</Button>)}{plan.can.prepare && <Button kind="quiet" name="act" value="prepare">{t(plan.state === 'approved' ? 'plan.act.newer' : 'plan.act.again')}</Button>}</form>
          {primary === '' && more[0] ? <LinkButton kind="primary" icon="print" href={more[0].href}>{more[0].label}</LinkButton> : null}
          <MoreActs label={t('plan.print')} acts={primary === '' ? more.slice(1) : more} />
        </div></div>
      {plan.can.approve && <Notice>{t('plan.approve_hint')}</Notice>}
      {!plan.internal && plan.state !== 'approved' && plan.state !== 'replaced' && <Notice>{t('plan.not_yours')}</Notice>}
      {(plan.internal || plan.public) && <Views label={title} items={[...(plan.can.change ? [{ href: `${planHref(plan.id)}?show=edit`, label: t('plan.act.edit'), current: edits }] : []), ...audiences.filter((one) => plan[one]).map((one) => ({ href: `${planHref(plan.id)}?show=${one}`, label: t(`plan.audience.${one}`), count: shownEntries(plan[one]!).length, current: !edits && shows === one }))]} />}
      {edits ? <Choices page={page} plan={plan} /> : content && (
        <>
          {plan.before && <p className="meta">{plan.changes[shows].length === 0 ? t('plan.same_as', { version: plan.before.version }) : t('plan.changes', { count: plan.changes[shows].length, version: plan.before.version })} <a href={planHref(plan.before.id)}>{t('plan.version', { version: plan.before.version })}</a></p>}
          <Entries page={page} plan={plan} content={content} changes={plan.changes[shows]} />
          {plan.note && shows === 'internal' && <Section id="note" title={t('plan.note')}><p>{plan.note}</p></Section>}
        </>
      )}
    </DeskPage>,
  );
}

const plan = definePage({
  path: '/desk/plans/:id', audience: 'desk', get: renderPlan,
  async post(page) {
    const id = page.params['id']!;
    const act = first(page.values, 'act');
    const run = { submit: submitPlan, return: returnPlan, approve: approvePlan, publish: publishPlan, drop: dropPlan }[act];
    if (run) await page.run(run, { id });
    else if (act === 'prepare') {
      const { period, fromOn } = await page.run(getPlan, { id });
      const made = await page.run(preparePlan, { period, on: fromOn });
      return page.redirect(planHref(made.id), { key: 'plan.done.prepared' });
    } else {
      const [keys, titles, places] = [many(page.values, 'key'), many(page.values, 'title'), many(page.values, 'place')];
      await page.run(changePlan, { id, note: first(page.values, 'note'), internal: many(page.values, 'internal'), public: many(page.values, 'public'), words: keys.map((key, index) => ({ key, title: titles[index] ?? '', place: places[index] ?? '' })) });
    }
    return page.redirect(act === 'drop' ? '/desk/plans' : planHref(id), { key: `plan.done.${run ? act : 'change'}` });
  },
});

const print = definePage({
  path: '/desk/plans/:id/print', audience: 'desk',
  async get(page) {
    const audience = audiences.find((one) => one === page.query.get('of')) ?? 'internal';
    const file = await page.run(printApproved, { id: page.params['id']!, audience });
    return serveFile({ fileName: file.fileName, mediaType: 'application/pdf', content: file.content });
  },
});

async function renderReaders(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const [{ readers }, { people }] = await Promise.all([page.run(listReaders, {}), page.run(listColleagues, {})]);
  const errors = errorsOf(page, after?.errors, ['personId', 'email', 'audience', 'periods']);
  const value = (name: string): string => first(after?.values ?? {}, name);
  const chosen = after?.values ? many(after.values, 'periods') : ['day', 'week'];
  return page.html(
    <DeskPage title={t('plan.readers')}>
      <Crumbs items={[{ label: t('plan.title'), href: '/desk/plans' }, { label: t('plan.readers') }]} />
      <ErrorSummary errors={errors} />
      <div className="head"><div><h1>{t('plan.readers')}</h1><p>{t('plan.readers.lead')}</p></div></div>
      {readers.length === 0 ? <Empty>{t('plan.readers.none')}</Empty> : (
        <ul className="rows">{readers.map((reader) => (
          <li key={reader.id}><span><b>{reader.name || reader.email}</b></span><form method="post" action="/desk/plans/readers"><input type="hidden" name="end" value={reader.id} /><Button kind="quiet" icon="close">{t('plan.readers.end')}</Button></form>
            <span className="sub">{reader.email} · {t(`plan.audience.${reader.audience}`)} · {reader.periods.map((one) => t(`plan.period.${one}`)).join(', ')}</span></li>))}</ul>
      )}
      <Section id="add" title={t('plan.readers.add')}>
        <form method="post" action="/desk/plans/readers" className="stack" noValidate>
          <SelectField name="personId" label={t('plan.readers.person')} empty="" options={people.map((one) => ({ value: one.id, label: one.name }))} value={value('personId')} error={errors['personId']} optional />
          <TextField name="email" type="email" label={t('plan.readers.email')} hint={t('plan.readers.email.hint')} value={value('email')} error={errors['email']} optional />
          <TextField name="name" label={t('plan.readers.name')} value={value('name')} error={errors['name']} optional />
          <RadioGroup name="audience" legend={t('plan.readers.audience')} options={audiences.map((one) => ({ value: one, label: t(`plan.audience.${one}`), hint: t(`plan.audience.${one}.hint`) }))} value={value('audience') || 'internal'} error={errors['audience']} />
          <fieldset className="field"><legend>{t('plan.period')}</legend>{errors['periods'] && <span className="error">{errors['periods']}</span>}{periods.map((one) => <Checkbox key={one} name="periods" value={one} label={t(`plan.period.${one}`)} checked={chosen.includes(one)} />)}</fieldset>
          <Actions><Button kind="primary" icon="plus">{t('plan.readers.add')}</Button></Actions>
        </form>
      </Section>
    </DeskPage>,
  );
}

const readers = definePage({
  path: '/desk/plans/readers', audience: 'desk', get: renderReaders,
  async post(page) {
    const end = first(page.values, 'end');
    if (end) await page.run(endReader, { id: end });
    else await page.run(addReader, { personId: first(page.values, 'personId'), email: first(page.values, 'email'), name: first(page.values, 'name'), audience: first(page.values, 'audience') as Audience, periods: many(page.values, 'periods') as Period[] });
    return page.redirect('/desk/plans/readers', { key: end ? 'plan.done.reader_ended' : 'plan.done.reader_added' });
  },
});

export const deskPages: readonly Page[] = [list, readers, plan, print];
