import type { ReactElement } from 'react';
import { glance } from '../../../core/glance.ts';
import type { CaseAct, CaseHead, MenuItem, PageContext, Panel } from '../../../core/page.ts';
import { Hidden } from '../../../ui/field.tsx';
import { Button, LinkButton, Section } from '../../../ui/parts.tsx';
import { countObligations, findObligations, myObligations, type ListedRow } from '../obligation-list.server.ts';
import { DueMark, gives, has, nameOf, obligationHref, unitName } from './words.tsx';

const shownAtMost = 6;
const countsOf = (page: PageContext) => glance(page.caller.personId ?? '', 'obligations', 10, () => page.run(countObligations, {}));

const acts = (page: PageContext, file: CaseHead): CaseAct[] => (file.closedAt === null && file.kind !== 'reserved' && gives(page) ? [{ key: 'order', label: page.t('obligation.new'), icon: 'duties', href: `/desk/obligations/new?case=${file.id}`, group: 'work' }] : []);

async function ofCase(page: PageContext, file: CaseHead): Promise<ReactElement | null> {
  const { t } = page;
  const { obligations, next } = await page.run(findObligations, { view: 'all', caseId: file.id, limit: 20 });
  if (obligations.length === 0) return null;
  return (
    <Section id="resolutions" title={t('obligation.of_case')} aside={next ? <a href={`/desk/obligations?view=all&caseId=${file.id}`}>{t('obligation.view.all')}</a> : undefined}>
      <ul className="rows">{obligations.toReversed().map((row) => (
        <li key={row.id}><a href={obligationHref(row.id)}>{nameOf(row)}</a><DueMark page={page} row={row} /><span className="sub">{[row.givenBy, row.owner || unitName(page, row.unitId)].filter(Boolean).join(' → ')}{row.report && row.state !== 'open' && ` · ${row.report}`}</span></li>))}</ul>
    </Section>
  );
}

/** What was reported, each with a word of the giver: two taps on a phone. */
const ToAccept = ({ page, rows }: { page: PageContext; rows: readonly ListedRow[] }): ReactElement => (
  <>{rows.map((row) => (
    <article className="sign" key={row.id}>
      <h3><a href={obligationHref(row.id)}>{nameOf(row)}</a></h3>
      <p className="meta">{row.owner || unitName(page, row.unitId)}{row.report && row.state === 'reported' && `: ${row.report.slice(0, 200)}`}{row.askedDueOn && row.state === 'open' && ` · ${page.t('obligation.asks_later')}`}</p>
      {row.can.accept ? <form method="post" action="/desk/obligations" className="actions"><Hidden fields={{ ids: row.id, back: 'today' }} /><Button icon="check">{page.t('obligation.accept')}<span className="vh"> {nameOf(row)}</span></Button><LinkButton kind="quiet" href={`${obligationHref(row.id)}#send_back`}>{page.t('obligation.act.send_back')}<span className="vh"> {nameOf(row)}</span></LinkButton></form>
        : <div className="actions"><LinkButton kind="quiet" href={obligationHref(row.id)}>{page.t('obligation.act.decide')}<span className="vh"> {nameOf(row)}</span></LinkButton></div>}
    </article>))}</>
);

async function today(page: PageContext): Promise<ReactElement | null> {
  const { t } = page;
  const counts = await countsOf(page);
  if (counts.week + counts.accept + counts.escalated === 0) return null;
  const [accept, mine, climbed] = await Promise.all([
    counts.accept > 0 ? page.run(findObligations, { view: 'accept', limit: shownAtMost }) : null, counts.week > 0 ? page.run(myObligations, { until: counts.until, limit: shownAtMost }) : null,
    counts.escalated > 0 ? page.run(findObligations, { view: 'late', escalated: '1', limit: 3 }) : null,
  ]);
  return (
    <>
      {accept && accept.obligations.length > 0 && <Section id="to-accept" title={t('obligation.today.accept')} aside={<a href="/desk/obligations?view=accept">{t('desk.all', { count: counts.accept })}</a>}><ToAccept page={page} rows={accept.obligations} /></Section>}
      {mine && mine.obligations.length > 0 && <Section id="obligations" title={t('obligation.today.mine')} aside={<a href="/desk/obligations">{t('desk.all', { count: counts.mine })}</a>}><ul className="rows">{mine.obligations.map((row) => (
        <li key={row.id}><a href={obligationHref(row.id)} data-row={obligationHref(row.id)}>{nameOf(row)}</a><DueMark page={page} row={row} /><span className="sub">{row.givenBy}{row.reference && <> · <span className="ref">{row.reference}</span></>}</span></li>))}</ul></Section>}
      {climbed && climbed.obligations.length > 0 && <Section id="escalated" title={t('obligation.today.escalated')} aside={<a href="/desk/obligations?view=late&escalated=1">{t('desk.all', { count: counts.escalated })}</a>}><ul className="rows">{climbed.obligations.map((row) => (
        <li key={row.id}><a href={obligationHref(row.id)} data-row={obligationHref(row.id)}>{nameOf(row)}</a><DueMark page={page} row={row} /><span className="sub">{[row.givenBy, row.owner || unitName(page, row.unitId)].filter(Boolean).join(' → ')}</span></li>))}</ul></Section>}
    </>
  );
}

async function menu(page: PageContext): Promise<MenuItem[]> {
  const counts = await countsOf(page);
  return [{ href: '/desk/obligations', label: page.t('obligation.title'), icon: 'duties', order: 8, count: counts.week + (has(page, 'mayor', 'deputy', 'chief', 'head') ? counts.accept : 0) }];
}

export const panel: Panel = { name: 'obligations', parts: ['obligation'], todayOrder: 30, acts, ofCase, today, menu };
