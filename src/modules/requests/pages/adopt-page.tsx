import { getLocale } from '../../../core/language.ts';
import { definePage, errorsOf, first, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, SelectField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, LinkButton } from '../../../ui/parts.tsx';
import { getCase } from '../../registry/index.ts';
import { adoptPetition } from '../adopt.server.ts';
import { kinds, replyWays } from '../petition.ts';
import { areaOptions } from './case-words.ts';

const fields = ['kind', 'area', 'replyBy', 'locale'] as const;

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office } = page;
  const shown = await page.run(getCase, { id: page.params['id']! });
  if (shown.kind === 'petition') return page.hono.redirect(`/desk/petitions/${shown.id}`, 302);
  const values = after?.values ?? page.values;
  const errors = errorsOf(page, after?.errors, fields);
  const title = t('petition.adopt.title');
  const begin = shown.party?.email ? 'email' : shown.party?.address ? 'post' : 'pickup';
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('case.list.title'), href: '/desk/cases' }, { label: shown.reference, href: `/desk/cases/${shown.id}` }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <p className="meta"><span className="ref">{shown.reference}</span> · {shown.subject} · {t('petition.adopt.hint')}</p>
        <form method="post" action={`/desk/cases/${shown.id}/adopt`} className="stack" noValidate>
          <SelectField name="kind" label={t('petition.kind')} value={first(values, 'kind') || 'petition'} error={errors['kind']} options={kinds.map((kind) => ({ value: kind, label: t(`petition.kind.${kind}`) }))} />
          <SelectField name="area" label={t('petition.area')} empty={t('desk.choose')} optional value={first(values, 'area')} error={errors['area']} options={areaOptions(page)} />
          <SelectField name="replyBy" label={t('petition.reply_by')} value={first(values, 'replyBy') || begin} error={errors['replyBy']} options={replyWays.map((way) => ({ value: way, label: t(`reply_by.${way}`) }))} />
          <SelectField name="locale" label={t('petition.locale')} value={first(values, 'locale') || office.locale} error={errors['locale']} options={office.publicLocales.map((id) => ({ value: id, label: getLocale(id).name }))} />
          <Actions><Button kind="primary">{title}</Button><LinkButton kind="quiet" href={`/desk/cases/${shown.id}`}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}

export const adoptPage = definePage({
  path: '/desk/cases/:id/adopt', audience: 'desk', get: render,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const done = await page.run(adoptPetition, { id: page.params['id']!, kind: read('kind') as 'petition', area: read('area'), replyBy: read('replyBy') as 'post', locale: read('locale') });
    return page.redirect(`/desk/petitions/${done.id}`, { key: 'desk.done.adopted' });
  },
});
