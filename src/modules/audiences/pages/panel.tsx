import type { ReactElement } from 'react';
import { glance } from '../../../core/glance.ts';
import type { CaseAct, CaseHead, MenuItem, PageContext, Panel } from '../../../core/page.ts';
import { Facts, LinkButton, Section } from '../../../ui/parts.tsx';
import { audienceNumber, registrars } from '../audience.ts';
import { findOfCase } from '../audience.server.ts';
import { countAudiences, listAudiences } from '../list.server.ts';
import { factsOf, Promises } from './audience-page.tsx';
import { caseHref, has, hrefOf, listPath, organises, StateOf, topicName, whenOf } from './words.tsx';

const countsOf = (page: PageContext) => glance(page.caller.personId ?? '', 'audiences', 10, () => page.run(countAudiences, {}));

const acts = (page: PageContext, file: CaseHead): CaseAct[] => (file.kind === 'paper' && !file.closedAt && file.partyId && has(page, ...(registrars as string[])) ? [{ key: 'audience', label: page.t('audience.adopt'), href: `${caseHref(file.id)}/audience`, group: 'matter' }] : []);

async function ofCase(page: PageContext, file: CaseHead): Promise<ReactElement | null> {
  if (file.kind !== 'paper') return null;
  const { audience, promises } = await page.run(findOfCase, { caseId: file.id });
  if (!audience) return null;
  const { t } = page;
  return (
    <Section id="audience" title={`${t('audience.one')} ${audienceNumber(audience)}`} aside={<StateOf page={page} audience={audience} />}>
      <Facts facts={factsOf(page, audience).slice(0, 3)} />
      {promises.length > 0 && <Promises page={page} promises={promises} />}
      <p className="actions"><LinkButton href={hrefOf(audience.id)}>{t('audience.open')}</LinkButton></p>
    </Section>
  );
}

async function today(page: PageContext): Promise<ReactElement | null> {
  const { t } = page;
  const counts = await countsOf(page);
  const keeps = organises(page);
  const list = async (view: 'notes' | 'calls', count: number) => (count > 0 ? (await page.run(listAudiences, { view, limit: 5 })).audiences : []);
  // Who keeps the list writes no note where a department was asked: that is its work.
  const [notes, calls] = await Promise.all([keeps ? [] : list('notes', counts.notes), keeps && !has(page, 'mayor', 'deputy') ? list('calls', counts.calls) : []]);
  if (counts.today + notes.length + calls.length === 0 && (!keeps || counts.asked + counts.owed === 0)) return null;
  return (
    <Section id="audiences" title={t('audience.title')} aside={<a href={listPath}>{t('audience.all')}</a>}>
      {counts.today > 0 && keeps && <p>{t('audience.today.count', { count: counts.today, here: counts.here })} <a href={`${listPath}/today`}>{t('audience.today')}</a></p>}
      {keeps && counts.asked > 0 && <p>{t('audience.today.asked', { count: counts.asked })} <a href={`${listPath}?view=waiting`}>{t('audience.view.waiting')}</a></p>}
      {keeps && counts.owed > 0 && <p>{t('audience.today.owed', { count: counts.owed })} <a href={`${listPath}?view=owed`}>{t('audience.view.owed')}</a></p>}
      {notes.length + calls.length > 0 && <ul className="rows">
        {notes.map((one) => <li key={one.id}><a href={hrefOf(one.id, 'note')} data-row={hrefOf(one.id, 'note')}>{t('audience.today.note', { topic: topicName(page, one.topic) || one.subject })}</a><span className="nowrap">{one.noteDueOn && one.noteDueOn.split('-').reverse().join('.')}</span><span className="sub">{one.name} · <span className="ref">{audienceNumber(one)}</span></span></li>)}
        {calls.map((one) => <li key={one.id}><a href={hrefOf(one.id)} data-row={hrefOf(one.id)}>{t('audience.today.call', { name: one.name })}</a><span className="nowrap"><a href={`tel:${one.phone.replaceAll(/[^+\d]/g, '')}`}>{one.phone || t('audience.no_phone')}</a></span><span className="sub">{one.startsAt && whenOf(page, one.startsAt)}</span></li>)}
      </ul>}
    </Section>
  );
}

async function menu(page: PageContext): Promise<MenuItem[]> {
  const counts = await countsOf(page);
  return [{ href: listPath, label: page.t('audience.title'), icon: 'ask', order: 10, count: (organises(page) ? counts.asked + counts.calls : counts.notes) || undefined }];
}

export const panel: Panel = { name: 'audiences', parts: ['audience'], todayOrder: 15, acts, ofCase, today, menu };
