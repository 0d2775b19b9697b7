import type { ReactElement } from 'react';
import { formatAt } from '../../../core/language.ts';
import type { PageContext } from '../../../core/page.ts';
import { State } from '../../../ui/parts.tsx';
import type { PlanHead } from '../plan.server.ts';
import { preparers } from '../plan.server.ts';
import type { PlanState } from '../plan.ts';
import { planTitle } from '../plan-print.ts';

export const planHref = (planId: string): string => `/desk/plans/${planId}`;
export const has = (page: PageContext, ...roles: readonly string[]): boolean => roles.some((role) => page.caller.roles.has(role as 'chief'));
export const prepares = (page: PageContext): boolean => has(page, ...preparers);
export const titleOf = (page: PageContext, plan: Pick<PlanHead, 'period' | 'fromOn' | 'untilOn'>): string => planTitle(plan, page.locale);
const kinds: Record<PlanState, 'ok' | 'soon' | ''> = { draft: '', submitted: 'soon', approved: 'ok', replaced: '', dropped: '' };
export const StateOf = ({ page, plan }: { page: PageContext; plan: Pick<PlanHead, 'state' | 'isPublished'> }): ReactElement => (
  <State kind={kinds[plan.state]}>{page.t(plan.state === 'approved' && plan.isPublished ? 'plan.state.published' : `plan.state.${plan.state}`)}</State>
);
/** Who did what to it, and when. */
export function historyOf(page: PageContext, plan: PlanHead): string {
  const at = (moment: Date): string => formatAt(moment, page.office.jurisdiction.timeZone, page.locale);
  return [
    page.t('plan.prepared_by', { who: plan.preparedBy || page.t('plan.by_system'), at: at(plan.preparedAt) }), plan.approvedAt ? page.t('plan.approved_at', { who: plan.approvedBy, at: at(plan.approvedAt) }) : '', plan.mailedAt ? page.t('plan.mailed_at', { at: at(plan.mailedAt) }) : '',
  ].filter(Boolean).join(' · ');
}
