import { definePage, type Page } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Button, Empty, Exports, Pages, Table } from '../../../ui/parts.tsx';
import { listParties, partyKinds } from '../party.server.ts';
import { mergePage, partPage, partyPage, photoPage } from './party-page.tsx';

const list = definePage({
  path: '/desk/directory', audience: 'desk',
  async get(page) {
    const { t, query } = page;
    const wanted = query.get('q') ?? '';
    const kind = query.get('kind') ?? '';
    const number = Math.max(1, Number(query.get('page')) || 1);
    const asked = { query: wanted, kind: (partyKinds as readonly string[]).includes(kind) ? (kind as 'person') : ('' as const) };
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const { parties, more } = await page.run(listParties, { ...asked, page: Number(after || 1) });
        return { rows: parties, next: more ? String(Number(after || 1) + 1) : null };
      });
      return serveTable(page, {
        name: t('desk.nav.directory'), title: t('desk.nav.directory'), isCut, filters: wanted ? [{ label: t('directory.search'), value: wanted }] : [],
        columns: [{ title: t('directory.name'), width: 32 }, { title: t('directory.kind'), width: 14 }, { title: t('petition.address'), width: 28 }, { title: t('petition.town'), width: 18 }, { title: 'E-mail', width: 28 }, { title: t('petition.phone'), width: 18 }, { title: t('directory.cases'), width: 10 }],
        rows: rows.map((party) => [party.name, t(`party.kind.${party.kind}`), party.address, party.place, party.email, party.phone, party.cases]),
      }, as);
    }
    const { parties, more } = await page.run(listParties, { ...asked, page: number });
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
        {parties.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

export const directoryPages: readonly Page[] = [list, partyPage, mergePage, partPage, photoPage];
