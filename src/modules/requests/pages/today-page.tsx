import { Fragment, type ReactElement } from 'react';
import { sightOf } from '../../../core/caller.ts';
import { dayIn, weekdayOf } from '../../../core/day.ts';
import { calendarNames, formatDay, type LocaleId } from '../../../core/language.ts';
import { glance } from '../../../core/glance.ts';
import type { Output } from '../../../core/operation.ts';
import { definePage, todayPanels, type PageContext } from '../../../core/page.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { Bars, Columns, Empty, LinkButton, Section, Table } from '../../../ui/parts.tsx';
import { owedContributions } from '../../contributions/index.ts';
import { dashboard, listPetitions, type CaseRow } from '../list.server.ts';
import { areaName, capital, unitName } from './case-words.ts';
import { countsOf } from './counts.ts';

const caseHref = (row: { id: string }): string => `/desk/petitions/${row.id}`;

function Cases({ page, rows, caption }: { page: PageContext; rows: readonly CaseRow[]; caption: string }): ReactElement {
  const { t, locale } = page;
  return (
    <Table caption={caption} head="subject" className="mine" columns={[{ key: 'number', label: t('desk.column.number'), className: 'hide' }, { key: 'subject', label: t('desk.column.subject_next'), className: 'full' }, { key: 'clock', label: t('desk.column.term') }, { key: 'until', label: t('desk.column.until'), className: 'right' }]} rows={rows.map((row) => ({
      id: row.id, cells: {
        number: <span className="ref">{row.reference}</span>,
        subject: <><a href={caseHref(row)} data-row={caseHref(row)}>{row.subject}</a><span className="sub"><span className="do">{row.waitsFor ? t('petition.next.waiting_for', { who: row.waitsFor }) : t(`petition.next.${row.state}`)}</span> · {row.sender || t('petition.anonymous')}</span></>,
        clock: <ClockMark state={row.clock.state} label={row.clock.label} />, until: row.clock.state === 'paused' ? '—' : shortDay(row.clock.legalOn, locale),
      },
    }))} />
  );
}
const shortDay = (on: string, locale: LocaleId): string => formatDay(on, locale, 'short');

function Rows({ page, rows }: { page: PageContext; rows: readonly CaseRow[] }): ReactElement {
  const { t } = page;
  return (
    <ul className="rows">
      {rows.map((row) => <li key={row.id}><a href={caseHref(row)} data-row={caseHref(row)}>{row.subject}</a><ClockMark state={row.clock.state} label={row.clock.label} /><span className="sub"><span className="ref">{row.reference}</span> · {row.handler || unitName(page, row.unitId) || t('petition.unassigned')}{row.waitsFor && ` · ${t('petition.next.waiting_for', { who: row.waitsFor })}`}</span></li>)}
    </ul>
  );
}

type Figures = Output<typeof dashboard>;
/** The figures beside the day's work, counted anew each minute and not after each act: at a hundred thousand cases counting takes half a second. Who sees all sees the same. */
const figuresOf = (page: PageContext): Promise<Figures> => glance(`figures of ${sightOf(page.caller) === 'all' ? page.office.id : page.caller.personId}`, 'figures', 60, () => page.run(dashboard, { months: 3 }));

export const todayPage = definePage({
  path: '/desk', audience: 'desk',
  async get(page) {
    const { t, locale, caller, office } = page;
    const today = dayIn(office.jurisdiction.timeZone, page.now);
    const has = (...roles: string[]): boolean => roles.some((role) => caller.roles.has(role as 'chief'));
    const list = async (view: 'mine' | 'inbox' | 'approval' | 'late', most: number, ...roles: string[]) =>
      roles.length === 0 || has(...roles) ? (await page.run(listPetitions, { view, sort: 'due' })).cases.slice(0, most) : [];
    const [counts, mine, inbox, approval, late, asked, figures, panels] = await Promise.all([
      countsOf(page), list('mine', 8), list('inbox', 6, 'chief', 'mayor', 'deputy', 'registrar', 'head'), list('approval', 6, 'mayor', 'deputy', 'chief', 'head'), list('late', 5),
      page.run(owedContributions, { mine: true }), figuresOf(page), todayPanels(page),
    ]);
    const owed = asked.contributions.slice(0, 5);
    const days = figures.days.slice(-9);
    const { weekdays } = calendarNames(locale);
    const decisions = approval.length + inbox.length;
    const approve = (
      <Section id="approval" title={t('desk.today.approval')} aside={counts.approval > approval.length ? <a href="/desk/petitions?view=approval">{t('desk.all', { count: counts.approval })}</a> : <span className="meta">{approval.length}</span>}>
        {approval.map((row) => (
          <article className="sign" key={row.id}>
            <h3><a href={caseHref(row)}>{row.subject}</a></h3>
            <p className="meta"><span className="ref">{row.reference}</span> · {row.sender || t('petition.anonymous')} · {t('desk.today.drafted_by', { who: row.handler || unitName(page, row.unitId) })} · <ClockMark state={row.clock.state} label={row.clock.label} /></p>
            <div className="actions"><LinkButton href={`/desk/petitions/${row.id}/approve`}>{t('petition.act.approve')}<span className="vh"> {row.reference}</span></LinkButton><LinkButton kind="quiet" href={`/desk/petitions/${row.id}/return`}>{t('petition.act.return')}<span className="vh"> {row.reference}</span></LinkButton></div>
          </article>
        ))}
      </Section>
    );
    return page.html(
      <DeskPage title={t('desk.nav.today')}>
        <div className="head"><div><h1>{capital(formatDay(today, locale, 'weekday'))}</h1><p>{t('desk.today.lead', { decisions, late: counts.late, mine: counts.mine })}</p></div></div>
        <div className="split work-first"><div>
          {panels.before.map((panel, index) => <Fragment key={index}>{panel}</Fragment>)}
          {approval.length > 0 && approve}
          {inbox.length > 0 && <Section id="inbox" title={t('desk.view.inbox')} aside={<a href="/desk/petitions?view=inbox">{t('desk.all', { count: counts.inbox })}</a>}><Rows page={page} rows={inbox} /></Section>}
          {(mine.length > 0 || (approval.length === 0 && inbox.length === 0)) && <Section id="mine" title={t('desk.today.mine')} aside={mine.length > 0 && <a href="/desk/petitions?view=mine">{t('desk.all', { count: counts.mine })}</a>}>
            {mine.length > 0 ? <Cases page={page} rows={mine} caption={t('desk.today.mine')} /> : <Empty action={<LinkButton href="/desk/petitions">{t('desk.nav.petitions')}</LinkButton>}>{t('desk.today.nothing')}</Empty>}
          </Section>}
          {owed.length > 0 && <Section id="owed" title={t('desk.today.owed')} aside={<a href="/desk/contributions?mine=1">{t('desk.nav.contributions')}</a>}><ul className="rows">{owed.map((one) => (
            <li key={one.id}><a href={`/desk/contributions/${one.id}`}>{one.question.split('\n')[0]}</a><ClockMark state={one.dueOn < today ? 'late' : 'soon'} label={shortDay(one.dueOn, locale)} /><span className="sub"><span className="ref">{one.reference}</span> · {one.subject}</span></li>))}</ul></Section>}
          {late.length > 0 && <Section id="late" title={t('desk.today.late')} aside={<a href="/desk/petitions?view=late">{t('desk.all', { count: counts.late })}</a>}><Rows page={page} rows={late} /></Section>}
          {panels.after.map((panel, index) => <Fragment key={index}>{panel}</Fragment>)}
          {figures.byArea.length > 0 && <Section id="about" title={t('desk.today.about')} aside={<span className="meta">{t('desk.today.letters', { count: figures.totals.arrived })}</span>}>
            <Bars caption={t('desk.today.about')} rows={figures.byArea.slice(0, 6).map((area) => ({ label: areaLabel(page, area.key), value: area.count }))} />
          </Section>}
        </div><div>
          <Section id="how" title={t('desk.today.how')} aside={<a href="/desk/dashboard">{t('desk.nav.dashboard')}</a>}>
            <figure><figcaption>{t('desk.today.by_day')}</figcaption><Columns label={t('desk.today.by_day')} accent={days.length - 1} points={days.map((day) => ({ label: weekdays[weekdayOf(day.on) - 1]!.slice(0, 3), sub: String(Number(day.on.slice(8))), value: day.arrived }))} /></figure>
            <figure data-top><figcaption>{t('desk.today.open_by_term')}</figcaption>
              <Bars caption={t('desk.today.open_by_term')} rows={[
                { label: t('clock.state.ok'), value: figures.byClock.ok, className: 'is-ok' }, { label: t('clock.state.soon'), value: figures.byClock.soon, className: 'is-soon', href: '/desk/petitions?view=soon' },
                { label: t('clock.state.late'), value: figures.byClock.late, className: 'is-late', href: '/desk/petitions?view=late' }, { label: t('clock.state.paused'), value: figures.byClock.paused, className: 'is-paused', href: '/desk/petitions?view=waiting' }]} /></figure>
          </Section>
        </div></div>
      </DeskPage>,
    );
  },
});
const areaLabel = (page: PageContext, key: string): string => areaName(page, key) || page.t('desk.other');
