import type { ReactElement } from 'react';
import { definePage, first, type Page, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import { textIn } from '../../../core/message.ts';
import { wrong } from '../../../core/refusal.ts';
import { Checkbox, RadioGroup, SelectField, TextField } from '../../../ui/field.tsx';
import { Actions, Button, Facts, LinkButton, Section } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { forgetGlances } from '../../../core/glance.ts';
import { passwordLengthAtLeast } from '../password.ts';
import { changePassword } from '../password.server.ts';
import { getPerson, preferPerson } from '../person.server.ts';
import { MePage, typed, unitName, useErrors, Username, valueOf } from './people-parts.tsx';
import { keepKnown, knownOf, ownSessionId } from './way-in.ts';

type Own = Awaited<ReturnType<typeof ownAccount>>;
/** Oneself, with the account and the preferences that nobody else sees. */
export async function ownAccount(page: PageContext) {
  const { person, account, preferences } = await page.run(getPerson, { id: page.caller.personId! });
  return { person, account: account!, preferences: preferences!, unit: unitName(page, person.unitId) };
}

function Settings({ own, values, shown }: { own: Own; values: Values | null; shown: Shown | undefined }): ReactElement {
  const { t, languages, locale } = useView();
  const errors = useErrors(shown, ['locale', 'density', 'theme']);
  const { person, preferences, unit } = own;
  const facts: Parameters<typeof Facts>[0]['facts'] = [
    [t('people.name'), person.name], [t('people.title'), textIn(person.title, locale)], unit && [t('people.unit'), unit], [t('people.roles'), person.roles.map((role) => t(`role.${role}`)).join(', ')],
    [t('sign_in.email'), person.email], person.phone && [t('people.phone'), person.phone], person.room && [t('people.room'), person.room],
  ];
  return (
    <MePage here="" shown={shown} errors={errors} aside={<Section id="facts" title={t('me.facts')}><Facts facts={facts} /><p className="meta">{t('me.facts.who')}</p></Section>}>
      <form method="post" action="/desk/me" noValidate>
        <SelectField name="locale" label={t('me.language')} value={valueOf(values, 'locale', preferences.locale)} error={errors['locale']} options={languages.map(({ id, name }) => ({ value: id, label: name }))} />
        <RadioGroup name="density" legend={t('me.density')} value={valueOf(values, 'density', preferences.density)} error={errors['density']} options={(['dense', 'roomy'] as const).map((value) => ({ value, label: t(`me.density.${value}`) }))} />
        <RadioGroup name="theme" legend={t('me.theme')} value={valueOf(values, 'theme', preferences.theme ?? '')} error={errors['theme']} options={[{ value: '', label: t('me.theme.system') }, { value: 'light', label: t('me.theme.light') }, { value: 'dark', label: t('me.theme.dark') }]} />
        <Checkbox name="singleKeys" label={t('me.keys')} hint={t('me.keys.hint')} checked={values ? first(values, 'singleKeys') === '1' : preferences.singleKeys} />
        <div className="go"><Actions><Button kind="primary">{t('desk.save')}</Button></Actions></div>
      </form>
    </MePage>
  );
}

const settingsPage = definePage({
  path: '/desk/me', audience: 'desk',
  async get(page, shown) {
    return page.html(<Settings own={await ownAccount(page)} values={typed(page, shown)} shown={shown} />);
  },
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    await page.run(preferPerson, { locale: read('locale'), density: read('density') as 'dense', theme: read('theme') as '', singleKeys: read('singleKeys') });
    forgetGlances(page.caller.personId!);
    return page.redirect('/desk/me', { key: 'desk.done.saved' });
  },
});

function Password({ own, shown }: { own: Own; shown: Shown | undefined }): ReactElement {
  const { t } = useView();
  const errors = useErrors(shown, ['current', 'password']);
  return (
    <MePage here="/password" shown={shown} errors={errors} aside={<Section id="note" title={t('me.password.about')}><p className="read">{t('me.password.note')}</p></Section>}>
      {own.account.hasPassword ? (
        <form method="post" action="/desk/me/password" noValidate>
          <Username email={own.person.email} />
          <TextField name="current" type="password" label={t('me.password.current')} error={errors['current']} autoComplete="current-password" />
          <TextField name="password" type="password" label={t('invite.password')} hint={t('invite.password.hint', { min: passwordLengthAtLeast })} error={errors['password']} autoComplete="new-password" />
          <div className="go"><Actions><Button kind="primary">{t('me.password.do')}</Button><a href="/desk/reset">{t('sign_in.forgotten')}</a></Actions></div>
        </form>
      ) : <><p>{t('me.password.none')}</p><p className="actions go"><LinkButton kind="primary" href="/desk/reset">{t('reset.do')}</LinkButton></p></>}
    </MePage>
  );
}

const passwordPage = definePage({
  path: '/desk/me/password', audience: 'desk',
  async get(page, shown) {
    return page.html(<Password own={await ownAccount(page)} shown={shown} />);
  },
  async post(page) {
    const result = await page.run(changePassword, { current: first(page.values, 'current'), password: first(page.values, 'password'), sessionId: ownSessionId(page), known: knownOf(page) });
    if (result.state === 'refused') throw wrong({ current: { key: 'field.password_wrong' } });
    keepKnown(page, result.known);
    return page.redirect('/desk/me/password', { key: 'me.done.password' });
  },
});

export const mePages: readonly Page[] = [settingsPage, passwordPage];
