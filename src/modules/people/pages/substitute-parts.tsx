import type { ReactElement } from 'react';
import { dayIn } from '../../../core/day.ts';
import { textIn } from '../../../core/message.ts';
import { first, type PageContext, type Values } from '../../../core/page.ts';
import { DateField, Hidden, SelectField, TextField, type Option, type ShownErrors } from '../../../ui/field.tsx';
import { Actions, Button, On, State } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { forgetGlances } from '../../../core/glance.ts';
import { listColleagues } from '../person.server.ts';
import { endSubstitute, listSubstitutes, setSubstitute } from '../substitute.server.ts';
import { ActButton, valueOf } from './people-parts.tsx';

export type Standing = Awaited<ReturnType<typeof substitutesOf>>[number];
export const substitutesOf = async (page: PageContext, personId: string) => (await page.run(listSubstitutes, { personId })).substitutes;

/** Everybody in the office but these, to choose from. */
export async function colleaguesBut(page: PageContext, ...ids: (string | null)[]): Promise<Option[]> {
  const { people } = await page.run(listColleagues, {});
  return people.filter((person) => !ids.includes(person.id)).map((person) => ({ value: person.id, label: [person.name, textIn(person.title, page.locale)].filter(Boolean).join(', ') }));
}

export const substituteFields = ['substituteId', 'fromOn', 'untilOn', 'reason'] as const;

/** Who stands in, from when until when, and why. */
export function SubstituteForm({ action, people, today, values, errors, isPrimary }: { action: string; people: readonly Option[]; today: string; values: Values | null; errors: ShownErrors; isPrimary: boolean }): ReactElement {
  const { t } = useView();
  return (
    <form method="post" action={action} noValidate>
      <Hidden fields={{ act: 'set' }} />
      <SelectField name="substituteId" label={t('me.substitute.who')} empty={t('me.substitute.choose')} value={valueOf(values, 'substituteId')} error={errors['substituteId']} options={people} />
      <DateField name="fromOn" label={t('me.substitute.from')} value={valueOf(values, 'fromOn', today)} error={errors['fromOn']} />
      <DateField name="untilOn" label={t('me.substitute.until')} hint={t('me.substitute.until.hint')} value={valueOf(values, 'untilOn')} error={errors['untilOn']} min={today} />
      <TextField name="reason" label={t('me.substitute.reason')} value={valueOf(values, 'reason')} error={errors['reason']} maxLength={300} optional />
      <div className="go"><Actions><Button kind={isPrimary ? 'primary' : ''}>{t('me.substitute.do')}</Button></Actions></div>
    </form>
  );
}

/** Substitutions as rows; `show` names the one of the two whom the page is not about. */
export function SubstituteRows({ rows, show, action }: { rows: readonly Standing[]; show: 'personName' | 'substituteName'; action: string }): ReactElement {
  const { t } = useView();
  return (
    <ul className="rows">
      {rows.map((row) => (
        <li key={row.id}>
          <b>{row[show]}</b>
          {row.can.end ? <ActButton action={action} fields={{ act: 'end', id: row.id }} of={row[show]}>{t('me.substitute.end')}</ActButton> : <span />}
          <span className="sub"><State>{t(`me.substitute.${row.state}`)}</State> <On on={row.fromOn} /> – <On on={row.untilOn} />{row.reason && ` · ${row.reason}`}</span>
        </li>
      ))}
    </ul>
  );
}

export const todayOf = (page: PageContext): string => dayIn(page.office.jurisdiction.timeZone, page.now);

/** Sets or ends, as the form says; answers with what was done. */
export async function takeSubstitute(page: PageContext, personId: string): Promise<string> {
  const read = (name: string): string => first(page.values, name);
  if (read('act') === 'end') {
    await page.run(endSubstitute, { id: read('id') });
    return 'me.done.substitute_ended';
  }
  await page.run(setSubstitute, { personId, substituteId: read('substituteId'), fromOn: read('fromOn'), untilOn: read('untilOn'), reason: read('reason') });
  forgetGlances(read('substituteId'));
  return 'me.done.substitute_set';
}
