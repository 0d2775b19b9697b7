import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { wrong } from '../../../core/refusal.ts';
import { ErrorSummary, RadioGroup, TextArea } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, LinkButton, Notice } from '../../../ui/parts.tsx';
import { annulCase, annulEntry } from '../book-annul.server.ts';
import { getCase } from '../case.server.ts';

async function render(page: PageContext, shown?: Shown): Promise<Response> {
  const { t } = page;
  const file = await page.run(getCase, { id: page.params['id']! });
  const errors = errorsOf(page, shown?.errors, ['what', 'reason']);
  const values = shown?.values ?? page.values;
  const papers = file.entries.filter((one) => one.sub > 1 && !one.annulledAt && !one.dispatchedAt);
  return page.html(
    <DeskPage title={t('book.annul')}>
      <Crumbs items={[{ label: file.reference, href: `/desk/cases/${file.id}` }, { label: t('book.annul') }]} />
      <div className="formpage">
        {shown?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(shown.said.key, shown.said.args) })} />}
        <h1>{t('book.annul')}</h1>
        <p className="meta">{file.reference} · {file.subject}</p>
        {file.annulledAt ? <Notice>{t('error.annulled_already')}</Notice> : (
          <form method="post" action={`/desk/cases/${file.id}/annul`} className="stack" noValidate>
            <p>{t('book.annul.lead')}</p>
            <RadioGroup name="what" legend={t('book.annul.what')} value={first(values, 'what') || (papers.length === 0 ? 'case' : '')} error={errors['what']} options={[
              { value: 'case', label: t('book.annul.case', { reference: file.reference }), hint: t('book.annul.case.hint') },
              ...papers.map((one) => ({ value: one.id, label: t('book.annul.entry', { sub: String(one.sub), reference: one.reference }), hint: one.subject })),
            ]} />
            <TextArea name="reason" rows={3} label={t('book.annul.reason')} hint={t('book.annul.reason.hint')} value={first(values, 'reason')} error={errors['reason']} required />
            <Actions><Button kind="primary">{t('book.annul.do')}</Button><LinkButton kind="quiet" href={`/desk/cases/${file.id}`}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}

const annul = definePage({
  path: '/desk/cases/:id/annul', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const what = first(page.values, 'what');
    const reason = first(page.values, 'reason');
    if (!what) throw wrong({ what: { key: 'field.choose' } });
    if (what === 'case') await page.run(annulCase, { id, reason });
    else await page.run(annulEntry, { id: what, reason });
    return page.redirect(`/desk/cases/${id}`, { key: 'desk.done.annulled' });
  },
});

export const bookAnnulPages: readonly Page[] = [annul];
