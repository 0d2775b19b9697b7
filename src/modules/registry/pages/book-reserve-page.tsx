import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, LinkButton, Section, Table } from '../../../ui/parts.tsx';
import { listReserved, openBook, releaseNumbers, reserveNumbers } from '../book.server.ts';
import { bookName, bookOptions, classOptions, registerPath, unitOptions, whichBook } from './book-words.ts';

async function render(page: PageContext, shown?: Shown): Promise<Response> {
  const { t } = page;
  const which = whichBook(page);
  const { numbers } = await page.run(listReserved, {});
  const errors = errorsOf(page, shown?.errors, ['book', 'count', 'purpose', 'classCode', 'unitId', 'ids', 'reason']);
  const value = (name: string, preset = ''): string => first(shown?.values ?? page.values, name) || preset;
  const books = bookOptions(page);
  return page.html(
    <DeskPage title={t('book.reserve')}>
      <Crumbs items={[{ label: bookName(page, which.book), href: registerPath(which) }, { label: t('book.reserve') }]} />
      <div className="formpage">
        {shown?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(shown.said.key, shown.said.args) })} />}
        <h1>{t('book.reserve')}</h1>
        <p className="meta">{t('book.reserve.lead')}</p>
        <form method="post" action="/desk/register/reserve" className="stack" noValidate>
          {books.length > 1 ? <SelectField name="book" label={t('register.book')} options={books} value={value('book', which.book)} error={errors['book']} /> : <Hidden fields={{ book: which.book }} />}
          <TextField name="count" type="number" inputMode="numeric" size={4} label={t('book.reserve.count')} value={value('count', '10')} error={errors['count']} required />
          <TextField name="purpose" label={t('book.reserve.purpose')} hint={t('book.reserve.purpose.hint')} value={value('purpose')} error={errors['purpose']} maxLength={200} required />
          <SelectField name="classCode" label={t('petition.class')} empty={t('desk.choose')} options={classOptions(page)} value={value('classCode')} error={errors['classCode']} optional />
          <SelectField name="unitId" label={t('petition.unit')} empty={t('desk.choose')} options={unitOptions(page)} value={value('unitId')} error={errors['unitId']} optional />
          <Actions><Button kind="primary">{t('book.reserve.do')}</Button><LinkButton kind="quiet" href={registerPath(which)}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
      <div className="sp"><Section id="ids" title={t('book.reserved.title')}>
        {numbers.length === 0 ? <Empty>{t('book.reserved.none')}</Empty> : (
          <form method="post" action="/desk/register/release" noValidate>
            <Hidden fields={which} />
            <Table caption={t('book.reserved.title')} head="number" columns={[{ key: 'pick', label: t('desk.column.selected'), hidden: true }, { key: 'number', label: t('desk.column.number') }, { key: 'purpose', label: t('book.reserve.purpose'), className: 'full' }, { key: 'book', label: t('register.book') }, { key: 'at', label: t('register.date') }]} rows={numbers.map((one) => ({
              id: one.id, cells: {
                pick: <input type="checkbox" name="ids" value={one.id} aria-label={one.reference} />, number: <span className="ref">{one.reference}</span>, purpose: one.purpose, book: bookName(page, one.book), at: <At at={one.at} />,
              },
            }))} />
            <div className="filters"><TextField name="reason" className="wide" label={t('book.release.reason')} value={value('reason')} error={errors['reason']} maxLength={300} required /><Button>{t('book.release.do')}</Button></div>
          </form>
        )}
      </Section></div>
    </DeskPage>,
  );
}

const reserve = definePage({
  path: '/desk/register/reserve', audience: 'desk', get: render,
  async post(page) {
    const field = (name: string): string => first(page.values, name);
    const { numbers, year } = await page.run(reserveNumbers, { book: field('book'), count: field('count'), purpose: field('purpose'), classCode: field('classCode'), unitId: field('unitId') });
    return page.redirect(`/desk/register/reserve?${new URLSearchParams({ book: field('book'), year: String(year) })}`, { key: 'desk.done.reserved', args: { first: numbers[0]!.reference, last: numbers.at(-1)!.reference } });
  },
});

const release = definePage({
  path: '/desk/register/release', audience: 'desk', get: render,
  async post(page) {
    const { released } = await page.run(releaseNumbers, { ids: many(page.values, 'ids'), reason: first(page.values, 'reason') });
    return page.redirect('/desk/register/reserve', { key: 'desk.done.released', args: { count: released } });
  },
});

const open = definePage({
  path: '/desk/register/open', audience: 'desk',
  async post(page) {
    const opened = await page.run(openBook, whichBook(page));
    return page.redirect(registerPath(opened), { key: 'desk.done.book_opened', args: { year: String(opened.year) } });
  },
});

export const bookReservePages: readonly Page[] = [reserve, release, open];
