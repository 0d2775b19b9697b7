import type { ReactElement } from 'react';
import type { CaseHead, PageContext } from '../../../core/page.ts';
import { At, LinkButton, Section, State } from '../../../ui/parts.tsx';
import { countArrivals } from '../arrival.server.ts';
import { listCame, listUndelivered } from '../tray.server.ts';

/** On a case: which of its letters by e-mail did not arrive, and what the other server said. */
export async function mailsOfCase(page: PageContext, file: CaseHead): Promise<ReactElement | null> {
  const { t } = page;
  const { mails } = await page.run(listUndelivered, { caseId: file.id });
  if (mails.length === 0) return null;
  return (
    <Section key="mails" id="mails" title={t('mail.undelivered')}>
      <ul className="rows">{mails.map((mail) => <li key={mail.id}><span>{mail.subject}</span><State kind="late">{t(`mail.state.${mail.state}`)}</State><span className="sub">{mail.recipient} · <At at={mail.at} style="both" />{mail.reason && ` · ${mail.reason}`}</span></li>)}</ul>
    </Section>
  );
}

/** On the day's page: what waits in the tray and which letters came back, for the registry; to a handler the papers that came to the own cases. */
export async function today(page: PageContext): Promise<ReactElement | null> {
  const { t, caller } = page;
  const keeps = ['registrar', 'citizens'].some((role) => caller.roles.has(role as 'registrar'));
  const [{ papers }, counted] = await Promise.all([page.run(listCame, {}), keeps ? page.run(countArrivals, {}) : { waiting: 0, returned: 0 }]);
  // Who gives resolutions has those as the day's first act.
  const leads = ['mayor', 'deputy', 'chief'].some((role) => caller.roles.has(role as 'chief'));
  const mails = counted.returned > 0 ? (await page.run(listUndelivered, {})).mails.slice(0, 5) : [];
  if (papers.length === 0 && counted.waiting === 0 && mails.length === 0) return null;
  return (
    <Section key="mailroom" id="mailroom" title={t(counted.waiting > 0 ? 'arrival.menu' : 'arrival.today')} aside={counted.waiting > 0 && <a href="/desk/arrivals">{t('desk.all', { count: counted.waiting })}</a>}>
      {counted.waiting > 0 && <><p>{t('arrival.today.waiting', { count: counted.waiting })}</p><p className="actions" data-top><LinkButton kind={leads ? '' : 'primary'} icon="register" href="/desk/arrivals">{t('arrival.begin')}</LinkButton></p></>}
      {mails.length + papers.length > 0 && <ul className="rows">
        {mails.map((mail) => <li key={mail.id}><a href={`/desk/cases/${mail.caseId}`} data-row={`/desk/cases/${mail.caseId}`}>{mail.subject}</a><State kind="late">{t(`mail.state.${mail.state}`)}</State><span className="sub"><span className="ref">{mail.reference}</span> · {mail.recipient}</span></li>)}
        {papers.map((paper) => <li key={paper.id}><a href={`/desk/cases/${paper.caseId}`} data-row={`/desk/cases/${paper.caseId}`}>{paper.subject}</a><At at={paper.at} style="both" /><span className="sub"><span className="ref">{paper.reference}</span> · {t('arrival.today.came')}</span></li>)}
      </ul>}
    </Section>
  );
}
