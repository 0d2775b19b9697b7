import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { renderPdf } from '../../../core/pdf.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Empty, Exports, Facts, LinkButton, Pages, Section, State, Table } from '../../../ui/parts.tsx';
import { changeBox, getBox, listBoxes, makeBox, moveItems, type BoxRow } from '../box.server.ts';
import { caseHref, className, day, Kept, keeps, paperOf, Refused, Tabs, yearsOfLine } from './words.tsx';

const span = (from: number | null, until: number | null): string => (from === null ? '' : from === until ? String(from) : `${from}–${until}`);
const keptUntil = (page: PageContext, box: BoxRow): string => (box.isPermanent ? page.t('archive.permanent') : day(page, box.keepUntil));

async function renderList(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const as = askedTable(page);
  if (as) {
    const { rows, isCut } = await readToEnd(async (from) => {
      const part = await page.run(listBoxes, { before: Number(from) || 0, limit: 500 });
      return { rows: part.boxes, next: part.next === null ? null : String(part.next) };
    });
    return serveTable(page, {
      name: t('archive.tab.boxes'), title: t('archive.tab.boxes'), isCut, columns: [{ title: t('archive.box'), width: 8 }, { title: t('archive.box.label'), width: 30 }, { title: t('archive.box.place'), width: 24 }, { title: t('archive.class'), width: 20 }, { title: t('archive.closed_in') }, { title: t('archive.box.items') }, { title: t('archive.keep_until') }],
      rows: rows.map((box) => [box.number, box.label, box.place, box.classes.join(', '), span(box.fromYear, box.untilYear), box.items, keptUntil(page, box)]),
    }, as);
  }
  const before = Number(page.query.get('before')) || 0;
  const { boxes, next } = await page.run(listBoxes, { before });
  const errors = errorsOf(page, after?.errors);
  const values = after?.values ?? {};
  return page.html(
    <DeskPage title={t('archive.tab.boxes')}>
      <div className="head"><div><h1>{t('archive.tab.boxes')}</h1><p>{t('archive.boxes.lead')}</p></div></div>
      <Tabs page={page} current="boxes" />
      <Refused page={page} after={after} errors={errors} />
      {keeps(page) && <form method="post" action="/desk/archive/boxes" className="filters" noValidate><TextField name="label" className="wide" label={t('archive.box.label')} value={first(values, 'label')} error={errors['label']} maxLength={120} /><TextField name="place" label={t('archive.box.place')} value={first(values, 'place')} error={errors['place']} maxLength={120} /><Button kind="primary" icon="plus">{t('archive.box.make')}</Button></form>}
      {boxes.length === 0 ? <Empty>{t('archive.boxes.none')}</Empty> : (
        <Table caption={t('archive.tab.boxes')} head="box" columns={[{ key: 'box', label: t('archive.box'), className: 'full' }, { key: 'classes', label: t('archive.class') }, { key: 'years', label: t('archive.closed_in') }, { key: 'items', label: t('archive.box.items'), className: 'right' }, { key: 'until', label: t('archive.keep_until') }]} rows={boxes.map((box) => ({
          id: box.id, cells: {
            box: <><a href={`/desk/archive/boxes/${box.id}`} data-row={`/desk/archive/boxes/${box.id}`}>{t('archive.box.number', { number: String(box.number) })}</a>{box.label && ` · ${box.label}`}<span className="sub">{box.place}</span></>, classes: box.classes.join(', '), years: span(box.fromYear, box.untilYear),
            items: <>{box.items || '—'}{box.lent > 0 && <span className="sub"><State kind="soon">{t('archive.box.lent', { count: box.lent })}</State></span>}</>, until: keptUntil(page, box),
          },
        }))} />
      )}
      <Pages previous={before ? '/desk/archive/boxes' : null} next={next === null ? null : `/desk/archive/boxes?before=${next}`} />
      {boxes.length > 0 && <Exports page={page} />}
    </DeskPage>,
  );
}

const list = definePage({
  path: '/desk/archive/boxes', audience: 'desk', get: renderList,
  async post(page) {
    const { id, number } = await page.run(makeBox, { label: first(page.values, 'label'), place: first(page.values, 'place') });
    return page.redirect(`/desk/archive/boxes/${id}`, { key: 'archive.done.box_made', args: { number: String(number) } });
  },
});

async function renderOne(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const { box, items } = await page.run(getBox, { id: page.params['id']! });
  const others = keeps(page) ? (await page.run(listBoxes, { limit: 500 })).boxes.filter((one) => one.id !== box.id) : [];
  const errors = errorsOf(page, after?.errors, ['ids', 'boxId']);
  const title = t('archive.box.number', { number: String(box.number) });
  const href = `/desk/archive/boxes/${box.id}`;
  const value = (name: 'label' | 'place'): string => (after?.values?.[name] === undefined ? box[name] : first(after.values, name));
  const contents = (
    <table role="table" className="fold">
      <caption className="vh">{t('archive.box.contents')}</caption>
      <thead role="rowgroup"><tr role="row">{keeps(page) && <th role="columnheader" scope="col"><span className="vh">{t('desk.column.selected')}</span></th>}{(['number', 'content', 'class', 'made_in', 'keep_until'] as const).map((key) => <th key={key} role="columnheader" scope="col" className={key === 'content' ? 'full' : undefined}>{t(`archive.${key}`)}</th>)}</tr></thead>
      <tbody role="rowgroup">{items.map((row, index) => (
        <tr role="row" key={row.caseId}>
          {keeps(page) && <td role="cell">{(row.state === 'kept' || row.state === 'listed') && <><label className="vh" htmlFor={index === 0 ? 'ids' : `c-${row.caseId}`}>{t('desk.select', { reference: row.reference })}</label><input type="checkbox" id={index === 0 ? 'ids' : `c-${row.caseId}`} name="ids" value={row.caseId} /></>}</td>}
          <td role="cell" className="num">{row.number}</td>
          <th role="rowheader" scope="row" className="full"><a href={caseHref(row.caseId)} data-row={caseHref(row.caseId)}>{row.subject}</a><span className="sub"><span className="ref">{row.reference}</span>{row.reader && <> · <State kind="soon">{t('archive.lent_to', { who: row.reader })}</State></>}</span></th>
          <td role="cell">{row.classCode}<span className="sub">{className(page, row.classCode)}</span></td><td role="cell" className="nowrap">{yearsOfLine(row)}</td><td role="cell"><Kept page={page} row={row} /></td>
        </tr>))}</tbody>
    </table>
  );
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('archive.tab.boxes'), href: '/desk/archive/boxes' }, { label: title }]} />
      <Refused page={page} after={after} errors={errors} />
      <div className="head"><div><h1>{box.label ? `${title} · ${box.label}` : title}</h1><p>{[box.place, box.classes.join(', '), span(box.fromYear, box.untilYear)].filter(Boolean).join(' · ')}</p></div><div className="actions"><LinkButton icon="print" href={`${href}/label.pdf`}>{t('archive.box.print_label')}</LinkButton></div></div>
      <div className="split"><div>
        <Section id="contents" title={t('archive.box.contents')} aside={<span className="meta">{box.items}</span>}>
          {items.length === 0 ? <p className="meta">{t('archive.box.empty')}</p> : !keeps(page) ? contents : (
            <form method="post" action={href} noValidate>{contents}
              <div className="filters sp"><SelectField name="boxId" className="wide" label={t('archive.box.move_to')} empty={t('archive.no_box')} value="" error={errors['boxId']} options={others.map((one) => ({ value: one.id, label: [t('archive.box.number', { number: String(one.number) }), one.label].filter(Boolean).join(' · ') }))} /><Button name="act" value="move">{t('archive.box.move')}</Button></div>
            </form>
          )}
        </Section>
      </div><aside aria-label={t('archive.box.about')}>
        <Section id="about" title={t('archive.box.about')}><Facts facts={[[t('archive.box.numbers'), span(box.first, box.last) || '—'], [t('archive.keep_until'), keptUntil(page, box) || '—'], box.lent > 0 && [t('archive.box.out'), t('archive.box.lent', { count: box.lent })]]} /></Section>
        {keeps(page) && <details className="sp" open={Boolean(errors['label'] ?? errors['place'])}><summary>{t('archive.box.change')}</summary>
          <form method="post" action={href} className="stack" noValidate><TextField name="label" label={t('archive.box.label')} value={value('label')} error={errors['label']} maxLength={120} optional /><TextField name="place" label={t('archive.box.place')} value={value('place')} error={errors['place']} maxLength={120} optional /><Actions><Button name="act" value="change">{t('desk.save')}</Button></Actions></form></details>}
      </aside></div>
    </DeskPage>,
  );
}

const one = definePage({
  path: '/desk/archive/boxes/:id', audience: 'desk', get: renderOne,
  async post(page) {
    const id = page.params['id']!;
    if (first(page.values, 'act') === 'change') {
      await page.run(changeBox, { id, label: first(page.values, 'label'), place: first(page.values, 'place') });
      return page.redirect(`/desk/archive/boxes/${id}`, { key: 'desk.done.saved' });
    }
    const { count } = await page.run(moveItems, { ids: many(page.values, 'ids'), boxId: first(page.values, 'boxId') });
    return page.redirect(`/desk/archive/boxes/${id}`, { key: 'archive.done.moved', args: { count } });
  },
});

const label = definePage({
  path: '/desk/archive/boxes/:id/label.pdf', audience: 'desk',
  async get(page) {
    const { t } = page;
    const { box, qr } = await page.run(getBox, { id: page.params['id']! });
    const { labels: _, ...paper } = paperOf(page, t('archive.box.number', { number: String(box.number) }));
    const content = await renderPdf('box', {
      ...paper, number: String(box.number), label: box.label, qr, labels: { box: t('archive.box') },
      facts: [{ label: t('archive.class'), value: box.classes.join(', ') }, { label: t('archive.closed_in'), value: span(box.fromYear, box.untilYear) }, { label: t('archive.box.numbers'), value: span(box.first, box.last) }, { label: t('archive.keep_until'), value: keptUntil(page, box) }, { label: t('archive.box.place'), value: box.place }],
    });
    return serveFile({ fileName: `${t('archive.box')} ${box.number}.pdf`, mediaType: 'application/pdf', content });
  },
});

export const boxPages: readonly Page[] = [list, label, one];
