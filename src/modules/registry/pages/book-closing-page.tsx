import { formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, Hidden, TextArea } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Facts, LinkButton, Notice, On, Section, Table } from '../../../ui/parts.tsx';
import { closeBook, previewClosing } from '../book-closing.server.ts';
import { noteFacts } from '../book-note.ts';
import { bookName, registerPath, todayOf, unitName, whichBook } from './book-words.ts';

async function render(page: PageContext, shown?: Shown): Promise<Response> {
  const { t } = page;
  const which = whichBook(page);
  const preview = await page.run(previewClosing, which);
  const { figures, carried, blocks } = preview;
  const errors = errorsOf(page, shown?.errors, ['reason', 'remarks']);
  const value = (name: string): string => first(shown?.values ?? page.values, name);
  const title = t('book.closing.title', { book: bookName(page, which.book), year: String(which.year) });
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: bookName(page, which.book), href: registerPath(which) }, { label: t('book.close') }]} />
      {shown?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(shown.said.key, shown.said.args) })} />}
      <h1>{title}</h1>
      <p className="lead">{t('book.closing.lead')}</p>
      {blocks.length > 0
        ? <Notice kind="warn" title={t('book.closing.blocked')}>{blocks.map((block) => <p key={block}>{t(`book.block.${block}`)}</p>)}</Notice>
        : (
          <>
            {figures.reservedUnused > 0 && <Notice>{t('book.closing.reserved', { count: figures.reservedUnused })}</Notice>}
            {figures.carried > 0 && <Notice>{t('book.closing.carried', { count: figures.carried })}</Notice>}
          </>
        )}
      <div className="sp"><Section id="note" title={t('book.closing.note', { day: formatDay(todayOf(page), page.locale, 'long') })}>
        <Facts facts={noteFacts(t, figures)} />
      </Section></div>
      {blocks.length === 0 && (
        <form method="post" action="/desk/register/close" className="stack formpage" noValidate>
          <Hidden fields={which} />
          {preview.needsReason && <TextArea name="reason" rows={3} label={t('book.closing.reason')} hint={t('book.closing.reason.hint')} value={value('reason')} error={errors['reason']} required />}
          <TextArea name="remarks" rows={3} label={t('book.closing.remarks')} value={value('remarks')} error={errors['remarks']} optional />
          <p className="meta">{t('book.closing.final')}</p>
          <Actions><Button kind="primary">{t('book.closing.do')}</Button><LinkButton kind="quiet" href={registerPath(which)}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      )}
      {carried.length > 0 && (
        <div className="sp"><Section id="carried" title={t('book.note.list', { count: figures.carried })}>
          <Table caption={t('book.note.list', { count: figures.carried })} head="number" columns={[{ key: 'number', label: t('desk.column.number') }, { key: 'at', label: t('register.date') }, { key: 'subject', label: t('petition.subject'), className: 'full' }, { key: 'unit', label: t('petition.unit') }]} rows={carried.map((one) => ({
            id: one.id ?? one.reference, cells: { number: one.id ? <a className="ref" href={`/desk/cases/${one.id}`}>{one.reference}</a> : one.reference, at: <On on={one.openedOn} />, subject: one.subject || <span className="meta">{t('register.hidden')}</span>, unit: unitName(page, one.unitId) },
          }))} />
          {figures.carried > carried.length && <p className="meta">{t('book.closing.more', { count: figures.carried - carried.length })}</p>}
        </Section></div>
      )}
    </DeskPage>,
  );
}

const closing = definePage({
  path: '/desk/register/close', audience: 'desk', get: render,
  async post(page) {
    const which = whichBook(page);
    await page.run(closeBook, { ...which, reason: first(page.values, 'reason'), remarks: first(page.values, 'remarks') });
    return page.redirect(registerPath(which), { key: 'desk.done.book_closed', args: { year: String(which.year) } });
  },
});

export const bookClosingPages: readonly Page[] = [closing];
