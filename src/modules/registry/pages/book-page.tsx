import type { ReactElement, ReactNode } from 'react';
import { formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import type { Output } from '../../../core/operation.ts';
import { definePage, first, type Page, type PageContext } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable, type TableKind } from '../../../core/table-file.ts';
import { DateField, Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { At, Button, Empty, Exports, LinkButton, On, Pages, Section, State, Table, Views } from '../../../ui/parts.tsx';
import { addClosingDay, listClosingDays } from '../closing-day.server.ts';
import { bookOfOffice, columnsOf, columnWidth, lineCells } from '../register-lines.ts';
import { readRegister, type RegisterRow } from '../register.server.ts';
import { bookName, classOptions, keepsBooks, todayOf, unitName, unitOptions } from './book-words.ts';

type Register = Output<typeof readRegister>;
const names = ['book', 'year', 'from', 'until', 'direction', 'classCode', 'unitId', 'sender', 'number'] as const;
/** What the register was asked for in the address of a page. */
export const askedRegister = (page: PageContext) => Object.fromEntries(names.map((name) => [name, page.query.get(name) ?? ''])) as Record<(typeof names)[number], string>;

const struck = (row: RegisterRow, words: ReactNode): ReactNode => (row.state === 'annulled' ? <del>{words}</del> : words);

function cellsOf(page: PageContext, row: RegisterRow): Record<string, ReactNode> {
  const { t } = page;
  const joinedParts = [row.channel && t(`channel.${row.channel}`), row.senderReference, row.senderDatedOn && formatDay(row.senderDatedOn, page.locale), row.enclosures > 0 && t('register.enclosures', { count: row.enclosures }), row.connectedTo && t('register.connected', { references: row.connectedTo })].filter(Boolean).join(' · ');
  return {
    number: row.state === 'hidden' || row.state === 'reserved' ? <span className="ref">{row.reference}</span> : struck(row, <a className="ref" href={`/desk/cases/${row.caseId}`}>{row.reference}</a>),
    at: row.receivedOn && struck(row, <On on={row.receivedOn} />),
    subject: (
      <>
        {row.state === 'reserved' && <State>{t('register.reserved')}</State>}{row.state === 'annulled' && <State>{t('register.annulled')}</State>}{row.sub > 1 && row.state === 'entered' && <State>{t(`entry.direction.${row.direction}`)}</State>}{' '}
        {row.state === 'hidden' ? <span className="meta">{t('register.hidden')}</span> : struck(row, row.subject || row.reservedFor)}
        {row.state === 'annulled' ? <span className="sub">{t('register.annulled_line', { day: formatDay(todayOf({ ...page, now: row.annulledAt! }), page.locale), by: row.annulledBy || '–', reason: row.annulReason })}</span> : <span className="sub">{joinedParts}</span>}
      </>
    ),
    party: row.party && <>{struck(row, row.party)}<span className="sub">{row.partyPlace}</span></>, unit: row.unitId && <>{unitName(page, row.unitId)}<span className="sub">{row.handler}</span></>,
    closed: row.closedAt && row.sub === 1 && row.state === 'entered' ? <At at={row.closedAt} /> : '',
  };
}

function Filters({ page, register }: { page: PageContext; register: Register }): ReactElement {
  const { t, office, locale } = page;
  const value = (name: string): string => page.query.get(name) ?? '';
  const years = register.years.includes(register.year) ? register.years : [register.year, ...register.years];
  return (
    <form className="filters" action="/desk/register">
      <Hidden fields={{ direction: value('direction') || null }} />
      {office.jurisdiction.books.length > 1 && <SelectField name="book" className="wide" label={t('register.book')} value={register.book} options={office.jurisdiction.books.map((one) => ({ value: one.id, label: textIn(one.name, locale) }))} />}
      <SelectField name="year" label={t('register.year')} value={String(register.year)} options={years.map((year) => ({ value: String(year), label: String(year) }))} />
      <TextField name="number" label={t('register.number')} inputMode="numeric" size={6} value={value('number')} />
      <TextField name="sender" className="wide" label={t('register.party')} value={value('sender')} maxLength={120} />
      <DateField name="from" label={t('register.from')} value={value('from')} /><DateField name="until" label={t('register.until')} value={value('until')} />
      <SelectField name="classCode" label={t('petition.class')} empty={t('register.all')} value={value('classCode')} options={classOptions(page)} />
      <SelectField name="unitId" label={t('petition.unit')} empty={t('register.all')} value={value('unitId')} options={unitOptions(page)} />
      <Button>{t('desk.filter.apply')}</Button>
    </form>
  );
}

/** What a keeper may do with the book shown, by its state. */
function Keeping({ page, register }: { page: PageContext; register: Register }): ReactElement | null {
  const { t } = page;
  const counted = bookOfOffice(page.office, register.book).of === undefined;
  const query = new URLSearchParams({ book: register.book, year: String(register.year) });
  const today = todayOf(page);
  const mayClose = counted && register.closedOn === null && register.years.includes(register.year) && today >= `${register.year}-12-01`;
  return (
    <>
      {register.closedOn && counted && !register.isImported && <LinkButton icon="file" href={`/desk/register/note.pdf?${query}`}>{t('book.note')}</LinkButton>}
      {keepsBooks(page) && counted && register.year >= Number(today.slice(0, 4)) && !register.closedOn && <LinkButton href={`/desk/register/reserve?${query}`}>{t('book.reserve')}</LinkButton>}
      {keepsBooks(page) && counted && !register.years.includes(register.year) && <form method="post" action="/desk/register/open"><Hidden fields={{ book: register.book, year: register.year }} /><Button>{t('book.open', { year: String(register.year) })}</Button></form>}
      {keepsBooks(page) && mayClose && <LinkButton href={`/desk/register/close?${query}`}>{t('book.close')}</LinkButton>}
    </>
  );
}

async function registerFile(page: PageContext, as: TableKind): Promise<Response> {
  const asked = askedRegister(page);
  const { office, locale } = page;
  let year = 0;
  const { rows, isCut } = await readToEnd(async (after) => {
    const part = await page.run(readRegister, { ...asked, after, limit: 1000 });
    year = part.year;
    return { rows: part.rows, next: part.next };
  });
  const columns = columnsOf(office, asked.book || 'main');
  const title = `${bookName(page, asked.book || 'main')} ${year}`;
  return serveTable(page, {
    name: title, title, isCut, columns: columns.map((column) => ({ title: textIn(column.label, locale), width: Math.round(columnWidth(column.key) * 14) })), rows: rows.map((row, index) => lineCells(page, row, columns, index + 1)),
  }, as);
}

const lastShown = 25;
const registerPage = definePage({
  path: '/desk/register', audience: 'desk',
  async get(page) {
    const { t } = page;
    const as = askedTable(page);
    if (as) return registerFile(page, as);
    const asked = askedRegister(page);
    const register = await page.run(readRegister, { ...asked, after: page.query.get('after') ?? '' });
    const { days } = await page.run(listClosingDays, {});
    const query = new URLSearchParams([...page.query].filter(([name, value]) => value && !['after', 'as'].includes(name)));
    const link = (changes: Record<string, string>): string => `/desk/register?${new URLSearchParams({ ...Object.fromEntries(query), ...changes })}`;
    const mayClose = ['chief', 'registrar', 'it'].some((role) => page.caller.roles.has(role as 'chief'));
    const title = bookName(page, register.book);
    // A long book begins where it begins; whoever looks for what came this morning goes to its end. An index by name has none.
    const toLast = register.next !== null && !register.next.includes('@') && register.last > lastShown ? link({ after: String(register.last - lastShown) }) : null;
    return page.html(
      <DeskPage title={title}>
        <div className="head">
          <div><h1>{title}</h1><p>{t('register.lead', { year: String(register.year), last: String(register.last) })}{register.closedOn && <> · {t('register.closed_on', { day: formatDay(register.closedOn, page.locale) })}</>}{toLast && <> · <a href={toLast}>{t('register.to_last')}</a></>}</p></div>
          <div className="actions"><Keeping page={page} register={register} /><LinkButton icon="print" href={`/desk/register.pdf?${query}`}>{t('register.print_book')}</LinkButton></div>
        </div>
        <Views label={t('register.direction')} items={['', 'in', 'out', 'internal'].map((direction) => ({ href: link({ direction }), label: direction ? t(`entry.direction.${direction}`) : t('register.all'), current: asked.direction === direction }))} />
        <Filters page={page} register={register} />
        {register.rows.length === 0 ? <Empty action={<LinkButton href="/desk/petitions/new" icon="plus">{t('ui.register_new')}</LinkButton>}>{t('register.none')}</Empty> : (
          <Table className="book" caption={title} head="number" columns={[{ key: 'number', label: t('desk.column.number') }, { key: 'at', label: t('register.date') }, { key: 'subject', label: t('petition.subject'), className: 'full' }, { key: 'party', label: t('register.party') }, { key: 'unit', label: t('petition.unit') }, { key: 'closed', label: t('register.closed') }]}
            rows={register.rows.map((row) => ({ id: row.id, className: row.sub > 1 ? 'subrow' : '', cells: cellsOf(page, row) }))} />
        )}
        <div className="actions"><Exports page={page} path="/desk/register" /><Pages previous={page.query.get('after') ? link({}) : null} next={register.next === null ? null : link({ after: register.next })} /></div>
        <div className="sp"><Section id="closing" title={t('register.closing_days')}>
          <p className="meta">{t('register.closing_days.hint')}</p>
          {days.length > 0 && <ul className="docs">{days.map((one) => <li key={one.dayOn}><span>{formatDay(one.dayOn, page.locale, 'weekday')}</span><span className="meta">{one.name}</span></li>)}</ul>}
          {mayClose && <form method="post" action="/desk/closing-days" className="filters" data-top><DateField name="dayOn" id="closing-on" label={t('register.closing_day')} required /><TextField name="name" id="closing-name" className="wide" label={t('register.closing_name')} required maxLength={120} /><Button>{t('register.closing_add')}</Button></form>}
        </Section></div>
      </DeskPage>,
    );
  },
});

const closingDay = definePage({
  path: '/desk/closing-days', audience: 'desk',
  async post(page) {
    const { moved } = await page.run(addClosingDay, { dayOn: first(page.values, 'dayOn'), name: first(page.values, 'name') });
    return page.redirect('/desk/register#closing', { key: 'desk.done.closing_day', args: { count: moved } });
  },
});

export const registerPages: readonly Page[] = [registerPage, closingDay];
