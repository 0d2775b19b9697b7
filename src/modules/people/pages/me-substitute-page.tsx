import type { ReactElement } from 'react';
import { definePage, type Page, type Shown, type Values } from '../../../core/page.ts';
import type { Option } from '../../../ui/field.tsx';
import { Empty, Section } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { MePage, typed, useErrors } from './people-parts.tsx';
import { colleaguesBut, SubstituteForm, substituteFields, SubstituteRows, substitutesOf, takeSubstitute, todayOf, type Standing } from './substitute-parts.tsx';

const path = '/desk/me/substitutes';
type Props = { ownId: string; rows: readonly Standing[]; people: readonly Option[]; today: string; values: Values | null; shown: Shown | undefined };

function Substitutes({ ownId, rows, people, today, values, shown }: Props): ReactElement {
  const { t } = useView();
  const errors = useErrors(shown, substituteFields);
  const forMe = rows.filter((row) => row.personId === ownId);
  const byMe = rows.filter((row) => row.substituteId === ownId);
  return (
    <MePage here="/substitutes" shown={shown} errors={errors} aside={(
      <Section id="add" title={t('me.substitute.add')}><p className="meta">{t('me.substitute.note')}</p><div className="stack"><SubstituteForm action={path} people={people} today={today} values={values} errors={errors} isPrimary /></div></Section>
    )}>
      <Section id="for-me" title={t('me.substitute.for_me')}>{forMe.length === 0 ? <Empty>{t('me.substitute.for_me.none')}</Empty> : <SubstituteRows rows={forMe} show="substituteName" action={path} />}</Section>
      <Section id="by-me" title={t('me.substitute.by_me')}>{byMe.length === 0 ? <Empty>{t('me.substitute.by_me.none')}</Empty> : <SubstituteRows rows={byMe} show="personName" action={path} />}</Section>
    </MePage>
  );
}

const substitutesPage = definePage({
  path, audience: 'desk',
  async get(page, shown) {
    const ownId = page.caller.personId!;
    const [rows, people] = await Promise.all([substitutesOf(page, ownId), colleaguesBut(page, ownId)]);
    return page.html(<Substitutes ownId={ownId} rows={rows} people={people} today={todayOf(page)} values={typed(page, shown, 'set')} shown={shown} />);
  },
  async post(page) {
    return page.redirect(path, { key: await takeSubstitute(page, page.caller.personId!) });
  },
});

export const substitutePages: readonly Page[] = [substitutesPage];
