import type { ReactElement } from 'react';
import { isId } from '../../../core/id.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, type Page, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import type { Option } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Facts, Section, State } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { forgetGlances } from '../../../core/glance.ts';
import { invitePerson } from '../password.server.ts';
import { changePerson, deactivatePerson, getPerson, reactivatePerson } from '../person.server.ts';
import { resetTotp } from '../totp.server.ts';
import { ActButton, Problems, typed, unitName, useErrors } from './people-parts.tsx';
import { PersonFields, personFieldOrder, personInput, titleFields, unitOptions, type TitleField } from './person-form.tsx';
import { colleaguesBut, SubstituteForm, substituteFields, SubstituteRows, substitutesOf, takeSubstitute, todayOf, type Standing } from './substitute-parts.tsx';

type Got = Awaited<ReturnType<typeof gotOf>>;
function idOf(page: PageContext): string {
  const id = page.params['id'] ?? '';
  if (!isId(id)) throw notFound();
  return id;
}
const gotOf = (page: PageContext) => page.run(getPerson, { id: idOf(page) });

/** What can be done with the account, and how it stands. */
function Account({ got, path }: { got: Got; path: string }): ReactElement | null {
  const { t, person: reader } = useView();
  const { account, can, person } = got;
  if (!account) return null;
  const isOwn = reader?.id === person.id;
  const state = account.invitedUntil ? <>{t('people.account.invited')} <At at={account.invitedUntil} style="both" /></> : t(account.hasPassword ? 'people.account.password' : 'people.account.none');
  return (
    <Section id="account" title={t('people.account')}>
      <Facts facts={[[t('me.tab.password'), state], [t('me.tab.codes'), t(account.totpOn ? 'me.codes.on' : 'me.codes.off')], [t('me.tab.passkeys'), account.passkeys], [t('me.tab.sessions'), account.sessions], [t('me.tab.tokens'), account.tokens]]} />
      <div className="gap stack">
        {isOwn && <p><a href="/desk/me">{t('people.own')}</a></p>}
        {can.invite && !isOwn && <div><ActButton action={`${path}/invite`}>{t(account.hasPassword ? 'people.invite.reset' : account.invitedUntil ? 'people.invite.again' : 'people.invite')}</ActButton><p className="meta save">{t('people.invite.hint')}</p></div>}
        {can.resetTotp && <details><summary>{t('people.codes')}</summary><p className="save">{t('people.codes.hint')}</p><div className="save"><ActButton action={`${path}/codes`}>{t('people.codes.do')}</ActButton></div></details>}
        {can.deactivate && <details><summary>{t('people.deactivate')}</summary><p className="save">{t('people.deactivate.hint')}</p><div className="save"><ActButton action={`${path}/deactivate`}>{t('people.deactivate.do', { name: person.name })}</ActButton></div></details>}
        {can.reactivate && <div><ActButton action={`${path}/reactivate`} kind="primary">{t('people.reactivate')}</ActButton><p className="meta save">{t('people.reactivate.hint')}</p></div>}
      </div>
    </Section>
  );
}

type Part = 'change' | 'account' | 'substitutes';
type Props = { got: Got; unit: string; titles: readonly TitleField[]; units: readonly Option[]; rows: readonly Standing[]; people: readonly Option[]; today: string; values: Values | null; shown: Shown | undefined; part: Part };

function Person({ got, unit, titles, units, rows, people, today, values, shown, part }: Props): ReactElement {
  const { t, person: reader, locale } = useView();
  const { person, can } = got;
  const errors = useErrors(shown, part === 'substitutes' ? substituteFields : personFieldOrder);
  const path = `/desk/people/${person.id}`;
  const standing = rows.filter((row) => row.personId === person.id);
  const standsIn = rows.filter((row) => row.substituteId === person.id);
  return (
    <DeskPage title={shown ? `${t('ui.error_prefix')} ${person.name}` : person.name}>
      <Crumbs items={can.change ? [{ label: t('desk.nav.people'), href: '/desk/people' }, { label: person.name }] : [{ label: person.name }]} />
      <Problems shown={shown} errors={errors} />
      <div className="casehead">{!person.isActive && <div className="line"><State>{t('people.left')}</State></div>}<h1>{person.name}</h1><p className="meta">{[textIn(person.title, locale), unit].filter(Boolean).join(' · ')}</p></div>
      <div className="split stack"><div>
        {can.change ? (
          <form method="post" action={path} noValidate data-unsaved="1">
            <PersonFields now={person} values={part === 'change' ? values : null} errors={part === 'change' ? errors : {}} titles={titles} units={units} isOwn={reader?.id === person.id} />
            <div className="go"><Actions><Button kind={person.isActive ? 'primary' : ''}>{t('desk.save')}</Button></Actions></div>
          </form>
        ) : <Facts facts={[[t('people.roles'), person.roles.map((role) => t(`role.${role}`)).join(', ')], [t('sign_in.email'), <a key="mail" href={`mailto:${person.email}`}>{person.email}</a>], person.phone && [t('people.phone'), person.phone], person.room && [t('people.room'), person.room]]} />}
      </div><aside aria-label={t('people.account')}>
        <Account got={got} path={path} />
        <Section id="substitutes" title={t('me.tab.substitutes')}>
          {rows.length === 0 && <Empty>{t('people.substitute.none')}</Empty>}
          {standing.length > 0 && <><h3>{t('people.substitute.for', { name: person.name })}</h3><SubstituteRows rows={standing} show="substituteName" action={`${path}/substitutes`} /></>}
          {standsIn.length > 0 && <><h3>{t('people.substitute.by', { name: person.name })}</h3><SubstituteRows rows={standsIn} show="personName" action={`${path}/substitutes`} /></>}
          {can.change && person.isActive && <details className="save" open={part === 'substitutes'}><summary>{t('me.substitute.add')}</summary><div className="stack"><SubstituteForm action={`${path}/substitutes`} people={people} today={today} values={part === 'substitutes' ? values : null} errors={part === 'substitutes' ? errors : {}} isPrimary={false} /></div></details>}
        </Section>
      </aside></div>
    </DeskPage>
  );
}

async function showPerson(page: PageContext, part: Part, shown?: Shown): Promise<Response> {
  const got = await gotOf(page);
  const [rows, people] = await Promise.all([substitutesOf(page, got.person.id), colleaguesBut(page, got.person.id, page.caller.personId)]);
  return page.html(<Person got={got} unit={unitName(page, got.person.unitId)} titles={titleFields(page.office)} units={unitOptions(page)} rows={rows} people={people} today={todayOf(page)} values={part === 'substitutes' ? typed(page, shown, 'set') : typed(page, shown)} shown={shown} part={part} />);
}

const personPage = definePage({
  path: '/desk/people/:id', audience: 'desk',
  get: (page, shown) => showPerson(page, 'change', shown),
  async post(page) {
    const { person } = await gotOf(page);
    await page.run(changePerson, { id: person.id, ...personInput(page.values, titleFields(page.office), person.title) });
    forgetGlances(person.id);
    return page.redirect(`/desk/people/${person.id}`, { key: 'desk.done.saved' });
  },
});

/** An act on a person that has an address but no page of its own; a refusal is shown on the person's page. */
const act = (name: string, part: Part, run: (page: PageContext, id: string) => Promise<string>): Page => definePage({
  path: `/desk/people/:id/${name}`, audience: 'desk',
  get: (page, shown) => (shown || page.query.has('held') ? showPerson(page, part, shown) : page.redirect(`/desk/people/${idOf(page)}`)),
  async post(page) {
    const key = await run(page, idOf(page));
    return page.redirect(`/desk/people/${idOf(page)}`, { key });
  },
});

export const personPages: readonly Page[] = [
  personPage,
  act('invite', 'account', async (page, id) => (await page.run(invitePerson, { id }), 'people.done.invited')),
  act('deactivate', 'account', async (page, id) => (await page.run(deactivatePerson, { id }), 'people.done.deactivated')),
  act('reactivate', 'account', async (page, id) => (await page.run(reactivatePerson, { id }), 'people.done.reactivated')),
  act('codes', 'account', async (page, id) => (await page.run(resetTotp, { id }), 'people.done.codes_reset')),
  act('substitutes', 'substitutes', takeSubstitute),
];
