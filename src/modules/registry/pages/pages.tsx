import { dayIn } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, first, type Page, type PageContext, type Panel } from '../../../core/page.ts';
import { renderPdf } from '../../../core/pdf.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { DateField, SelectField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { At, Button, Empty, LinkButton, Pages, Section, State, Table } from '../../../ui/parts.tsx';
import { casePages } from './case-pages.ts';
import { addClosingDay, listClosingDays } from '../closing-day.server.ts';
import { readRegister } from '../register.server.ts';
import { DateField as Day, TextField } from '../../../ui/field.tsx';

const wanted = (page: PageContext) => ({ year: Number(page.query.get('year')) || undefined, from: page.query.get('from') ?? '', until: page.query.get('until') ?? '', direction: page.query.get('direction') ?? '', after: Number(page.query.get('after')) || 0 });
const unit = (page: PageContext, id: string | null): string => textIn(page.office.data.units.find((one) => one.id === id)?.name, page.locale);

const book = definePage({
  path: '/desk/register', audience: 'desk',
  async get(page) {
    const { t } = page;
    const register = await page.run(readRegister, wanted(page));
    const { days } = await page.run(listClosingDays, {});
    const query = new URLSearchParams(page.query);
    query.delete('after');
    const link = (after: number): string => `/desk/register?${new URLSearchParams([...query, ['after', String(after)]])}`;
    const mayClose = ['chief', 'registrar', 'it'].some((role) => page.caller.roles.has(role as 'chief'));
    return page.html(
      <DeskPage title={t('desk.nav.register')}>
        <div className="head"><div><h1>{textIn(page.office.jurisdiction.register.name, page.locale)}</h1><p>{t('register.lead', { year: String(register.year), last: register.last })}</p></div>
          <div className="actions"><LinkButton icon="print" href={`/desk/register.pdf?${query}`}>{t('register.print')}</LinkButton></div></div>
        <form className="filters" action="/desk/register">
          <SelectField name="year" label={t('register.year')} value={String(register.year)} options={(register.years.length > 0 ? register.years : [register.year]).map((year) => ({ value: String(year), label: String(year) }))} />
          <DateField name="from" label={t('register.from')} value={page.query.get('from') ?? ''} /><DateField name="until" label={t('register.until')} value={page.query.get('until') ?? ''} />
          <SelectField name="direction" label={t('register.direction')} empty={t('register.all')} value={page.query.get('direction') ?? ''} options={['in', 'out', 'internal'].map((direction) => ({ value: direction, label: t(`entry.direction.${direction}`) }))} />
          <Button>{t('desk.filter.apply')}</Button>
        </form>
        {register.rows.length === 0 ? <Empty action={<LinkButton href="/desk/petitions/new" icon="plus">{t('ui.register_new')}</LinkButton>}>{t('register.none')}</Empty> : (
          <Table className="book" caption={textIn(page.office.jurisdiction.register.name, page.locale)} head="number" columns={[{ key: 'number', label: t('desk.column.number') }, { key: 'at', label: t('register.date') }, { key: 'subject', label: t('petition.subject'), className: 'full' }, { key: 'party', label: t('register.party') }, { key: 'unit', label: t('petition.unit') }, { key: 'closed', label: t('register.closed') }]} rows={register.rows.map((row) => ({
            id: row.id, className: row.sub > 1 ? 'subrow' : '', cells: {
              number: <a className="ref" href={`/desk/petitions/${row.caseId}`}>{row.reference}</a>, at: <At at={row.at} />, subject: <>{row.sub > 1 && <State>{t(`entry.direction.${row.direction}`)}</State>} {row.subject}<span className="sub">{t(`channel.${row.channel}`)}{row.senderReference && row.channel !== 'email' && ` · ${row.senderReference}`}{row.enclosures > 0 && ` · ${t('register.enclosures', { count: row.enclosures })}`}</span></>,
              party: <>{row.party}<span className="sub">{row.partyPlace}</span></>, unit: <>{unit(page, row.unitId)}<span className="sub">{row.handler}</span></>, closed: row.closedAt && row.sub === 1 ? <At at={row.closedAt} /> : '',
            },
          }))} />
        )}
        <Pages previous={wanted(page).after ? `/desk/register?${query}` : null} next={register.next === null ? null : link(register.next)} />
        <div className="sp"><Section id="closing" title={t('register.closing_days')}>
          <p className="meta">{t('register.closing_days.hint')}</p>
          {days.length > 0 && <ul className="docs">{days.map((one) => <li key={one.dayOn}><span>{formatDay(one.dayOn, page.locale, 'weekday')}</span><span className="meta">{one.name}</span></li>)}</ul>}
          {mayClose && <form method="post" action="/desk/closing-days" className="filters" data-top><Day name="dayOn" id="closing-on" label={t('register.closing_day')} required /><TextField name="name" id="closing-name" className="wide" label={t('register.closing_name')} required maxLength={120} /><Button>{t('register.closing_add')}</Button></form>}
        </Section></div>
      </DeskPage>,
    );
  },
});

const closing = definePage({
  path: '/desk/closing-days', audience: 'desk',
  async post(page) {
    const { moved } = await page.run(addClosingDay, { dayOn: first(page.values, 'dayOn'), name: first(page.values, 'name') });
    return page.redirect('/desk/register#closing', { key: 'desk.done.closing_day', args: { count: moved } });
  },
});

/** The book as it looks on paper, by the columns of the jurisdiction. */
const print = definePage({
  path: '/desk/register.pdf', audience: 'desk',
  async get(page) {
    const { t, office, locale } = page;
    const zone = office.jurisdiction.timeZone;
    let register = await page.run(readRegister, { ...wanted(page), after: 0 });
    const rows: typeof register.rows = [];
    for (let turn = 0; turn < 40; turn++) {
      rows.push(...register.rows);
      if (register.next === null) break;
      register = await page.run(readRegister, { ...wanted(page), after: register.next });
    }
    const on = (at: Date): string => formatDay(dayIn(zone, at), locale, 'numeric');
    const cell: Record<string, (row: (typeof rows)[number]) => string> = {
      seq: (row) => (row.sub === 1 ? String(row.number) : ''), receivedOn: (row) => on(row.at), subject: (row) => row.subject, content: (row) => row.subject, summary: (row) => row.subject, sub: (row) => String(row.sub), sender: (row) => [row.party, row.partyPlace].filter(Boolean).join(', '),
      senderNumber: (row) => (row.channel === 'email' ? '' : row.senderReference), unit: (row) => unit(page, row.unitId), sheets: (row) => String(row.pages ?? ''), attachments: (row) => (row.enclosures ? String(row.enclosures) : ''), number: (row) => row.reference,
      dispatchedOn: (row) => (row.dispatchedAt ? on(row.dispatchedAt) : ''), resolvedOn: (row) => (row.closedAt ? on(row.closedAt) : ''), closing: (row) => (row.closedAt ? `a/a ${on(row.closedAt)}` : ''), disposal: (row) => (row.closedAt ? `a/a ${on(row.closedAt)}` : ''), addressee: (row) => (row.direction === 'out' ? row.party : ''), fileCode: (row) => row.classCode,
    };
    const columns = office.jurisdiction.register.columns;
    const bytes = await renderPdf('register', {
      lang: locale, region: office.jurisdiction.country, title: textIn(office.jurisdiction.register.name, locale), issuedAt: dayIn(zone, page.now), office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), accent: office.data.accent[0] },
      book: textIn(office.jurisdiction.register.name, locale), year: String(register.year), columns: columns.map((column) => ({ title: textIn(column.label, locale), width: ['subject', 'content', 'summary', 'sender', 'unit'].includes(column.key) ? 2.4 : 1 })),
      rows: rows.map((row) => ({ cells: columns.map((column) => cell[column.key]?.(row) ?? '') })), labels: { page: t('public.paper.page', { page: '{page}', pages: '{pages}' }), onPage: t('register.on_page'), carried: t('register.carried'), toHere: t('register.to_here') },
    });
    return serveFile({ fileName: `${register.year}.pdf`, mediaType: 'application/pdf', content: bytes });
  },
});

export const registryPages: readonly Page[] = [book, print, closing, ...casePages];
export const registryPanel: Panel = { name: 'registry' };
