import { forgetSession, keepSession, readSessionCookie } from '../../../core/http.tsx';
import { isLocaleId } from '../../../core/language.ts';
import { definePage, one, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { Refusal } from '../../../core/refusal.ts';
import { ErrorSummary, Hidden, TextField } from '../../../ui/field.tsx';
import { BarePage } from '../../../ui/frame.tsx';
import { Actions, Button } from '../../../ui/parts.tsx';
import { preferPerson } from '../person.server.ts';
import { closeSession, confirmSignIn, signIn } from '../session.server.ts';
import { forgetMenu } from '../menu.ts';

/** Only a path of this desk: a link that signs in and leads elsewhere would lend it our name. */
const inside = (path: string): string => (/^\/desk(\/|\?|$)/.test(path) && !path.includes('\\') && !path.startsWith('//') ? path : '/desk');

const signInPage = definePage({
  path: '/desk/sign-in', audience: 'public',
  get(page, after) {
    const { t, office, kernel } = page;
    const next = inside(one(page.values, 'next') || (page.query.get('next') ?? ''));
    const errors = Object.fromEntries(Object.entries(after?.errors ?? {}).map(([field, said]) => [field, t(said.key, said.args)]));
    const demo = kernel.mail.keepsBodies && !kernel.config.KABINET_URL && office.data.people.length > 0;
    return page.html(
      <BarePage title={t('sign_in.title')}>
        <div className="col">
          {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
          <h1>{t('sign_in.title')}</h1>
          <form method="post" action="/desk/sign-in" className="stack" noValidate>
            <Hidden fields={{ next }} />
            <TextField name="email" type="email" label={t('sign_in.email')} value={one(after?.values ?? {}, 'email')} error={errors['email']} autoComplete="username" spellCheck={false} autoFocus />
            <TextField name="password" type="password" label={t('sign_in.password')} error={errors['password']} autoComplete="current-password" />
            <Actions><Button kind="primary">{t('sign_in.do')}</Button><a href="/desk/reset">{t('sign_in.forgotten')}</a></Actions>
          </form>
          <div className="passkey" hidden data-passkey="/desk/sign-in/passkey" data-next={next}><p><Button type="button" icon="key">{t('sign_in.passkey')}</Button></p><p className="error" role="alert" data-passkey-error hidden>{t('sign_in.passkey_failed')}</p></div>
          {demo && <details className="sp"><summary>{t('sign_in.demo')}</summary><ul className="docs">{office.data.people.map((person) => <li key={person.id}><span>{person.name}</span><span className="meta">{person.id.replaceAll('-', '.')}@{office.slug}.example · {person.roles.map((role) => t(`role.${role}`)).join(', ')}</span></li>)}</ul></details>}
        </div>
      </BarePage>,
    );
  },
  async post(page) {
    const browser = { agent: page.hono.req.header('user-agent') ?? '', previous: readSessionCookie(page) };
    const result = await page.run(signIn, { email: one(page.values, 'email'), password: one(page.values, 'password'), ...browser });
    const next = inside(one(page.values, 'next'));
    if (result.state === 'refused') throw new Refusal(422, { key: 'error.sign_in' });
    if (result.state === 'totp') return codeForm(page, result.pending, next);
    keepSession(page, result.token);
    return page.redirect(next);
  },
});

function codeForm(page: PageContext, pending: string, next: string, after?: Shown): Promise<Response> {
  const { t } = page;
  return page.html(
    <BarePage title={t('sign_in.code.title')}>
      <div className="col">
        {after?.said && <ErrorSummary errors={{ code: t(after.said.key, after.said.args) }} />}
        <h1>{t('sign_in.code.title')}</h1>
        <form method="post" action="/desk/sign-in/code" className="stack" noValidate>
          <Hidden fields={{ pending, next }} />
          <TextField name="code" label={t('sign_in.code')} hint={t('sign_in.code.hint')} inputMode="numeric" autoComplete="one-time-code" autoFocus error={after?.said ? t(after.said.key, after.said.args) : undefined} />
          <Actions><Button kind="primary">{t('sign_in.do')}</Button></Actions>
        </form>
      </div>
    </BarePage>, after ? 422 : 200);
}

const codePage = definePage({
  path: '/desk/sign-in/code', audience: 'public',
  async post(page) {
    const pending = one(page.values, 'pending');
    const next = inside(one(page.values, 'next'));
    const browser = { agent: page.hono.req.header('user-agent') ?? '', previous: readSessionCookie(page) };
    const result = await page.run(confirmSignIn, { pending, code: one(page.values, 'code'), ...browser });
    if (result.state === 'refused') return result.again ? codeForm(page, pending, next, { said: { key: 'error.code' } }) : page.redirect('/desk/sign-in', { key: 'error.sign_in_expired' });
    keepSession(page, result.token);
    return page.redirect(next);
  },
});

const signOutPage = definePage({
  path: '/desk/sign-out', audience: 'desk',
  async post(page) {
    await page.run(closeSession, { token: readSessionCookie(page) } as never);
    forgetSession(page);
    return page.redirect('/desk/sign-in', { key: 'desk.done.signed_out' });
  },
});

const languagePage = definePage({
  path: '/desk/language', audience: 'desk',
  async post(page) {
    const locale = one(page.values, 'locale');
    if (isLocaleId(locale)) await page.run(preferPerson, { locale } as never);
    forgetMenu(page.caller.personId!);
    return page.redirect(inside(one(page.values, 'back')));
  },
});

export const signInPages: readonly Page[] = [signInPage, codePage, signOutPage, languagePage];
