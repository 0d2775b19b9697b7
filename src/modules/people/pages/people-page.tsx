import type { ReactElement } from 'react';
import { fold } from '../../../core/fold.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, first, type Page, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import { notAllowed } from '../../../core/refusal.ts';
import { askedTable, serveTable } from '../../../core/table-file.ts';
import { Checkbox, SelectField, TextField, type Option } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Empty, Exports, LinkButton, State, Table, Views } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { keepsAccounts } from '../caller.server.ts';
import { invitePerson } from '../password.server.ts';
import { addPerson, listColleagues, type Colleague } from '../person.server.ts';
import { Problems, typed, unitName, useErrors } from './people-parts.tsx';
import { PersonFields, personFieldOrder, personInput, titleFields, unitOptions, type TitleField } from './person-form.tsx';

const listPage = definePage({
  path: '/desk/people', audience: 'desk',
  async get(page) {
    if (!keepsAccounts(page.caller)) throw notAllowed();
    const { t, query } = page;
    const asked = { q: (query.get('q') ?? '').slice(0, 200), unit: query.get('unit') ?? '', left: query.get('show') === 'left' };
    const { people } = await page.run(listColleagues, { inactive: true });
    const words = fold(asked.q).split(/\s+/).filter(Boolean);
    const fits = (person: Colleague): boolean => {
      const text = fold([person.name, textIn(person.title, page.locale), person.email, ...person.roles.map((role) => t(`role.${role}`))].join(' '));
      return person.isActive !== asked.left && (!asked.unit || person.unitId === asked.unit) && words.every((word) => text.includes(word));
    };
    const shown = people.filter(fits);
    const leftCount = people.filter((person) => !person.isActive).length;
    const title = t('desk.nav.people');
    const as = askedTable(page);
    if (as) return serveTable(page, {
      name: title, title, columns: [{ title: t('people.name'), width: 26 }, { title: t('people.unit'), width: 30 }, { title: t('people.roles'), width: 24 }, { title: 'E-mail', width: 30 }],
      rows: shown.map((person) => [person.name, unitName(page, person.unitId), person.roles.map((role) => t(`role.${role}`)).join(', '), person.email]),
    }, as);
    return page.html(
      <DeskPage title={title}>
        <div className="head"><div><h1>{title}</h1><p>{t('people.lead')}</p></div><Actions><LinkButton kind="primary" icon="plus" href="/desk/people/new">{t('people.add')}</LinkButton></Actions></div>
        <Views label={t('people.views')} items={[{ href: '/desk/people', label: t('people.views.active'), count: people.length - leftCount, current: !asked.left }, { href: '/desk/people?show=left', label: t('people.views.left'), count: leftCount, current: asked.left }]} />
        <form className="filters" action="/desk/people">
          {asked.left && <input type="hidden" name="show" value="left" />}
          <TextField className="wide" name="q" id="pq" type="search" label={t('people.search')} value={asked.q} />
          <SelectField name="unit" id="pu" label={t('people.unit')} empty={t('people.unit.any')} value={asked.unit} options={unitOptions(page)} />
          <Button icon="search">{t('desk.search.do')}</Button>
        </form>
        {shown.length === 0 ? <Empty action={asked.q || asked.unit ? <a href="/desk/people">{t('people.all')}</a> : undefined}>{t(asked.left && !asked.q && !asked.unit ? 'people.none_left' : 'people.none')}</Empty> : (
          <Table caption={title} head="name"
            columns={[{ key: 'name', label: t('people.name'), className: 'full' }, { key: 'unit', label: t('people.unit'), className: 'full' }, { key: 'roles', label: t('people.roles'), className: 'full' }, { key: 'contact', label: t('people.contact'), className: 'hide' }]}
            rows={shown.map((person) => ({
              id: person.id, cells: {
                name: <><a href={`/desk/people/${person.id}`} data-row={`/desk/people/${person.id}`}>{person.name}</a>{!person.isActive && <> <State>{t('people.left')}</State></>}<span className="sub">{textIn(person.title, page.locale)}</span></>,
                unit: unitName(page, person.unitId), roles: person.roles.map((role) => t(`role.${role}`)).join(', '), contact: <>{person.email}<span className="sub">{[person.phone, person.room].filter(Boolean).join(' · ')}</span></>,
              },
            }))} />
        )}
        {shown.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

type NewProps = { values: Values | null; shown: Shown | undefined; titles: readonly TitleField[]; units: readonly Option[] };
function NewPerson({ values, shown, titles, units }: NewProps): ReactElement {
  const { t } = useView();
  const errors = useErrors(shown, personFieldOrder);
  const title = t('people.add');
  return (
    <DeskPage title={shown ? `${t('ui.error_prefix')} ${title}` : title}>
      <Crumbs items={[{ label: t('desk.nav.people'), href: '/desk/people' }, { label: title }]} />
      <Problems shown={shown} errors={errors} />
      <h1>{title}</h1>
      <div className="split"><div>
        <form method="post" action="/desk/people/new" className="stack" noValidate data-unsaved="1">
          <PersonFields now={null} values={values} errors={errors} titles={titles} units={units} isOwn={false} />
          <Checkbox name="invite" label={t('people.invite.now')} hint={t('people.invite.hint')} checked={values ? first(values, 'invite') === '1' : true} />
          <div className="go"><Actions><Button kind="primary">{t('people.add.do')}</Button><LinkButton kind="quiet" href="/desk/people">{t('desk.back')}</LinkButton></Actions></div>
        </form>
      </div></div>
    </DeskPage>
  );
}

const newPage = definePage({
  path: '/desk/people/new', audience: 'desk',
  get(page: PageContext, shown) {
    if (!keepsAccounts(page.caller)) throw notAllowed();
    return page.html(<NewPerson values={typed(page, shown)} shown={shown} titles={titleFields(page.office)} units={unitOptions(page)} />);
  },
  async post(page) {
    const { id } = await page.run(addPerson, personInput(page.values, titleFields(page.office)));
    const isInvited = first(page.values, 'invite') === '1';
    if (isInvited) await page.run(invitePerson, { id });
    return page.redirect(`/desk/people/${id}`, { key: isInvited ? 'people.done.added_invited' : 'people.done.added' });
  },
});

export const listPages: readonly Page[] = [listPage, newPage];
