import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { ErrorSummary, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, LinkButton, Notice } from '../../../ui/parts.tsx';
import { getCase } from '../../registry/index.ts';
import { linkCase, mergeCase, splitCase } from '../matter.server.ts';
import { caseHref, receiverOptions, Ticks } from './words.tsx';

const acts = ['link', 'merge', 'split'] as const;

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const act = acts.find((one) => page.url.pathname.endsWith(`/${one}`));
  if (!act) throw notFound();
  const file = await page.run(getCase, { id: page.params['id']! });
  const errors = errorsOf(page, after?.errors, ['otherReference', 'entryIds', 'subject', 'kind', 'reason']);
  const values = after?.values ?? page.values;
  const title = t(`matter.act.${act}`);
  const entries = file.entries.filter((one) => !one.annulledAt);
  const loose = file.documents.filter((one) => !one.entryId);
  const options = act === 'split' ? await receiverOptions(page, [], file.access) : null;
  return page.html(
    <DeskPage title={Object.keys(errors).length > 0 ? `${t('ui.error_prefix')} ${title}` : title}>
      <Crumbs items={[{ label: t('case.list.title'), href: '/desk/cases' }, { label: file.reference, href: caseHref(file.id) }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1><p className="meta">{file.subject} · {t(`matter.act.${act}.hint`)}</p>
        {file.kind !== 'paper' || (act !== 'link' && file.closedAt !== null) ? <><Notice>{t(file.kind === 'paper' ? 'error.case_closed' : 'error.case_of_its_own')}</Notice><Actions><LinkButton href={caseHref(file.id)}>{t('desk.back_to_case')}</LinkButton></Actions></> : (
          <form method="post" action={`/desk/cases/${file.id}/${act}`} className="stack" noValidate data-unsaved="1">
            {act !== 'split' && <TextField name="otherReference" label={t('matter.other')} hint={t('matter.other.hint')} value={first(values, 'otherReference')} error={errors['otherReference']} autoComplete="off" />}
            {act === 'link' && <RadioGroup name="kind" legend={t('petition.link.kind')} value={first(values, 'kind') || 'connected'} error={errors['kind']} options={['connected', 'continues', 'duplicate'].map((kind) => ({ value: kind, label: t(`petition.link.${kind}`) }))} />}
            {act === 'split' && (
              <>
                <fieldset className={`field${errors['entryIds'] ? ' wrong' : ''}`}><legend>{t('matter.papers')}</legend>{errors['entryIds'] && <span className="error" id="entryIds-error">{errors['entryIds']}</span>}
                  <ul className="ticks">{entries.map((one, index) => <li key={one.id}><label><input type="checkbox" id={index === 0 ? 'entryIds' : undefined} name="entryIds" value={one.id} defaultChecked={many(values, 'entryIds').includes(one.id)} /><span><span className="ref">{one.reference}</span> {one.subject} <span className="meta"><At at={one.at} /></span></span></label></li>)}</ul></fieldset>
                {loose.length > 0 && <fieldset className="field"><legend>{t('matter.documents')}</legend><Ticks name="documentIds" options={loose.map((one) => ({ value: one.id, label: one.title }))} chosen={new Set(many(values, 'documentIds'))} /></fieldset>}
                <TextField name="subject" label={t('matter.subject')} value={first(values, 'subject')} error={errors['subject']} />
                <SelectField name="original" label={t('delivery.original_to')} empty={t('matter.same_hands')} options={[...options!.units, ...options!.people]} value={first(values, 'original')} error={errors['original']} optional />
              </>
            )}
            {act !== 'link' && <TextArea name="reason" rows={2} label={t('delivery.reason')} value={first(values, 'reason')} error={errors['reason']} optional={act === 'split'} />}
            <Actions><Button kind="primary">{title}</Button><LinkButton kind="quiet" href={caseHref(file.id)}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}

const read = (page: PageContext, name: string): string => first(page.values, name);
const link = definePage({
  path: '/desk/cases/:id/link', audience: 'desk', get: render,
  async post(page) {
    await page.run(linkCase, { id: page.params['id']!, otherReference: read(page, 'otherReference').trim(), kind: read(page, 'kind') as 'connected' });
    return page.redirect(caseHref(page.params['id']!), { key: 'desk.done.linked' });
  },
});
const merge = definePage({
  path: '/desk/cases/:id/merge', audience: 'desk', get: render,
  async post(page) {
    const { id } = await page.run(mergeCase, { id: page.params['id']!, otherReference: read(page, 'otherReference').trim(), reason: read(page, 'reason') });
    return page.redirect(caseHref(id), { key: 'desk.done.merged' });
  },
});
const split = definePage({
  path: '/desk/cases/:id/split', audience: 'desk', get: render,
  async post(page) {
    const { id, reference } = await page.run(splitCase, { id: page.params['id']!, entryIds: many(page.values, 'entryIds'), documentIds: many(page.values, 'documentIds'), subject: read(page, 'subject'), original: read(page, 'original'), reason: read(page, 'reason') });
    return page.redirect(caseHref(id), { key: 'desk.done.split', args: { reference } });
  },
});

export const matterPages: readonly Page[] = [link, merge, split];
