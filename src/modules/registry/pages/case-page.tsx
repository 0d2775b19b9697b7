import { Fragment, type ReactElement } from 'react';
import { isAllowed } from '../../../core/caller.ts';
import { formatBytes, formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { caseActs, casePanels, definePage, type CaseAct, type CaseHead, type PageContext } from '../../../core/page.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { At, Crumbs, Facts, Letter, LinkButton, MoreActs, On, Section, State, Table } from '../../../ui/parts.tsx';
import { getCase, type CaseView } from '../case.server.ts';
import { enterers } from '../paper.server.ts';
import { bookReaders } from '../book.server.ts';
import { className, headOf, historyLine, unitName } from './case-words.ts';
import { DocumentName } from '../../../ui/document.tsx';

const may = (page: PageContext, ...roles: string[]): boolean => roles.some((role) => page.caller.roles.has(role as 'chief'));
export const isNew = (shown: Pick<CaseView, 'kind' | 'closedAt' | 'annulledAt' | 'unitId' | 'isDelivered' | 'entries'>): boolean =>
  shown.kind === 'paper' && !shown.closedAt && !shown.annulledAt && !shown.unitId && !shown.isDelivered && shown.entries[0]?.direction === 'in';
const ownActs = (page: PageContext, shown: CaseView): CaseAct[] => shown.acts.map((act) => ({ key: act, group: act === 'add_paper' || act === 'close' ? 'work' : 'matter', label: page.t(`case.act.${act}`), href: `/desk/cases/${shown.id}/${act === 'add_paper' ? 'paper' : act}` }));
/** How a new paper goes on: the mayor gives a resolution on it, everybody else gives it to somebody. */
const deliverOf = (page: PageContext, shown: CaseView): CaseAct | undefined => {
  const acts = caseActs(page, headOf(shown));
  return (may(page, 'mayor', 'deputy') ? acts.find((act) => act.key === 'resolve') : undefined) ?? acts.find((act) => act.key === 'deliver');
};

/** The page's one primary action: a new paper is given to somebody, everything else goes on with papers; whoever has neither has none. */
export const nextAct = (page: PageContext, shown: CaseView): CaseAct | undefined => (isNew(shown) ? deliverOf(page, shown) : undefined) ?? ownActs(page, shown).find((act) => act.group === 'work');

/** What the registry adds to the acts of any case. */
export function actsOfAny(page: PageContext, file: CaseHead): CaseAct[] {
  const { t } = page;
  const link = (name: string): string => `/desk/cases/${file.id}/${name}`;
  return [
    ...(file.kind === 'petition' && !file.closedAt && may(page, ...enterers) ? [{ key: 'add_paper', label: t('case.act.add_paper'), href: link('paper') }] : []),
    ...(file.kind === 'paper' && !file.closedAt && may(page, 'registrar', 'chief', 'citizens', 'head', 'clerk', 'adviser') ? [{ key: 'adopt', label: t('case.act.adopt'), href: link('adopt'), group: 'matter' as const }] : []),
    { key: 'label', label: t('label.print'), href: link('label.pdf'), group: 'file' as const },
  ];
}

function Acts({ page, shown }: { page: PageContext; shown: CaseView }): ReactElement | null {
  const { t } = page;
  const all = shown.annulledAt || shown.kind === 'reserved' ? [] : [...ownActs(page, shown), ...caseActs(page, headOf(shown))];
  const first = nextAct(page, shown);
  const rest = all.filter((act) => act.href !== first?.href);
  const shownBeside = (act: CaseAct): boolean => ['add_paper', 'close'].includes(act.key) || act.href.endsWith('/deliver') || (act.key === 'resolve' && may(page, 'mayor', 'deputy'));
  const quiet = rest.filter((act) => !shownBeside(act));
  if (all.length === 0) return null;
  const keyOf = (act: CaseAct): string => (act.href.endsWith('/deliver') ? 'a' : act.key === 'add_paper' ? 'e' : '');
  return (
    <div className="next">
      {first && <LinkButton kind="primary" icon={first.key === 'add_paper' ? 'plus' : first.key === 'deliver' ? 'people' : first.key === 'resolve' ? 'pen' : 'register'} href={first.href} data-key={keyOf(first)}>{first.label}</LinkButton>}
      {rest.filter(shownBeside).map((act) => <LinkButton key={act.key} href={act.href} data-key={keyOf(act)}>{act.label}</LinkButton>)}
      <MoreActs label={t('petition.more_acts')} acts={quiet} />
    </div>
  );
}

function Papers({ page, shown }: { page: PageContext; shown: CaseView }): ReactElement {
  const { t } = page;
  const documents = (entryId: string) => shown.documents.filter((one) => one.entryId === entryId);
  return (
    <Section id="entries" title={t('petition.entries')} aside={shown.acts.includes('add_paper') && <a href={`/desk/cases/${shown.id}/paper`}>{t('case.act.add_paper')}</a>}>
      <Table caption={t('petition.entries')} head="number" columns={[{ key: 'number', label: t('desk.column.number') }, { key: 'what', label: t('petition.entry.what'), className: 'full' }, { key: 'who', label: t('paper.party') }, { key: 'at', label: t('petition.entry.at') }]} rows={shown.entries.map((entry) => ({
        id: entry.id, className: entry.annulledAt ? 'annulled' : '', cells: {
          number: <span className="ref">{entry.annulledAt ? <s>{entry.reference}</s> : entry.reference}{entry.sub > 1 && !entry.reference.endsWith(`/${entry.sub}`) && <span className="sub">{entry.sub}</span>}</span>,
          what: (
            <>{entry.annulledAt ? <s>{t(`entry.direction.${entry.direction}`)}</s> : t(`entry.direction.${entry.direction}`)} · {t(`channel.${entry.channel}`)}{entry.subject !== shown.subject && <> · {entry.subject}</>}
              {entry.annulledAt && <span className="sub">{t('case.annulled_because', { reason: entry.annulReason })}</span>}
              <span className="sub">{[entry.senderReference && entry.channel !== 'email' && t('paper.their_number', { number: entry.senderReference }), entry.senderDatedOn && t('paper.of_day', { on: formatDay(entry.senderDatedOn, page.locale, 'numeric') }), entry.pages && t('paper.pages_count', { count: entry.pages }), entry.enclosures > 0 && t('register.enclosures', { count: entry.enclosures }), entry.valueNoted].filter(Boolean).join(' · ')}</span>
              {entry.body && (entry.sub > 1 || shown.kind !== 'paper') && <details><summary>{entry.body.slice(0, 90)}{entry.body.length > 90 ? '…' : ''}</summary><Letter text={entry.body} /></details>}
              {documents(entry.id).length > 0 && <span className="sub">{documents(entry.id).map((one, index) => <Fragment key={one.id}>{index > 0 && ', '}<DocumentName document={one} /></Fragment>)}</span>}</>
          ),
          who: <>{entry.party}<span className="sub">{entry.by}</span></>, at: <>{entry.receivedOn ? <On on={entry.receivedOn} /> : <At at={entry.at} style="both" />}</>,
        },
      }))} />
    </Section>
  );
}

/** The state of a case in a word. */
export const stateOf = (page: PageContext, shown: CaseView): string =>
  page.t(`case.state.${shown.kind === 'reserved' ? 'reserved' : shown.annulledAt ? 'annulled' : shown.mergedInto ? 'merged' : shown.closedAt ? 'closed' : isNew(shown) ? 'new' : 'open'}`);

export const casePage = definePage({
  path: '/desk/cases/:id', audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const shown = await page.run(getCase, { id: page.params['id']! });
    if (shown.kind === 'petition') return page.hono.redirect(`/desk/petitions/${shown.id}`, 302);
    const panels = await casePanels(page, headOf(shown));
    const opening = shown.entries[0];
    const loose = shown.documents.filter((one) => !shown.entries.some((entry) => entry.id === one.entryId));
    return page.html(
      <DeskPage title={`${shown.reference} ${shown.subject}`}>
        <Crumbs items={[{ label: t('case.list.title'), href: '/desk/cases' }, { label: shown.reference }]} />
        <div className="casehead">
          <div className="line"><span className="ref">{shown.annulledAt ? <s>{shown.reference}</s> : shown.reference}</span><State>{stateOf(page, shown)}</State>{shown.access === 'confidential' && <State>{t('petition.access.confidential')}</State>}<span className="meta">{[opening && t(`entry.direction.${opening.direction}`), opening && t(`channel.${opening.channel}`), formatDay(opening?.receivedOn ?? shown.openedAt.toISOString().slice(0, 10), locale, 'long')].filter(Boolean).join(' · ')}</span></div>
          <h1>{shown.subject || shown.reservedFor}</h1>
          <div className="line"><span>{t(opening?.direction === 'out' ? 'paper.addressee' : 'paper.sender')}: {shown.party ? <a href={`/desk/directory/${shown.party.id}`}>{shown.party.name}</a> : '—'}</span><span>{t('petition.handler')}: {shown.handler?.name ?? (unitName(page, shown.unitId) || t('petition.unassigned'))}</span></div>
        </div>
        {shown.annulledAt && <div className="notice warn"><p>{t('case.annulled_because', { reason: shown.annulReason })}</p></div>}
        {shown.mergedInto && <div className="notice"><p>{t('case.merged_into')} <a href={`/desk/cases/${shown.mergedInto.id}`}><span className="ref">{shown.mergedInto.reference}</span> {shown.mergedInto.subject}</a></p></div>}
        <Acts page={page} shown={shown} />
        <div className="split"><div>
          {opening?.body && <Section id="letter" title={t('paper.text')}><Letter text={opening.body} /></Section>}
          <Papers page={page} shown={shown} />
          {panels.map((panel, index) => <Fragment key={index}>{panel}</Fragment>)}
        </div>
        <aside aria-label={t('petition.about')}>
          <Section id="facts" title={t('petition.facts')} hiddenTitle>
            <Facts facts={[
              [t('petition.unit'), unitName(page, shown.unitId) || '—'], [t('petition.class'), className(page, shown.classCode)], shown.book !== 'main' && [t('paper.book'), shown.book], shown.party?.phone && [t('petition.phone'), shown.party.phone], shown.party?.email && ['E-mail', <a key="m" href={`mailto:${shown.party.email}`}>{shown.party.email}</a>],
              shown.party?.address && [t('petition.address'), [shown.party.address, shown.party.place].filter(Boolean).join(', ')], shown.closedAt && [t('case.closed_on'), <At key="c" at={shown.closedAt} />], [textIn(page.office.jurisdiction.register.name, locale), isAllowed(bookReaders, page.caller) ? <a key="r" href={`/desk/register?year=${shown.year}`}>{shown.number}/{shown.year}</a> : `${shown.number}/${shown.year}`],
            ]} />
          </Section>
          <Section id="history" title={t('petition.history')}><ol className="hist">{shown.history.map((event, index) => <li key={index}><At at={event.at} style="both" /><div>{historyLine(page, event)} <span className="meta">{event.by || t(`event.actor.${event.actor}`)}</span></div></li>)}</ol></Section>
          {shown.links.length > 0 && <Section id="links" title={t('petition.links')}><ul className="docs">{shown.links.map((one) => <li key={one.id}><div><a href={`/desk/cases/${one.id}`}>{one.subject}</a><br /><span className="meta"><span className="ref">{one.reference}</span> · {t(`petition.link.${one.kind}`)}</span></div></li>)}</ul></Section>}
          {loose.length > 0 && <Section id="documents" title={t('petition.documents')}><ul className="docs">{loose.map((one) => <li key={one.id}><DocumentName document={one} /><span className="meta">{formatBytes(one.size, locale)}</span></li>)}</ul></Section>}
        </aside></div>
      </DeskPage>,
    );
  },
});
