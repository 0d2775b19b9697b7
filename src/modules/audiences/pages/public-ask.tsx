import type { ReactElement, ReactNode } from 'react';
import { formatBytes, formatDay, getLocale, isLocaleId } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import type { Output } from '../../../core/operation.ts';
import { definePage, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { mayPass } from '../../../core/rate-limit.ts';
import { notNow, tooMany, wrong } from '../../../core/refusal.ts';
import { Checkbox, Hidden, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { PublicPage } from '../../../ui/frame.tsx';
import { Button, Letter, LinkButton } from '../../../ui/parts.tsx';
import { Answers, Back, Column, FirstButton, Problems, PublicFiles, useErrors, type Answer } from '../../../ui/public.tsx';
import { contactWays, needs } from '../audience.ts';
import { daysAhead } from '../day.server.ts';
import { saveAudienceDraft, sendAudienceDraft, type Draft } from '../draft.server.ts';
import { purposeAtMost } from '../register.server.ts';
import { checkPath, draftCode, draftOf, errorsIn, keepAudience, keepDraft, nextPath, stepNamed, steps, valuesOf, type StepName } from './public-steps.ts';
import { topicName } from './words.tsx';

type Ahead = Output<typeof daysAhead>;
type Step = { page: PageContext; name: StepName; draft: Draft | null; shown: Shown | undefined; ahead: Ahead };
const uploadsAnHour = 120;
const requestsAnHour = 10;

const hoursOf = (one: Ahead['days'][number]): string => `${one.from}–${one.until}`;
function StartPage({ page, ahead }: { page: PageContext; ahead: Ahead }): ReactElement {
  const { t, locale, office } = page;
  return (
    <PublicPage title={t('public.audience.title')}>
      <div className="two wide">
        <div>
          <h1>{t('public.audience.title')}</h1>
          <p className="lead">{t('public.audience.lead')}</p>
          <p className="actions go"><LinkButton href={steps[0]!.path} kind="primary">{t('public.audience.start')}</LinkButton><a href="/audience/status">{t('public.audience.follow')}</a></p>
          <h2 className="sp">{t('public.audience.how')}</h2>
          <ol className="numbered">{(['ask', 'time', 'confirm', 'answer'] as const).map((one) => <li key={one}>{t(`public.audience.how.${one}`)}</li>)}</ol>
          <p className="read">{t('public.audience.other_ways', { phone: office.data.phone })} <a href="/petition">{t('public.audience.write')}</a></p>
        </div>
        <aside aria-label={t('public.audience.days')}>
          <h2>{t('public.audience.days')}</h2>
          {ahead.days.length === 0 ? <p className="read">{t('public.audience.days.none')} {textIn(office.data.hours.text, locale)}</p> : (
            <ul className="docs">{ahead.days.map((one) => <li key={`${one.onDay} ${one.hostId}`}><div>{formatDay(one.onDay, locale, 'weekday')}, {hoursOf(one)}<br /><span className="meta">{[one.host, one.place, one.topics.map((topic) => topicName(page, topic)).join(', '), one.hasFree ? '' : t('public.audience.days.full')].filter(Boolean).join(' · ')}</span></div></li>)}</ul>
          )}
        </aside>
      </div>
    </PublicPage>
  );
}

const valueIn = (view: Step, field: string): string => (view.shown?.values ? (field === 'needs' ? many(view.shown.values, field).join(',') : first(view.shown.values, field)) : (view.draft?.values[field] ?? ''));

function StepFrame({ view, title, order, children }: { view: Step; title: string; order: readonly string[]; children: ReactNode }): ReactElement {
  const { t } = view.page;
  const at = steps.findIndex((step) => step.name === view.name);
  const errors = useErrors(view.shown, order);
  const back = first(view.shown?.values ?? {}, 'back') || view.page.query.get('back') || '';
  return (
    <PublicPage title={`${title} · ${t('public.audience.title')}`} wrongTitle={view.shown !== undefined}>
      <Column>
        <Back href={back === 'check' ? checkPath : at === 0 ? '/audience' : steps[at - 1]!.path} />
        <Problems shown={view.shown} errors={errors} />
        <p className="step">{t('public.audience.step', { step: at + 1, steps: steps.length + 1 })}</p>
        <form action={stepNamed(view.name).path} method="post" encType={view.name === 'purpose' ? 'multipart/form-data' : undefined} noValidate>
          <FirstButton />
          {back === 'check' && <Hidden fields={{ back }} />}
          {children}
          <div className="actions go"><Button kind="primary">{t('public.continue')}</Button></div>
        </form>
      </Column>
    </PublicPage>
  );
}

function TopicStep({ view }: { view: Step }): ReactElement {
  const { t, office, locale } = view.page;
  const errors = useErrors(view.shown);
  return (
    <StepFrame view={view} title={t('public.audience.topic')} order={['topic']}>
      <RadioGroup name="topic" legend={t('public.audience.topic')} asTitle error={errors['topic']} value={valueIn(view, 'topic') || undefined} options={[...office.data.areas.map((area) => ({ value: area.id, label: textIn(area.name, locale) })), { value: 'other', label: t('public.audience.topic.other') }]} />
    </StepFrame>
  );
}

function PurposeStep({ view }: { view: Step }): ReactElement {
  const { t, locale } = view.page;
  const errors = useErrors(view.shown, ['purpose', 'files']);
  const files = view.draft?.files ?? [];
  return (
    <StepFrame view={view} title={t('public.audience.purpose')} order={['purpose', 'files']}>
      <h1>{t('public.audience.purpose')}</h1>
      <div className="stack">
        <TextArea name="purpose" label={t('public.audience.purpose.label')} hint={t('public.audience.purpose.hint')} rows={8} maxLength={purposeAtMost} value={valueIn(view, 'purpose')} error={errors['purpose']} />
        <PublicFiles error={errors['files']} />
        {files.length > 0 && <div className="field"><h2>{t('public.files.kept')}</h2><ul className="docs">{files.map((file) => <li key={file.sha256}><span>{file.name} <span className="meta">{formatBytes(file.size, locale)}</span></span><button className="btn" name="drop" value={file.sha256}>{t('public.files.remove')}<span className="vh"> {file.name}</span></button></li>)}</ul></div>}
      </div>
    </StepFrame>
  );
}

function WishesStep({ view }: { view: Step }): ReactElement {
  const { t, locale } = view.page;
  const order = stepNamed('wishes').fields;
  const errors = useErrors(view.shown, order);
  const chosen = valueIn(view, 'needs').split(',');
  const days = view.ahead.days.filter((one) => one.hasFree && (valueIn(view, 'topic') === '' || one.topics.length === 0 || one.topics.includes(view.draft?.values['topic'] ?? '')));
  return (
    <StepFrame view={view} title={t('public.audience.wishes')} order={order}>
      <h1>{t('public.audience.wishes')}</h1>
      <div className="stack">
        <SelectField name="wishedHostId" label={t('public.audience.host')} optional empty={t('public.audience.host.any')} value={valueIn(view, 'wishedHostId')} error={errors['wishedHostId']} options={view.ahead.hosts.map((host) => ({ value: host.id, label: `${host.name}, ${host.title}` }))} />
        {days.length > 0 && <SelectField name="wishedOn" label={t('public.audience.day')} hint={t('public.audience.day.hint')} optional empty={t('public.audience.day.any')} value={valueIn(view, 'wishedOn')} error={errors['wishedOn']} options={[...new Map(days.map((one) => [one.onDay, { value: one.onDay, label: `${formatDay(one.onDay, locale, 'weekday')}, ${hoursOf(one)}` }])).values()]} />}
        <TextField name="wished" label={t('public.audience.wished')} hint={t('public.audience.wished.hint')} optional value={valueIn(view, 'wished')} error={errors['wished']} />
        <TextField name="people" type="number" inputMode="numeric" label={t('public.audience.people')} value={valueIn(view, 'people') || '1'} error={errors['people']} className="narrow" />
        <TextField name="companions" label={t('public.audience.companions')} optional value={valueIn(view, 'companions')} error={errors['companions']} />
        <fieldset className="field"><legend>{t('public.audience.needs')} <span className="hint">{t('ui.optional')}</span></legend>{needs.map((need, index) => <div key={need} className="field check"><label><input type="checkbox" id={index === 0 ? 'needs' : undefined} name="needs" value={need} defaultChecked={chosen.includes(need)} /><span>{t(`public.audience.need.${need}`)}</span></label></div>)}</fieldset>
      </div>
    </StepFrame>
  );
}

function YouStep({ view }: { view: Step }): ReactElement {
  const { t, office, locale } = view.page;
  const order = stepNamed('you').fields;
  const errors = useErrors(view.shown, order);
  const field = (name: string) => ({ name, label: t(`public.field.${name}`), error: errors[name], value: valueIn(view, name) });
  return (
    <StepFrame view={view} title={t('public.audience.you')} order={order}>
      <h1>{t('public.audience.you')}</h1>
      <div className="stack">
        <TextField {...field('name')} autoComplete="name" spellCheck={false} />
        <Checkbox name="organisation" label={t('public.field.organisation')} checked={valueIn(view, 'organisation') === '1'} />
        <RadioGroup name="contactBy" legend={t('public.audience.contact_by')} error={errors['contactBy']} value={valueIn(view, 'contactBy') || undefined} options={contactWays.map((way) => ({ value: way, label: t(`public.audience.contact.${way}`), hint: t(`public.audience.contact.${way}.hint`) }))} />
        <TextField {...field('email')} type="email" autoComplete="email" spellCheck={false} inputMode="email" optional />
        <TextField {...field('phone')} type="tel" autoComplete="tel" inputMode="tel" optional />
        <TextField {...field('address')} autoComplete="street-address" optional />
        <TextField {...field('town')} autoComplete="address-level2" optional />
        <SelectField {...field('locale')} value={valueIn(view, 'locale') || locale} options={office.publicLocales.map((id) => ({ value: id, label: getLocale(id).name }))} />
      </div>
    </StepFrame>
  );
}

const stepViews: Record<StepName, (props: { view: Step }) => ReactElement> = { topic: TopicStep, purpose: PurposeStep, wishes: WishesStep, you: YouStep };
const noDays: Ahead = { days: [], hosts: [] };

function stepPage(name: StepName): Page {
  const View = stepViews[name];
  return definePage({
    path: stepNamed(name).path, audience: 'public',
    async get(page, shown) {
      const draft = await draftOf(page);
      if (!draft && !shown && name !== 'topic') return page.redirect(steps[0]!.path);
      return page.html(<View view={{ page, name, draft, shown, ahead: name === 'wishes' ? await page.run(daysAhead, {}) : noDays }} />);
    },
    async post(page) {
      const uploads = page.files['files'] ?? [];
      for (let count = 0; count < uploads.length; count++) if (!mayPass(`upload ${page.office.id} ${page.caller.address}`, uploadsAnHour, 3_600_000)) throw tooMany();
      const drop = many(page.values, 'drop');
      const back = first(page.values, 'back') === 'check';
      const { draft, refused } = await page.run(saveAudienceDraft, { code: draftCode(page), values: valuesOf(name, page.values), files: name === 'purpose' ? uploads : [], drop });
      keepDraft(page, draft);
      if (drop.length > 0) return page.redirect(stepNamed(name).path + (back ? '?back=check' : ''));
      const errors = errorsIn(name, draft.values, page);
      if (refused) errors['files'] = refused;
      if (Object.keys(errors).length > 0) throw wrong(errors);
      return page.redirect(back ? nextPath(draft.values, page) : [...steps.map((step) => step.path), checkPath][steps.findIndex((step) => step.name === name) + 1]!);
    },
  });
}

function answersOf(page: PageContext, draft: Draft, ahead: Ahead): Answer[] {
  const { t, locale } = page;
  const { values } = draft;
  const row = (step: StepName, label: string, name: string, value: ReactNode): Answer => ({ label, value: value || <span className="hint">{t('public.check.none')}</span>, href: `${stepNamed(step).path}?back=check#${name}` });
  const answerIn = isLocaleId(values['locale']) ? values['locale'] : locale;
  return [
    row('topic', t('public.audience.topic.short'), 'topic', topicName(page, values['topic'] ?? '') || t('public.audience.topic.other')), row('purpose', t('public.audience.purpose.short'), 'purpose', <Letter text={values['purpose'] ?? ''} />),
    row('purpose', t('public.field.files'), 'files', draft.files.length > 0 && <ul>{draft.files.map((file) => <li key={file.sha256}>{file.name} <span className="meta">{formatBytes(file.size, locale)}</span></li>)}</ul>),
    row('wishes', t('public.audience.host'), 'wishedHostId', ahead.hosts.find((host) => host.id === values['wishedHostId'])?.name ?? t('public.audience.host.any')),
    row('wishes', t('public.audience.day'), 'wishedOn', [values['wishedOn'] && formatDay(values['wishedOn'], locale, 'weekday'), values['wished']].filter(Boolean).join(', ')),
    row('wishes', t('public.audience.people'), 'people', [values['people'] || '1', values['companions']].filter(Boolean).join(', ')), row('wishes', t('public.audience.needs'), 'needs', needs.filter((need) => (values['needs'] ?? '').split(',').includes(need)).map((need) => t(`public.audience.need.${need}`)).join(', ')),
    row('you', t('public.field.name'), 'name', [values['name'], values['organisation'] === '1' ? t('public.check.organisation') : ''].filter(Boolean).join(', ')), row('you', t('public.audience.contact_by'), 'contactBy', t(`public.audience.contact.${values['contactBy']}`)),
    row('you', t('public.audience.reach'), 'email', [values['email'], values['phone'], values['address'], values['town']].filter(Boolean).join(', ')), row('you', t('public.field.locale'), 'locale', <span lang={getLocale(answerIn).html}>{getLocale(answerIn).name}</span>),
  ];
}

function CheckPage({ page, draft, shown, ahead }: { page: PageContext; draft: Draft; shown: Shown | undefined; ahead: Ahead }): ReactElement {
  const { t } = page;
  const errors = useErrors(shown);
  return (
    <PublicPage title={`${t('public.check.title')} · ${t('public.audience.title')}`} wrongTitle={shown !== undefined}>
      <Column>
        <Back href={steps.at(-1)!.path} />
        <Problems shown={shown} errors={errors} />
        <p className="step">{t('public.audience.step', { step: steps.length + 1, steps: steps.length + 1 })}</p>
        <h1>{t('public.check.title')}</h1>
        <Answers answers={answersOf(page, draft, ahead)} />
        <form action={checkPath} method="post">
          <p className="read">{t('public.audience.privacy')} <a href="/privacy">{t('public.nav.privacy')}</a></p>
          <div className="actions go"><Button kind="primary" icon="send">{t('public.audience.send')}</Button></div>
        </form>
      </Column>
    </PublicPage>
  );
}
const checkPage = definePage({
  path: checkPath, audience: 'public',
  async get(page, shown) {
    const draft = await draftOf(page);
    if (!draft) return shown ? page.html(<GonePage page={page} />) : page.redirect('/audience');
    const path = nextPath(draft.values, page);
    if (path !== checkPath) return page.redirect(path);
    return page.html(<CheckPage page={page} draft={draft} shown={shown} ahead={await page.run(daysAhead, {})} />);
  },
  async post(page) {
    const code = draftCode(page);
    if (!code) throw notNow('error.audience_gone');
    if (!mayPass(`audience ${page.office.id} ${page.caller.address}`, requestsAnHour, 3_600_000)) throw notNow('error.audience_too_many', { most: requestsAnHour });
    const sent = await page.run(sendAudienceDraft, { code }, { key: `audience ${code}` });
    keepAudience(page, sent.caseId);
    return page.redirect('/audience/receipt');
  },
});

const GonePage = ({ page }: { page: PageContext }): ReactElement => (
  <PublicPage title={page.t('public.audience.title')}><Column><h1>{page.t('public.gone.title')}</h1><p className="lead">{page.t('error.audience_gone')}</p><p className="actions go"><LinkButton href="/audience" kind="primary">{page.t('public.audience.title')}</LinkButton><LinkButton href="/audience/status" kind="quiet">{page.t('public.audience.follow')}</LinkButton></p></Column></PublicPage>
);

export const askPages: readonly Page[] = [
  definePage({ path: '/audience', audience: 'public', get: async (page) => page.html(<StartPage page={page} ahead={await page.run(daysAhead, {})} />) }),
  ...steps.map((step) => stepPage(step.name)), checkPage,
];
