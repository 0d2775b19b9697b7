import type { ReactElement } from 'react';
import { definePage, first, type Page, type Shown, type Values } from '../../../core/page.ts';
import { notNow, wrong } from '../../../core/refusal.ts';
import { Hidden, TextField, type ShownErrors } from '../../../ui/field.tsx';
import { Actions, At, Button, Empty, Section, State } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { addPasskey, beginPasskey, dropPasskey, listPasskeys, renamePasskey } from '../passkey.server.ts';
import { beginTotp, confirmTotp, dropTotp } from '../totp.server.ts';
import { ownAccount } from './me-page.tsx';
import { ActButton, MePage, PasskeyScript, typed, useErrors, Username, valueOf } from './people-parts.tsx';
import { credentialIn, originOf, orRefused } from './way-in.ts';

type Begun = { secret: string; uri: string; qr: string };
type CodesProps = { isOn: boolean; email: string; hasPassword: boolean; begun?: Begun; isConfirming: boolean; shown: Shown | undefined };

function Codes({ isOn, email, hasPassword, begun, isConfirming, shown }: CodesProps): ReactElement {
  const { t } = useView();
  const errors = useErrors(shown);
  const path = '/desk/me/codes';
  return (
    <MePage here="/codes" shown={shown} errors={errors} aside={<Section id="note" title={t('me.codes.about')}><p className="read">{t('me.codes.note')}</p></Section>}>
      <div className="gap">
        <p><State>{t(isOn ? 'me.codes.on' : 'me.codes.off')}</State></p>
        {isOn && hasPassword && (
          <form method="post" action={path} noValidate>
            <Hidden fields={{ act: 'drop' }} />
            <Username email={email} />
            <TextField name="password" type="password" label={t('sign_in.password')} hint={t('me.codes.drop.hint')} error={errors['password']} autoComplete="current-password" />
            <div className="go"><Actions><Button>{t('me.codes.drop')}</Button></Actions></div>
          </form>
        )}
        {isOn && !hasPassword && <p>{t('me.codes.drop.none')}</p>}
        {begun && (
          <Section id="scan" title={t('me.codes.scan')}>
            <p>{t('me.codes.scan.text')}</p>
            <p><img src={`data:image/svg+xml;base64,${Buffer.from(begun.qr).toString('base64')}`} width="232" height="232" alt={t('me.codes.qr')} /></p>
            <p>{t('me.codes.secret')}</p>
            <p><code className="ref">{begun.secret.match(/.{1,4}/g)!.map((part, index) => <span key={index} className="nowrap">{part} </span>)}</code></p>
            <p><a href={begun.uri}>{t('me.codes.open')}</a></p>
          </Section>
        )}
        {(begun || isConfirming) && (
          <form method="post" action={path} noValidate>
            <Hidden fields={{ act: 'confirm' }} />
            <TextField name="code" label={t('sign_in.code')} hint={t('sign_in.code.hint')} error={errors['code']} inputMode="numeric" autoComplete="one-time-code" maxLength={10} />
            <div className="go"><Actions><Button kind="primary">{t('me.codes.confirm')}</Button></Actions></div>
          </form>
        )}
        {!isOn && !begun && <div><ActButton action={path} fields={{ act: 'begin' }} kind={isConfirming ? '' : 'primary'}>{t(isConfirming ? 'me.codes.begin_again' : 'me.codes.begin')}</ActButton></div>}
      </div>
    </MePage>
  );
}

const codesPage = definePage({
  path: '/desk/me/codes', audience: 'desk',
  async get(page, shown) {
    const { account, person } = await ownAccount(page);
    return page.html(<Codes isOn={account.totpOn} email={person.email} hasPassword={account.hasPassword} isConfirming={!account.totpOn && first(page.values, 'act') === 'confirm'} shown={shown} />);
  },
  async post(page) {
    const act = first(page.values, 'act');
    if (act === 'begin') {
      const begun = await page.run(beginTotp, {});
      const { account, person } = await ownAccount(page);
      return page.html(<Codes isOn={false} email={person.email} hasPassword={account.hasPassword} begun={begun} isConfirming shown={undefined} />);
    }
    if (act === 'confirm') {
      await page.run(confirmTotp, { code: first(page.values, 'code') });
      return page.redirect('/desk/me/codes', { key: 'me.done.codes_on' });
    }
    const { state } = await page.run(dropTotp, { password: first(page.values, 'password') });
    if (state === 'refused') throw wrong({ password: { key: 'field.password_wrong' } });
    return page.redirect('/desk/me/codes', { key: 'me.done.codes_off' });
  },
});

type Passkey = { id: string; name: string; createdAt: Date; usedAt: Date | null };
function Passkeys({ passkeys, values, shown }: { passkeys: readonly Passkey[]; values: Values | null; shown: Shown | undefined }): ReactElement {
  const { t } = useView();
  const path = '/desk/me/passkeys';
  const said = useErrors(shown, [], { name: 'label' })['name'];
  // The same field stands in every row; the summary must lead to the one that was posted.
  const renamed = valueOf(values, 'act') === 'rename' ? passkeys.findIndex(({ id }) => id === valueOf(values, 'id')) : -1;
  const errors: ShownErrors = said ? { [renamed < 0 ? 'name' : `name-${renamed}`]: said } : {};
  return (
    <MePage here="/passkeys" shown={shown} errors={errors} aside={(
      <>
        <Section id="add" title={t('me.passkeys.add')}>
          <form method="post" action={path} noValidate hidden data-passkey="create">
            <Hidden fields={{ act: 'add', credential: '' }} />
            <TextField name="name" label={t('me.passkeys.name')} hint={t('me.passkeys.name.hint')} value={renamed < 0 ? valueOf(values, 'name') : ''} error={errors['name']} maxLength={60} />
            <p className="error" role="alert" data-passkey-error="" hidden>{t('me.passkeys.failed')}</p>
            <div className="go"><Actions><Button kind="primary" icon="key">{t('me.passkeys.add.do')}</Button></Actions></div>
          </form>
          <p className="read" data-no-passkey="">{t('me.passkeys.unsupported')}</p>
          <PasskeyScript />
        </Section>
        <Section id="note" title={t('me.passkeys.about')}><p className="read">{t('me.passkeys.note')}</p></Section>
      </>
    )}>
      {passkeys.length === 0 ? <Empty>{t('me.passkeys.none')}</Empty> : (
        <ul className="rows">
          {passkeys.map((passkey, index) => (
            <li key={passkey.id}>
              <b>{passkey.name}</b>
              <ActButton action={path} fields={{ act: 'drop', id: passkey.id }} of={passkey.name}>{t('me.passkeys.drop')}</ActButton>
              <span className="sub">{t('me.added')} <At at={passkey.createdAt} /> · {passkey.usedAt ? <>{t('me.used')} <At at={passkey.usedAt} style="both" /></> : t('me.unused')}</span>
              <details className="sub" open={renamed === index}><summary>{t('me.passkeys.rename')}<span className="vh"> {passkey.name}</span></summary>
                <form method="post" action={path} noValidate>
                  <Hidden fields={{ act: 'rename', id: passkey.id }} />
                  <TextField id={`name-${index}`} name="name" label={t('me.passkeys.name')} value={renamed === index ? valueOf(values, 'name') : passkey.name} error={errors[`name-${index}`]} maxLength={60} />
                  <div className="save"><Actions><Button>{t('desk.save')}</Button></Actions></div>
                </form>
              </details>
            </li>
          ))}
        </ul>
      )}
    </MePage>
  );
}

const passkeysPage = definePage({
  path: '/desk/me/passkeys', audience: 'desk',
  async get(page, shown) {
    const { passkeys } = await page.run(listPasskeys, {});
    return page.html(<Passkeys passkeys={passkeys} values={typed(page, shown)} shown={shown} />);
  },
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const done = (key: string): Response => page.redirect('/desk/me/passkeys', { key });
    if (read('act') === 'rename') {
      await page.run(renamePasskey, { id: read('id'), name: read('name') });
      return done('desk.done.saved');
    }
    if (read('act') === 'drop') {
      await page.run(dropPasskey, { id: read('id') });
      return done('me.done.passkey_dropped');
    }
    if (read('name').trim() === '') throw wrong({ name: { key: 'field.required' } });
    const credential = credentialIn(read('credential'));
    if (!credential) throw notNow('error.passkey_refused');
    await orRefused(page.run(addPasskey, { origin: originOf(page), name: read('name'), credential: credential as never }));
    return done('me.done.passkey_added');
  },
});

const passkeyBeginPage = definePage({
  path: '/desk/me/passkeys/begin', audience: 'desk',
  async post(page) {
    const { options } = await page.run(beginPasskey, { origin: originOf(page) });
    return page.hono.json(options);
  },
});

export const proofPages: readonly Page[] = [codesPage, passkeysPage, passkeyBeginPage];
