import type { ReactElement } from 'react';
import { dayIn } from '../../../core/day.ts';
import { acceptedEndings } from '../../../core/file.ts';
import { definePage, errorsOf, first, type PageContext, type Shown } from '../../../core/page.ts';
import { DateField, ErrorSummary, FileField, Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Facts, LinkButton, Section } from '../../../ui/parts.tsx';
import { deliverDispatch, failDispatch, getDispatch, prepareDispatch, repeatDispatch, type DispatchRow } from '../dispatch.server.ts';
import { money, reads, StateMark } from './dispatch-parts.tsx';

const byHand = ['post', 'registered', 'courier', 'pickup'] as const;
type Form = { page: PageContext; row: DispatchRow; value(name: string, preset?: string): string; errors: Record<string, string> };
const waysOf = ({ t }: PageContext) => byHand.map((way) => ({ value: way, label: t(`dispatch.way.${way}`) }));
const accept = acceptedEndings.map((ending) => `.${ending}`).join(',');

function Prepare({ page, row, value, errors, isMain }: Form & { isMain: boolean }): ReactElement {
  const { t } = page;
  return (
    <Section id="prepare" title={t('dispatch.act.prepare')}>
      <form method="post" action={`/desk/dispatch/${row.id}`} className="stack" noValidate>
        <Hidden fields={{ act: 'prepare' }} />
        <TextField name="addressee" label={t('dispatch.column.addressee')} value={value('addressee', row.addressee)} error={errors['addressee']} />
        <TextField name="address" label={t('dispatch.column.address')} value={value('address', row.address)} error={errors['address']} />
        <div className="two fields">
          <SelectField name="way" label={t('dispatch.column.way')} value={value('way', row.way)} error={errors['way']} options={waysOf(page)} />
          <TextField name="weightG" type="number" inputMode="numeric" label={t('dispatch.weight')} optional value={value('weightG', row.weightG ? String(row.weightG) : '')} error={errors['weightG']} />
          <TextField name="amount" label={t('dispatch.amount')} hint={t('dispatch.amount.hint')} optional value={value('amount')} error={errors['amount']} />
          <TextField name="tracking" label={t('dispatch.column.tracking')} optional value={value('tracking', row.tracking)} error={errors['tracking']} autoComplete="off" />
        </div>
        <Actions><Button {...(isMain ? { kind: 'primary' as const } : {})} icon="check">{t('dispatch.prepare.do')}</Button></Actions>
      </form>
    </Section>
  );
}

function Outcome({ page, row, value, errors, isMain }: Form & { isMain: boolean }): ReactElement {
  const { t, office } = page;
  const today = dayIn(office.jurisdiction.timeZone, page.now);
  return (
    <>
      <Section id="deliver" title={t('dispatch.act.deliver')}>
        <form method="post" encType="multipart/form-data" action={`/desk/dispatch/${row.id}`} className="stack" noValidate>
          <Hidden fields={{ act: 'deliver' }} />
          <div className="two fields">
            <DateField name="deliveredOn" label={t('dispatch.delivered_on')} value={value('deliveredOn', today)} error={errors['deliveredOn']} max={today} />
            <TextField name="deliveredTo" label={t('dispatch.delivered_to')} value={value('deliveredTo', row.addressee)} error={errors['deliveredTo']} />
          </div>
          <FileField name="files" label={t('dispatch.proof')} optional accept={accept} error={errors['files']} />
          <Actions><Button {...(isMain ? { kind: 'primary' as const } : {})} icon="check">{t('dispatch.deliver.do')}</Button></Actions>
        </form>
      </Section>
      <Section id="fail" title={t('dispatch.act.fail')}>
        <form method="post" action={`/desk/dispatch/${row.id}`} className="stack" noValidate>
          <Hidden fields={{ act: 'fail' }} />
          <TextField name="reason" label={t('dispatch.reason')} value={value('reason')} error={errors['reason']} />
          <Actions><Button>{t('dispatch.fail.do')}</Button></Actions>
        </form>
      </Section>
    </>
  );
}

const Repeat = ({ page, row, value, errors }: Form): ReactElement => (
  <Section id="repeat" title={page.t('dispatch.act.repeat')}>
    <form method="post" action={`/desk/dispatch/${row.id}`} className="stack" noValidate>
      <Hidden fields={{ act: 'repeat' }} />
      <TextField name="addressee" label={page.t('dispatch.column.addressee')} value={value('addressee', row.addressee)} error={errors['addressee']} />
      <TextField name="address" label={page.t('dispatch.column.address')} value={value('address', row.address)} error={errors['address']} />
      <SelectField name="way" label={page.t('dispatch.column.way')} value={value('way', row.way === 'email' ? 'post' : row.way)} error={errors['way']} options={waysOf(page)} />
      <Actions><Button kind="primary" icon="send">{page.t('dispatch.repeat.do')}</Button></Actions>
    </form>
  </Section>
);

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const { dispatch: row, acts } = await page.run(getDispatch, { id: page.params['id']! });
  const typed = after?.values ?? (page.query.has('held') ? page.values : undefined);
  const act = typed ? first(typed, 'act') : '';
  const errors = errorsOf(page, after?.errors);
  const form = (name: string): Form => ({ page, row, errors: act === name ? errors : {}, value: (field, preset = '') => (act === name ? first(typed!, field) : preset) });
  const waits = acts.includes('prepare') && row.way !== 'pickup';
  return page.html(
    <DeskPage title={row.addressee}>
      <Crumbs items={[...(reads(page) ? [{ label: t('dispatch.list.title'), href: '/desk/dispatch' }] : []), { label: row.reference, href: `/desk/cases/${row.caseId}` }, { label: row.addressee }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="casehead"><div className="line"><StateMark page={page} row={row} /><span>{t(`dispatch.way.${row.way}`)}</span></div><h1>{row.addressee}</h1></div>
      <div className="split"><div>
        {acts.includes('prepare') && <Prepare {...form('prepare')} isMain={waits} />}
        {acts.includes('deliver') && <Outcome {...form(act === 'fail' ? 'fail' : 'deliver')} isMain={!waits} />}
        {acts.includes('repeat') && <Repeat {...form('repeat')} />}
        {acts.length === 0 && <p className="meta">{t('dispatch.nothing_to_do')}</p>}
      </div><aside aria-label={t('petition.facts')}>
        <Facts facts={[
          [t('dispatch.column.reference'), <a key="c" href={`/desk/cases/${row.caseId}`} className="ref">{row.reference}</a>], [t('dispatch.column.what'), row.documentId ? <a key="d" href={`/desk/documents/${row.documentId}`}>{row.subject}</a> : row.subject],
          [t('dispatch.column.address'), row.address || row.email || '—'], row.weightG !== null && [t('dispatch.weight'), t('dispatch.grams', { weight: row.weightG })], row.postageCents !== null && [t('dispatch.column.postage'), money(page, row.postageCents)],
          row.tracking && [t('dispatch.column.tracking'), row.tracking], row.listId && [t('post_list.one'), reads(page) ? <a key="l" href={`/desk/dispatch/lists/${row.listId}`}>{row.listNumber}</a> : row.listNumber],
          row.sentAt && [t('dispatch.state.sent'), <At key="s" at={row.sentAt} style="both" />], row.deliveredAt && [t('dispatch.state.delivered'), <><At at={row.deliveredAt} /> {row.deliveredTo}</>], row.failedAt && [t('dispatch.state.failed'), <><At at={row.failedAt} /> {row.failedReason}</>],
          row.proofId && [t('dispatch.proof'), <a key="p" href={`/desk/documents/${row.proofId}`}>{t('desk.open')}</a>],
        ]} />
        {row.way !== 'email' && <p className="actions"><LinkButton kind="quiet" icon="print" href={`/desk/dispatch/labels.pdf?ids=${row.id}&as=envelope`}>{t('dispatch.envelope')}</LinkButton></p>}
      </aside></div>
    </DeskPage>,
  );
}

export const dispatchPage = definePage({
  path: '/desk/dispatch/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const act = read('act');
    if (act === 'prepare') await page.run(prepareDispatch, { id, way: read('way') as 'post', addressee: read('addressee'), address: read('address'), weightG: read('weightG'), amount: read('amount'), tracking: read('tracking') });
    else if (act === 'deliver') await page.run(deliverDispatch, { id, deliveredOn: read('deliveredOn'), deliveredTo: read('deliveredTo'), files: page.files['files'] ?? [] });
    else if (act === 'fail') await page.run(failDispatch, { id, reason: read('reason') });
    else {
      const again = await page.run(repeatDispatch, { id, way: read('way') as 'post', addressee: read('addressee'), address: read('address') });
      return page.redirect(`/desk/dispatch/${again.id}`, { key: 'dispatch.done.repeat' });
    }
    return page.redirect(`/desk/dispatch/${id}`, { key: `dispatch.done.${act}` });
  },
});
