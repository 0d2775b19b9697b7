import type { ReactElement } from 'react';
import type { Caller } from '../../../core/caller.ts';
import { dayIn } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import type { Output } from '../../../core/operation.ts';
import { definePage, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { mayPass } from '../../../core/rate-limit.ts';
import { Refusal, wrong } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { TextField } from '../../../ui/field.tsx';
import { PublicPage } from '../../../ui/frame.tsx';
import { At, Button, Facts, Letter, LinkButton } from '../../../ui/parts.tsx';
import { Back, Column, Problems, useErrors } from '../../../ui/public.tsx';
import { audienceNumber } from '../audience.ts';
import { askOtherTime, confirmAudience, withdrawAudience } from '../schedule.server.ts';
import { findAudienceByCode, readAudienceAnswer, trackAudience } from '../tracking.server.ts';
import { findCitizen, forgetAudience, keepAudience } from './public-steps.ts';
import { whenOf } from './words.tsx';

type Tracked = Output<typeof trackAudience>;
const statusPath = '/audience/status';
const triesIn10Minutes = 20;

function CodePage({ page, shown, code }: { page: PageContext; shown: Shown | undefined; code: string }): ReactElement {
  const { t } = page;
  const errors = useErrors(shown);
  return (
    <PublicPage title={t('public.audience.follow')} wrongTitle={shown !== undefined}>
      <Column>
        <Back href="/audience" />
        <Problems shown={shown} errors={errors} />
        <h1>{t('public.audience.follow')}</h1>
        <p className="lead">{t('public.audience.follow.lead')}</p>
        <form action={statusPath} method="post" noValidate className="stack">
          <TextField name="code" label={t('public.code')} hint={t('public.code.hint')} error={errors['code']} value={code} autoComplete="off" size={14} spellCheck={false} className="narrow" />
          <div className="actions"><Button kind="primary">{t('public.track.show')}</Button></div>
        </form>
      </Column>
    </PublicPage>
  );
}

/** Whether it is known when somebody comes. */
const isSet = (one: Tracked): boolean => one.startsAt !== null && ['scheduled', 'confirmed'].includes(one.state);
const leadOf = (page: PageContext, one: Tracked): string =>
  page.t(`public.audience.lead.${one.state}`, { when: one.startsAt ? whenOf(page, one.startsAt) : '', place: one.place, unit: one.unit || '—', phone: page.office.data.phone, on: one.replyDueOn ? formatDay(one.replyDueOn, page.locale, 'long') : '', due: one.replyDueOn ? 'yes' : 'no' });

function StatusPage({ page, one, shown }: { page: PageContext; one: Tracked; shown: Shown | undefined }): ReactElement {
  const { t } = page;
  const errors = useErrors(shown, ['wished', 'reason']);
  const told = one.reason !== '';
  return (
    <PublicPage title={`${t('public.audience.yours')} ${audienceNumber(one)}`} wrongTitle={shown !== undefined}>
      <div className="two wide">
        <div>
          <Problems shown={shown} errors={errors} />
          <p className="step">{t('public.audience.yours')} <span className="ref">{audienceNumber(one)}</span></p>
          <h1>{t(`public.audience.state.${one.state}`)}</h1>
          <p className="lead">{leadOf(page, one)}</p>
          {isSet(one) && <Facts facts={[[t('public.audience.when'), <b key="w">{whenOf(page, one.startsAt!)}</b>], [t('public.audience.where'), one.place], one.host !== '' && [t('public.audience.host'), [one.host, one.hostTitle].filter(Boolean).join(', ')]]} />}
          {told && <><h2 className="sp">{t('public.audience.reason')}</h2><Letter text={one.reason} /></>}
          {one.acts.includes('confirm') && <form action={statusPath} method="post"><div className="actions go"><Button kind="primary" icon="check" name="act" value="confirm">{t('public.audience.confirm')}</Button></div></form>}
          {(one.answer || one.hasAnswerFile) && <section aria-labelledby="answer" className="replied"><h2 className="sp" id="answer">{t('public.audience.answer')}</h2>{one.answer && <Letter text={one.answer} />}{one.hasAnswerFile && <p className="actions"><LinkButton href="/audience/answer" icon="file">{t('public.audience.answer.pdf')}</LinkButton></p>}</section>}
          {one.acts.includes('ask_other') && <details className="sp" open={Boolean(errors['wished'])}><summary>{t('public.audience.other')}</summary><form action={statusPath} method="post" className="stack" noValidate><TextField name="wished" label={t('public.audience.wished')} hint={t('public.audience.wished.hint')} optional error={errors['wished']} value={first(shown?.values ?? {}, 'wished')} /><div className="actions"><Button name="act" value="other">{t('public.audience.other.do')}</Button></div></form></details>}
          {one.acts.includes('withdraw') && <details className="sp"><summary>{t('public.audience.withdraw')}</summary><form action={statusPath} method="post" className="stack" noValidate><TextField name="reason" label={t('public.withdraw.reason')} optional error={errors['reason']} value={first(shown?.values ?? {}, 'reason')} /><div className="actions"><Button name="act" value="withdraw">{t('public.audience.withdraw.do')}</Button></div></form></details>}
        </div>
        <aside className="gap" aria-label={t('public.track.more')}>
          <section><h2>{t('public.audience.purpose.short')}</h2>{one.topic && <h3>{one.topic}</h3>}<Letter text={one.purpose} aside /><p className="meta"><At at={one.at} style="long" /> · <span className="ref">{one.reference}</span></p></section>
          <section><h2>{t('public.forget.title')}</h2><p className="read">{t('public.audience.forget.text')}</p><form action={statusPath} method="post"><Button name="act" value="forget">{t('public.audience.forget.do')}</Button></form></section>
        </aside>
      </div>
    </PublicPage>
  );
}

function ReceiptPage({ page, one }: { page: PageContext; one: Tracked }): ReactElement {
  const { t } = page;
  return (
    <PublicPage title={t('public.audience.receipt')}>
      <Column>
        <h1>{t('public.audience.receipt')}</h1>
        <p className="lead">{t('public.audience.receipt.lead')}</p>
        <div className="code"><span>{t('public.receipt.code')}</span><b>{one.code}</b><span className="hint">{t('public.audience.receipt.code')}</span></div>
        <Facts facts={[[t('public.audience.number'), <b className="ref" key="n">{audienceNumber(one)}</b>], [t('receipt.number'), <span className="ref" key="r">{one.reference}</span>], one.topic !== '' && [t('public.audience.topic.short'), one.topic], [t('receipt.received'), formatDay(dayIn(page.office.jurisdiction.timeZone, one.at), page.locale, 'long')]]} />
        <h2 className="sp">{t('public.receipt.next')}</h2>
        <ol className="numbered"><li>{t('public.audience.next.read')}</li><li>{t(`public.audience.next.${one.contactBy}`)}</li><li>{t('public.audience.next.come')}</li></ol>
        <p className="actions go"><LinkButton href={statusPath} kind="primary">{t('public.audience.follow')}</LinkButton></p>
        <p className="read">{t('public.audience.privacy')} <a href="/privacy">{t('public.nav.privacy')}</a></p>
      </Column>
    </PublicPage>
  );
}

async function take(page: PageContext, code: string): Promise<Response> {
  try {
    if (!mayPass(`code ${page.office.id} ${page.caller.address}`, triesIn10Minutes, 600_000)) throw new Refusal(429, { key: 'error.too_many' }, { fields: { code: { key: 'error.too_many_codes' } } });
    if (!code.trim()) throw wrong({ code: { key: 'field.required' } });
    const found = await page.run(findAudienceByCode, { code: code.slice(0, 200) });
    keepAudience(page, found.caseId);
    return page.redirect(statusPath);
  } catch (error) {
    if (!(error instanceof Refusal) || Object.keys(error.fields).length === 0) throw error;
    return page.html(<CodePage page={page} shown={{ errors: error.fields }} code={code} />, error.status);
  }
}

const tracked = (page: PageContext, citizen: Caller): Promise<Tracked> => page.kernel.run(trackAudience, citizen, {});
async function showStatus(page: PageContext, shown?: Shown): Promise<Response> {
  const citizen = findCitizen(page);
  return citizen ? page.html(<StatusPage page={page} one={await tracked(page, citizen)} shown={shown} />) : page.html(<CodePage page={page} shown={shown} code="" />);
}
const statusPage = definePage({
  path: statusPath, audience: 'public',
  get(page, shown) {
    const code = page.query.get('code');
    return code !== null && !shown ? take(page, code) : showStatus(page, shown);
  },
  async post(page) {
    const act = first(page.values, 'act');
    if (act === 'forget') {
      forgetAudience(page);
      return page.redirect(statusPath, { key: 'public.audience.forget.done' });
    }
    if (!act) return take(page, first(page.values, 'code'));
    const citizen = findCitizen(page);
    if (!citizen) return page.redirect(statusPath);
    const { id } = await tracked(page, citizen);
    if (act === 'confirm') await page.kernel.run(confirmAudience, citizen, { id });
    else if (act === 'other') await page.kernel.run(askOtherTime, citizen, { id, wished: first(page.values, 'wished') });
    else if (act === 'withdraw') await page.kernel.run(withdrawAudience, citizen, { id, reason: first(page.values, 'reason') });
    return page.redirect(statusPath, { key: `public.audience.done.${['confirm', 'other'].includes(act) ? act : 'withdraw'}` });
  },
});

export const statusPages: readonly Page[] = [
  statusPage,
  definePage({
    path: '/audience/receipt', audience: 'public',
    async get(page) {
      const citizen = findCitizen(page);
      return citizen ? page.html(<ReceiptPage page={page} one={await tracked(page, citizen)} />) : page.redirect(statusPath);
    },
  }),
  definePage({
    path: '/audience/answer', audience: 'public',
    async get(page) {
      const citizen = findCitizen(page);
      return citizen ? serveFile(await page.kernel.run(readAudienceAnswer, citizen, {})) : page.redirect(statusPath);
    },
  }),
];
