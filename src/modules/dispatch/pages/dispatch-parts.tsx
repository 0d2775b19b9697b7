import type { ReactElement } from 'react';
import { formatMoney } from '../../../core/language.ts';
import type { PageContext } from '../../../core/page.ts';
import { ClockMark } from '../../../ui/icon.tsx';
import { At, Section } from '../../../ui/parts.tsx';
import { countDispatches, listOfCase, type DispatchRow } from '../dispatch.server.ts';
import type { DispatchState } from '../dispatch.ts';

export const reads = (page: PageContext): boolean => ['registrar', 'chief', 'mayor', 'deputy', 'auditor'].some((role) => page.caller.roles.has(role as 'chief'));
export const sends = (page: PageContext): boolean => ['registrar', 'chief'].some((role) => page.caller.roles.has(role as 'chief'));
export const money = (page: PageContext, cents: number): string => formatMoney(cents / 100, page.office.jurisdiction.currency.symbol, page.locale);

const marks = { waiting: 'soon', sent: 'paused', delivered: 'ok', failed: 'late' } as const satisfies Record<DispatchState, string>;
/** Shape and words of a dispatch's state; a pickup waits at the counter. */
export const StateMark = ({ page, row }: { page: PageContext; row: Pick<DispatchRow, 'state' | 'way'> }): ReactElement => <ClockMark state={marks[row.state]} label={page.t(row.way === 'pickup' && row.state === 'waiting' ? 'dispatch.state.to_collect' : `dispatch.state.${row.state}`)} />;
const momentOf = (row: DispatchRow): Date => row.deliveredAt ?? row.failedAt ?? row.sentAt ?? row.at;

/** How each paper of the case left, on the case's page. */
export async function caseSection(page: PageContext, caseId: string): Promise<ReactElement | null> {
  const { t } = page;
  const { dispatches } = await page.run(listOfCase, { caseId });
  if (dispatches.length === 0) return null;
  return (
    <Section id="dispatches" title={t('dispatch.of_case')}>
      <ul className="rows">{dispatches.map((row) => (
        <li key={row.id}><a href={`/desk/dispatch/${row.id}`}>{row.addressee}</a><StateMark page={page} row={row} />
          <span className="sub"><span className="ref">{row.reference}</span> · {t(`dispatch.way.${row.way}`)} · <At at={momentOf(row)} />{row.tracking && ` · ${row.tracking}`}{row.deliveredTo && ` · ${row.deliveredTo}`}{row.failedReason && ` · ${row.failedReason}`}</span></li>))}</ul>
    </Section>
  );
}

/** What came back and nobody sent again yet: the registrar's and the chief's to see in the morning. */
export async function todaySection(page: PageContext): Promise<ReactElement | null> {
  if (!sends(page)) return null;
  const { t } = page;
  const { failed } = await page.run(countDispatches, {});
  if (failed.length === 0) return null;
  return (
    <Section id="returned" title={t('dispatch.returned')} aside={<a href="/desk/dispatch?view=failed">{t('dispatch.list.title')}</a>}>
      <ul className="rows">{failed.slice(0, 6).map((row) => <li key={row.id}><a href={`/desk/dispatch/${row.id}`}>{row.addressee}</a><ClockMark state="late" label={t('dispatch.state.failed')} /><span className="sub"><span className="ref">{row.reference}</span> · {row.reason} · <At at={row.failedAt} /></span></li>)}</ul>
    </Section>
  );
}
