import type { ReactElement, ReactNode } from 'react';
import { acceptedEndings } from '../../../core/file.ts';
import { addDays } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import { notFound, type Said } from '../../../core/refusal.ts';
import { DateField, ErrorSummary, FileField, Hidden, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Letter, LinkButton, Notice } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';
import { answerAudience } from '../answer.server.ts';
import { audienceNumber, outcomes } from '../audience.ts';
import { getAudienceView, type Audience } from '../audience.server.ts';
import { listFree } from '../day.server.ts';
import { askOtherTime, declineAudience, prepareAudience, redirectAudience, scheduleAudience, takeUp, withdrawAudience } from '../schedule.server.ts';
import { correctTalk, endAudience, noteAudience, promiseMore } from '../visit.server.ts';
import { Promises, type Shown as Seen } from './audience-page.tsx';
import { isPressed, ActButton, actLabel } from './audience-page.tsx';
import { hostOptions, hrefOf, listPath, receiverOptions, todayOf, topicOptions, unitOptions, whenOf } from './words.tsx';

type Form = { page: PageContext; seen: Seen; audience: Audience; value(name: string, preset?: string): string; errors: Record<string, string> };
type ActOf = { fields: readonly string[]; isUpload?: boolean; lead?: boolean; view(form: Form): Promise<ReactNode> | ReactNode; run(page: PageContext, read: (name: string) => string, audienceId: string): Promise<{ told?: boolean }>; back?: string };

const promisesAtOnce = 4;
const presets = [5, 10, 15, 30] as const;

/** Up to four promises, each with who has it and by when. */
async function PromiseFields({ form, from, count }: { form: Form; from: number; count: number }): Promise<ReactElement> {
  const { page, value, errors } = form;
  const { t } = page;
  const receivers = await receiverOptions(page, form.audience.access);
  const at = (index: number, name: string): string => (count === 1 && from < 0 ? name : `promises.${index}.${name}`);
  return (
    <>{Array.from({ length: count }, (_, index) => {
      const body = (
        <div className="stack">
          <TextArea name={at(index, 'text')} rows={2} label={t('audience.promise.text')} optional={from >= 0} value={value(at(index, 'text'))} error={errors[at(index, 'text')]} />
          <div className="two fields"><SelectField name={at(index, 'to')} label={t('audience.promise.to')} empty={t('desk.choose')} optional={from >= 0} value={value(at(index, 'to'))} error={errors[at(index, 'to')]} options={receivers} />
            <DateField name={at(index, 'dueOn')} label={t('audience.promise.due')} optional value={value(at(index, 'dueOn'))} error={errors[at(index, 'dueOn')]} min={todayOf(page)} /></div>
        </div>
      );
      return index === 0 || value(at(index, 'text')) ? <div key={index}>{body}</div> : <details key={index} className="also"><summary>{t('audience.promise.another')}</summary>{body}</details>;
    })}</>
  );
}

const TalkFields = ({ form, resolution }: { form: Form; resolution?: ReactNode }): ReactElement => {
  const { page, value, errors, audience } = form;
  const { t } = page;
  const today = todayOf(page);
  return (
    <>
      <TextArea name="talk" rows={8} label={t('audience.talk')} hint={t('audience.talk.hint')} value={value('talk', audience.talk)} error={errors['talk']} maxLength={20_000} />
      <RadioGroup name="outcome" legend={t('audience.outcome')} value={value('outcome', audience.outcome ?? '')} error={errors['outcome']} options={outcomes.map((one) => ({ value: one, label: t(`audience.outcome.${one}`) }))} />
      {resolution}
      <SelectField name="reply" label={t('audience.reply_due')} value={value('reply', value('replyDueOn') ? 'day' : audience.replyDueOn ? 'day' : '')} options={[{ value: '', label: t('audience.reply.none') }, ...presets.map((days) => ({ value: addDays(today, Math.round((days * 7) / 5)), label: t('desk.days', { count: Math.round((days * 7) / 5) }) })), { value: 'day', label: t('audience.reply.day') }]} />
      <DateField name="replyDueOn" label={t('audience.reply.on')} optional value={value('replyDueOn', audience.replyDueOn ?? '')} error={errors['replyDueOn']} min={today} />
    </>
  );
};
const replyOf = (read: (name: string) => string): string => (read('reply') === '' ? '' : read('reply') === 'day' ? read('replyDueOn') : read('reply'));

const acts: Record<string, ActOf> = {
  schedule: {
    fields: ['slotId'],
    async view({ page, audience, value, errors }) {
      const { t } = page;
      const hostId = page.query.get('host') ?? audience.wishedHostId ?? '';
      const afterOn = page.query.get('after') ?? (audience.wishedOn && audience.wishedOn > todayOf(page) ? audience.wishedOn : '');
      const [{ slots }, hosts] = await Promise.all([page.run(listFree, { topic: audience.topic, hostId: hostId || null, afterOn, limit: 12 }), hostOptions(page)]);
      return (
        <>
          {slots.length === 0 ? <Notice>{t('audience.slots.none')} <a href={`${listPath}/days`}>{t('audience.days')}</a></Notice> : <RadioGroup name="slotId" legend={t('audience.slot')} error={errors['slotId']} value={value('slotId', slots[0]!.slotId)} options={slots.map((one) => ({ value: one.slotId, label: whenOf(page, one.startsAt), hint: [one.host, one.place].filter(Boolean).join(' · ') }))} />}
          <details className="also"><summary>{t('audience.slots.other')}</summary><ul className="docs">{hosts.map((host) => <li key={host.value}><a href={`${hrefOf(audience.id, 'schedule')}?host=${host.value}`}>{host.label}</a></li>)}<li><a href={`${hrefOf(audience.id, 'schedule')}?after=${addDays(todayOf(page), 21)}`}>{t('audience.slots.later')}</a></li></ul></details>
          <Hidden fields={{ version: audience.version }} />
          <p className="meta">{t(audience.contactBy === 'email' ? 'audience.schedule.mail' : 'audience.schedule.call', { phone: audience.phone || '—' })}</p>
        </>
      );
    },
    run: (page, read, id) => page.run(scheduleAudience, { id, slotId: read('slotId'), version: Number(read('version')) || null }),
  },
  'take-up': {
    fields: ['topic', 'hostId'],
    view: async ({ page, audience, value, errors }) => <><SelectField name="topic" label={page.t('audience.topic')} empty={page.t('desk.choose')} optional value={value('topic', audience.topic)} error={errors['topic']} options={topicOptions(page)} /><SelectField name="hostId" label={page.t('audience.host.wished')} empty={page.t('audience.host.any')} optional value={value('hostId', audience.wishedHostId ?? '')} error={errors['hostId']} options={await hostOptions(page)} /></>,
    run: (page, read, id) => page.run(takeUp, { id, topic: read('topic'), hostId: read('hostId') || null }),
  },
  prepare: {
    fields: ['unitId', 'personId', 'dueOn'],
    async view({ page, audience, value, errors }) {
      const { t } = page;
      const { people } = await page.run(listColleagues, {});
      const usual = page.office.data.areas.find((one) => one.id === audience.topic)?.unit ?? '';
      return (
        <>
          <SelectField name="unitId" label={t('audience.prepare.unit')} empty={t('desk.choose')} value={value('unitId', audience.unitId ?? usual)} error={errors['unitId']} options={unitOptions(page)} />
          <SelectField name="personId" label={t('audience.prepare.person')} empty={t('audience.prepare.anyone')} optional={audience.access !== 'confidential'} value={value('personId')} error={errors['personId']} options={people.map((one) => ({ value: one.id, label: one.name }))} />
          <DateField name="dueOn" label={t('audience.prepare.due')} hint={t('audience.prepare.due.hint')} optional value={value('dueOn', audience.noteDueOn ?? '')} error={errors['dueOn']} min={todayOf(page)} />
        </>
      );
    },
    run: (page, read, id) => page.run(prepareAudience, { id, unitId: read('unitId'), personId: read('personId') || null, dueOn: read('dueOn') }),
  },
  note: {
    fields: ['note', 'files'], isUpload: true,
    view: ({ page, audience, value, errors }) => (
      <>
        <Letter text={audience.purpose} aside />
        <TextArea name="note" rows={10} label={page.t('audience.note')} hint={page.t('audience.note.hint')} value={value('note', audience.note)} error={errors['note']} maxLength={20_000} />
        <FileField name="files" label={page.t('audience.papers')} optional error={errors['files']} accept={acceptedEndings.map((ending) => `.${ending}`).join(',')} />
        <Hidden fields={{ version: audience.version }} />
      </>
    ),
    run: (page, read, id) => page.run(noteAudience, { id, note: read('note'), version: Number(read('version')) || null, files: page.files['files'] ?? [] }).then(() => ({})),
  },
  redirect: {
    fields: ['unitId', 'reason'],
    view: ({ page, audience, value, errors }) => (
      <>
        <SelectField name="unitId" label={page.t('audience.redirect.unit')} empty={page.t('desk.choose')} value={value('unitId', audience.unitId ?? page.office.data.areas.find((one) => one.id === audience.topic)?.unit ?? '')} error={errors['unitId']} options={unitOptions(page)} />
        <TextArea name="reason" rows={4} label={page.t('audience.redirect.reason')} hint={page.t('audience.told_hint')} value={value('reason')} error={errors['reason']} maxLength={2000} />
        <p className="meta"><a href={`/desk/cases/${audience.caseId}/adopt`}>{page.t('audience.redirect.petition')}</a></p>
      </>
    ),
    run: (page, read, id) => page.run(redirectAudience, { id, unitId: read('unitId'), reason: read('reason') }),
  },
  decline: {
    fields: ['reason'],
    view: ({ page, audience, value, errors }) => <><TextArea name="reason" rows={5} label={page.t('audience.reason')} hint={page.t('audience.told_hint')} value={value('reason')} error={errors['reason']} maxLength={2000} />{audience.contactBy !== 'email' && <p className="meta">{page.t('audience.decline.letter')} <a href={`/desk/letters/new?case=${audience.caseId}`}>{page.t('audience.answer.letter')}</a></p>}</>,
    run: (page, read, id) => page.run(declineAudience, { id, reason: read('reason') }),
  },
  'ask-other': {
    fields: ['wished'],
    view: ({ page, audience, value, errors }) => <TextField name="wished" label={page.t('audience.wished')} optional value={value('wished', audience.wished)} error={errors['wished']} />,
    run: (page, read, id) => page.run(askOtherTime, { id, wished: read('wished') }),
  },
  withdraw: {
    fields: ['reason'],
    view: ({ page, value, errors }) => <TextField name="reason" label={page.t('audience.reason')} optional value={value('reason')} error={errors['reason']} />,
    run: (page, read, id) => page.run(withdrawAudience, { id, reason: read('reason') }),
  },
  end: {
    fields: ['talk', 'outcome', ...Array.from({ length: promisesAtOnce }, (_, index) => ['text', 'to', 'dueOn'].map((name) => `promises.${index}.${name}`)).flat(), 'replyDueOn'], back: `${listPath}/today`,
    async view(form) {
      const { page, audience } = form;
      return (
        <>
          {audience.note && <details className="also"><summary>{page.t('audience.note')}</summary><Letter text={audience.note} /></details>}
          <TalkFields form={form} resolution={<fieldset className="field" id="promises"><legend>{page.t('audience.resolution')}</legend><p className="hint">{page.t('audience.resolution.hint')}</p>{await PromiseFields({ form, from: 0, count: promisesAtOnce })}</fieldset>} />
          <Hidden fields={{ version: audience.version }} />
        </>
      );
    },
    run: (page, read, id) => page.run(endAudience, {
      id, talk: read('talk'), outcome: read('outcome') as 'explained', replyDueOn: replyOf(read), version: Number(read('version')) || null,
      promises: Array.from({ length: promisesAtOnce }, (_, index) => ({ text: read(`promises.${index}.text`), to: read(`promises.${index}.to`), dueOn: read(`promises.${index}.dueOn`) })).filter((one, index) => one.text.trim() || one.to || (index === 0 && read('outcome') === 'promised')),
    }).then(() => ({})),
  },
  correct: {
    fields: ['talk', 'outcome', 'replyDueOn'],
    view: (form) => <><TalkFields form={form} /><Hidden fields={{ version: form.audience.version }} /></>,
    run: (page, read, id) => page.run(correctTalk, { id, talk: read('talk'), outcome: read('outcome') as 'explained', replyDueOn: replyOf(read), version: Number(read('version')) || null }).then(() => ({})),
  },
  promise: {
    fields: ['text', 'to', 'dueOn'],
    view: async (form) => <>{form.seen.promises.length > 0 && <Promises page={form.page} promises={form.seen.promises} />}{await PromiseFields({ form, from: -1, count: 1 })}</>,
    run: (page, read, id) => page.run(promiseMore, { id, text: read('text'), to: read('to'), dueOn: read('dueOn') }).then(() => ({})),
  },
  answer: {
    fields: ['text', 'way'],
    view: ({ page, audience, seen, value, errors }) => (
      <>
        <p className="meta">{page.t('audience.answer.hint')} <a href={`/desk/letters/new?case=${audience.caseId}`}>{page.t('audience.answer.letter')}</a></p>
        <details className="also"><summary>{page.t('audience.talk')}</summary><Letter text={audience.talk} />{seen.promises.length > 0 && <Promises page={page} promises={seen.promises} />}</details>
        <TextArea name="text" rows={8} label={page.t('audience.answer')} value={value('text')} error={errors['text']} maxLength={8000} />
        <SelectField name="way" label={page.t('audience.answer.way')} value={value('way', audience.email ? 'email' : audience.address ? 'post' : 'pickup')} error={errors['way']} options={(['email', 'post', 'pickup'] as const).map((one) => ({ value: one, label: page.t(`dispatch.way.${one}`) }))} />
      </>
    ),
    run: (page, read, id) => page.run(answerAudience, { id, text: read('text'), way: read('way') as 'post' }).then(() => ({})),
  },
};

const nameOf = (page: PageContext): string => page.params['act'] ?? '';
async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const name = nameOf(page);
  const key = name.replace('-', '_');
  const seen = await page.run(getAudienceView, { id: page.params['id']! });
  const { audience } = seen;
  const act = acts[name];
  if (!act && !isPressed(key)) throw notFound();
  const values: Values = after?.values ?? page.values;
  const errors = errorsOf(page, after?.errors, act?.fields ?? []);
  const form: Form = { page, seen, audience, errors, value: (field, preset = '') => (values[field] === undefined ? preset : first(values, field)) };
  const title = actLabel(page, audience, key);
  const can = seen.acts.includes(key) || (key === 'ask_other' && ['scheduled', 'confirmed'].includes(audience.state));
  const changed = after?.said?.key === 'error.changed_meanwhile' ? (after.current as Audience | undefined) : undefined;
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('audience.title'), href: listPath }, { label: audienceNumber(audience), href: hrefOf(audience.id) }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <p className="lead">{audience.name || t('audience.nobody')}{audience.onDay && `, ${formatDay(audience.onDay, page.locale, 'weekday')}`}</p>
        {changed && <Notice kind="warn" title={t('audience.changed')}><Letter text={name === 'note' ? changed.note : changed.talk} /></Notice>}
        {!can && !after ? <p className="lead">{t('error.not_now')}</p> : act ? (
          <form method="post" action={hrefOf(audience.id, name)} className="stack" noValidate data-unsaved="1" {...(act.isUpload ? { encType: 'multipart/form-data' as const } : {})}>
            {await act.view(form)}
            <Actions><Button kind="primary" icon="check" data-key="s">{t(`audience.do.${key}`)}</Button><LinkButton kind="quiet" href={hrefOf(audience.id)}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        ) : <ActButton page={page} audience={audience} act={key} kind="primary" />}
      </div>
    </DeskPage>,
  );
}

const said = (page: PageContext, done: { told?: boolean }): Said => ({ key: done.told ? 'audience.done.told' : `audience.done.${nameOf(page).replace('-', '_')}` });
export const actPages: readonly Page[] = [
  definePage({
    path: `${listPath}/:id/:act`, audience: 'desk', get: render,
    async post(page) {
      const act = acts[nameOf(page)];
      if (!act) throw notFound();
      const done = await act.run(page, (name) => first(page.values, name), page.params['id']!);
      return page.redirect(act.back ?? hrefOf(page.params['id']!), said(page, done));
    },
  }),
];
