import type { ReactElement, ReactNode } from 'react';
import { hasMessage, textIn } from '../../../core/message.ts';
import { first, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import { ErrorSummary, Hidden, type ShownErrors } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Button, Views } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';

/** The browser's side of passkeys, for the pages that offer them. */
export const PasskeyScript = (): ReactElement => <script type="module" src={useView().asset('passkey.js')} />;

/** Tells a password manager whose password is typed below. */
export const Username = ({ email }: { email: string }): ReactElement => <input type="email" name="username" autoComplete="username" defaultValue={email} readOnly hidden />;

/** What the form holds: as it was posted, or as it came back after signing in again; null for a fresh one, and when another form of the page was posted. */
export function typed(page: PageContext, shown?: Shown, act?: string): Values | null {
  const values = shown?.values ?? page.values;
  return Object.keys(values).length === 0 || (act !== undefined && first(values, 'act') !== act) ? null : values;
}
/** A field's value as typed, else as kept. */
export const valueOf = (values: Values | null, name: string, kept = ''): string => (values ? first(values, name) : kept);

export const unitName = (page: PageContext, unitId: string | null): string => {
  const unit = page.office.data.units.find(({ id }) => id === unitId);
  return unit ? textIn(unit.name, page.locale) : '';
};

/** A button that is a form of its own; `of` says to a screen reader what it acts on. */
export function ActButton({ action, fields, children, of, kind = '' }: { action: string; fields?: Record<string, string>; children: ReactNode; of?: string; kind?: 'primary' | 'quiet' | '' }): ReactElement {
  return (
    <form method="post" action={action}>
      <Hidden fields={fields ?? {}} />
      <Button kind={kind}>{children}{of && <span className="vh"> {of}</span>}</Button>
    </form>
  );
}

const empty = new Set(['field.required', 'field.choose', 'field.day']);

/** What is wrong, in words, in the order of the page's fields: for an empty field what belongs in it. `instead` gives a field another name there. */
export function useErrors(shown: Shown | undefined, order: readonly string[] = [], instead: Record<string, string> = {}): ShownErrors {
  const { t } = useView();
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.fromEntries(Object.entries(shown?.errors ?? {}).sort(([a], [b]) => place(a) - place(b)).map(([name, said]) => {
    const own = `people.missing.${instead[name] ?? name}`;
    return [name, empty.has(said.key) && hasMessage(own) ? t(own) : t(said.key, said.args)];
  }));
}

/** The error summary of a page shown again; what concerns no field is its title. */
export function Problems({ shown, errors }: { shown: Shown | undefined; errors: ShownErrors }): ReactElement | null {
  const { t } = useView();
  const isOfFields = Object.keys(errors).length > 0;
  return shown?.said ? <ErrorSummary errors={errors} title={isOfFields ? t('error.title.422') : t(shown.said.key, shown.said.args)} /> : null;
}

const tabs = [['', 'me.tab.settings'], ['/password', 'me.tab.password'], ['/codes', 'me.tab.codes'], ['/passkeys', 'me.tab.passkeys'], ['/sessions', 'me.tab.sessions'], ['/substitutes', 'me.tab.substitutes'], ['/tokens', 'me.tab.tokens']] as const;

/** One page of what is one's own, with the way to the others. */
export function MePage({ here, shown, errors, children, aside }: { here: (typeof tabs)[number][0]; shown?: Shown | undefined; errors: ShownErrors; children: ReactNode; aside?: ReactNode }): ReactElement {
  const { t, person } = useView();
  const title = t(tabs.find(([path]) => path === here)![1]);
  return (
    <DeskPage title={shown ? `${t('ui.error_prefix')} ${title}` : title}>
      <p className="meta">{person?.name}</p>
      <h1>{title}</h1>
      <Views label={t('me.tabs')} items={tabs.map(([path, key]) => ({ href: `/desk/me${path}`, label: t(key), current: path === here }))} />
      <Problems shown={shown} errors={errors} />
      <div className="split"><div>{children}</div><aside aria-label={t('me.about')}>{aside}</aside></div>
    </DeskPage>
  );
}
