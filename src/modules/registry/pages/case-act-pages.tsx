import { Fragment, type ReactNode } from 'react';
import type { ZodType } from 'zod';
import type { Operation } from '../../../core/operation.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, LinkButton } from '../../../ui/parts.tsx';
import { listParties } from '../../directory/index.ts';
import { listColleagues } from '../../people/index.ts';
import { changeCase, getCase, putAway, reopenCase, restrictCase, type CaseView } from '../case.server.ts';
import { classOptions } from './case-words.ts';

type Draw = (error: string | undefined, value: string) => ReactNode;
type Act = { operation: Operation<ZodType, ZodType>; done: string; fields(page: PageContext, shown: CaseView, typed: (name: string) => string): Promise<[string, Draw][]> | [string, Draw][] };
const plain = (operation: unknown): Operation<ZodType, ZodType> => operation as Operation<ZodType, ZodType>;

const acts: Record<string, Act> = {
  close: {
    operation: plain(putAway), done: 'desk.done.closed_one',
    fields: (page, shown) => [['classCode', (error, value) => <SelectField name="classCode" label={page.t('petition.class')} hint={page.t('case.close.class')} value={value || shown.classCode} error={error} options={classOptions(page)} />]],
  },
  reopen: { operation: plain(reopenCase), done: 'case.done.reopened', fields: (page) => [['reason', (error, value) => <TextArea name="reason" rows={3} label={page.t('case.reopen.reason')} hint={page.t('case.reopen.reason.hint')} value={value} error={error} />]] },
  change: {
    operation: plain(changeCase), done: 'case.done.changed',
    async fields(page, shown, typed) {
      const found = typed('name').length > 1 ? (await page.run(listParties, { query: typed('name') })).parties : [];
      const parties = [...(shown.party ? [{ id: shown.party.id, name: shown.party.name, address: shown.party.address }] : []), ...found.filter((one) => one.id !== shown.party?.id)];
      return [
        ['subject', (error, value) => <TextField name="subject" label={page.t('petition.subject')} value={value || shown.subject} error={error} maxLength={300} />],
        ['classCode', (error, value) => <SelectField name="classCode" label={page.t('petition.class')} value={value || shown.classCode} error={error} options={classOptions(page)} />],
        ['name', (_, value) => <TextField name="name" label={page.t('case.change.find')} hint={page.t('case.change.find.hint')} optional value={value} autoComplete="off" />],
        ['partyId', (error, value) => parties.length > 0 && <SelectField name="partyId" label={page.t('paper.party')} value={value || shown.party?.id || ''} {...(shown.party ? {} : { empty: page.t('desk.choose') })} error={error} options={parties.map((one) => ({ value: one.id, label: [one.name, one.address].filter(Boolean).join(', ') }))} />],
      ];
    },
  },
  restrict: {
    operation: plain(restrictCase), done: 'desk.done.restricted',
    async fields(page, shown) {
      const { people } = await page.run(listColleagues, {});
      return [
        ['access', (error, value) => <RadioGroup name="access" legend={page.t('petition.restrict.access')} value={value || shown.access} error={error} options={['office', 'confidential'].map((access) => ({ value: access, label: page.t(`petition.access.${access}`), hint: page.t(`petition.access.${access}.hint`) }))} />],
        ['personId', (error, value) => <SelectField name="personId" label={page.t('petition.restrict.person')} empty={page.t('desk.nobody')} optional value={value} error={error} options={people.map((person) => ({ value: person.id, label: person.name }))} />],
      ];
    },
  },
};

async function render(page: PageContext, name: string, after?: Shown): Promise<Response> {
  const { t } = page;
  const act = acts[name]!;
  const shown = await page.run(getCase, { id: page.params['id']! });
  const title = t(`case.act.${name}`);
  const back = `/desk/cases/${shown.id}`;
  const crumbs = <Crumbs items={[{ label: t('case.list.title'), href: '/desk/cases' }, { label: shown.reference, href: back }, { label: title }]} />;
  if (!shown.acts.includes(name)) return page.html(<DeskPage title={title}>{crumbs}<h1>{title}</h1><p className="lead">{t('error.not_now')}</p><Actions><LinkButton href={back}>{t('desk.back_to_case')}</LinkButton></Actions></DeskPage>, 409);
  const values = after?.values ?? page.values;
  const fields = await act.fields(page, shown, (field) => first(values, field));
  const errors = errorsOf(page, after?.errors, fields.map(([field]) => field));
  return page.html(
    <DeskPage title={Object.keys(errors).length > 0 ? `${t('ui.error_prefix')} ${title}` : title}>
      {crumbs}
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <p className="meta"><span className="ref">{shown.reference}</span> · {shown.subject}</p>
        <form method="post" action={`${back}/${name}`} className="stack" noValidate data-unsaved="1">
          {fields.map(([field, draw]) => <Fragment key={field}>{draw(errors[field], first(values, field))}</Fragment>)}
          <Actions><Button kind="primary">{title}</Button>{name === 'change' && <Button name="find" value="1">{t('case.change.find.do')}</Button>}<LinkButton kind="quiet" href={back}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}

export const caseActPages: readonly Page[] = Object.entries(acts).map(([name, act]) => definePage({
  path: `/desk/cases/:id/${name}`, audience: 'desk', get: (page, after) => render(page, name, after),
  async post(page) {
    if (first(page.values, 'find')) return render(page, name);
    const id = page.params['id']!;
    const fields = Object.fromEntries(Object.entries(page.values).map(([field, value]) => [field, Array.isArray(value) ? value[0] : value]));
    await page.run(act.operation, { ...fields, id });
    return page.redirect(`/desk/cases/${id}`, { key: act.done });
  },
}));
