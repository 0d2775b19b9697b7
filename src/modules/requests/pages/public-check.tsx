import type { ReactElement, ReactNode } from 'react';
import { formatBytes, formatDay, getLocale, isLocaleId } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { optionalEmail } from '../../../core/input.ts';
import { definePage, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { mayPass } from '../../../core/rate-limit.ts';
import { notNow, wrong } from '../../../core/refusal.ts';
import { TextField } from '../../../ui/field.tsx';
import { PublicPage } from '../../../ui/frame.tsx';
import { Button, Letter, LinkButton } from '../../../ui/parts.tsx';
import { Answers, Back, Column, Problems, useErrors, type Answer } from '../../../ui/public.tsx';
import { findDraft, mailDraft, type Draft } from '../draft.server.ts';
import { answerTerm } from '../term.server.ts';
import { draftCode, draftOf, keepDraft } from './public-draft.ts';
import { mayMail, send } from './public-petition.tsx';
import { nextPath, stepNamed, steps, type StepName } from './public-steps.ts';

function answersOf(page: PageContext, draft: Draft): Answer[] {
  const { t, office, locale } = page;
  const { values } = draft;
  const none = <span className="hint">{t('public.check.none')}</span>;
  const row = (step: StepName, name: string, value: ReactNode): Answer => ({
    label: t(`public.field.${name}`),
    value: value || none,
    href: `${stepNamed(step).path}?back=check#${name}`,
  });
  const isNamed = values['who'] !== 'anonymous';
  const area = office.data.areas.find(({ id }) => id === values['area']);
  const answerIn = isLocaleId(values['locale']) ? values['locale'] : locale;
  return [
    row('kind', 'kind', t(`public.kind.${values['kind']}`)),
    row('letter', 'subject', values['subject']),
    row('letter', 'text', <Letter text={values['text'] ?? ''} />),
    row('letter', 'place', values['place']),
    ...(office.data.areas.length > 0 ? [row('letter', 'area', area ? textIn(area.name, locale) : '')] : []),
    row(
      'letter',
      'files',
      draft.files.length > 0 ? (
        <ul>
          {draft.files.map((file) => (
            <li key={file.sha256}>
              {file.name} <span className="meta">{formatBytes(file.size, locale)}</span>
            </li>
          ))}
        </ul>
      ) : (
        ''
      ),
    ),
    row(
      'you',
      'who',
      isNamed
        ? [values['name'], values['organisation'] === '1' ? t('public.check.organisation') : ''].filter(Boolean).join(', ')
        : t('public.who.anonymous'),
    ),
    ...(isNamed
      ? [
          row('you', 'replyBy', t(`public.way.${values['replyBy']}`)),
          row('you', 'email', values['email']),
          row('you', 'address', [values['address'], values['town']].filter(Boolean).join(', ')),
          row('you', 'phone', values['phone']),
        ]
      : []),
    row('you', 'locale', <span lang={getLocale(answerIn).html}>{getLocale(answerIn).name}</span>),
    ...(office.data.publishes
      ? [row('you', 'mayPublish', t(values['mayPublish'] === '1' ? 'public.check.may' : 'public.check.may_not'))]
      : []),
  ];
}

function CheckPage({
  page,
  draft,
  shown,
  until,
}: {
  page: PageContext;
  draft: Draft;
  shown: Shown | undefined;
  until: string;
}): ReactElement {
  const { t } = page;
  const errors = useErrors(shown);
  return (
    <PublicPage title={`${t('public.check.title')} · ${t('public.petition.title')}`} wrongTitle={shown !== undefined}>
      <Column>
        <Back href={steps.at(-1)!.path} />
        <Problems shown={shown} errors={errors} />
        <p className="step">{t('public.petition.step', { step: steps.length + 1, steps: steps.length + 1 })}</p>
        <h1>{t('public.check.title')}</h1>
        <Answers answers={answersOf(page, draft)} />
        <form action="/petition/check" method="post">
          <h2 className="sp">{t('public.check.send_title')}</h2>
          <p className="read">{t('public.check.send_text', { until })}</p>
          <p className="read">
            {t('public.check.privacy')} <a href="/privacy">{t('public.nav.privacy')}</a>
          </p>
          <div className="actions go">
            <Button kind="primary" icon="send">
              {t('public.check.send')}
            </Button>
            <Button kind="quiet" name="save" value="1">
              {t('public.petition.save')}
            </Button>
          </div>
        </form>
      </Column>
    </PublicPage>
  );
}

const checkPage = definePage({
  path: '/petition/check',
  audience: 'public',
  async get(page, shown) {
    const draft = await draftOf(page);
    if (!draft && shown) return page.html(<GonePage page={page} />);
    const path = draft ? nextPath(draft.values, page.office) : steps[0]!.path;
    if (!draft || path !== '/petition/check') return page.redirect(path);
    const term = await page.run(answerTerm, {});
    return page.html(
      <CheckPage page={page} draft={draft} shown={shown} until={formatDay(term.legalOn, page.locale, 'weekday')} />,
    );
  },
  post: (page) => (first(page.values, 'save') ? page.redirect('/petition/saved') : send(page)),
});

/** The letter was sent from another window, or its thirty days are over. */
function GonePage({ page }: { page: PageContext }): ReactElement {
  const { t } = page;
  return (
    <PublicPage title={t('public.gone.title')}>
      <Column>
        <h1>{t('public.gone.title')}</h1>
        <p className="lead">{t('error.draft_gone')}</p>
        <p className="actions go">
          <LinkButton href="/petition" kind="primary">
            {t('public.gone.again')}
          </LinkButton>
          <LinkButton href="/track" kind="quiet">
            {t('public.home.track')}
          </LinkButton>
        </p>
      </Column>
    </PublicPage>
  );
}

function SavedPage({ page, draft, shown }: { page: PageContext; draft: Draft; shown: Shown | undefined }): ReactElement {
  const { t, locale } = page;
  const errors = useErrors(shown);
  return (
    <PublicPage title={t('public.saved.title')} wrongTitle={shown !== undefined}>
      <Column>
        <Problems shown={shown} errors={errors} />
        <h1>{t('public.saved.title')}</h1>
        <p className="lead">{t('public.saved.text', { until: formatDay(draft.expiresOn, locale, 'long') })}</p>
        <p className="code">
          <span className="vh">{t('public.saved.code')} </span>
          <b>{draft.code}</b>
        </p>
        <p className="read">
          {t('public.saved.how')} <a href="/petition/resume">{page.url.host}/petition/resume</a>
        </p>
        <form action="/petition/saved" method="post" className="stack" noValidate>
          <TextField
            name="email"
            type="email"
            label={t('public.saved.email')}
            error={errors['email']}
            value={shown?.values ? first(shown.values, 'email') : draft.values['email']}
            autoComplete="email"
            spellCheck={false}
          />
          <div className="actions">
            <Button>{t('public.saved.mail')}</Button>
          </div>
        </form>
        <p className="actions go">
          <LinkButton href={nextPath(draft.values, page.office)} kind="quiet">
            {t('public.saved.continue')}
          </LinkButton>
        </p>
      </Column>
    </PublicPage>
  );
}

const savedPage = definePage({
  path: '/petition/saved',
  audience: 'public',
  async get(page, shown) {
    const draft = await draftOf(page);
    return draft ? page.html(<SavedPage page={page} draft={draft} shown={shown} />) : page.redirect('/petition/resume');
  },
  async post(page) {
    const email = optionalEmail().safeParse(first(page.values, 'email'));
    if (!email.success || !email.data) throw wrong({ email: { key: email.success ? 'field.required' : 'field.email' } });
    if (!mayMail(page)) throw notNow('error.too_many');
    await page.run(mailDraft, { code: draftCode(page), email: email.data });
    return page.redirect('/petition/saved', { key: 'public.saved.mailed', args: { email: email.data } });
  },
});

function ResumePage({ page, shown }: { page: PageContext; shown: Shown | undefined }): ReactElement {
  const { t } = page;
  const errors = useErrors(shown);
  return (
    <PublicPage title={t('public.resume.title')} wrongTitle={shown !== undefined}>
      <Column>
        <Back href="/" />
        <Problems shown={shown} errors={errors} />
        <form action="/petition/resume" method="post" noValidate>
          <h1>{t('public.resume.title')}</h1>
          <div className="stack">
            <TextField
              name="code"
              label={t('public.saved.code')}
              hint={t('public.code.hint')}
              error={errors['code']}
              value={first(shown?.values ?? {}, 'code')}
              autoComplete="off"
              size={14}
              spellCheck={false}
              className="narrow"
            />
          </div>
          <div className="actions go">
            <Button kind="primary">{t('public.continue')}</Button>
          </div>
        </form>
      </Column>
    </PublicPage>
  );
}

async function resume(page: PageContext, code: string): Promise<Response> {
  if (!mayPass(`resume ${page.office.id} ${page.caller.address}`, 20, 600_000)) throw wrong({ code: { key: 'error.too_many' } });
  const { draft } = await page.run(findDraft, { code: code.slice(0, 200) });
  if (!draft) throw wrong({ code: { key: code.trim() ? 'field.draft_unknown' : 'field.required' } });
  keepDraft(page, draft);
  return page.redirect(nextPath(draft.values, page.office));
}

const resumePage = definePage({
  path: '/petition/resume',
  audience: 'public',
  async get(page, shown) {
    const code = page.query.get('code');
    if (code === null || shown) return page.html(<ResumePage page={page} shown={shown} />, shown ? 422 : 200);
    try {
      return await resume(page, code);
    } catch (error) {
      const { fields } = error as { fields?: Shown['errors'] };
      if (!fields) throw error;
      return page.html(<ResumePage page={page} shown={{ errors: fields, values: { code } }} />, 422);
    }
  },
  post: (page) => resume(page, first(page.values, 'code')),
});

export const draftPages: readonly Page[] = [checkPage, savedPage, resumePage];
