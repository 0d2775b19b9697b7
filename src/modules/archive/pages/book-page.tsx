import type { ReactElement } from 'react';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Button, Empty, Exports, LinkButton, Pages, State } from '../../../ui/parts.tsx';
import { listArchive, type ItemRow } from '../archive.server.ts';
import { boxesOf, boxWords, caseHref, className, classOptions, Kept, keeps, period, Tabs, yearsOfLine } from './words.tsx';

const states = ['kept', 'past', 'lent', 'listed', 'destroyed', 'handed_over'] as const;
export const askedBook = (page: PageContext) => {
  const text = (name: string): string => page.query.get(name) ?? '';
  return { year: Number(text('year')) || undefined, classCode: text('class'), boxId: text('box') || null, state: states.find((one) => one === text('state')) ?? ('' as const) };
};
const isNarrowed = (page: PageContext): boolean => ['year', 'class', 'box', 'state'].some((name) => page.query.get(name));

/** Lines with what lies between them: a number that the reader may not see stands in the book all the same. */
function Lines({ page, rows }: { page: PageContext; rows: readonly ItemRow[] }): ReactElement[] {
  const { t } = page;
  const whole = !isNarrowed(page);
  return rows.flatMap((row, index) => {
    const line = (
      <tr role="row" key={row.caseId} className={row.state === 'destroyed' ? 'annulled' : undefined}>
        <th role="rowheader" scope="row" className="num">{row.number}</th>
        <td role="cell" className="nowrap">{yearsOfLine(row)}</td>
        <td role="cell" className="full"><a href={caseHref(row.caseId)} data-row={caseHref(row.caseId)}>{row.subject}</a><span className="sub"><span className="ref">{row.reference}</span>{row.access === 'confidential' && ` · ${t('archive.restricted')}`}</span></td>
        <td role="cell">{row.classCode}<span className="sub">{className(page, row.classCode)}</span></td>
        <td role="cell"><Kept page={page} row={row} />{row.retentionYears !== null && <span className="sub">{period(page, row.retentionYears)}</span>}</td>
        <td role="cell">{row.box && <a href={`/desk/archive/boxes/${row.box.id}`}>{boxWords(page, row)}</a>}{row.reader && <span className="sub"><State kind="soon">{t('archive.lent_to', { who: row.reader })}</State></span>}{row.disposal && <span className="sub"><a href={`/desk/archive/disposals/${row.disposal.id}`}>{t('archive.on_list', { number: String(row.disposal.number) })}</a></span>}</td>
      </tr>
    );
    const below = rows[index + 1]?.number ?? row.number - 1;
    const gap = row.number - below - 1;
    return whole && gap > 0 ? [line, <tr role="row" key={`gap-${row.number}`} className="annulled"><th role="rowheader" scope="row" className="num">{gap === 1 ? row.number - 1 : `${below + 1}–${row.number - 1}`}</th><td role="cell" colSpan={5} className="full">{t('archive.hidden', { count: gap })}</td></tr>] : [line];
  });
}

const book = definePage({
  path: '/desk/archive', audience: 'desk',
  async get(page) {
    const { t } = page;
    const asked = askedBook(page);
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (cursor) => {
        const part = await page.run(listArchive, { ...asked, order: 'up', after: Number(cursor) || 0, limit: 1000 });
        return { rows: part.items, next: part.next === null ? null : String(part.next) };
      });
      return serveTable(page, {
        name: t('archive.book'), title: t('archive.book'), isCut,
        columns: [{ title: t('archive.number'), width: 8 }, { title: t('archive.class') }, { title: t('archive.content'), width: 44 }, { title: t('archive.reference'), width: 20 }, { title: t('archive.made_in') }, { title: t('archive.sheets'), width: 10 }, { title: t('archive.retention') }, { title: t('archive.keep_until') }, { title: t('archive.place'), width: 22 }, { title: t('archive.state') }],
        rows: rows.map((row) => [row.number, row.classCode, row.subject, row.reference, yearsOfLine(row), row.sheets, period(page, row.retentionYears), row.keepUntil, boxWords(page, row), t(`archive.state.${row.state}`)]),
      }, as);
    }
    const after = Number(page.query.get('after')) || 0;
    const [{ items, next }, { boxes }] = await Promise.all([page.run(listArchive, { ...asked, after }), boxesOf(page)]);
    const query = new URLSearchParams(page.query);
    query.delete('after');
    return page.html(
      <DeskPage title={t('archive.book')}>
        <div className="head"><div><h1>{t('archive.book')}</h1><p>{t('archive.book.lead')}</p></div>
          <div className="actions">{keeps(page) && <LinkButton kind="primary" icon="check" href="/desk/archive/waiting">{t('archive.act.put')}</LinkButton>}<LinkButton icon="print" href={`/desk/archive.pdf?${query}`}>{t('archive.print')}</LinkButton>
            {asked.classCode && asked.year && <LinkButton icon="print" href={`/desk/archive/inventory.pdf?${query}`}>{t('archive.inventory')}</LinkButton>}</div></div>
        <Tabs page={page} current="book" />
        <form className="filters" action="/desk/archive">
          <TextField name="year" type="number" inputMode="numeric" label={t('archive.closed_in')} value={asked.year ? String(asked.year) : ''} /><SelectField name="class" className="wide" label={t('archive.class')} empty={t('archive.any')} value={asked.classCode} options={classOptions(page)} />
          <SelectField name="box" label={t('archive.box')} empty={t('archive.any')} value={asked.boxId ?? ''} options={boxes.map((one) => ({ value: one.id, label: [String(one.number), one.label].filter(Boolean).join(' · ') }))} />
          <SelectField name="state" label={t('archive.state')} empty={t('archive.any')} value={asked.state} options={states.map((one) => ({ value: one, label: t(`archive.state.${one}`) }))} /><Button>{t('desk.filter.apply')}</Button>
        </form>
        {items.length === 0 ? <Empty>{t(isNarrowed(page) ? 'archive.none_such' : 'archive.none')}</Empty> : (
          <table role="table" className="fold book">
            <caption className="vh">{t('archive.book')}</caption>
            <thead role="rowgroup"><tr role="row">{(['number', 'made_in', 'content', 'class', 'keep_until', 'place'] as const).map((key) => <th key={key} role="columnheader" scope="col" className={key === 'content' ? 'full' : undefined}>{t(`archive.${key}`)}</th>)}</tr></thead>
            <tbody role="rowgroup"><Lines page={page} rows={items} /></tbody>
          </table>
        )}
        <Pages previous={after ? `/desk/archive?${query}` : null} next={next === null ? null : `/desk/archive?${new URLSearchParams([...query, ['after', String(next)]])}`} />
        {items.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

export const bookPages: readonly Page[] = [book];
