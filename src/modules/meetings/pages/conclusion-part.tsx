import type { ReactElement } from 'react';
import { errorsOf, many, type CaseHead, type PageContext, type Shown } from '../../../core/page.ts';
import { DateField, Hidden, SelectField, TextArea, type Option } from '../../../ui/field.tsx';
import { Actions, At, Button, LinkButton, Section, State } from '../../../ui/parts.tsx';
import { formatDay } from '../../../core/language.ts';
import { listConclusions } from '../conclusion.server.ts';
import type { ConclusionRow, ItemRow, SittingView } from '../sitting-read.server.ts';
import { formOf, isStanding, meetingHref, ownerWords } from './sitting-words.tsx';

export type Presets = readonly { days: number; on: string }[];
type Props = { page: PageContext; view: SittingView; item: ItemRow; owners: readonly Option[]; presets: Presets; changing: string; shown?: Shown | undefined };

const markOf = (one: { ownerId: string | null; unitId: string | null }): string => (one.ownerId ? `person:${one.ownerId}` : one.unitId ? `unit:${one.unitId}` : '');

function Form({ page, view, item, owners, presets, shown, conclusion }: Omit<Props, 'changing'> & { conclusion?: ConclusionRow }): ReactElement {
  const { t } = page;
  const act = conclusion ? 'conclusion.change' : 'conclusion.record';
  const form = formOf(shown, act);
  const errors = errorsOf(page, form.is ? shown?.errors : undefined, ['text', 'owners', 'dueOn']);
  const live = conclusion?.obligations.filter((one) => one.state !== 'dropped') ?? [];
  const bound = form.is ? many(form.values, 'owners') : live.map(markOf);
  const carried = item.votes.filter((vote) => vote.state === 'closed' && vote.isCarried);
  const dueOn = form.is ? form.value('dueOn') : live[0]?.dueOn ?? '';
  return (
    <form method="post" action={meetingHref(view.id, 'sitting')} className="stack" noValidate data-unsaved="1"><Hidden fields={{ act, ...(conclusion ? { conclusionId: conclusion.id } : { itemId: item.id, voteId: carried.at(-1)?.id ?? '' }) }} />
      <TextArea name="text" id="conclusion-text" rows={3} label={t('conclusion.text')} value={form.is ? form.value('text') : conclusion?.text ?? (item.conclusions.some(isStanding) ? '' : item.proposed)} error={errors['text']} />
      <div className="inline">
        <SelectField name="owners" label={t('conclusion.owner')} empty={t('conclusion.nobody')} options={owners} value={bound[0] ?? ''} error={errors['owners']} />
        <SelectField name="owners" id="owner-2" label={t('conclusion.owner.second')} empty={t('conclusion.nobody')} options={owners} value={bound[1] ?? ''} optional />
        <SelectField name="helpers" label={t('conclusion.helper')} empty={t('conclusion.nobody')} options={owners} value={form.is ? form.value('helpers') : ''} optional />
      </div>
      <div className="inline">
        <SelectField name="dueIn" label={t('conclusion.due_in')} empty={t('conclusion.due.none')} options={presets.map((one) => ({ value: one.on, label: t('conclusion.due.days', { days: one.days, on: formatDay(one.on, page.locale, 'short') }) }))} value={form.value('dueIn')} />
        <DateField name="dueOn" label={t('conclusion.due_on')} value={dueOn} error={errors['dueOn']} optional />
      </div>
      <Actions><Button {...(conclusion ? {} : { 'data-key': 'z' })}>{t(conclusion ? 'conclusion.change' : 'conclusion.record')}</Button>{conclusion && <LinkButton kind="quiet" href={meetingHref(view.id, 'sitting')}>{t('desk.cancel')}</LinkButton>}</Actions>
    </form>
  );
}

/** What was concluded on a point, and the form of the next conclusion. */
export function ConclusionPart(props: Props): ReactElement {
  const { page, view, item, changing, shown } = props;
  const { t } = page;
  const standing = item.conclusions.filter(isStanding);
  const canWrite = view.keeps && view.state === 'open';
  return (
    <>
      {standing.length > 0 && <ol className="conclusions">{standing.map((one) => (
        <li key={one.id}><b>{t('minutes.conclusion', { number: `${view.number}/${one.position}` })}</b>
          {changing === one.id && canWrite ? <Form {...props} conclusion={one} /> : <>
            <p>{one.text}</p>
            {one.obligations.filter((obligation) => obligation.state !== 'dropped').map((obligation) => <p key={obligation.id} className="meta"><a href={`/desk/obligations/${obligation.id}`}>{ownerWords(page, obligation)}</a> {obligation.state !== 'open' && <State kind={obligation.state === 'done' ? 'ok' : 'soon'}>{t(`verification.obligation.${obligation.state}`)}</State>}</p>)}
            {one.excerptId && <p className="meta"><a href={`/desk/documents/${one.excerptId}`}>{t('excerpt.title')}</a></p>}
            {canWrite && <form method="post" action={meetingHref(view.id, 'sitting')} className="lineacts"><Hidden fields={{ act: 'conclusion.drop', conclusionId: one.id }} /><a className="act" href={`?change=${one.id}#conclusion-text`}>{t('conclusion.act.change')}</a><button className="act">{t('conclusion.act.drop')}</button></form>}
          </>}</li>))}</ol>}
      {canWrite && item.state === 'open' && !changing && !item.votes.some((vote) => vote.state === 'open') && <details className="fields" open={(standing.length === 0 && item.kind !== 'verification' && item.kind !== 'minutes') || formOf(shown, 'conclusion.record').is || undefined}><summary>{t('conclusion.new')}</summary><Form {...props} /></details>}
    </>
  );
}

/** On the page of a case: what sittings concluded about it. */
export async function conclusionsOfCase(page: PageContext, file: CaseHead): Promise<ReactElement | null> {
  const { t } = page;
  const { conclusions } = await page.run(listConclusions, { id: file.id });
  if (conclusions.length === 0) return null;
  return (
    <Section id="conclusions" title={t('conclusion.of_case')}>
      <ul className="rows">{conclusions.map((one) => (
        <li key={one.id}><span><span className="ref">{one.reference}</span> {one.text}</span><At at={one.heldOn} />
          <span className="sub"><a href={meetingHref(one.meetingId, 'sitting')}>{one.committee}</a>{one.verifiedAs && ` · ${t(`verification.${one.verifiedAs}`)}`}{one.excerptId && <> · <a href={`/desk/documents/${one.excerptId}`}>{t('excerpt.title')}</a></>}</span></li>))}</ul>
    </Section>
  );
}
