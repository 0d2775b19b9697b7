import { dayIn } from '../../../core/day.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { renderPdf } from '../../../core/pdf.ts';
import { isId } from '../../../core/id.ts';
import { notFound } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { Hidden, SelectField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Empty, LinkButton } from '../../../ui/parts.tsx';
import { labelsASheet, printLabels, type Label } from '../label.server.ts';

/** Labels as PDF: one of its own size, or sheets that begin at a place. */
async function labelsPdf(page: PageContext, labels: readonly Label[], sheet: { skip: number } | null): Promise<Response> {
  const { office, locale, t } = page;
  const bytes = await renderPdf('label', {
    lang: locale, region: office.jurisdiction.country, title: t('label.title'), issuedAt: dayIn(office.jurisdiction.timeZone, page.now), office: { name: textIn(office.data.name, locale), accent: office.data.accent[0] }, sheet: sheet !== null, skip: sheet?.skip ?? 0,
    labels: labels.map((label) => ({ title: label.title, number: label.number, qr: label.qr, facts: label.facts.filter((fact) => !['body', 'number', 'seq'].includes(fact.key)).map(({ label: name, value }) => ({ label: name, value })) })),
  });
  return serveFile({ fileName: labels.length === 1 ? `${labels[0]!.number.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.pdf` : 'labels.pdf', mediaType: 'application/pdf', content: bytes });
}

const one = definePage({
  path: '/desk/cases/:id/label.pdf', audience: 'desk',
  get: async (page) => labelsPdf(page, (await page.run(printLabels, { ids: [page.params['id']!] })).labels, null),
});

const idsOf = (page: PageContext): string[] => page.query.getAll('id').filter(isId);
/** A sheet of labels that may have been begun: where the first goes. */
const sheet = definePage({
  path: '/desk/labels', audience: 'desk',
  async get(page) {
    const { t } = page;
    const ids = idsOf(page);
    const { labels } = ids.length > 0 ? await page.run(printLabels, { ids }) : { labels: [] };
    return page.html(
      <DeskPage title={t('label.title')}>
        <Crumbs items={[{ label: t('case.list.title'), href: '/desk/cases' }, { label: t('label.title') }]} />
        <div className="formpage">
          <h1>{t('label.title')}</h1>
          {labels.length === 0 ? <Empty action={<LinkButton href="/desk/cases">{t('case.list.title')}</LinkButton>}>{t('label.none')}</Empty> : (
            <form action="/desk/labels.pdf" className="stack">
              {labels.map((label) => <Hidden key={label.id} fields={{ id: label.id }} />)}
              <ul className="docs">{labels.map((label) => <li key={label.id}><span className="ref">{label.number}</span><span className="meta">{label.subject}</span></li>)}</ul>
              <SelectField name="from" label={t('label.from')} hint={t('label.from.hint')} value="1" options={Array.from({ length: labelsASheet }, (_, index) => ({ value: String(index + 1), label: t('label.place', { row: Math.floor(index / 3) + 1, column: (index % 3) + 1 }) }))} />
              <Actions><Button kind="primary" icon="print">{t('label.print_many')}</Button><LinkButton kind="quiet" href="/desk/cases">{t('desk.cancel')}</LinkButton></Actions>
            </form>
          )}
        </div>
      </DeskPage>,
    );
  },
});
const sheetPdf = definePage({
  path: '/desk/labels.pdf', audience: 'desk',
  async get(page) {
    const from = Math.min(labelsASheet, Math.max(1, Math.trunc(Number(page.query.get('from'))) || 1));
    return labelsPdf(page, (await page.run(printLabels, { ids: idsOf(page) })).labels, { skip: from - 1 });
  },
});

/** What the code on a label opens: it says nothing itself, the case does, to whoever may see it, after signing in. */
const scanned = definePage({
  path: '/c/:id', audience: 'public',
  get(page) {
    const { id } = page.params;
    if (!id || !isId(id)) throw notFound();
    return page.hono.redirect(`/desk/cases/${id}`, 302);
  },
});

export const labelPages: readonly Page[] = [one, sheet, sheetPdf, scanned];
