import { addDays, dayIn } from '../../../core/day.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { renderPdf } from '../../../core/pdf.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { DateField, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { Actions, At, Button, Crumbs, Empty, Exports, LinkButton, Notice, Pages, Table } from '../../../ui/parts.tsx';
import { findArchived } from '../archive.server.ts';
import { getLending, lendFromArchive, lendingViews, listLendings, takeBack } from '../lending.server.ts';
import { caseHref, day, keeps, paperOf, peopleOptions, Refused, Tabs, todayOf } from './words.tsx';

const daysUsual = 15;

const list = definePage({
  path: '/desk/archive/lendings', audience: 'desk',
  async get(page) {
    const { t } = page;
    const asked = page.query.get('view') ?? '';
    const view = lendingViews.find((one) => one === asked) ?? (keeps(page) ? 'open' : 'mine');
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const part = await page.run(listLendings, { view, after, limit: 500 });
        return { rows: part.lendings, next: part.next };
      });
      return serveTable(page, {
        name: t('archive.tab.lendings'), title: t('archive.slips'), isCut, columns: [{ title: t('archive.number'), width: 8 }, { title: t('archive.reference'), width: 20 }, { title: t('archive.content'), width: 40 }, { title: t('archive.reader'), width: 24 }, { title: t('archive.purpose'), width: 24 }, { title: t('archive.lent_on') }, { title: t('archive.due_on') }, { title: t('archive.returned_on') }],
        rows: rows.map((row) => [row.number, row.reference, row.subject, row.reader, row.purpose, row.lentAt, row.dueOn, row.returnedAt]),
      }, as);
    }
    const after = page.query.get('after') ?? '';
    const { lendings, next } = await page.run(listLendings, { view, after });
    const views = lendingViews.filter((one) => (keeps(page) ? one !== 'mine' : one === 'mine' || one === 'all'));
    return page.html(
      <DeskPage title={t('archive.tab.lendings')}>
        <div className="head"><div><h1>{t('archive.slips')}</h1><p>{t('archive.slips.lead')}</p></div></div>
        <Tabs page={page} current="lendings" />
        <form className="filters" action="/desk/archive/lendings"><SelectField name="view" label={t('archive.state')} value={view} options={views.map((one) => ({ value: one, label: t(`archive.lendings.${one}`) }))} /><Button>{t('desk.filter.apply')}</Button></form>
        {lendings.length === 0 ? <Empty>{t('archive.lendings.none')}</Empty> : (
          <Table caption={t('archive.slips')} head="content" columns={[{ key: 'content', label: t('archive.content'), className: 'full' }, { key: 'reader', label: t('archive.reader') }, { key: 'lent', label: t('archive.lent_on') }, { key: 'due', label: t('archive.due_on') }, { key: 'acts', label: t('archive.acts'), hidden: true }]} rows={lendings.map((row) => ({
            id: row.id, cells: {
              content: <><a href={caseHref(row.caseId)} data-row={caseHref(row.caseId)}>{row.subject}</a><span className="sub"><span className="ref">{row.reference}</span>{row.box !== null && ` · ${t('archive.box.number', { number: String(row.box) })}`}</span></>, reader: <>{row.reader}<span className="sub">{row.purpose}</span></>, lent: <><At at={row.lentAt} /><span className="sub"><a href={`/desk/archive/lendings/${row.id}/slip.pdf`}>{t('archive.slip')}<span className="vh"> {row.reference}</span></a></span></>,
              due: row.returnedAt ? <>{t('archive.returned')} <At at={row.returnedAt} /></> : <ClockMark state={row.isLate ? 'late' : 'ok'} label={day(page, row.dueOn)} />,
              acts: keeps(page) && !row.returnedAt ? <form method="post" action={`/desk/archive/lendings/${row.id}/return`}><Button>{t('archive.act.take_back')}<span className="vh"> {row.reference}</span></Button></form> : '',
            },
          }))} />
        )}
        <Pages previous={after ? `/desk/archive/lendings?view=${view}` : null} next={next && `/desk/archive/lendings?${new URLSearchParams({ view, after: next })}`} />
        {lendings.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

const back = definePage({
  path: '/desk/archive/lendings/:id/return', audience: 'desk',
  async post(page) {
    const { caseId } = await page.run(takeBack, { id: page.params['id']! });
    return page.redirect(first(page.values, 'to') === 'case' ? caseHref(caseId) : '/desk/archive/lendings', { key: 'archive.done.taken_back' });
  },
});

async function renderLend(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const id = page.params['id']!;
  const { file, item, lending } = await page.run(findArchived, { id });
  const errors = errorsOf(page, after?.errors, ['readerId', 'purpose', 'dueOn']);
  const values = after?.values ?? {};
  const fits = item?.state === 'kept' && lending === null;
  return page.html(
    <DeskPage title={t('archive.act.lend')}>
      <Crumbs items={[{ label: t('archive.tab.lendings'), href: '/desk/archive/lendings' }, { label: file.reference, href: caseHref(id) }, { label: t('archive.act.lend') }]} />
      <div className="formpage"><Refused page={page} after={after} errors={errors} />
        <h1>{t('archive.act.lend')}</h1><p className="meta">{file.subject}</p>
        {!fits ? <><Notice>{lending ? t('archive.lent_to', { who: lending.reader }) : t('archive.cannot_lend')}</Notice><Actions><LinkButton href={caseHref(id)}>{t('desk.back_to_case')}</LinkButton></Actions></> : (
          <form method="post" action={`/desk/cases/${id}/lend`} className="stack" noValidate>
            <SelectField name="readerId" label={t('archive.reader')} hint={t('archive.reader.hint')} empty={t('desk.choose')} options={await peopleOptions(page)} value={first(values, 'readerId')} error={errors['readerId']} />
            <TextField name="purpose" label={t('archive.purpose')} value={first(values, 'purpose')} error={errors['purpose']} maxLength={300} />
            <DateField name="dueOn" label={t('archive.due_on')} value={first(values, 'dueOn') || addDays(todayOf(page), daysUsual)} error={errors['dueOn']} min={todayOf(page)} />
            <Actions><Button kind="primary">{t('archive.act.lend')}</Button><LinkButton kind="quiet" href={caseHref(id)}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}

const lend = definePage({
  path: '/desk/cases/:id/lend', audience: 'desk', get: renderLend,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    await page.run(lendFromArchive, { id: page.params['id']!, readerId: read('readerId'), purpose: read('purpose'), dueOn: read('dueOn') });
    return page.redirect('/desk/archive/lendings', { key: 'archive.done.lent' });
  },
});

const slip = definePage({
  path: '/desk/archive/lendings/:id/slip.pdf', audience: 'desk',
  async get(page) {
    const { t } = page;
    const row = await page.run(getLending, { id: page.params['id']! });
    const at = (moment: Date | null): string => (moment ? day(page, dayIn(page.office.jurisdiction.timeZone, moment)) : '');
    const content = await renderPdf('archive', {
      ...paperOf(page, t('archive.slip')), intro: t('archive.slip.intro'),
      facts: [{ label: t('archive.reference'), value: row.reference }, { label: t('archive.content'), value: row.subject }, { label: t('archive.number'), value: String(row.number) }, { label: t('archive.box'), value: [row.box === null ? '' : String(row.box), row.place].filter(Boolean).join(', ') }, { label: t('archive.reader'), value: row.reader },
        { label: t('archive.purpose'), value: row.purpose }, { label: t('archive.lent_on'), value: at(row.lentAt) }, { label: t('archive.due_on'), value: day(page, row.dueOn) }, { label: t('archive.returned_on'), value: at(row.returnedAt) }],
      signatures: [{ title: t('archive.signed.lender'), name: row.lentBy }, { title: t('archive.signed.reader'), name: row.reader }, { title: t('archive.signed.returned'), name: '' }],
    });
    return serveFile({ fileName: `${t('archive.slip')} ${row.reference.replaceAll('/', '-')}.pdf`, mediaType: 'application/pdf', content });
  },
});

export const lendingPages: readonly Page[] = [list, back, slip, lend];
