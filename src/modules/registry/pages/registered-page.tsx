import { caseActs, definePage } from '../../../core/page.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { Button, Crumbs, LinkButton } from '../../../ui/parts.tsx';
import { getCase } from '../case.server.ts';
import { printLabels } from '../label.server.ts';
import { isNew } from './case-page.tsx';
import { headOf } from './case-words.ts';

/** What whoever registers a paper needs next: its number, the stamp, a label, to whom it goes, the next paper. */
export const registeredPage = definePage({
  path: '/desk/cases/:id/registered', audience: 'desk',
  async get(page) {
    const { t } = page;
    const shown = await page.run(getCase, { id: page.params['id']! });
    const { labels: [label] } = await page.run(printLabels, { ids: [shown.id] });
    const own = shown.kind === 'petition' ? `/desk/petitions/${shown.id}` : `/desk/cases/${shown.id}`;
    const deliver = caseActs(page, headOf(shown)).find((act) => act.href.endsWith('/deliver'));
    const gives = deliver && (shown.kind === 'petition' || isNew(shown)) ? deliver : undefined;
    const printsReceipt = shown.kind === 'petition' && ['registrar', 'citizens', 'chief'].some((role) => page.caller.roles.has(role as 'chief'));
    return page.html(
      <DeskPage title={t('registered.title', { reference: shown.reference })}>
        <Crumbs items={[{ label: t('case.list.title'), href: '/desk/cases' }, { label: shown.reference, href: own }]} />
        <div className="registered">
          <h1><span className="meta">{t('registered.lead')}</span> <span className="ref">{shown.reference}</span></h1>
          <p>{shown.subject}{shown.party && <> · {shown.party.name}</>}</p>
          <div className="next">
            {gives ? <LinkButton kind="primary" icon="people" href={gives.href} data-key="a">{gives.label}</LinkButton> : <LinkButton kind="primary" icon="arrow" href={own} data-key="e">{t('registered.open')}</LinkButton>}
            <LinkButton icon="print" href={`/desk/cases/${shown.id}/label.pdf`} data-key="p" data-print="1">{t('label.print')}</LinkButton>
            {printsReceipt && <form method="post" action={`/desk/petitions/${shown.id}/receipt`} target="_blank"><Button icon="print">{t('petition.print_receipt')}</Button></form>}
            <LinkButton icon="plus" href={shown.entries[0]?.direction === 'in' ? '/desk/petitions/new' : `/desk/cases/new?direction=${shown.entries[0]?.direction ?? 'out'}`}>{t('registered.next')}</LinkButton>
            {gives && <LinkButton kind="quiet" href={own} data-key="e">{t('registered.open')}</LinkButton>}
          </div>
          {label && (
            <section className="stamp" aria-labelledby="stamp">
              <h2 id="stamp" className="vh">{t('desk.new.stamp')}</h2>
              <span className="code"><img src={`data:image/svg+xml;base64,${Buffer.from(label.qr).toString('base64')}`} width="96" height="96" alt={t('registered.code')} /></span>
              <dl>{label.facts.map((fact) => <div key={fact.key} className={fact.key === 'body' ? 'whole' : fact.key === 'number' ? 'wide' : ''}><dt>{fact.label}</dt><dd>{fact.value}</dd></div>)}</dl>
            </section>
          )}
        </div>
      </DeskPage>,
    );
  },
});
