import type { ReactElement } from 'react';
import { definePage, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { Refusal } from '../../../core/refusal.ts';
import { TextField } from '../../../ui/field.tsx';
import { BarePage } from '../../../ui/frame.tsx';
import { Actions, Button, LinkButton } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { passwordLengthAtLeast } from '../password.ts';
import { acceptInvitation, getInvitation, requestReset } from '../password.server.ts';
import { signIn } from '../session.server.ts';
import { Problems, useErrors, Username } from './people-parts.tsx';
import { askForCode } from './sign-in-page.tsx';
import { browserOf, enterDesk } from './way-in.ts';

function Reset({ email, shown, isSent }: { email: string; shown: Shown | undefined; isSent: boolean }): ReactElement {
  const { t } = useView();
  const errors = useErrors(shown);
  const title = t(isSent ? 'reset.sent.title' : 'reset.title');
  return (
    <BarePage title={shown ? `${t('ui.error_prefix')} ${title}` : title}>
      <div className="col">
        <Problems shown={shown} errors={errors} />
        <h1>{title}</h1>
        {isSent ? (
          <><p className="lead">{t('reset.sent.text')}</p><p className="lead">{t('reset.sent.nothing')}</p><p className="actions go"><LinkButton href="/desk/sign-in">{t('reset.back')}</LinkButton></p></>
        ) : (
          <form method="post" action="/desk/reset" className="stack" noValidate>
            <TextField name="email" type="email" label={t('sign_in.email')} hint={t('reset.hint')} value={email} error={errors['email']} autoComplete="username" spellCheck={false} />
            <Actions><Button kind="primary">{t('reset.do')}</Button><a href="/desk/sign-in">{t('reset.back')}</a></Actions>
          </form>
        )}
      </div>
    </BarePage>
  );
}

const resetPage = definePage({
  path: '/desk/reset', audience: 'public',
  get: (page, shown) => page.html(<Reset email={first(page.values, 'email')} shown={shown} isSent={!shown && page.query.has('sent')} />),
  async post(page) {
    await page.run(requestReset, { email: first(page.values, 'email') });
    return page.redirect('/desk/reset?sent=1');
  },
});

type Invited = { name: string; email: string; isFirst: boolean };
function Invite({ path, invited, shown }: { path: string; invited: Invited; shown: Shown | undefined }): ReactElement {
  const { t, office } = useView();
  const errors = useErrors(shown);
  const title = t(invited.isFirst ? 'invite.title' : 'invite.again.title');
  return (
    <BarePage title={shown ? `${t('ui.error_prefix')} ${title}` : title}>
      <div className="col">
        <Problems shown={shown} errors={errors} />
        <h1>{title}</h1>
        <p className="lead">{t(invited.isFirst ? 'invite.lead' : 'invite.again.lead', { name: invited.name, office: office?.name ?? '', email: invited.email })}</p>
        <form method="post" action={path} className="stack" noValidate>
          <Username email={invited.email} />
          <TextField name="password" type="password" label={t('invite.password')} hint={t('invite.password.hint', { min: passwordLengthAtLeast })} error={errors['password']} autoComplete="new-password" />
          <Actions><Button kind="primary">{t('invite.do')}</Button></Actions>
        </form>
      </div>
    </BarePage>
  );
}

function LinkOver(): ReactElement {
  const { t } = useView();
  return (
    <BarePage title={t('invite.over.title')}>
      <div className="col">
        <h1>{t('invite.over.title')}</h1>
        <p className="lead">{t('error.link_expired')}</p>
        <p className="actions go"><LinkButton kind="primary" href="/desk/reset">{t('invite.over.do')}</LinkButton><a href="/desk/sign-in">{t('reset.back')}</a></p>
      </div>
    </BarePage>
  );
}

async function findInvited(page: PageContext): Promise<Invited | null> {
  try {
    return await page.run(getInvitation, { token: (page.params['token'] ?? '').slice(0, 100) });
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  }
}

const invitePage = definePage({
  path: '/desk/invite/:token', audience: 'public',
  async get(page, shown) {
    const invited = await findInvited(page);
    return invited ? page.html(<Invite path={page.url.pathname} invited={invited} shown={shown} />) : page.html(<LinkOver />, 404);
  },
  async post(page) {
    const password = first(page.values, 'password');
    const { email } = await page.run(acceptInvitation, { token: (page.params['token'] ?? '').slice(0, 100), password });
    const result = await page.run(signIn, { email, password, ...browserOf(page) });
    if (result.state === 'open') return enterDesk(page, result, '/desk', { key: 'me.done.password' });
    return result.state === 'totp' ? askForCode(page, result.pending, '/desk') : page.redirect('/desk/sign-in', { key: 'me.done.password' });
  },
});

export const invitePages: readonly Page[] = [resetPage, invitePage];
