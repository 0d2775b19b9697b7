import type { ReactElement, ReactNode } from 'react';
import type { ZodType } from 'zod';
import { addDays, dayIn } from '../../../core/day.ts';
import { textIn } from '../../../core/message.ts';
import type { Operation } from '../../../core/operation.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { DateField, ErrorSummary, FileField, Hidden, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Letter, LinkButton, On } from '../../../ui/parts.tsx';
import { listParties } from '../../directory/index.ts';
import { listColleagues } from '../../people/index.ts';
import { approveAnswer, dispatchAnswer, returnAnswer } from '../answer.server.ts';
import { getPetition } from '../case.server.ts';
import { askCompletion, askForContribution, completePetition } from '../completion.server.ts';
import { answerParts, dismissals } from '../petition.ts';
import { proposePublication, publishPetition } from '../publication.server.ts';
import { addToPetition, assignPetition, closePetition, dismissPetition, extendPetition, forwardPetition, linkPetition, reopenPetition, restrictPetition, withdrawPetition } from '../work.server.ts';
import type { CaseView } from './case-page.tsx';
import { unitName, unitOptions } from './case-words.ts';

type Field = { name: string; draw(error: string | undefined, value: string): ReactNode };
type Act = { operation: Operation<ZodType, ZodType>; fields(page: PageContext, shown: CaseView): Promise<Field[]> | Field[]; input?(values: Values, page: PageContext): Record<string, unknown>; done: string; intro?(page: PageContext, shown: CaseView): ReactNode };

const area = (page: PageContext, name: string, key: string, rows = 5, preset = ''): Field => ({ name, draw: (error, value) => <TextArea name={name} rows={rows} label={page.t(key)} hint={hintOf(page, key)} error={error} value={value || preset} /> });
const hintOf = (page: PageContext, key: string): string | undefined => {
  const text = page.t(`${key}.hint`);
  return text.startsWith('⟨') ? undefined : text;
};
const text = (page: PageContext, name: string, key: string): Field => ({ name, draw: (error, value) => <TextField name={name} label={page.t(key)} hint={hintOf(page, key)} error={error} value={value} /> });
const date = (page: PageContext, name: string, key: string, preset = '', optional = false): Field => ({ name, draw: (error, value) => <DateField name={name} label={page.t(key)} hint={hintOf(page, key)} error={error} value={value || preset} optional={optional} min={today(page)} /> });
const files = (page: PageContext): Field => ({ name: 'files', draw: (error) => <FileField name="files" label={page.t('desk.files')} hint={page.t('desk.files.hint')} error={error} optional /> });
const today = (page: PageContext): string => dayIn(page.office.jurisdiction.timeZone, page.now);
const bodies = async (page: PageContext) => (await page.run(listParties, { kind: 'body' })).parties.map((body) => ({ id: body.id, name: body.name }));
const plain = (operation: unknown): Operation<ZodType, ZodType> => operation as Operation<ZodType, ZodType>;

const acts: Record<string, Act> = {
  assign: {
    operation: plain(assignPetition), done: 'desk.done.assigned_one',
    async fields(page, shown) {
      const { people } = await page.run(listColleagues, {});
      const units = unitOptions(page);
      const suggested = shown.unitId ?? page.office.data.areas.find((one) => one.id === shown.area)?.unit ?? '';
      return [
        { name: 'unitId', draw: (error, value) => <SelectField name="unitId" label={page.t('petition.unit')} empty={page.t('desk.choose')} options={units} value={value || suggested} error={error} /> },
        { name: 'personId', draw: (error, value) => <SelectField name="personId" label={page.t('petition.handler')} hint={page.t('petition.handler.hint')} empty={page.t('petition.handler.unit_decides')} value={value} error={error} options={people.filter((person) => person.roles.some((role) => ['clerk', 'adviser', 'head', 'chief', 'citizens', 'protocol', 'spokesperson', 'council'].includes(role)))
          .sort((a, b) => Number(b.unitId === suggested) - Number(a.unitId === suggested)).map((person) => ({ value: person.id, label: `${person.name}, ${textIn(person.title, page.locale)}`, group: unitName(page, person.unitId) }))} /> },
        area(page, 'resolution', 'petition.resolution', 3), date(page, 'dueOn', 'petition.resolution.due', '', true),
      ];
    },
    input: (values) => ({ version: first(values, 'version') || null }),
  },
  extend: { operation: plain(extendPetition), done: 'desk.done.extended', fields: (page) => [{ name: 'days', draw: (error, value) => <TextField name="days" type="number" inputMode="numeric" label={page.t('petition.extend.days')} hint={page.t('petition.extend.days.hint')} error={error} value={value} /> }, area(page, 'reason', 'petition.extend.reason')] },
  forward: {
    operation: plain(forwardPetition), done: 'desk.done.forwarded',
    intro: (page, shown) => shown.forwardBy && <p className="meta">{page.t('petition.forward_by')}: <On on={shown.forwardBy} style="long" /></p>,
    async fields(page) {
      const options = (await bodies(page)).map((body) => ({ value: body.id, label: body.name }));
      return [{ name: 'bodyId', draw: (error, value) => <SelectField name="bodyId" label={page.t('petition.forward.body')} empty={page.t('desk.choose')} options={options} value={value} error={error} /> }, area(page, 'reason', 'petition.forward.reason')];
    },
  },
  dismiss: {
    operation: plain(dismissPetition), done: 'desk.done.dismissed',
    fields: (page, shown) => [
      { name: 'disposition', draw: (error, value) => <RadioGroup name="disposition" legend={page.t('petition.disposition')} value={value} error={error} options={dismissals.filter((key) => key !== 'closed-anonymous' || shown.isAnonymous).map((key) => {
        const found = page.office.jurisdiction.dispositions.find((one) => one.key === key);
        return { value: key, label: textIn(found?.title, page.locale), hint: textIn(found?.basis, page.locale) };
      })} /> },
      text(page, 'otherReference', 'petition.dismiss.other'), area(page, 'reason', 'petition.dismiss.reason', 3),
    ],
  },
  withdraw: { operation: plain(withdrawPetition), done: 'desk.done.withdrawn', fields: (page) => [area(page, 'reason', 'petition.withdraw.reason', 3)] },
  reopen: { operation: plain(reopenPetition), done: 'desk.done.reopened', fields: (page) => [area(page, 'reason', 'petition.reopen.reason', 3)] },
  close: { operation: plain(closePetition), done: 'desk.done.closed_one', fields: () => [] },
  add: { operation: plain(addToPetition), done: 'desk.done.added', fields: (page) => [area(page, 'text', 'petition.add.text', 3), files(page)], input: (_, page) => ({ files: page.files['files'] ?? [] }) },
  link: {
    operation: plain(linkPetition), done: 'desk.done.linked',
    fields: (page) => [text(page, 'otherReference', 'petition.link.other'), { name: 'kind', draw: (error, value) => <RadioGroup name="kind" legend={page.t('petition.link.kind')} value={value || 'connected'} error={error} options={['connected', 'duplicate', 'continues'].map((kind) => ({ value: kind, label: page.t(`petition.link.${kind}`) }))} /> }],
  },
  restrict: {
    operation: plain(restrictPetition), done: 'desk.done.restricted',
    async fields(page, shown) {
      const { people } = await page.run(listColleagues, {});
      return [
        { name: 'access', draw: (error, value) => <RadioGroup name="access" legend={page.t('petition.restrict.access')} value={value || shown.access} error={error} options={['office', 'confidential'].map((access) => ({ value: access, label: page.t(`petition.access.${access}`), hint: page.t(`petition.access.${access}.hint`) }))} /> },
        { name: 'personId', draw: (error, value) => <SelectField name="personId" label={page.t('petition.restrict.person')} empty={page.t('desk.nobody')} optional value={value} error={error} options={people.map((person) => ({ value: person.id, label: person.name }))} /> },
      ];
    },
  },
  ask_completion: { operation: plain(askCompletion), done: 'desk.done.completion_asked', fields: (page) => [area(page, 'question', 'petition.completion.question'), date(page, 'dueOn', 'petition.completion.due', '', true)] },
  complete: { operation: plain(completePetition), done: 'desk.done.completed', fields: (page) => [area(page, 'reply', 'petition.completion.reply'), files(page)], input: (_, page) => ({ files: page.files['files'] ?? [] }) },
  ask_contribution: {
    operation: plain(askForContribution), done: 'desk.done.contribution_asked',
    async fields(page) {
      const options = [...unitOptions(page).map((unit) => ({ value: `unit:${unit.value}`, label: unit.label, group: page.t('contribution.units') })), ...(await bodies(page)).map((body) => ({ value: `body:${body.id}`, label: body.name, group: page.t('contribution.bodies') }))];
      return [
        { name: 'of', draw: (error, value) => <SelectField name="of" label={page.t('contribution.of')} hint={page.t('contribution.of.hint')} empty={page.t('desk.choose')} options={options} value={value} error={error} /> },
        area(page, 'question', 'contribution.question'), date(page, 'dueOn', 'contribution.due', addDays(today(page), 7)),
      ];
    },
  },
  return: { operation: plain(returnAnswer), done: 'desk.done.returned', intro: answerText, fields: (page) => [area(page, 'comment', 'answer.return.comment', 4)] },
  approve: { operation: plain(approveAnswer), done: 'desk.done.approved', intro: answerText, fields: () => [] },
  dispatch: { operation: plain(dispatchAnswer), done: 'desk.done.dispatched', intro: answerText, fields: () => [] },
  publish: {
    operation: plain(publishPetition), done: 'desk.done.published',
    async fields(page, shown) {
      const proposal = await page.run(proposePublication, { id: shown.id });
      return [
        { name: 'title', draw: (error, value) => <TextField name="title" label={page.t('publication.title')} value={value || proposal.title} error={error} /> },
        { name: 'question', draw: (error, value) => <TextArea name="question" rows={8} label={page.t('publication.question')} hint={page.t('publication.question.hint')} value={value || proposal.question} error={error} /> },
        { name: 'answer', draw: (error, value) => <TextArea name="answer" rows={8} label={page.t('publication.answer')} value={value || proposal.answer} error={error} /> },
      ];
    },
  },
};

function answerText(page: PageContext, shown: CaseView): ReactNode {
  return shown.answer && <div className="paper">{answerParts.map((part) => <div key={part} className="part"><h2>{page.t(`answer.part.${part}`)}</h2><Letter text={shown.answer![part]} lang={shown.locale} /></div>)}<p><a href={`/desk/petitions/${shown.id}/answer.pdf`}>{page.t('answer.preview')}</a></p></div>;
}

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const name = page.params['act']!;
  const act = Object.hasOwn(acts, name) ? acts[name]! : null;
  if (!act) throw notFound();
  const shown = await page.run(getPetition, { id: page.params['id']! });
  const title = t(`petition.act.${name}`);
  const crumbs = <Crumbs items={[{ label: t('desk.nav.petitions'), href: '/desk/petitions' }, { label: shown.reference, href: `/desk/petitions/${shown.id}` }, { label: title }]} />;
  if (!shown.acts.includes(name)) return page.html(<DeskPage title={title}>{crumbs}<h1>{title}</h1><p className="lead">{t('error.not_now')}</p><Actions><LinkButton href={`/desk/petitions/${shown.id}`}>{t('desk.back_to_case')}</LinkButton></Actions></DeskPage>, 409);
  const fields = await act.fields(page, shown);
  const values = after?.values ?? page.values;
  const errors = errorsOf(page, after?.errors, fields.map((field) => field.name));
  const hint = t(`petition.act.${name}.hint`);
  return page.html(
    <DeskPage title={Object.keys(errors).length > 0 ? `${t('ui.error_prefix')} ${title}` : title}>
      {crumbs}
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <p className="meta">{shown.subject}{hint.startsWith('⟨') ? '' : ` · ${hint}`}</p>
        {act.intro?.(page, shown)}
        <form method="post" encType="multipart/form-data" action={`/desk/petitions/${shown.id}/${name}`} className="stack" noValidate data-unsaved={fields.length > 0 ? '1' : undefined}>
          <Hidden fields={{ version: shown.version }} />
          {fields.map((field) => <FieldSlot key={field.name}>{field.draw(errors[field.name], first(values, field.name))}</FieldSlot>)}
          <Actions><Button kind="primary">{t(`petition.act.${name}.do`).startsWith('⟨') ? title : t(`petition.act.${name}.do`)}</Button><LinkButton kind="quiet" href={`/desk/petitions/${shown.id}`}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}
const FieldSlot = ({ children }: { children: ReactNode }): ReactElement => <>{children}</>;

export const actPage: Page = definePage({
  path: '/desk/petitions/:id/:act', audience: 'desk', get: render,
  async post(page) {
    const act = Object.hasOwn(acts, page.params['act']!) ? acts[page.params['act']!]! : null;
    if (!act) throw notFound();
    const id = page.params['id']!;
    const fields = Object.fromEntries(Object.entries(page.values).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
    delete fields['version'];
    await page.run(act.operation, { ...fields, ...act.input?.(page.values, page), id });
    return page.redirect(`/desk/petitions/${id}`, { key: act.done });
  },
});
