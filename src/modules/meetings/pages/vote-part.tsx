import type { ReactElement } from 'react';
import { errorsOf, type PageContext, type Shown } from '../../../core/page.ts';
import { Checkbox, Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { Actions, Button } from '../../../ui/parts.tsx';
import type { ItemRow, SittingView, VoteRow } from '../sitting-read.server.ts';
import { choices, majorities } from '../vote.ts';
import { formOf, meetingHref, VoteLine } from './sitting-words.tsx';

type Props = { page: PageContext; view: SittingView; item: ItemRow; shown?: Shown | undefined };
const action = (view: SittingView): string => meetingHref(view.id, 'sitting');

function Running({ page, view, item, vote, shown }: Props & { vote: VoteRow }): ReactElement {
  const { t } = page;
  const errors = errorsOf(page, formOf(shown, 'vote.count').is ? shown?.errors : undefined);
  const away = new Set(item.away.map((one) => one.attendanceId));
  const voters = view.attendance.filter((one) => one.isVoting && one.isIn && !away.has(one.id));
  const cast = new Map(vote.casts.map((one) => [one.attendanceId, one.choice]));
  const counted = formOf(shown, 'vote.count');
  return (
    <>
      <VoteLine page={page} vote={vote} />
      <p className="meta">{t('vote.needed', { needed: vote.needed, majority: vote.majority, secret: String(vote.isSecret) })}</p>
      {vote.isSecret ? <p className="meta">{t('vote.secret.hint')}</p> : (
        <form method="post" action={action(view)} className="voters"><Hidden fields={{ act: 'vote.enter', voteId: vote.id }} />
          <table><caption className="vh">{t('vote.by_name')}</caption><thead><tr><th scope="col">{t('sitting.member')}</th>{choices.map((choice) => <th key={choice} scope="col">{t(`vote.${choice}`)}</th>)}</tr></thead>
            <tbody>{voters.map((one) => <tr key={one.id}><th scope="row">{one.name}</th>{choices.map((choice) => <td key={choice}><label><input type="radio" name={`v-${one.id}`} value={choice} defaultChecked={cast.get(one.id) === choice} /><span className="only-fold"> {t(`vote.${choice}`)}</span><span className="vh"> {one.name}</span></label></td>)}</tr>)}</tbody></table>
          <Actions><Button name="then" value="close" kind="primary" icon="check">{t('vote.enter_and_close')}</Button><Button>{t('vote.enter')}</Button></Actions>
        </form>
      )}
      {(vote.isSecret || vote.cast === 0) && <details className="fields"><summary>{t('vote.count')}</summary>
        <form method="post" action={action(view)} className="inline" noValidate><Hidden fields={{ act: 'vote.count', voteId: vote.id }} />
          {choices.map((choice) => <TextField key={choice} id={`count-${choice}`} name={choice} label={t(`vote.${choice}`)} type="number" inputMode="numeric" size={4} value={counted.value(choice)} error={errors[choice]} />)}
          <Button>{t('vote.count.save')}</Button></form></details>}
      {vote.isSecret && <form method="post" action={action(view)}><Hidden fields={{ act: 'vote.close', voteId: vote.id }} /><Actions><Button kind="primary" icon="check">{t('vote.close')}</Button></Actions></form>}
      <Annul page={page} view={view} vote={vote} />
    </>
  );
}

const Annul = ({ page, view, vote }: { page: PageContext; view: SittingView; vote: VoteRow }): ReactElement => (
  <details className="fields"><summary>{page.t('vote.annul')}</summary><form method="post" action={action(view)} className="inline"><Hidden fields={{ act: 'vote.annul', voteId: vote.id }} /><TextField id={`annul-${vote.id}`} name="reason" label={page.t('vote.annul.reason')} required /><Button>{page.t('vote.annul')}</Button></form></details>
);

/** Votes of a point: what was decided, the one that runs, and the form of the next. */
export function VotePart(props: Props): ReactElement {
  const { page, view, item, shown } = props;
  const { t } = page;
  const running = item.votes.find((vote) => vote.state === 'open');
  const form = formOf(shown, 'vote.open');
  const errors = errorsOf(page, form.is ? shown?.errors : undefined);
  if (item.votes.length === 0 && !(item.state === 'open' && view.keeps)) return <></>;
  return (
    <div className="votes">
      {item.votes.filter((vote) => vote.state !== 'open').map((vote) => <div key={vote.id}><VoteLine page={page} vote={vote} />{vote.state === 'closed' && view.keeps && view.state === 'open' && <Annul page={page} view={view} vote={vote} />}</div>)}
      {running && <Running {...props} vote={running} />}
      {!running && item.state === 'open' && view.keeps && (
        <details className="fields" open={form.is || undefined}><summary>{t('vote.open')}</summary>
          <form method="post" action={action(view)} className="stack" noValidate><Hidden fields={{ act: 'vote.open', itemId: item.id }} />
            <TextField name="question" label={t('vote.question')} value={form.value('question') || t('vote.question.usual', { title: item.title }).slice(0, 500)} error={errors['question']} />
            <SelectField name="majority" label={t('vote.majority')} value={form.value('majority') || view.majority} options={majorities.map((one) => ({ value: one, label: t(`vote.majority.${one}`) }))} />
            <Checkbox name="isSecret" label={t('vote.secret')} hint={t('vote.secret.hint')} checked={form.value('isSecret') !== ''} />
            <Actions><Button data-key="g">{t('vote.open')}</Button></Actions>
          </form></details>
      )}
    </div>
  );
}
