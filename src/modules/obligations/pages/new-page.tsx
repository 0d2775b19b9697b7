import { definePage, errorsOf, first, many, type PageContext, type Shown } from '../../../core/page.ts';
import { Checkbox, DateField, ErrorSummary, Hidden, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, LinkButton } from '../../../ui/parts.tsx';
import { getCase } from '../../registry/index.ts';
import { giveObligation } from '../obligation-give.server.ts';
import { givenSources, rules } from '../obligation.ts';
import { markOptions, obligationHref, Ticks } from './words.tsx';

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const errors = errorsOf(page, after?.errors, ['text', 'to', 'dueOn', 'helpers']);
  const values = after?.values ?? page.values;
  const read = (name: string): string => first(values, name);
  const caseId = read('caseId') || (page.query.get('case') ?? '');
  const [options, file] = await Promise.all([markOptions(page), caseId ? page.run(getCase, { id: caseId }) : null]);
  const helpers = new Set(many(values, 'helpers'));
  const title = t('obligation.new');
  return page.html(
    <DeskPage title={Object.keys(errors).length > 0 ? `${t('ui.error_prefix')} ${title}` : title}>
      <Crumbs items={[{ label: t('obligation.title'), href: '/desk/obligations' }, ...(file ? [{ label: file.reference, href: `/desk/cases/${file.id}` }] : []), { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        {file && <p className="meta">{file.subject}</p>}
        <form method="post" action="/desk/obligations/new" className="stack" noValidate data-unsaved="1">
          <Hidden fields={{ caseId: file?.id }} />
          <TextArea name="text" rows={4} label={t('obligation.what')} value={read('text')} error={errors['text']} />
          <SelectField name="to" label={t('obligation.to')} empty={t('obligation.to.choose')} options={options} value={read('to')} error={errors['to']} />
          <DateField name="dueOn" label={t('obligation.due')} value={read('dueOn')} error={errors['dueOn']} optional />
          <details className="also" open={helpers.size > 0 || Boolean(errors['helpers'])}><summary>{t('obligation.helpers')}</summary>{errors['helpers'] && <p className="error" id="helpers">{errors['helpers']}</p>}<Ticks name="helpers" options={options} chosen={helpers} /></details>
          <details className="also" open={read('title') !== '' || read('rule') !== '' || read('confidential') !== '' || (read('source') !== '' && read('source') !== 'order')}><summary>{t('obligation.more')}</summary>
            <TextField name="title" label={t('obligation.name')} value={read('title')} error={errors['title']} optional />
            <RadioGroup name="source" legend={t('obligation.source')} value={read('source') || 'order'} options={givenSources.map((one) => ({ value: one, label: t(`obligation.source.${one}`) }))} />
            <SelectField name="rule" label={t('obligation.rule')} hint={t('obligation.rule.hint')} empty={t('obligation.rule.none')} options={rules.map((one) => ({ value: one, label: t(`obligation.rule.${one}`) }))} value={read('rule')} error={errors['rule']} />
            <Checkbox name="confidential" label={t('obligation.confidential')} hint={t('obligation.confidential.hint')} checked={read('confidential') !== ''} />
          </details>
          <Actions><Button kind="primary" icon="check">{t('obligation.give')}</Button><LinkButton kind="quiet" href={file ? `/desk/cases/${file.id}` : '/desk/obligations'}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}

export const newPage = definePage({
  path: '/desk/obligations/new', audience: 'desk', get: render,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const { id } = await page.run(giveObligation, {
      text: read('text'), title: read('title'), to: read('to'), helpers: many(page.values, 'helpers'), dueOn: read('dueOn'), source: (read('source') || 'order') as 'order', caseId: read('caseId'), confidential: read('confidential'), rule: read('rule') as 'week',
    });
    return page.redirect(obligationHref(id), { key: 'obligation.done.give' });
  },
});
