import type { ReactElement, ReactNode } from 'react';
import { formatDay } from '../../../core/language.ts';
import type { Output } from '../../../core/operation.ts';
import { definePage, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { newToken } from '../../../core/secret.ts';
import { Hidden, TextArea } from '../../../ui/field.tsx';
import { PublicPage } from '../../../ui/frame.tsx';
import { Button, Letter, LinkButton } from '../../../ui/parts.tsx';
import { Back, Column, Problems, useErrors, PublicFiles } from '../../../ui/public.tsx';
import { useView } from '../../../ui/view.tsx';
import { completePetition } from '../completion.server.ts';
import { trackPetition } from '../tracking.server.ts';
import { addToPetition, ratePetition, withdrawPetition } from '../work.server.ts';

type Tracked = Output<typeof trackPetition>;
type Act = 'add' | 'complete' | 'withdraw' | 'rate';

/** The frame of what a petitioner can do with a letter; says so where it can no longer be done. */
function ActPage({
  act,
  petition,
  shown,
  order,
  enabled,
  children,
}: {
  act: Act;
  petition: Tracked;
  shown: Shown | undefined;
  order: readonly string[];
  enabled: boolean;
  children: (errors: Record<string, string>) => ReactNode;
}): ReactElement {
  const { t } = useView();
  const errors = useErrors(shown, order);
  const title = t(act === 'rate' ? 'public.rate.page.title' : `public.${act}.title`);
  return (
    <PublicPage title={`${title} · ${petition.reference}`} wrongTitle={shown !== undefined}>
      <Column>
        <Back href="/track" />
        <Problems shown={shown} errors={errors} />
        <p className="step">
          {petition.subject} <span className="ref">{petition.reference}</span>
        </p>
        <h1>{title}</h1>
        {enabled ? (
          children(errors)
        ) : (
          <>
            <p className="lead">{t('error.not_now')}</p>
            <p className="actions go">
              <LinkButton href="/track">{t('public.track.back')}</LinkButton>
            </p>
          </>
        )}
      </Column>
    </PublicPage>
  );
}

/** The form's own key, so that a second press adds nothing. */
function keyOf(page: PageContext): { key?: string } {
  const key = first(page.values, 'key');
  return /^[\w-]{43}$/.test(key) ? { key } : {};
}

function AddPage({ petition, shown }: { petition: Tracked; shown: Shown | undefined }): ReactElement {
  const { t } = useView();
  return (
    <ActPage act="add" petition={petition} shown={shown} order={['text', 'files']} enabled={petition.acts.includes('add')}>
      {(errors) => (
        <form action="/track/add" method="post" encType="multipart/form-data" noValidate className="stack">
          <Hidden fields={{ key: first(shown?.values ?? {}, 'key') || newToken() }} />
          <TextArea
            name="text"
            label={t('public.add.text')}
            hint={t('public.add.lead')}
            error={errors['text']}
            value={first(shown?.values ?? {}, 'text')}
            rows={7}
            maxLength={20_000}
          />
          <PublicFiles error={errors['files']} />
          <div className="actions">
            <Button kind="primary">{t('public.add.do')}</Button>
          </div>
        </form>
      )}
    </ActPage>
  );
}

function CompletePage({ petition, shown }: { petition: Tracked; shown: Shown | undefined }): ReactElement {
  const { t, locale } = useView();
  const asked = petition.completion;
  return (
    <ActPage act="complete" petition={petition} shown={shown} order={['reply', 'files']} enabled={asked !== null}>
      {(errors) => (
        <>
          <p className="lead">{t('public.track.asked', { until: formatDay(asked!.dueOn, locale, 'long') })}</p>
          <Letter text={asked!.question} aside />
          <form action="/track/complete" method="post" encType="multipart/form-data" noValidate className="stack">
            <TextArea
              name="reply"
              label={t('public.complete.reply')}
              error={errors['reply']}
              value={first(shown?.values ?? {}, 'reply')}
              rows={7}
              maxLength={20_000}
            />
            <PublicFiles error={errors['files']} />
            <div className="actions">
              <Button kind="primary">{t('public.complete.do')}</Button>
            </div>
          </form>
        </>
      )}
    </ActPage>
  );
}

function WithdrawPage({ petition, shown }: { petition: Tracked; shown: Shown | undefined }): ReactElement {
  const { t } = useView();
  return (
    <ActPage act="withdraw" petition={petition} shown={shown} order={['reason']} enabled={petition.acts.includes('withdraw')}>
      {(errors) => (
        <>
          <p className="lead">{t('public.withdraw.lead')}</p>
          <form action="/track/withdraw" method="post" className="stack">
            <TextArea
              name="reason"
              label={t('public.withdraw.reason')}
              optional
              error={errors['reason']}
              value={first(shown?.values ?? {}, 'reason')}
              rows={3}
              maxLength={2000}
            />
            <div className="actions">
              <Button kind="primary">{t('public.withdraw.do')}</Button>
              <LinkButton href="/track" kind="quiet">
                {t('public.withdraw.keep')}
              </LinkButton>
            </div>
          </form>
        </>
      )}
    </ActPage>
  );
}

function RatePage({ petition, shown }: { petition: Tracked; shown: Shown | undefined }): ReactElement {
  const { t } = useView();
  return (
    <ActPage act="rate" petition={petition} shown={shown} order={['reason']} enabled={petition.acts.includes('rate')}>
      {(errors) => (
        <form action="/track/rate" method="post" className="stack">
          <Hidden fields={{ satisfaction: 'dissatisfied' }} />
          <TextArea
            name="reason"
            label={t('public.rate.reason')}
            hint={t('public.rate.reason.hint')}
            error={errors['reason']}
            value={first(shown?.values ?? {}, 'reason')}
            rows={7}
            maxLength={5000}
          />
          <div className="actions">
            <Button kind="primary">{t('public.rate.do')}</Button>
          </div>
        </form>
      )}
    </ActPage>
  );
}

type View = (props: { petition: Tracked; shown: Shown | undefined }) => ReactElement;
const shownBy =
  (View: View) =>
  async (page: PageContext, shown?: Shown): Promise<Response> =>
    page.html(<View petition={await page.run(trackPetition, {})} shown={shown} />);

export const actPages: readonly Page[] = [
  definePage({
    path: '/track/add',
    audience: 'petitioner',
    get: shownBy(AddPage),
    async post(page) {
      await page.run(
        addToPetition,
        { id: page.caller.caseId!, text: first(page.values, 'text'), files: page.files['files'] ?? [] },
        keyOf(page),
      );
      return page.redirect('/track', { key: 'public.add.done' });
    },
  }),
  definePage({
    path: '/track/complete',
    audience: 'petitioner',
    get: shownBy(CompletePage),
    async post(page) {
      await page.run(completePetition, {
        id: page.caller.caseId!,
        reply: first(page.values, 'reply'),
        files: page.files['files'] ?? [],
      });
      return page.redirect('/track', { key: 'public.complete.done' });
    },
  }),
  definePage({
    path: '/track/withdraw',
    audience: 'petitioner',
    get: shownBy(WithdrawPage),
    async post(page) {
      await page.run(withdrawPetition, { id: page.caller.caseId!, reason: first(page.values, 'reason') });
      return page.redirect('/track', { key: 'public.withdraw.done' });
    },
  }),
  definePage({
    path: '/track/rate',
    audience: 'petitioner',
    get: shownBy(RatePage),
    async post(page) {
      const satisfied = first(page.values, 'satisfaction') === 'satisfied';
      await page.run(ratePetition, {
        id: page.caller.caseId!,
        satisfaction: satisfied ? 'satisfied' : 'dissatisfied',
        reason: first(page.values, 'reason'),
      });
      return page.redirect('/track', { key: satisfied ? 'public.rate.thanks' : 'public.rate.reopened' });
    },
  }),
];
