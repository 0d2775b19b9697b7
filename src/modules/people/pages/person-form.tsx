import type { ReactElement } from 'react';
import { roles } from '../../../core/caller.ts';
import { getLocale, languageSources, latinFromCyrillic, type LanguageSource } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import type { Office } from '../../../core/office.ts';
import { many, first, type PageContext, type Values } from '../../../core/page.ts';
import { Checkbox, SelectField, TextField, type Option, type ShownErrors } from '../../../ui/field.tsx';
import { useView } from '../../../ui/view.tsx';
import { valueOf } from './people-parts.tsx';

export type TitleField = { source: LanguageSource; language: string; isMain: boolean };
/** The languages in which a title may be written here, the office's own first. */
export function titleFields(office: Office): TitleField[] {
  const main = getLocale(office.locale).source;
  const offered = [...office.staffLocales, ...office.publicLocales].map((id) => getLocale(id).source);
  return [...new Set([main, ...offered])].map((source) => ({ source, language: languageNames[source], isMain: source === main }));
}
const languageNames: Record<LanguageSource, string> = { en: 'English', sr: 'Српски', cnr: 'Црногорски', mk: 'Македонски', ro: 'Română', sq: 'Shqip' };

export const unitOptions = (page: PageContext): Option[] => page.office.data.units.map((unit) => ({ value: unit.id, label: textIn(unit.name, page.locale) }));

export type PersonNow = { name: string; email: string; title: Record<string, string>; unitId: string | null; roles: readonly string[]; phone: string | null; room: string | null; gender: string | null; isPublic: boolean };
export const personFieldOrder = ['name', 'email', 'title', 'unitId', 'phone', 'room', 'gender', 'roles'] as const;

/** The input of person.add and person.change, from the form; titles in languages that the form does not show stay. */
export function personInput(values: Values, titles: readonly TitleField[], before: Record<string, string> = {}) {
  const read = (name: string): string => first(values, name);
  const title: Record<string, string> = { ...before };
  for (const { source } of titles) {
    const text = read(`title.${source}`).trim();
    if (text) title[source] = text;
    else delete title[source];
  }
  const known = Object.fromEntries(Object.entries(title).filter(([source]) => languageSources.includes(source as LanguageSource)));
  return {
    name: read('name'), email: read('email'), title: known, unitId: read('unitId'), roles: many(values, 'roles'), phone: read('phone'), room: read('room'), gender: read('gender') as '', isPublic: read('isPublic'),
  };
}

type Props = { now: PersonNow | null; values: Values | null; errors: ShownErrors; titles: readonly TitleField[]; units: readonly Option[]; isOwn: boolean };
/** The fields of one of the staff; their form, buttons and heading are the page's. */
export function PersonFields({ now, values, errors, titles, units, isOwn }: Props): ReactElement {
  const { t, locale } = useView();
  const nameOf = (source: LanguageSource, language: string): string => (getLocale(locale).source === source && getLocale(locale).script === 'Latn' ? latinFromCyrillic(language) : language);
  const title = ({ source, language, isMain }: TitleField): ReactElement => (
    <TextField key={source} name={`title.${source}`} label={titles.length === 1 ? t('people.title') : t('people.title.in', { language: nameOf(source, language) })} hint={isMain && (source === 'sr' || source === 'cnr') ? t('people.title.script') : undefined}
      value={valueOf(values, `title.${source}`, now?.title[source] ?? '')} error={errors[`title.${source}`]} maxLength={200} optional />
  );
  const others = titles.filter(({ isMain }) => !isMain);
  const held = values ? many(values, 'roles') : (now?.roles ?? []);
  return (
    <>
      <TextField name="name" label={t('people.name')} value={valueOf(values, 'name', now?.name)} error={errors['name']} maxLength={150} />
      <TextField name="email" type="email" label={t('sign_in.email')} hint={t('people.email.hint')} value={valueOf(values, 'email', now?.email)} error={errors['email']} spellCheck={false} />
      {titles.filter(({ isMain }) => isMain).map(title)}
      {others.length > 0 && <details className="field" open={others.some(({ source }) => errors[`title.${source}`])}><summary>{t('people.title.others')}</summary>{others.map(title)}</details>}
      <SelectField name="unitId" label={t('people.unit')} empty={t('people.unit.none')} value={valueOf(values, 'unitId', now?.unitId ?? '')} error={errors['unitId']} options={units} />
      <TextField name="phone" type="tel" label={t('people.phone')} value={valueOf(values, 'phone', now?.phone ?? '')} error={errors['phone']} optional />
      <TextField name="room" label={t('people.room')} value={valueOf(values, 'room', now?.room ?? '')} error={errors['room']} optional />
      <SelectField name="gender" label={t('people.gender')} hint={t('people.gender.hint')} empty={t('people.gender.none')} value={valueOf(values, 'gender', now?.gender ?? '')} error={errors['gender']} options={[{ value: 'f', label: t('people.gender.f') }, { value: 'm', label: t('people.gender.m') }]} />
      <Checkbox name="isPublic" label={t('people.public')} hint={t('people.public.hint')} checked={values ? first(values, 'isPublic') === '1' : (now?.isPublic ?? false)} />
      <fieldset className={`field${errors['roles'] ? ' wrong' : ''}`} id="roles" aria-describedby={`roles-hint${errors['roles'] ? ' roles-error' : ''}`}>
        <legend>{t('people.roles')}</legend>
        <p className="hint" id="roles-hint">{t(isOwn ? 'people.roles.own' : 'people.roles.hint')}</p>
        {errors['roles'] && <p className="error" id="roles-error"><span className="vh">{t('ui.error_prefix')} </span>{errors['roles']}</p>}
        <div className="radios">
          {roles.map((role) => <label key={role}><input type="checkbox" name="roles" value={role} defaultChecked={held.includes(role)} /><span>{t(`role.${role}`)}</span></label>)}
        </div>
      </fieldset>
    </>
  );
}
