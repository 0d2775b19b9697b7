import type { ReactElement } from 'react';
import { acceptedEndings } from '../../../core/file.ts';
import { formatDay, getLocale } from '../../../core/language.ts';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { newToken } from '../../../core/secret.ts';
import { Checkbox, DateField, ErrorSummary, FileField, Hidden, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, LinkButton, Section } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { listParties } from '../../directory/index.ts';
import { channels, contactWays, needs } from '../audience.ts';
import { earlierMatters, findOfCase } from '../audience.server.ts';
import { listDays } from '../day.server.ts';
import { adoptAudience, purposeAtMost, registerAudience } from '../register.server.ts';
import { arriveAudience } from '../visit.server.ts';
import { caseHref, hostOptions, hrefOf, listPath, organises, todayOf, topicOptions } from './words.tsx';

const fields = ['name', 'partyId', 'phone', 'email', 'address', 'contactBy', 'topic', 'purpose', 'wishedHostId', 'wishedOn', 'wished', 'people', 'companions', 'files', 'channel'] as const;

type Matters = Awaited<ReturnType<typeof mattersOf>>;
const mattersOf = async (page: PageContext, partyId: string, exceptCaseId: string | null = null) => (await page.run(earlierMatters, { partyId, exceptCaseId })).matters;
/** What the same person was here with before, what was promised and is not done first. */
export const EarlierRows = ({ page, matters }: { page: PageContext; matters: Matters }): ReactElement => (
  <ul className="docs">{matters.map((one) => (
    <li key={one.id}><div><a href={one.kind === 'audience' ? hrefOf(one.id) : one.kind === 'promise' ? `/desk/obligations/${one.id}` : caseHref(one.id)} target="_blank" rel="noreferrer">{one.title}</a><br />
      <span className="meta"><span className="ref">{one.reference}</span> · <At at={one.at} /> · {one.kind === 'promise' ? <b>{one.dueOn ? page.t('audience.earlier.promise', { on: formatDay(one.dueOn, page.locale, 'numeric') }) : page.t('audience.earlier.promise_open')}</b> : one.kind === 'audience' ? page.t(`audience.state.${one.state}`) : page.t(`audience.earlier.${one.state}`)}</span></div></li>))}</ul>
);

type Known = { id: string; name: string; address: string | null; email: string | null; phone: string | null };
const knownOf = async (page: PageContext, name: string): Promise<Known[]> => (name.trim().length > 2 ? (await page.run(listParties, { query: name.trim().slice(0, 200) })).parties.filter((one) => one.kind !== 'body').slice(0, 6) : []);

/** Whom the name may mean, and what they were here with; also fetched by itself while somebody types. */
function KnownPart({ page, known, chosen, matters, error }: { page: PageContext; known: readonly Known[]; chosen: string; matters: Matters; error?: string | undefined }): ReactElement | null {
  const { t } = page;
  if (known.length === 0) return null;
  return (
    <>
      <SelectField name="partyId" label={t('desk.new.known')} hint={t('desk.new.known.hint')} empty={t('desk.new.someone_else')} value={chosen} error={error} options={known.map((one) => ({ value: one.id, label: [one.name, one.address, one.phone, one.email].filter(Boolean).join(', ') }))} />
      {matters.length > 0 && <details className="also" open><summary>{t('audience.earlier', { count: matters.length })}</summary><EarlierRows page={page} matters={matters} /></details>}
    </>
  );
}

export function WishFields({ page, value, errors, hosts, chosen }: { page: PageContext; value: (name: string, preset?: string) => string; errors: Record<string, string>; hosts: Awaited<ReturnType<typeof hostOptions>>; chosen: readonly string[] }): ReactElement {
  const { t } = page;
  return (
    <>
      <div className="two fields">
        <SelectField name="wishedHostId" label={t('audience.host.wished')} empty={t('audience.host.any')} optional value={value('wishedHostId')} error={errors['wishedHostId']} options={hosts} />
        <DateField name="wishedOn" label={t('audience.wished_on')} optional value={value('wishedOn')} error={errors['wishedOn']} min={todayOf(page)} />
        <TextField name="wished" label={t('audience.wished')} optional value={value('wished')} error={errors['wished']} />
        <TextField name="people" type="number" inputMode="numeric" label={t('audience.people')} value={value('people', '1')} error={errors['people']} />
        <TextField name="companions" label={t('audience.companions')} optional value={value('companions')} error={errors['companions']} />
      </div>
      <ul className="ticks">{needs.map((need) => <li key={need}><label><input type="checkbox" name="needs" value={need} defaultChecked={chosen.includes(need)} /><span>{t(`public.audience.need.${need}`)}</span></label></li>)}</ul>
    </>
  );
}

// What is typed is looked up by itself; without it there is the button.
const Island = (): ReactElement => <script type="module" src={useView().asset('audience.js')} />;

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office } = page;
  const values = after?.values ?? page.values;
  const errors = errorsOf(page, after?.errors, fields);
  const value = (name: string, preset = ''): string => first(values, name) || page.query.get(name) || preset;
  const [known, hosts, { days }] = await Promise.all([knownOf(page, value('name')), hostOptions(page), page.run(listDays, { untilOn: todayOf(page) })]);
  const chosen = known.find((one) => one.id === value('partyId'))?.id ?? '';
  const matters = known.length > 0 ? await mattersOf(page, chosen || known[0]!.id) : [];
  return page.html(
    <DeskPage title={t('audience.new')}>
      <Crumbs items={[{ label: t('audience.title'), href: listPath }, { label: t('audience.new') }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{t('audience.new')}</h1>
        <form method="post" encType="multipart/form-data" action={`${listPath}/new`} className="stack" noValidate data-unsaved="1">
          <Hidden fields={{ form: value('form') || newToken() }} />
          <Section id="s1" title={t('audience.who')}>
            <div className="two fields">
              <TextField name="name" label={t('public.field.name')} value={value('name')} error={errors['name']} autoComplete="off" autoFocus={!value('name')} />
              <SelectField name="channel" label={t('petition.channel')} value={value('channel', page.caller.roles.has('citizens') ? 'centre' : 'phone')} error={errors['channel']} options={channels.filter((one) => one !== 'web').map((one) => ({ value: one, label: t(`audience.channel.${one}`) }))} />
            </div>
            <div data-known={`${listPath}/new/known`}><KnownPart page={page} known={known} chosen={chosen} matters={matters} error={errors['partyId']} /></div>
            <p className="actions" data-top><Button name="check" value="1" icon="search">{t('audience.look_up')}</Button></p>
            <div className="two fields">
              <TextField name="phone" type="tel" label={t('petition.phone')} optional value={value('phone')} error={errors['phone']} autoComplete="off" />
              <TextField name="email" type="email" label={t('petition.email')} optional value={value('email')} error={errors['email']} autoComplete="off" spellCheck={false} />
              <TextField name="address" label={t('petition.address')} optional value={value('address')} error={errors['address']} autoComplete="off" />
              <TextField name="town" label={t('petition.town')} optional value={value('town', office.data.place)} error={errors['town']} autoComplete="off" />
              <SelectField name="contactBy" label={t('audience.contact_by')} value={value('contactBy', 'phone')} error={errors['contactBy']} options={contactWays.map((one) => ({ value: one, label: t(`audience.contact.${one}`) }))} />
              <SelectField name="locale" label={t('petition.locale')} value={value('locale', office.locale)} options={office.publicLocales.map((id) => ({ value: id, label: getLocale(id).name }))} />
            </div>
          </Section>
          <Section id="s2" title={t('audience.about')}>
            <SelectField name="topic" label={t('audience.topic')} empty={t('desk.choose')} optional value={value('topic')} error={errors['topic']} options={topicOptions(page)} />
            <TextArea name="purpose" rows={4} label={t('audience.purpose')} value={value('purpose')} error={errors['purpose']} maxLength={purposeAtMost} />
            <FileField name="files" label={t('audience.papers')} optional error={errors['files']} accept={acceptedEndings.map((ending) => `.${ending}`).join(',')} />
            <Checkbox name="confidential" label={t('petition.access.confidential')} hint={t('petition.access.confidential.hint')} checked={value('confidential') !== ''} />
          </Section>
          <Section id="s3" title={t('audience.wishes')}><WishFields page={page} value={value} errors={errors} hosts={hosts} chosen={many(values, 'needs')} /></Section>
          <Actions><Button kind="primary" icon="check" data-key="s">{t('audience.register')}</Button>{organises(page) && days.length > 0 && <Button name="takeIn" value={days[0]!.id}>{t('audience.take_in')}</Button>}<LinkButton kind="quiet" href={listPath}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
      <Island />
    </DeskPage>,
  );
}

const wishesOf = (page: PageContext) => {
  const read = (name: string): string => first(page.values, name);
  return { wishedHostId: read('wishedHostId') || null, wishedOn: read('wishedOn'), wished: read('wished'), people: read('people'), companions: read('companions'), needs: many(page.values, 'needs') as never[] };
};
const newPage = definePage({
  path: `${listPath}/new`, audience: 'desk', get: render,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    if (read('check')) return render(page);
    const done = await page.run(registerAudience, {
      name: read('name'), partyId: read('partyId') || null, organisation: read('organisation'), phone: read('phone'), email: read('email'), address: read('address'), town: read('town'), contactBy: read('contactBy') as 'phone', locale: read('locale'), channel: read('channel') as 'phone',
      topic: read('topic'), purpose: read('purpose'), files: page.files['files'] ?? [], confidential: read('confidential'), ...wishesOf(page),
    }, { key: read('form').slice(0, 100) });
    const said = { number: `${done.number}/${done.year}`, code: done.code };
    if (!read('takeIn')) return page.redirect(hrefOf(done.id), { key: 'audience.done.registered', args: said });
    await page.run(arriveAudience, { id: done.id, dayId: read('takeIn') }, { key: `${read('form')} in`.slice(0, 100) });
    return page.redirect(`${listPath}/today`, { key: 'audience.done.registered', args: said });
  },
});

/** The part that is fetched while a name is typed. */
const knownPage = definePage({
  path: `${listPath}/new/known`, audience: 'desk',
  async get(page) {
    const known = await knownOf(page, page.query.get('name') ?? '');
    const wanted = page.query.get('partyId') ?? '';
    const chosen = known.find((one) => one.id === wanted)?.id ?? '';
    return page.html(<DeskPage title={page.t('audience.new')}><div id="known"><KnownPart page={page} known={known} chosen={chosen} matters={known.length > 0 ? await mattersOf(page, chosen || known[0]!.id) : []} /></div></DeskPage>);
  },
});

async function renderAdopt(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const caseId = page.params['id']!;
  const { audience } = await page.run(findOfCase, { caseId });
  if (audience && !after) return page.redirect(hrefOf(audience.id));
  const errors = errorsOf(page, after?.errors, fields);
  const value = (name: string, preset = ''): string => first(after?.values ?? page.values, name) || preset;
  return page.html(
    <DeskPage title={t('audience.adopt')}>
      <Crumbs items={[{ label: t('audience.title'), href: listPath }, { label: t('audience.adopt') }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{t('audience.adopt')}</h1><p className="lead">{t('audience.adopt.lead')}</p>
        <form method="post" action={`${caseHref(caseId)}/audience`} className="stack" noValidate>
          <SelectField name="topic" label={t('audience.topic')} empty={t('desk.choose')} optional value={value('topic')} error={errors['topic']} options={topicOptions(page)} />
          <TextArea name="purpose" rows={4} label={t('audience.purpose')} hint={t('audience.adopt.purpose')} optional value={value('purpose')} error={errors['purpose']} maxLength={purposeAtMost} />
          <RadioGroup name="contactBy" legend={t('audience.contact_by')} value={value('contactBy', 'post')} error={errors['contactBy'] ?? errors['email'] ?? errors['phone'] ?? errors['address']} options={contactWays.map((one) => ({ value: one, label: t(`audience.contact.${one}`) }))} />
          <WishFields page={page} value={value} errors={errors} hosts={await hostOptions(page)} chosen={many(after?.values ?? {}, 'needs')} />
          <Actions><Button kind="primary" icon="check">{t('audience.register')}</Button><LinkButton kind="quiet" href={caseHref(caseId)}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}
const adoptPage = definePage({
  path: '/desk/cases/:id/audience', audience: 'desk', get: renderAdopt,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const done = await page.run(adoptAudience, { caseId: page.params['id']!, topic: read('topic'), purpose: read('purpose'), contactBy: read('contactBy') as 'post', ...wishesOf(page) });
    return page.redirect(hrefOf(done.id), { key: 'audience.done.registered', args: { number: `${done.number}/${done.year}`, code: done.code } });
  },
});

export const newPages: readonly Page[] = [newPage, knownPage, adoptPage];
