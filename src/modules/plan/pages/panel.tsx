import type { ReactElement } from 'react';
import { glance } from '../../../core/glance.ts';
import type { MenuItem, PageContext, Panel } from '../../../core/page.ts';
import { LinkButton, Section } from '../../../ui/parts.tsx';
import { waitingPlans } from '../waiting.server.ts';
import { has, planHref, prepares, StateOf, titleOf } from './words.tsx';

const waitingOf = (page: PageContext) => glance(page.caller.personId ?? '', 'plans', 20, () => page.run(waitingPlans, {}));

async function today(page: PageContext): Promise<ReactElement | null> {
  const { t } = page;
  if (!prepares(page)) return null;
  const { waiting, missing } = await waitingOf(page);
  const leads = has(page, 'mayor', 'chief');
  const shown = waiting.filter((plan) => (leads ? plan.state === 'submitted' : plan.state === 'draft'));
  if (shown.length === 0 && (!missing || !has(page, 'chief', 'protocol'))) return null;
  return (
    <Section id="plans" title={t('plan.today')} aside={<a href="/desk/plans">{t('plan.title')}</a>}>
      {shown.length > 0 && <ul className="rows">{shown.map((plan) => <li key={plan.id}><a href={planHref(plan.id)} data-row={planHref(plan.id)}>{titleOf(page, plan)}</a><StateOf page={page} plan={plan} /></li>)}</ul>}
      {missing && shown.length === 0 && <p>{t('plan.missing')} <LinkButton kind="quiet" href="/desk/plans">{t('plan.prepare')}</LinkButton></p>}
    </Section>
  );
}

async function menu(page: PageContext): Promise<MenuItem[]> {
  const count = has(page, 'mayor', 'chief') ? (await waitingOf(page)).waiting.filter((plan) => plan.state === 'submitted').length : undefined;
  return [{ href: '/desk/plans', label: page.t('plan.title'), icon: 'flag', order: 22, count }];
}

export const panel: Panel = { name: 'plan', todayOrder: 12, today, menu };
