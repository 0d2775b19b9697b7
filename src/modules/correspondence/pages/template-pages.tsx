import { getLocale } from '../../../core/language.ts';
import { definePage, errorsOf, first, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { ErrorSummary, FileField, Hidden, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, LinkButton, Section, State, Table } from '../../../ui/parts.tsx';
import { fieldName, templateFields, type TemplateField } from '../field.ts';
import { templateKeepers } from '../letter.ts';
import { addTemplate, addUsual, changeTemplate, listTemplates, retireTemplate } from '../template.server.ts';
import { has } from './letter-parts.tsx';

const listPage = definePage({
  path: '/desk/letter-templates', audience: 'desk',
  async get(page) {
    const { t } = page;
    const { templates } = await page.run(listTemplates, { retired: true });
    return page.html(
      <DeskPage title={t('template.list.title')}>
        <Crumbs items={[{ label: t('letter.list.title'), href: '/desk/letters' }, { label: t('template.list.title') }]} />
        <div className="head"><div><h1>{t('template.list.title')}</h1><p>{t('template.list.lead')}</p></div>{has(page, ...templateKeepers) && <div className="actions"><LinkButton kind="primary" icon="plus" href="/desk/letter-templates/new">{t('template.add')}</LinkButton></div>}</div>
        {templates.length === 0 ? <Empty action={has(page, ...templateKeepers) && <form method="post" action="/desk/letter-templates"><Button>{t('template.add_usual')}</Button></form>}>{t('template.none')}</Empty> : (
          <Table caption={t('template.list.title')} head="name" columns={[{ key: 'name', label: t('template.name'), className: 'full' }, { key: 'kind', label: t('template.kind') }, { key: 'locale', label: t('letter.language') }, { key: 'at', label: t('template.since') }]} rows={templates.map((one) => ({
            id: one.id, cells: { name: <>{one.retiredAt ? one.name : <a href={`/desk/letter-templates/${one.id}`} data-row={`/desk/letter-templates/${one.id}`}>{one.name}</a>}<span className="sub">{one.fields.map((field) => `{${fieldName(field as TemplateField, page.locale)}}`).join(' ')}</span></>, kind: t(`template.kind.${one.kind}`), locale: getLocale(one.locale).name, at: one.retiredAt ? <State>{t('template.retired')}</State> : <At at={one.at} /> },
          }))} />
        )}
      </DeskPage>,
    );
  },
  async post(page) {
    await page.run(addUsual, {});
    return page.redirect('/desk/letter-templates', { key: 'desk.done.saved' });
  },
});

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office } = page;
  const id = page.params['id'];
  const found = id ? (await page.run(listTemplates, { retired: true })).templates.find((one) => one.id === id) : undefined;
  if (id && !found) throw notFound();
  const values = after?.values ?? (page.query.has('held') ? page.values : undefined);
  const errors = errorsOf(page, after?.errors, ['name', 'subject', 'body', 'file']);
  const value = (name: 'name' | 'subject' | 'body' | 'locale' | 'kind', preset = ''): string => (values ? first(values, name) : (found?.[name] ?? preset));
  const title = found ? found.name : t('template.add');
  const keeps = has(page, ...templateKeepers) && !found?.retiredAt;
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('letter.list.title'), href: '/desk/letters' }, { label: t('template.list.title'), href: '/desk/letter-templates' }, { label: title }]} />
      {after && <ErrorSummary errors={errors} {...(after.said && Object.keys(errors).length === 0 ? { title: t(after.said.key, after.said.args) } : {})} />}
      <h1>{title}</h1>
      <div className="split"><div>
        <form method="post" encType="multipart/form-data" action={id ? `/desk/letter-templates/${id}` : '/desk/letter-templates/new'} className="stack" noValidate data-unsaved="1">
          <TextField name="name" label={t('template.name')} value={value('name')} error={errors['name']} maxLength={120} />
          {found ? <Hidden fields={{ kind: found.kind }} /> : <RadioGroup name="kind" legend={t('template.kind')} value={value('kind', 'text')} error={errors['kind']} options={(['text', 'docx'] as const).map((kind) => ({ value: kind, label: t(`template.kind.${kind}`), hint: t(`template.kind.${kind}.hint`) }))} />}
          <SelectField name="locale" label={t('letter.language')} value={value('locale', office.locale)} error={errors['locale']} options={[...new Set([...office.publicLocales, ...office.staffLocales])].map((one) => ({ value: one, label: getLocale(one).name }))} />
          <TextField name="subject" label={t('petition.subject')} optional value={value('subject')} error={errors['subject']} />
          <TextArea name="body" rows={12} label={t('letter.body')} hint={t('template.body.hint')} value={value('body')} error={errors['body']} maxLength={20_000} />
          {(!found || found.kind === 'docx') && <FileField name="file" label={t('template.file')} hint={t('template.file.hint')} multiple={false} optional accept=".docx" megabytes={5} error={errors['file']} />}
          {keeps && <Actions><Button kind="primary" icon="check">{t('template.save')}</Button><LinkButton kind="quiet" href="/desk/letter-templates">{t('desk.cancel')}</LinkButton></Actions>}
        </form>
      </div><aside aria-label={t('template.fields')}>
        <Section id="fields" title={t('template.fields')}><dl className="facts">{(Object.keys(templateFields) as TemplateField[]).map((field) => [<dt key={`t${field}`}>{`{${fieldName(field, page.locale)}}`}</dt>, <dd key={`d${field}`}>{t(`template.field.${field}`)}</dd>])}</dl></Section>
        {found?.kind === 'docx' && <p className="actions"><LinkButton icon="file" href={`/desk/letter-templates/${found.id}/file`}>{t('template.file.get')}</LinkButton></p>}
        {found && keeps && <form method="post" action={`/desk/letter-templates/${found.id}`}><Hidden fields={{ act: 'retire' }} /><Button kind="quiet">{t('template.retire')}</Button></form>}
      </aside></div>
    </DeskPage>,
  );
}

const given = (page: PageContext) => {
  const read = (name: string): string => first(page.values, name);
  const file = page.files['file']?.[0];
  return { name: read('name'), kind: read('kind') as 'text', locale: read('locale'), subject: read('subject'), body: read('body'), file: file && file.bytes.length > 0 ? file : null };
};

const newPage = definePage({
  path: '/desk/letter-templates/new', audience: 'desk', get: render,
  async post(page) {
    await page.run(addTemplate, given(page));
    return page.redirect('/desk/letter-templates', { key: 'desk.done.saved' });
  },
});

const changePage = definePage({
  path: '/desk/letter-templates/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    if (first(page.values, 'act') === 'retire') await page.run(retireTemplate, { id });
    else await page.run(changeTemplate, { ...given(page), id });
    return page.redirect('/desk/letter-templates', { key: 'desk.done.saved' });
  },
});

export const templatePages = [listPage, newPage, changePage];
