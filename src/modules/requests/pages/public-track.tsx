import type { ReactElement } from 'react';
import { dayIn } from '../../../core/day.ts';
import { findPetitioner, keepCase, forgetCase } from '../../../core/http.tsx';
import { formatBytes, formatDay } from '../../../core/language.ts';
import { definePage, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { mayPass } from '../../../core/rate-limit.ts';
import { Refusal, wrong } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import type { Output } from '../../../core/operation.ts';
import { getDocument } from '../../documents/index.ts';
import { TextField } from '../../../ui/field.tsx';
import { PublicPage } from '../../../ui/frame.tsx';
import { At, Button, ClockMark, Letter, LinkButton } from '../../../ui/parts.tsx';
import { Back, Column, Problems, useErrors } from '../../../ui/public.tsx';
import { useView } from '../../../ui/view.tsx';
import { findByCode, trackPetition } from '../tracking.server.ts';

type Tracked = Output<typeof trackPetition>;

function CodeForm({ error, code, alone }: { error?: string | undefined; code: string; alone: boolean }): ReactElement {
  const { t } = useView();
  return (
    <form action="/track" method="post" noValidate className="stack">
      <TextField
        name="code"
        label={t('public.code')}
        hint={t('public.code.hint')}
        error={error}
        value={code}
        autoComplete="off"
        size={14}
        spellCheck={false}
        className="narrow"
      />
      <div className="actions">
        {alone ? <Button kind="primary">{t('public.track.show')}</Button> : <Button>{t('public.track.show')}</Button>}
      </div>
    </form>
  );
}

function CodePage({ shown, code }: { shown: Shown | undefined; code: string }): ReactElement {
  const { t } = useView();
  const errors = useErrors(shown);
  return (
    <PublicPage title={t('public.track.title')} wrongTitle={shown !== undefined}>
      <Column>
        <Back href="/" />
        <Problems shown={shown} errors={errors} />
        <h1>{t('public.track.title')}</h1>
        <p className="lead">{t('public.track.lead')}</p>
        <CodeForm error={errors['code']} code={code} alone />
        <details>
          <summary>{t('public.track.lost')}</summary>
          <p className="read">{t('public.track.lost.text', { phone: useView().office?.phone ?? '' })}</p>
        </details>
      </Column>
    </PublicPage>
  );
}

/** What is waited for, as the title of the page. */
export const waiting = (petition: Tracked): { key: string; who: string } => {
  const now = petition.steps.find((step) => step.state === 'now');
  return { key: now?.key ?? 'working', who: now?.key === 'forwarded' ? petition.forwardedTo : (now?.detail ?? '') };
};

function TrackPage({ page, petition }: { page: PageContext; petition: Tracked }): ReactElement {
  const { t, locale, office } = page;
  const zone = office.jurisdiction.timeZone;
  const { key, who } = waiting(petition);
  const clock = petition.clock;
  const lead = petition.answer
    ? t('public.track.lead.answered', { on: formatDay(dayIn(zone, petition.answer.sentAt), locale, 'long') })
    : !clock || clock.stopped
      ? petition.disposition
      : clock.state === 'paused'
        ? t('public.track.lead.paused')
        : t(clock.state === 'late' ? 'public.track.lead.late' : 'public.track.lead.open', {
            until: formatDay(clock.legalOn, locale, 'weekday'),
            phone: office.data.phone,
            reference: petition.reference,
          });
  return (
    <PublicPage title={t('public.track.yours', { reference: petition.reference })}>
      <div className="two wide">
        <div>
          <p className="step">
            {t(`public.kind.${petition.kind}`)} <span className="ref">{petition.reference}</span>
          </p>
          <h1>{t(`public.track.title.${key}`, { who })}</h1>
          {lead && <p className="lead">{lead}</p>}
          {petition.completion && (
            <div className="notice warn">
              <b>{t('public.track.asked', { until: formatDay(petition.completion.dueOn, locale, 'long') })}</b>
              <Letter text={petition.completion.question} />
              <p className="actions">
                <LinkButton href="/track/complete" kind="primary">
                  {t('public.track.complete')}
                </LinkButton>
              </p>
            </div>
          )}
          {petition.answer && <AnswerParts petition={petition} />}
          {petition.acts.includes('rate') && petition.answer && <Rate petition={petition} />}
          <h2 className="sp">{t('public.track.done')}</h2>
          <ol className="steps">
            {petition.steps.map((step) => (
              <li
                key={step.key}
                className={step.state === 'todo' ? 'todo' : undefined}
                aria-current={step.state === 'now' ? 'step' : undefined}
              >
                <div>
                  {step.state === 'now' ? (
                    <span className="state now">{t('public.track.now')}</span>
                  ) : (
                    <span className="vh">{t(`public.track.${step.state}_prefix`)} </span>
                  )}
                  <b>{t(`public.step.${step.key}`, { who: step.key === 'forwarded' ? petition.forwardedTo : step.detail })}</b>
                  <span className="meta">
                    {[step.on ? <At key="on" at={step.on} style="long" /> : null, stepNote(page, petition, step.key)]
                      .filter(Boolean)
                      .flatMap((part, index) => (index === 0 ? [part] : [' · ', part]))}
                  </span>
                </div>
              </li>
            ))}
          </ol>
          {clock && (
            <section aria-labelledby="term">
              <h2 className="sp" id="term">
                {t('public.track.term')}
              </h2>
              <p>
                <ClockMark state={clock.state} label={clock.label} />
              </p>
              <p className="read">{clock.sentence}</p>
              <p className="read">{t('public.basis', { basis: clock.basis })}</p>
            </section>
          )}
        </div>
        <Aside petition={petition} />
      </div>
    </PublicPage>
  );
}

function stepNote(page: PageContext, petition: Tracked, key: string): string {
  if (key === 'received') return page.t(`public.channel.${petition.channel}`);
  if (key === 'assigned') return [petition.handler, petition.unit].filter(Boolean).join(', ');
  return ['working', 'waiting_contribution', 'answering', 'waiting_assignment'].includes(key) &&
    petition.steps.some((step) => step.key === key && step.state === 'now')
    ? page.t('public.track.nothing_needed')
    : '';
}

function AnswerParts({ petition }: { petition: Tracked }): ReactElement {
  const { t, locale } = useView();
  const paper = petition.documents.findLast((file) => file.kind === 'answer');
  const answer = petition.answer!;
  return (
    <section aria-labelledby="answer" className="replied">
      <h2 className="sp" id="answer">
        {t('public.track.answer')}
      </h2>
      {(['facts', 'basis', 'decision', 'remedy'] as const).map((part) => (
        <div key={part}>
          <h3>{t(`public.answer.${part}`)}</h3>
          <Letter text={answer[part]} />
        </div>
      ))}
      {paper && (
        <p className="actions">
          <LinkButton href={`/track/files/${paper.id}`} icon="file">
            {t('public.track.answer_pdf', { size: formatBytes(paper.size, locale) })}
          </LinkButton>
        </p>
      )}
    </section>
  );
}

function Rate({ petition }: { petition: Tracked }): ReactElement {
  const { t } = useView();
  if (petition.satisfaction === 'satisfied') return <p className="notice note">{t('public.rate.thanks')}</p>;
  return (
    <section aria-labelledby="rate">
      <h2 className="sp" id="rate">
        {t('public.rate.title')}
      </h2>
      <form action="/track/rate" method="post">
        <div className="actions">
          <Button name="satisfaction" value="satisfied" icon="check">
            {t('public.rate.satisfied')}
          </Button>
          <LinkButton href="/track/rate">{t('public.rate.dissatisfied')}</LinkButton>
        </div>
      </form>
    </section>
  );
}

function Aside({ petition }: { petition: Tracked }): ReactElement {
  const { t, locale } = useView();
  return (
    <aside className="gap" aria-label={t('public.track.more')}>
      {petition.acts.includes('add') && (
        <section>
          <h2>{t('public.add.title')}</h2>
          <p className="read">{t('public.add.lead')}</p>
          <p>
            <LinkButton href="/track/add">{t('public.add.open')}</LinkButton>
          </p>
        </section>
      )}
      <section>
        <h2>{t('public.track.letter')}</h2>
        <h3>{petition.subject}</h3>
        <Letter text={petition.text} aside />
        {petition.place && <p className="read">{petition.place}</p>}
      </section>
      <section>
        <h2>{t('public.track.papers')}</h2>
        <ul className="docs">
          <li>
            <a href="/petition/receipt.pdf">{t('public.track.receipt')}</a>
            <span className="meta">PDF</span>
          </li>
          {petition.documents.map((file) => (
            <li key={file.id}>
              <a href={`/track/files/${file.id}`}>{file.fileName}</a>
              <span className="meta">
                {t(`public.document.${file.kind}`)}, {formatBytes(file.size, locale)}
              </span>
            </li>
          ))}
        </ul>
      </section>
      {petition.acts.includes('withdraw') && (
        <section>
          <h2>{t('public.withdraw.title')}</h2>
          <p className="read">
            <a href="/track/withdraw">{t('public.withdraw.open')}</a>
          </p>
        </section>
      )}
      <section>
        <h2>{t('public.track.other')}</h2>
        <CodeForm code="" alone={false} />
      </section>
      <section>
        <h2>{t('public.forget.title')}</h2>
        <p className="read">{t('public.forget.text')}</p>
        <form action="/track/forget" method="post">
          <Button>{t('public.forget.do')}</Button>
        </form>
      </section>
    </aside>
  );
}

const triesIn10Minutes = 20;
async function take(page: PageContext, code: string): Promise<Response> {
  if (!mayPass(`code ${page.office.id} ${page.caller.address}`, triesIn10Minutes, 600_000))
    throw new Refusal(429, { key: 'error.too_many' }, { fields: { code: { key: 'error.too_many_codes' } } });
  if (!code.trim()) throw wrong({ code: { key: 'field.required' } });
  const found = await page.run(findByCode, { code: code.slice(0, 200) });
  keepCase(page, found.id);
  return page.redirect('/track');
}

/** The code as given, or the form again with what was typed; 429 where too many were tried. */
async function takeOrShow(page: PageContext, code: string): Promise<Response> {
  try {
    return await take(page, code);
  } catch (error) {
    if (!(error instanceof Refusal) || Object.keys(error.fields).length === 0) throw error;
    return page.html(<CodePage shown={{ errors: error.fields }} code={code} />, error.status);
  }
}

const trackPage = definePage({
  path: '/track',
  audience: 'public',
  async get(page) {
    const code = page.query.get('code');
    if (code !== null) return takeOrShow(page, code);
    const petitioner = findPetitioner(page);
    if (!petitioner) return page.html(<CodePage shown={undefined} code="" />);
    const petition = await page.kernel.run(trackPetition, petitioner, {});
    return page.html(<TrackPage page={page} petition={petition} />);
  },
  post: (page) => takeOrShow(page, first(page.values, 'code')),
});

export const trackPages: readonly Page[] = [
  trackPage,
  definePage({
    path: '/track/forget',
    audience: 'public',
    get: (page) => page.redirect('/track'),
    post(page) {
      forgetCase(page);
      return page.redirect('/track', { key: 'public.forget.done' });
    },
  }),
  definePage({
    path: '/track/files/:id',
    audience: 'petitioner',
    get: async (page) => serveFile(await page.run(getDocument, { id: page.params['id']! })),
  }),
];
