import type { ReactElement } from 'react';
import { forgetSession } from '../../../core/http.tsx';
import { isLocaleId } from '../../../core/language.ts';
import { definePage, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notNow, Refusal, wrong } from '../../../core/refusal.ts';
import { Hidden, TextField } from '../../../ui/field.tsx';
import { BarePage } from '../../../ui/frame.tsx';
import { Actions, Button } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { forgetGlances } from '../../../core/glance.ts';
import { beginPasskeySignIn, signInByPasskey } from '../passkey.server.ts';
import { getPerson, preferPerson } from '../person.server.ts';
import { closeSession, confirmSignIn, signIn } from '../session.server.ts';
import { PasskeyScript, Problems, useErrors } from './people-parts.tsx';
import { browserOf, credentialIn, enterDesk, inside, originOf, orRefused, ownSessionId } from './way-in.ts';

type DemoPerson = { email: string; name: string; roles: readonly string[] };

function SignIn({ next, email, shown, people }: { next: string; email: string; shown: Shown | undefined; people: readonly DemoPerson[] }): ReactElement {
  const { t } = useView();
  const errors = useErrors(shown, ['email', 'password']);
  const title = t('sign_in.title');
  return (
    <BarePage title={shown ? `${t('ui.error_prefix')} ${title}` : title}>
      <div className="col">
        <Problems shown={shown} errors={errors} />
        <h1>{title}</h1>
        <form method="post" action="/desk/sign-in" className="stack" noValidate>
          <Hidden fields={{ next }} />
          <TextField name="email" type="email" label={t('sign_in.email')} value={email} error={errors['email']} autoComplete="username" spellCheck={false} />
          <TextField name="password" type="password" label={t('sign_in.password')} error={errors['password']} autoComplete="current-password" />
          <Actions><Button kind="primary">{t('sign_in.do')}</Button><a href="/desk/reset">{t('sign_in.forgotten')}</a></Actions>
        </form>
        <form method="post" action="/desk/sign-in/passkey" className="stack" hidden data-passkey="get">
          <Hidden fields={{ next, credential: '' }} />
          <Actions><Button icon="key">{t('sign_in.passkey')}</Button></Actions>
          <p className="error" role="alert" data-passkey-error="" hidden>{t('sign_in.passkey_failed')}</p>
        </form>
        {people.length > 0 && (
          <details className="sp"><summary>{t('sign_in.demo')}</summary>
            <ul className="rows">{people.map((person) => <li key={person.email}><b>{person.name}</b><span className="sub">{person.email} · {person.roles.map((role) => t(`role.${role}`)).join(', ')}</span></li>)}</ul>
          </details>
        )}
        <PasskeyScript />
      </div>
    </BarePage>
  );
}

async function showSignIn(page: PageContext, shown?: Shown): Promise<Response> {
  const { office, kernel } = page;
  const isDemo = kernel.mail.keepsBodies && !kernel.config.KABINET_URL;
  const people = isDemo ? office.data.people.map((person) => ({ name: person.name, roles: person.roles, email: `${person.id.replaceAll('-', '.')}@${office.slug}.example` })) : [];
  return page.html(<SignIn next={inside(first(page.values, 'next') || (page.query.get('next') ?? ''))} email={first(page.values, 'email')} shown={shown} people={people} />);
}

const signInPage = definePage({
  path: '/desk/sign-in', audience: 'public',
  get: showSignIn,
  async post(page) {
    const result = await page.run(signIn, { email: first(page.values, 'email'), password: first(page.values, 'password'), ...browserOf(page) });
    const next = inside(first(page.values, 'next'));
    if (result.state === 'refused') throw wrong({ email: { key: 'field.sign_in_wrong' } });
    return result.state === 'totp' ? askForCode(page, result.pending, next) : enterDesk(page, result, next);
  },
});

function Code({ pending, next, shown }: { pending: string; next: string; shown: Shown | undefined }): ReactElement {
  const { t } = useView();
  const errors = useErrors(shown);
  const title = t('sign_in.code.title');
  return (
    <BarePage title={shown ? `${t('ui.error_prefix')} ${title}` : title}>
      <div className="col">
        <Problems shown={shown} errors={errors} />
        <h1>{title}</h1>
        <form method="post" action="/desk/sign-in/code" className="stack" noValidate>
          <Hidden fields={{ pending, next }} />
          <TextField name="code" label={t('sign_in.code')} hint={t('sign_in.code.hint')} inputMode="numeric" autoComplete="one-time-code" error={errors['code']} />
          <Actions><Button kind="primary">{t('sign_in.do')}</Button><a href="/desk/sign-in">{t('sign_in.start_again')}</a></Actions>
        </form>
        <p className="hint sp">{t('sign_in.code.lost')}</p>
      </div>
    </BarePage>
  );
}

/** The question for the one-time code, in answer to a right password. */
export const askForCode = (page: PageContext, pending: string, next: string, shown?: Shown): Promise<Response> => page.html(<Code pending={pending} next={next} shown={shown} />);

const codePage = definePage({
  path: '/desk/sign-in/code', audience: 'public',
  get(page, shown) {
    // By its address alone the page has nothing to go on.
    return shown ? askForCode(page, first(page.values, 'pending'), inside(first(page.values, 'next')), shown) : page.redirect('/desk/sign-in');
  },
  async post(page) {
    const next = inside(first(page.values, 'next'));
    try {
      const result = await page.run(confirmSignIn, { pending: first(page.values, 'pending').slice(0, 100), code: first(page.values, 'code'), ...browserOf(page) });
      if (result.state === 'open') return enterDesk(page, result, next);
      if (result.again) throw wrong({ code: { key: 'field.totp_wrong' } });
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
    }
    return page.redirect(`/desk/sign-in?${new URLSearchParams({ next })}`, { key: 'error.sign_in_expired' });
  },
});

const passkeyPage = definePage({
  path: '/desk/sign-in/passkey', audience: 'public',
  get: showSignIn,
  async post(page) {
    const credential = credentialIn(first(page.values, 'credential'));
    if (!credential) throw notNow('error.passkey_refused');
    const result = await orRefused(page.run(signInByPasskey, { origin: originOf(page), credential: credential as never, ...browserOf(page) }));
    if (result.state === 'refused') throw notNow('error.passkey_refused');
    return enterDesk(page, result, inside(first(page.values, 'next')));
  },
});

const passkeyBeginPage = definePage({
  path: '/desk/sign-in/passkey/begin', audience: 'public',
  async post(page) {
    const { options } = await page.run(beginPasskeySignIn, { origin: originOf(page) });
    return page.hono.json(options);
  },
});

const signOutPage = definePage({
  path: '/desk/sign-out', audience: 'desk',
  get: (page) => page.redirect('/desk'),
  async post(page) {
    await page.run(closeSession, { sessionId: ownSessionId(page) });
    forgetSession(page);
    return page.redirect('/desk/sign-in', { key: 'desk.done.signed_out' });
  },
});

const languagePage = definePage({
  path: '/desk/language', audience: 'desk',
  get: (page) => page.redirect('/desk'),
  async post(page) {
    const id = page.caller.personId!;
    const { preferences } = await page.run(getPerson, { id });
    const locale = first(page.values, 'locale');
    if (preferences && isLocaleId(locale)) {
      await page.run(preferPerson, { locale, density: preferences.density as 'dense', theme: (preferences.theme ?? '') as '', singleKeys: preferences.singleKeys });
      forgetGlances(id);
    }
    return page.redirect(inside(first(page.values, 'back')));
  },
});

export const signInPages: readonly Page[] = [signInPage, codePage, passkeyPage, passkeyBeginPage, signOutPage, languagePage];
