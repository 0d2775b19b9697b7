import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Facts, LinkButton, Pages, Section, State, Table } from '../../../ui/parts.tsx';
import { changeParty, listParties, partyKinds } from '../party.server.ts';
import { getParty } from '../party-page.server.ts';

const list = definePage({
  path: '/desk/directory', audience: 'desk',
  async get(page) {
    const { t, query } = page;
    const wanted = query.get('q') ?? '';
    const kind = query.get('kind') ?? '';
    const number = Math.max(1, Number(query.get('page')) || 1);
    const { parties, more } = await page.run(listParties, { query: wanted, kind: (partyKinds as readonly string[]).includes(kind) ? (kind as 'person') : '', page: number });
    const link = (to: number): string => `/desk/directory?${new URLSearchParams({ q: wanted, kind, page: String(to) })}`;
    return page.html(
      <DeskPage title={t('desk.nav.directory')}>
        <div className="head"><div><h1>{t('desk.nav.directory')}</h1><p>{t('directory.lead')}</p></div></div>
        <form className="filters" action="/desk/directory"><TextField className="wide" name="q" id="dq" type="search" label={t('directory.search')} value={wanted} /><SelectField name="kind" id="dk" label={t('directory.kind')} empty={t('directory.any')} value={kind} options={partyKinds.map((one) => ({ value: one, label: t(`party.kind.${one}`) }))} /><Button icon="search">{t('desk.search.do')}</Button></form>
        {parties.length === 0 ? <Empty>{t('directory.none')}</Empty> : (
          <Table caption={t('desk.nav.directory')} head="name" columns={[{ key: 'name', label: t('directory.name'), className: 'full' }, { key: 'where', label: t('petition.address') }, { key: 'contact', label: t('directory.contact') }, { key: 'cases', label: t('directory.cases'), className: 'right' }]} rows={parties.map((party) => ({
            id: party.id, cells: { name: <><a href={`/desk/directory/${party.id}`} data-row={`/desk/directory/${party.id}`}>{party.name}</a><span className="sub">{t(`party.kind.${party.kind}`)}</span></>, where: [party.address, party.place].filter(Boolean).join(', '), contact: <>{party.email}<span className="sub">{party.phone}</span></>, cases: party.cases || '' },
          }))} />
        )}
        <Pages previous={number > 1 ? link(number - 1) : null} next={more ? link(number + 1) : null} />
      </DeskPage>,
    );
  },
});

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const { party, cases } = await page.run(getParty, { id: page.params['id']! });
  const values = after?.values;
  const errors = errorsOf(page, after?.errors);
  const value = (name: 'name' | 'email' | 'phone' | 'address' | 'place' | 'note'): string => (values ? first(values, name) : (party[name] ?? ''));
  const mayChange = ['registrar', 'chief', 'protocol', 'citizens'].some((role) => page.caller.roles.has(role as 'chief'));
  return page.html(
    <DeskPage title={party.name}>
      <Crumbs items={[{ label: t('desk.nav.directory'), href: '/desk/directory' }, { label: party.name }]} />
      <ErrorSummary errors={errors} />
      <div className="casehead"><div className="line"><State>{t(`party.kind.${party.kind}`)}</State></div><h1>{party.name}</h1></div>
      <div className="split"><div>
        <Section id="cases" title={t('directory.cases')} aside={<span className="meta">{cases.length}</span>}>
          {cases.length === 0 ? <p className="meta">{t('directory.no_cases')}</p> : <ul className="rows">{cases.map((one) => <li key={one.id}><a href={`/desk/petitions/${one.id}`} data-row={`/desk/petitions/${one.id}`}>{one.subject}</a><At at={one.openedAt} /><span className="sub ref">{one.reference}</span></li>)}</ul>}
        </Section>
      </div><aside aria-label={t('directory.contact')}>
        <Section id="contact" title={t('directory.contact')}><Facts facts={[party.email && ['E-mail', party.email], party.phone && [t('petition.phone'), party.phone], party.address && [t('petition.address'), party.address], party.place && [t('petition.town'), party.place], party.note && [t('directory.note'), party.note]]} /></Section>
        {mayChange && (
          <details className="sp" open={Boolean(after)}><summary>{t('directory.change')}</summary>
            <form method="post" action={`/desk/directory/${party.id}`} className="stack" noValidate>
              <TextField name="name" label={t('directory.name')} value={value('name')} error={errors['name']} /><TextField name="email" type="email" label="E-mail" value={value('email')} error={errors['email']} optional />
              <TextField name="phone" label={t('petition.phone')} value={value('phone')} error={errors['phone']} optional /><TextField name="address" label={t('petition.address')} value={value('address')} error={errors['address']} optional />
              <TextField name="place" label={t('petition.town')} value={value('place')} error={errors['place']} optional /><TextArea name="note" rows={3} label={t('directory.note')} value={value('note')} error={errors['note']} optional />
              <Actions><Button kind="primary">{t('desk.save')}</Button></Actions>
            </form></details>
        )}
      </aside></div>
      <p className="sp"><LinkButton kind="quiet" href="/desk/directory">{t('desk.back')}</LinkButton></p>
    </DeskPage>,
  );
}

const show = definePage({
  path: '/desk/directory/:id', audience: 'desk', get: render,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const id = page.params['id']!;
    await page.run(changeParty, { id, name: read('name'), email: read('email'), phone: read('phone'), address: read('address'), place: read('place'), note: read('note') });
    return page.redirect(`/desk/directory/${id}`, { key: 'desk.done.saved' });
  },
});

export const directoryPages: readonly Page[] = [list, show];
