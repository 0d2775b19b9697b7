import type { ReactElement } from 'react';
import { glance } from '../../../core/glance.ts';
import type { CaseAct, CaseHead, MenuItem, PageContext, Panel } from '../../../core/page.ts';
import { Hidden } from '../../../ui/field.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { Button, Facts, LinkButton, Section } from '../../../ui/parts.tsx';
import { countArchive, findArchived } from '../archive.server.ts';
import { listLendings } from '../lending.server.ts';
import { boxWords, caseHref, day, has, Kept, keeps, period, reads, todayOf } from './words.tsx';

const countsOf = (page: PageContext) => glance(page.caller.personId ?? '', 'archive', 30, () => page.run(countArchive, {}));

function acts(page: PageContext, file: CaseHead): CaseAct[] {
  if (!keeps(page) || file.kind === 'reserved' || file.closedAt === null) return [];
  return [{ key: 'archive', label: page.t('archive.act.put'), href: `${caseHref(file.id)}/archive` }, { key: 'lend', label: page.t('archive.act.lend'), href: `${caseHref(file.id)}/lend` }];
}

async function ofCase(page: PageContext, file: CaseHead): Promise<ReactElement | null> {
  if (file.closedAt === null) return null;
  const { t } = page;
  const { item, lending, documents } = await page.run(findArchived, { id: file.id });
  if (!item) return null;
  const { closingMark } = page.office.jurisdiction.retention;
  const destroyed = documents.some((one) => one.destroyedAt);
  return (
    <Section id="archive" title={t('archive.section')} aside={<a href={`${caseHref(file.id)}/archive-stamp.pdf`}>{t('archive.stamp.print')}</a>}>
      <div className="stamp"><dl>
        <div className="whole"><dt>{t('archive.stamp')}</dt><dd>{closingMark}</dd></div>
        <div><dt>{t('archive.class')}</dt><dd>{item.classCode}</dd></div><div><dt>{t('archive.retention')}</dt><dd>{period(page, item.retentionYears)}</dd></div><div><dt>{t('archive.number')}</dt><dd>{item.number}</dd></div>
      </dl></div>
      <div className="sp"><Facts facts={[
        [t('archive.keep_until'), <Kept key="k" page={page} row={item} />], item.box && [t('archive.box'), reads(page) ? <a key="b" href={`/desk/archive/boxes/${item.box.id}`}>{boxWords(page, item)}</a> : boxWords(page, item)], item.note && [t('archive.note'), item.note],
        item.disposal && [t('disposal.list'), reads(page) ? <a key="d" href={`/desk/archive/disposals/${item.disposal.id}`}>{t('archive.on_list', { number: String(item.disposal.number) })}</a> : t('archive.on_list', { number: String(item.disposal.number) })],
      ]} /></div>
      {lending && <div className="notice warn"><b>{t('archive.lent_to', { who: lending.reader })}</b><p>{lending.purpose} · {t('archive.due_on')}: {day(page, lending.dueOn)}</p>{keeps(page) && <form method="post" action={`/desk/archive/lendings/${lending.id}/return`}><Hidden fields={{ to: 'case' }} /><Button>{t('archive.act.take_back')}</Button></form>}</div>}
      {destroyed ? <p className="meta">{t('archive.documents_destroyed')}</p> : documents.length > 0 && <details><summary>{t('archive.forms')}</summary><ul className="docs">{documents.map((one) => (
        <li key={one.id}><span>{one.form === 'carrier' || one.form === 'pdfa' ? <a href={`/desk/archive/documents/${one.id}`}>{one.title}</a> : one.title}</span><span className="meta">{t(`archive.form.${one.form ?? 'waiting'}`)}</span></li>))}</ul></details>}
    </Section>
  );
}

/** What is overdue: to who keeps the archive all of it, to a reader the own; and how much has come to the end of its period. */
async function today(page: PageContext): Promise<ReactElement | null> {
  const { t } = page;
  const keeper = keeps(page);
  const counts = keeper ? await countsOf(page) : { past: 0, overdue: 0 };
  const { lendings } = keeper && counts.overdue === 0 ? { lendings: [] } : await page.run(listLendings, { view: keeper ? 'late' : 'mine', limit: 6 });
  if (lendings.length === 0 && counts.past === 0) return null;
  return (
    <Section id="archive-today" title={t(keeper ? 'archive.today' : 'archive.today.mine')} aside={<a href="/desk/archive/lendings">{t('archive.tab.lendings')}</a>}>
      {lendings.length > 0 && <ul className="rows">{lendings.map((row) => <li key={row.id}><a href={caseHref(row.caseId)} data-row={caseHref(row.caseId)}>{row.subject}</a><ClockMark state={row.dueOn < todayOf(page) ? 'late' : 'ok'} label={day(page, row.dueOn)} /><span className="sub"><span className="ref">{row.reference}</span> · {keeper ? t('archive.lent_to', { who: row.reader }) : row.purpose}</span></li>)}</ul>}
      {counts.past > 0 && <p>{t('archive.today.past', { count: counts.past })} <LinkButton kind="quiet" href="/desk/archive/disposals/new?kind=destroy">{t('disposal.new.destroy')}</LinkButton></p>}
    </Section>
  );
}

const menu = (page: PageContext): MenuItem[] => (reads(page) || has(page, 'head') ? [{ href: reads(page) ? '/desk/archive' : '/desk/archive/plan', label: page.t('archive.menu'), icon: 'archive', order: 50 }] : []);

export const archivePanel: Panel = { name: 'archive', parts: ['archive_item'], todayOrder: 70, acts, ofCase, today, menu };
