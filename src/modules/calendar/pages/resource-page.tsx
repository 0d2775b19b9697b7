import type { ReactElement } from 'react';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown as Posted } from '../../../core/page.ts';
import { ErrorSummary, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Actions, Button, Crumbs, Empty, LinkButton, State, Table } from '../../../ui/parts.tsx';
import { addResource, changeResource, listResources, resourceKinds, retireResource, type ResourceView } from '../resource.server.ts';
import { has, resourceIcons } from './words.tsx';

const keeps = (page: PageContext): boolean => has(page, 'chief', 'protocol', 'it');

const Fields = ({ page, one, errors, values }: { page: PageContext; one: ResourceView | null; errors: Record<string, string>; values: Record<string, string | string[]> | undefined }): ReactElement => {
  const { t } = page;
  const value = (name: keyof ResourceView): string => (values ? first(values, name) : String(one?.[name] ?? ''));
  return (
    <>
      <SelectField name="kind" label={t('resource.kind')} value={value('kind') || 'room'} options={resourceKinds.map((kind) => ({ value: kind, label: t(`resource.kind.${kind}`) }))} error={errors['kind']} />
      <TextField name="name" label={t('resource.name')} value={value('name')} error={errors['name']} maxLength={120} />
      <TextField name="place" label={t('resource.place')} value={value('place')} error={errors['place']} maxLength={120} optional />
      <TextField name="seats" type="number" inputMode="numeric" label={t('resource.seats')} value={value('seats')} error={errors['seats']} optional />
      <TextField name="note" label={t('resource.note')} value={value('note')} error={errors['note']} maxLength={500} optional />
    </>
  );
};

const list = definePage({
  path: '/desk/resources', audience: 'desk',
  async get(page) {
    const { t } = page;
    const { resources } = await page.run(listResources, { retired: keeps(page) });
    return page.html(
      <DeskPage title={t('resource.title')}>
        <Crumbs items={[{ label: t('calendar.title'), href: '/desk/calendar?view=rooms' }, { label: t('resource.title') }]} />
        <div className="head"><div><h1>{t('resource.title')}</h1><p>{t('resource.lead')}</p></div><div className="actions"><LinkButton href="/desk/calendar?view=rooms" icon="calendar">{t('calendar.view.rooms')}</LinkButton>{keeps(page) && <LinkButton kind="primary" icon="plus" href="/desk/resources/new" data-key="n">{t('resource.new')}</LinkButton>}</div></div>
        {resources.length === 0 ? <Empty>{t('resource.empty')}</Empty> : (
          <Table caption={t('resource.title')} head="name" columns={[{ key: 'name', label: t('resource.name'), className: 'full' }, { key: 'kind', label: t('resource.kind') }, { key: 'seats', label: t('resource.seats'), className: 'right' }, { key: 'note', label: t('resource.note') }]} rows={resources.map((one) => ({
            id: one.id, cells: {
              name: <>{keeps(page) ? <a href={`/desk/resources/${one.id}`} data-row={`/desk/resources/${one.id}`}><Icon name={resourceIcons[one.kind] ?? 'door'} /> {one.name}</a> : <><Icon name={resourceIcons[one.kind] ?? 'door'} /> {one.name}</>}{!one.isActive && <> <State>{t('resource.retired')}</State></>}<span className="sub">{one.place}</span></>,
              kind: t(`resource.kind.${one.kind}`), seats: one.seats ?? '', note: one.note,
            },
          }))} />
        )}
      </DeskPage>,
    );
  },
});

async function render(page: PageContext, one: ResourceView | null, after?: Posted): Promise<Response> {
  const { t } = page;
  const title = one?.name ?? t('resource.new');
  const errors = errorsOf(page, after?.errors, ['kind', 'name', 'place', 'seats']);
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('resource.title'), href: '/desk/resources' }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <form method="post" action={one ? `/desk/resources/${one.id}` : '/desk/resources/new'} className="stack" noValidate><Fields page={page} one={one} errors={errors} values={after?.values} />
          <Actions><Button kind="primary" icon="check">{t('engagement.save')}</Button>{one?.isActive && <Button name="act" value="retire">{t('resource.retire')}</Button>}<LinkButton kind="quiet" href="/desk/resources">{t('desk.cancel')}</LinkButton></Actions></form>
      </div>
    </DeskPage>,
  );
}
const fieldsOf = (page: PageContext) => ({ kind: first(page.values, 'kind') as 'room', name: first(page.values, 'name'), place: first(page.values, 'place'), seats: first(page.values, 'seats'), note: first(page.values, 'note') });
const newPage = definePage({
  path: '/desk/resources/new', audience: 'desk', get: (page, after) => render(page, null, after),
  async post(page) {
    await page.run(addResource, fieldsOf(page));
    return page.redirect('/desk/resources', { key: 'desk.done.resource_saved' });
  },
});
const changePage = definePage({
  path: '/desk/resources/:id', audience: 'desk',
  async get(page, after) {
    const { resources } = await page.run(listResources, { retired: true });
    const one = resources.find((each) => each.id === page.params['id']);
    return one ? render(page, one, after) : page.redirect('/desk/resources');
  },
  async post(page) {
    const id = page.params['id']!;
    if (first(page.values, 'act') === 'retire') await page.run(retireResource, { id });
    else await page.run(changeResource, { id, ...fieldsOf(page) });
    return page.redirect('/desk/resources', { key: 'desk.done.resource_saved' });
  },
});

export const resourcePages: readonly Page[] = [list, newPage, changePage];
