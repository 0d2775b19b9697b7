import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, RadioGroup, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, LinkButton, Notice } from '../../../ui/parts.tsx';
import { purposes, type Purpose } from '../delivery.ts';
import { giveDelivery } from '../delivery.server.ts';
import { findWhereabouts } from '../delivery-list.server.ts';
import { caseHref, has, receiverName, receiverOptions, Ticks } from './words.tsx';

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const found = await page.run(findWhereabouts, { id: page.params['id']! });
  const { file } = found;
  const errors = errorsOf(page, after?.errors, ['original', 'purpose', 'copies']);
  const values = after?.values ?? page.values;
  const { units, people } = await receiverOptions(page, found.absences, file.access);
  const copies = new Set(many(values, 'copies'));
  const title = t('delivery.act.give');
  const entries = found.entries.filter((one) => one.splitTo === null);
  const holder = found.holder.state === 'sent' || found.holder.state === 'received' ? receiverName(page, found.holder) : '';
  return page.html(
    <DeskPage title={Object.keys(errors).length > 0 ? `${t('ui.error_prefix')} ${title}` : title}>
      <Crumbs items={[{ label: t('delivery.title'), href: '/desk/deliveries' }, { label: file.reference, href: caseHref(file.id) }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <p className="meta">{file.subject}{holder && ` · ${t('delivery.holder.with', { who: holder })}`}</p>
        {!found.can.give ? <><Notice>{t('error.not_now')}</Notice><Actions><LinkButton href={caseHref(file.id)}>{t('desk.back_to_case')}</LinkButton></Actions></> : (
          <form method="post" action={`/desk/cases/${file.id}/deliver`} className="stack" noValidate data-unsaved="1">
            <SelectField name="original" label={t('delivery.original_to')} hint={t('delivery.original_to.hint')} empty={t('delivery.original_to.nobody')} options={[...units, ...people]} value={first(values, 'original') || (after || file.unitId === null || holder ? '' : `unit:${file.unitId}`)} error={errors['original']} />
            <RadioGroup name="purpose" legend={t('delivery.purpose')} value={first(values, 'purpose') || 'work'} error={errors['purpose']} options={purposes.map((one) => ({ value: one, label: t(`delivery.purpose.${one}`), hint: t(`delivery.purpose.${one}.hint`) }))} />
            <details open={copies.size > 0 || Boolean(errors['copies'])}><summary>{t('delivery.copies_to')}</summary>
              {errors['copies'] && <p className="error">{errors['copies']}</p>}
              <Ticks name="copies" options={units} chosen={copies} />
              <details><summary>{t('delivery.people')}</summary><Ticks name="copies" options={people} chosen={copies} /></details>
            </details>
            {entries.length > 1 && <SelectField name="entryId" label={t('delivery.which')} empty={t('delivery.which.whole')} options={entries.map((one) => ({ value: one.id, label: `${one.reference} · ${one.subject}` }))} value={first(values, 'entryId')} error={errors['entryId']} />}
            <TextField name="note" label={t('delivery.note')} value={first(values, 'note')} error={errors['note']} optional />
            <Actions><Button kind="primary" icon="send">{t('delivery.give')}</Button><LinkButton kind="quiet" href={caseHref(file.id)}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}

export const deliverPage: Page = definePage({
  path: '/desk/cases/:id/deliver', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const { deliveries } = await page.run(giveDelivery, { id, original: first(page.values, 'original'), copies: many(page.values, 'copies'), purpose: first(page.values, 'purpose') as Purpose, entryId: first(page.values, 'entryId'), note: first(page.values, 'note') });
    // The registrar goes on with what is still to be distributed; who gives on what is theirs may see it no longer.
    return page.redirect(has(page, 'registrar') ? '/desk/cases?view=distribute' : '/desk/deliveries', { key: 'desk.done.given', args: { count: deliveries.length } });
  },
});
