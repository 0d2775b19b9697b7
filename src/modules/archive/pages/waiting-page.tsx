import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Facts, LinkButton, Notice, Pages } from '../../../ui/parts.tsx';
import { findArchived, listWaiting, putInArchive } from '../archive.server.ts';
import { boxesOf, caseHref, className, classOptions, day, period, Refused, Tabs } from './words.tsx';

const boxOptions = async (page: PageContext) => (await boxesOf(page)).boxes.map((box) => ({ value: box.id, label: [page.t('archive.box.number', { number: String(box.number) }), box.label, box.place].filter(Boolean).join(' · ') }));

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const text = (name: string): string => page.query.get(name) ?? '';
  const asked = { year: Number(text('year')) || undefined, classCode: text('class'), after: text('after') };
  const [{ cases, next }, boxes] = await Promise.all([page.run(listWaiting, asked), boxOptions(page)]);
  const values = after?.values ?? {};
  const chosen = new Set(many(values, 'ids'));
  const errors = errorsOf(page, after?.errors, ['ids', 'boxId']);
  const query = new URLSearchParams(page.query);
  query.delete('after');
  const ready = cases.filter((one) => one.obstacle === null);
  return page.html(
    <DeskPage title={t('archive.waiting')}>
      <div className="head"><div><h1>{t('archive.waiting')}</h1><p>{t('archive.waiting.lead')}</p></div></div>
      <Tabs page={page} current="waiting" />
      <Refused page={page} after={after} errors={errors} />
      <form className="filters" action="/desk/archive/waiting">
        <TextField name="year" type="number" inputMode="numeric" label={t('archive.opened_in')} value={text('year')} /><SelectField name="class" className="wide" label={t('archive.class')} empty={t('archive.any')} value={asked.classCode} options={classOptions(page)} /><Button>{t('desk.filter.apply')}</Button>
      </form>
      {cases.length === 0 ? <Empty>{t('archive.waiting.none')}</Empty> : (
        <form method="post" action={`/desk/archive/waiting?${page.query}`} noValidate>
          <table role="table" className="fold">
            <caption className="vh">{t('archive.waiting')}</caption>
            <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col"><span className="vh">{t('desk.column.selected')}</span></th>{(['content', 'class', 'closed_on', 'keep_until'] as const).map((key) => <th key={key} role="columnheader" scope="col" className={key === 'content' ? 'full' : undefined}>{t(`archive.${key}`)}</th>)}</tr></thead>
            <tbody role="rowgroup">{cases.map((one, index) => (
              <tr role="row" key={one.id}>
                <td role="cell">{one.obstacle === null && <><label className="vh" htmlFor={index === 0 ? 'ids' : `c-${one.id}`}>{t('desk.select', { reference: one.reference })}</label><input type="checkbox" id={index === 0 ? 'ids' : `c-${one.id}`} name="ids" value={one.id} defaultChecked={chosen.has(one.id)} /></>}</td>
                <th role="rowheader" scope="row" className="full"><a href={caseHref(one.id)} data-row={caseHref(one.id)}>{one.subject}</a><span className="sub"><span className="ref">{one.reference}</span></span></th>
                <td role="cell">{one.classCode}<span className="sub">{className(page, one.classCode)}</span></td>
                <td role="cell"><At at={one.closedAt} /></td>
                <td role="cell">{one.obstacle ? <span className="meta">{t(`archive.obstacle.${one.obstacle}`)}</span> : <>{day(page, one.keepUntil) || t('archive.permanent')}{one.retentionYears !== null && <span className="sub">{period(page, one.retentionYears)}</span>}</>}</td>
              </tr>))}</tbody>
          </table>
          {ready.length > 0 && <div className="filters sp"><SelectField name="boxId" className="wide" label={t('archive.into_box')} empty={t('archive.no_box')} options={boxes} value={first(values, 'boxId')} error={errors['boxId']} /><Button kind="primary" icon="check">{t('archive.act.put_ticked')}</Button></div>}
        </form>
      )}
      <Pages previous={asked.after ? `/desk/archive/waiting?${query}` : null} next={next && `/desk/archive/waiting?${new URLSearchParams([...query, ['after', next]])}`} />
    </DeskPage>,
  );
}

const numbers = ({ first: from, last, count }: { first: number; last: number; count: number }) => ({ key: 'archive.done.archived', args: { count, numbers: from === last ? String(from) : `${from}–${last}` } });

const waiting = definePage({
  path: '/desk/archive/waiting', audience: 'desk', get: render,
  async post(page) {
    const done = await page.run(putInArchive, { ids: many(page.values, 'ids'), boxId: first(page.values, 'boxId') });
    return page.redirect(`/desk/archive/waiting?${page.query}`, numbers(done));
  },
});

async function renderOne(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const id = page.params['id']!;
  const { file, item } = await page.run(findArchived, { id });
  const errors = errorsOf(page, after?.errors);
  const values = after?.values ?? {};
  const fits = file.closedAt !== null && item === null;
  return page.html(
    <DeskPage title={t('archive.act.put')}>
      <Crumbs items={[{ label: t('archive.book'), href: '/desk/archive' }, { label: file.reference, href: caseHref(id) }, { label: t('archive.act.put') }]} />
      <div className="formpage"><Refused page={page} after={after} errors={errors} />
        <h1>{t('archive.act.put')}</h1><p className="meta">{file.subject}</p>
        {!fits ? <><Notice>{t(item ? 'archive.is_there' : 'archive.obstacle.open')}</Notice>{item && <Facts facts={[[t('archive.number'), String(item.number)]]} />}<Actions><LinkButton href={caseHref(id)}>{t('desk.back_to_case')}</LinkButton></Actions></> : (
          <form method="post" action={`/desk/cases/${id}/archive`} className="stack" noValidate>
            <SelectField name="classCode" label={t('archive.class')} hint={t('archive.class.hint')} options={classOptions(page).map((one) => ({ ...one, label: `${one.label} (${period(page, yearsIn(page, one.value))})` }))} value={first(values, 'classCode') || file.classCode} error={errors['classCode']} />
            <SelectField name="boxId" label={t('archive.into_box')} empty={t('archive.no_box')} options={await boxOptions(page)} value={first(values, 'boxId')} error={errors['boxId']} optional />
            <TextField name="note" label={t('archive.note')} value={first(values, 'note')} error={errors['note']} optional />
            <Actions><Button kind="primary" icon="check">{t('archive.act.put')}</Button><LinkButton kind="quiet" href={caseHref(id)}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}
const yearsIn = (page: PageContext, code: string): number | null => Number(page.office.data.classes.find((one) => one.code === code)?.retention) || null;

const one = definePage({
  path: '/desk/cases/:id/archive', audience: 'desk', get: renderOne,
  async post(page) {
    const id = page.params['id']!;
    const done = await page.run(putInArchive, { ids: id, classCode: first(page.values, 'classCode'), boxId: first(page.values, 'boxId'), note: first(page.values, 'note') });
    return page.redirect(caseHref(id), numbers(done));
  },
});

export const waitingPages: readonly Page[] = [waiting, one];
