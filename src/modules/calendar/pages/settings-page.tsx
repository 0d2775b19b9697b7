import type { ReactElement } from 'react';
import { textIn } from '../../../core/message.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown as Posted } from '../../../core/page.ts';
import { Checkbox, ErrorSummary, Hidden, RadioGroup, SelectField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Button, Crumbs, Section, State } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';
import { listCalendars, shareCalendar, unshareCalendar, type CalendarView } from '../calendar.server.ts';
import { has } from './words.tsx';
import { clientSection } from './client-section.tsx';

function Shares({ page, calendar, people, errors, values }: { page: PageContext; calendar: CalendarView; people: readonly { id: string; name: string; title: Record<string, string> }[]; errors: Record<string, string>; values: Record<string, string | string[]> }): ReactElement {
  const { t } = page;
  const id = `c${calendar.id.slice(-6)}`;
  const others = people.filter((one) => one.id !== calendar.personId);
  const mayGive = calendar.isMine || has(page, 'chief');
  return (
    <Section id={id} title={calendar.name} aside={<span className="meta">{calendar.isMine ? t('calendar.mine') : calendar.role === 'staff' ? '' : t(`calendar.role.${calendar.role}`)}</span>}>
      {calendar.shares.length === 0 ? <p className="meta">{t('calendar.share.none')}</p> : (
        <ul className="rows">{calendar.shares.map((one) => (
          <li key={one.personId}><span><b>{one.name}</b> <State>{t(`calendar.may.${one.may}`)}</State>{one.seesPrivate && <span className="meta"> · {t('calendar.share.private')}</span>}</span>
            {mayGive && <form method="post" action="/desk/calendar/settings"><Hidden fields={{ act: 'unshare', id: calendar.id, personId: one.personId }} /><Button kind="quiet">{t('calendar.share.end')}<span className="vh"> {one.name}</span></Button></form>}</li>))}</ul>
      )}
      {mayGive && (
        <details open={Object.keys(errors).length > 0 && first(values, 'id') === calendar.id}><summary>{t('calendar.share.give')}</summary>
          <form method="post" action="/desk/calendar/settings" className="stack"><Hidden fields={{ id: calendar.id }} />
            <SelectField name="personId" id={`${id}-person`} label={t('calendar.share.who')} empty="" options={others.map((one) => ({ value: one.id, label: `${one.name}, ${textIn(one.title, page.locale)}` }))} error={errors['personId']} />
            <RadioGroup name="may" legend={t('calendar.share.may')} value={first(values, 'may') || 'read'} options={(['read', 'write'] as const).map((one) => ({ value: one, label: t(`calendar.may.${one}`), hint: t(`calendar.may.${one}.hint`) }))} />
            {calendar.isMine && <Checkbox name="seesPrivate" label={t('calendar.share.private')} hint={t('calendar.share.private.hint')} error={errors['seesPrivate']} />}
            <div className="actions" data-top="1"><Button>{t('calendar.share.save')}</Button></div></form></details>
      )}
    </Section>
  );
}

async function render(page: PageContext, after?: Posted): Promise<Response> {
  const { t } = page;
  const [{ calendars }, { people }] = await Promise.all([page.run(listCalendars, {}), page.run(listColleagues, {})]);
  const errors = errorsOf(page, after?.errors);
  const shown = calendars.filter((one) => one.kind === 'person' && (one.isMine || one.writes)).toSorted((a, b) => Number(b.isMine) - Number(a.isMine));
  const client = await clientSection(page);
  return page.html(
    <DeskPage title={t('calendar.settings')}>
      <Crumbs items={[{ label: t('calendar.title'), href: '/desk/calendar' }, { label: t('calendar.settings') }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{t('calendar.settings')}</h1><p className="meta">{t('calendar.settings.lead')}</p>
        <div className="sp">{shown.map((calendar) => <Shares key={calendar.id} page={page} calendar={calendar} people={people} errors={errors} values={after?.values ?? {}} />)}{client}</div>
      </div>
    </DeskPage>,
  );
}

export const settingsPage: Page = definePage({
  path: '/desk/calendar/settings', audience: 'desk', get: render,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    if (read('act') === 'unshare') await page.run(unshareCalendar, { id: read('id'), personId: read('personId') });
    else await page.run(shareCalendar, { id: read('id'), personId: read('personId'), may: read('may') as 'read', seesPrivate: read('seesPrivate') });
    return page.redirect('/desk/calendar/settings', { key: read('act') === 'unshare' ? 'desk.done.calendar_unshared' : 'desk.done.calendar_shared' });
  },
});
