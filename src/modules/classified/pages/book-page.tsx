import { dayIn } from '../../../core/day.ts';
import { formatAt, formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { renderPdf } from '../../../core/pdf.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { markPages } from '../../../core/watermark.ts';
import { SelectField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Button, Empty, LinkButton, On, Pages, State, Table } from '../../../ui/parts.tsx';
import { getBookRule, rankOf, type Level } from '../classified.ts';
import { readClassifiedBook, stampOf, type BookLine } from '../view.server.ts';
import { Stamped } from './stamped.tsx';

const asked = (page: PageContext) => ({ year: Number(page.query.get('year')) || undefined, after: Number(page.query.get('after')) || 0 });

/** The highest level of what is read in these lines; null where all are bare or declassified. */
const highestOf = (lines: readonly BookLine[]): Level | null => lines.filter((row) => row.paper && !row.isDeclassified).map((row) => row.level).sort((a, b) => rankOf(b) - rankOf(a))[0] ?? null;

/** What a line says of its end: declassified, put away, secret until a day. */
function remarkOf(page: PageContext, row: BookLine): string {
  const zone = page.office.jurisdiction.timeZone;
  const on = (at: Date): string => formatDay(dayIn(zone, at), page.locale, 'numeric');
  return [row.paper?.declassifiedAt ? page.t('classified.declassified_on', { day: on(row.paper.declassifiedAt) }) : row.isDeclassified && page.t('classified.declassified'), row.paper?.closedAt && `a/a ${on(row.paper.closedAt)}`].filter(Boolean).join(' · ');
}

const book = definePage({
  path: '/desk/classified', audience: 'desk',
  async get(page) {
    const { t, office, locale } = page;
    const shown = await page.run(readClassifiedBook, asked(page));
    const name = textIn(getBookRule(office).name, locale);
    const highest = highestOf(shown.lines);
    return page.html(
      <DeskPage title={name}>
        {highest && <Stamped>{stampOf(page, highest)}</Stamped>}
        <div className="head"><div><h1>{name}</h1><p>{t('classified.lead')}</p></div>
          <div className="actions">{shown.canRegister && <LinkButton kind="primary" icon="plus" href="/desk/classified/new">{t('classified.register')}</LinkButton>}{shown.lines.length > 0 && <LinkButton icon="print" href={`/desk/classified/book.pdf?year=${shown.year}`}>{t('classified.print')}</LinkButton>}</div></div>
        <form className="filters" action="/desk/classified"><SelectField name="year" label={t('classified.year')} value={String(shown.year)} options={shown.years.map((year) => ({ value: String(year), label: String(year) }))} /><Button>{t('desk.filter.apply')}</Button></form>
        {shown.lines.length === 0 ? <Empty>{t('classified.none')}</Empty> : (
          <Table className="book" caption={name} head="number" columns={[{ key: 'number', label: t('classified.number') }, { key: 'at', label: t('classified.received') }, { key: 'subject', label: t('classified.subject'), className: 'full' }, { key: 'level', label: t('classified.level') }, { key: 'remark', label: t('classified.remark') }]} rows={shown.lines.map((row) => ({
            id: String(row.number), cells: {
              number: row.paper ? <a className="ref" href={`/desk/classified/${row.paper.id}`} data-row={`/desk/classified/${row.paper.id}`}>{row.reference}</a> : <span className="ref">{row.reference}</span>,
              at: <On on={row.receivedOn} />,
              subject: row.paper ? <>{row.paper.subject}<span className="sub">{[t(`classified.direction.${row.paper.direction}`), row.paper.sender].filter(Boolean).join(' · ')}</span></> : <span className="meta">{t('classified.bare')}</span>,
              level: <State>{stampOf(page, row.level)}</State>, remark: remarkOf(page, row),
            },
          }))} />
        )}
        <Pages previous={asked(page).after ? `/desk/classified?year=${shown.year}` : null} next={shown.next === null ? null : `/desk/classified?year=${shown.year}&after=${shown.next}`} />
        {highest && <Stamped>{stampOf(page, highest)}</Stamped>}
      </DeskPage>,
    );
  },
});

/** The book as it looks on paper, with the highest level that is in it above and below, and the name of who prints across. */
const print = definePage({
  path: '/desk/classified/book.pdf', audience: 'desk',
  async get(page) {
    const { t, office, locale, caller } = page;
    const zone = office.jurisdiction.timeZone;
    let shown = await page.run(readClassifiedBook, { ...asked(page), after: 0 });
    const lines = [...shown.lines];
    for (let turn = 0; shown.next !== null && turn < 50; turn++) {
      shown = await page.run(readClassifiedBook, { year: shown.year, after: shown.next });
      lines.push(...shown.lines);
    }
    const rule = getBookRule(office);
    const day = (on: string | null | undefined): string => (on ? formatDay(on, locale, 'numeric') : '');
    const cell: Record<string, (row: BookLine) => string> = {
      number: (row) => row.reference, receivedOn: (row) => day(row.receivedOn), level: (row) => stampOf(page, row.level), senderNumber: (row) => row.paper?.senderReference ?? '', sender: (row) => row.paper?.sender ?? '',
      subject: (row) => row.paper?.subject ?? '', copies: (row) => String(row.paper?.copies ?? ''), pages: (row) => String(row.paper?.pages ?? ''), until: (row) => day(row.paper?.untilOn), remark: (row) => remarkOf(page, row),
    };
    const name = textIn(rule.name, locale);
    const printed = `${caller.name}, ${formatAt(page.now, zone, locale, 'numeric')}`;
    const bytes = await renderPdf('register', {
      lang: locale, region: office.jurisdiction.country, title: name, issuedAt: dayIn(zone, page.now), office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), accent: office.data.accent[0] },
      book: name, year: String(shown.year), columns: rule.columns.map((column) => ({ title: textIn(column.label, locale), width: ['subject', 'sender'].includes(column.key) ? 2.4 : 1.1 })),
      rows: lines.map((row) => ({ cells: rule.columns.map((column) => cell[column.key]?.(row) ?? '') })), printed,
      labels: { page: t('public.paper.page', { page: '{page}', pages: '{pages}' }), onPage: t('register.on_page'), carried: t('register.carried'), toHere: t('register.to_here') },
    });
    const marked = await markPages(bytes, 'application/pdf', { lang: locale, level: stampOf(page, highestOf(lines) ?? 'restricted'), reader: caller.name, line: printed });
    return serveFile({ fileName: `${shown.year}.pdf`, mediaType: 'application/pdf', content: marked });
  },
});

export const bookPages: readonly Page[] = [book, print];
