import type { ReactElement, ReactNode } from 'react';
import { formatBytes, getLocale } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, many, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notNow, tooMany, wrong } from '../../../core/refusal.ts';
import { mayPass } from '../../../core/rate-limit.ts';
import { keepCase } from '../../../core/http.tsx';
import { Checkbox, Hidden, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { PublicPage } from '../../../ui/frame.tsx';
import { Button } from '../../../ui/parts.tsx';
import { Back, Column, FirstButton, Problems, useErrors, PublicFiles } from '../../../ui/public.tsx';
import { mailDraft, saveDraft, sendDraft, type Draft } from '../draft.server.ts';
import { kinds, replyWays } from '../petition.ts';
import { optionalEmail } from '../../../core/input.ts';
import { draftCode, draftOf, keepDraft } from './public-draft.ts';
import { checkPath, errorsIn, nextPath, stepNamed, steps, valuesOf, type StepName } from './public-steps.ts';

type StepView = { page: PageContext; name: StepName; draft: Draft | null; shown: Shown | undefined };

/** What a field shows: what was just posted, else the draft. */
const valueIn = (view: StepView, field: string): string =>
  view.shown?.values ? first(view.shown.values, field) : (view.draft?.values[field] ?? '');
const anonymousNote = (page: PageContext): string => {
  const rule = page.office.jurisdiction.petitions.anonymous;
  const said = page.t(`public.anonymous.${rule.disposition}`, { reply: String(rule.reply), acted: String(rule.mayBeActedOn) });
  return rule.mandatory
    ? `${said} ${page.t('public.anonymous.basis', { basis: textIn(rule.basis as Record<string, string>, page.locale) })}`
    : said;
};

function StepFrame({
  view,
  children,
  title,
  order,
}: {
  view: StepView;
  children: ReactNode;
  title: string;
  order: readonly string[];
}): ReactElement {
  const { t } = view.page;
  const at = steps.findIndex((step) => step.name === view.name);
  const errors = useErrors(view.shown, order);
  const back = first(view.shown?.values ?? {}, 'back') || view.page.query.get('back') || '';
  return (
    <PublicPage title={`${title} · ${t('public.petition.title')}`} wrongTitle={view.shown !== undefined}>
      <Column>
        <Back href={back === 'check' ? checkPath : at === 0 ? '/' : steps[at - 1]!.path} />
        <Problems shown={view.shown} errors={errors} />
        <p className="step">{t('public.petition.step', { step: at + 1, steps: steps.length + 1 })}</p>
        <form
          action={stepNamed(view.name).path}
          method="post"
          encType={view.name === 'letter' ? 'multipart/form-data' : undefined}
          noValidate
        >
          <FirstButton />
          {back === 'check' && <Hidden fields={{ back }} />}
          {children}
          <div className="actions go">
            <Button kind="primary">{t('public.continue')}</Button>
            <Button kind="quiet" name="save" value="1">
              {t('public.petition.save')}
            </Button>
          </div>
        </form>
      </Column>
    </PublicPage>
  );
}

function KindStep({ view }: { view: StepView }): ReactElement {
  const { t, query } = view.page;
  const errors = useErrors(view.shown);
  const value = (view.shown ? '' : query.get('kind')) || valueIn(view, 'kind') || undefined;
  return (
    <StepFrame view={view} title={t('public.petition.kind.title')} order={['kind']}>
      <RadioGroup
        name="kind"
        legend={t('public.petition.kind.title')}
        hint={t('public.petition.kind.hint')}
        asTitle
        error={errors['kind']}
        value={value}
        options={kinds.map((kind) => ({ value: kind, label: t(`public.kind.${kind}`), hint: t(`public.kind.${kind}.hint`) }))}
      />
    </StepFrame>
  );
}

function LetterStep({ view }: { view: StepView }): ReactElement {
  const { t, office, locale } = view.page;
  const order = [...stepNamed('letter').fields, 'files'];
  const errors = useErrors(view.shown, order);
  const files = view.draft?.files ?? [];
  const field = (name: string) => ({ name, label: t(`public.field.${name}`), error: errors[name], value: valueIn(view, name) });
  return (
    <StepFrame view={view} title={t('public.petition.letter.title')} order={order}>
      <h1>{t('public.petition.letter.title')}</h1>
      <div className="stack">
        <TextField {...field('subject')} hint={t('public.field.subject.hint')} />
        <TextArea {...field('text')} hint={t('public.field.text.hint')} rows={10} maxLength={20_000} />
        <TextField {...field('place')} hint={t('public.field.place.hint')} optional autoComplete="street-address" />
        {office.data.areas.length > 0 && (
          <SelectField
            {...field('area')}
            hint={t('public.field.area.hint')}
            optional
            empty={t('public.field.area.empty')}
            options={office.data.areas.map((area) => ({ value: area.id, label: textIn(area.name, locale) }))}
          />
        )}
        <PublicFiles error={errors['files']} />
        {files.length > 0 && (
          <div className="field">
            <h2>{t('public.files.kept')}</h2>
            <ul className="docs">
              {files.map((file) => (
                <li key={file.sha256}>
                  <span>
                    {file.name} <span className="meta">{formatBytes(file.size, locale)}</span>
                  </span>
                  <button className="btn" name="drop" value={file.sha256}>
                    {t('public.files.remove')}
                    <span className="vh"> {file.name}</span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </StepFrame>
  );
}

function YouStep({ view }: { view: StepView }): ReactElement {
  const { t, office, locale } = view.page;
  const order = stepNamed('you').fields;
  const errors = useErrors(view.shown, order);
  const field = (name: string) => ({ name, label: t(`public.field.${name}`), error: errors[name], value: valueIn(view, name) });
  return (
    <StepFrame view={view} title={t('public.petition.you.title')} order={order}>
      <h1>{t('public.petition.you.title')}</h1>
      <div className="stack who">
        <RadioGroup
          name="who"
          legend={t('public.field.who')}
          error={errors['who']}
          value={valueIn(view, 'who') || undefined}
          options={[
            { value: 'named', label: t('public.who.named'), hint: t('public.who.named.hint') },
            { value: 'anonymous', label: t('public.who.anonymous'), hint: anonymousNote(view.page) },
          ]}
        />
        <div className="field contact">
          <TextField {...field('name')} autoComplete="name" spellCheck={false} />
          <Checkbox name="organisation" label={t('public.field.organisation')} checked={valueIn(view, 'organisation') === '1'} />
          <RadioGroup
            name="replyBy"
            legend={t('public.field.replyBy')}
            error={errors['replyBy']}
            value={valueIn(view, 'replyBy') || undefined}
            options={replyWays.map((way) => ({ value: way, label: t(`public.way.${way}`), hint: t(`public.way.${way}.hint`) }))}
          />
          <TextField
            {...field('email')}
            type="email"
            hint={t('public.field.email.hint')}
            autoComplete="email"
            spellCheck={false}
            inputMode="email"
          />
          <TextField {...field('address')} hint={t('public.field.address.hint')} autoComplete="street-address" />
          <TextField {...field('town')} autoComplete="address-level2" optional />
          <TextField
            {...field('phone')}
            type="tel"
            hint={t('public.field.phone.hint')}
            autoComplete="tel"
            inputMode="tel"
            optional
          />
        </div>
        <SelectField
          {...field('locale')}
          value={valueIn(view, 'locale') || locale}
          options={office.publicLocales.map((id) => ({ value: id, label: getLocale(id).name }))}
        />
        {office.data.publishes && (
          <Checkbox
            name="mayPublish"
            label={t('public.field.mayPublish')}
            hint={t('public.field.mayPublish.hint')}
            checked={valueIn(view, 'mayPublish') === '1'}
          />
        )}
      </div>
    </StepFrame>
  );
}

const views: Record<StepName, (props: { view: StepView }) => ReactElement> = { kind: KindStep, letter: LetterStep, you: YouStep };

function stepPage(name: StepName): Page {
  const View = views[name];
  return definePage({
    path: stepNamed(name).path,
    audience: 'public',
    async get(page, shown) {
      const draft = await draftOf(page);
      if (!draft && !shown && name !== 'kind') return page.redirect(steps[0]!.path);
      return page.html(<View view={{ page, name, draft, shown }} />);
    },
    async post(page) {
      const drop = many(page.values, 'drop');
      const uploads = page.files['files']?.length ?? 0;
      for (let count = 0; count < uploads; count++) if (!mayPass(`upload ${page.office.id} ${page.caller.address}`, uploadsAnHour, 3_600_000)) throw tooMany();
      const { draft, refused } = await page.run(saveDraft, {
        code: draftCode(page),
        values: capped(valuesOf(name, page.values)),
        files: name === 'letter' ? (page.files['files'] ?? []) : [],
        drop,
      });
      keepDraft(page, draft);
      if (first(page.values, 'save')) return saved(page, draft);
      if (drop.length > 0)
        return page.redirect(stepNamed(name).path + (first(page.values, 'back') === 'check' ? '?back=check' : ''));
      const errors = errorsIn(name, draft.values, page.office);
      if (refused) errors['files'] = refused;
      if (Object.keys(errors).length > 0) throw wrong(errors);
      const next = [...steps.map((step) => step.path), checkPath][steps.findIndex((step) => step.name === name) + 1]!;
      return page.redirect(first(page.values, 'back') === 'check' ? nextPath(draft.values, page.office) : next);
    },
  });
}

// A draft is anybody's: without a limit a disk could be filled.
const uploadsAnHour = 120;

// A field longer than the draft takes is cut for the draft only: the page shown again still holds all of it.
const capped = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.slice(0, 200_000)]));

async function saved(page: PageContext, draft: Draft): Promise<Response> {
  const email = optionalEmail().safeParse(draft.values['email'] ?? '');
  if (!email.success || !email.data || !mayMail(page)) return page.redirect('/petition/saved');
  await page.run(mailDraft, { code: draft.code, email: email.data });
  return page.redirect('/petition/saved', { key: 'public.saved.mailed', args: { email: email.data } });
}
/** Few letters an hour from one address: the form must not become somebody's way to mail strangers. */
export const mayMail = (page: PageContext): boolean =>
  mayPass(`draft mail ${page.office.id} ${page.caller.address}`, 5, 3_600_000);

const submissionsAnHour = 20;
export async function send(page: PageContext): Promise<Response> {
  const code = draftCode(page);
  if (!code) throw notNow('error.draft_gone');
  if (!mayPass(`submit ${page.office.id} ${page.caller.address}`, submissionsAnHour, 3_600_000))
    throw notNow('error.too_many_letters', { most: submissionsAnHour });
  const sent = await page.run(sendDraft, { code }, { key: `draft ${code}` });
  keepCase(page, sent.id);
  return page.redirect('/petition/receipt');
}

export const stepPages: readonly Page[] = [stepPage('kind'), stepPage('letter'), stepPage('you')];
