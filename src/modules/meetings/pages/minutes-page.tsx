import type { ReactElement } from 'react';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { ErrorSummary, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Facts, LinkButton, Notice, Section, State } from '../../../ui/parts.tsx';
import type { Output } from '../../../core/operation.ts';
import { addRemark, adoptMinutes, settleRemark } from '../minutes-adopt.server.ts';
import { issueMinutes, readMinutes, writeMinutes } from '../minutes.server.ts';
import { formOf, meetingHref, SittingAssets, sittingName } from './sitting-words.tsx';

type View = Output<typeof readMinutes>;
type Props = { page: PageContext; view: View; shown?: Shown | undefined };

const Conclusions = ({ point }: { point: View['points'][number] }): ReactElement => (
  <>{point.lines.map((line, index) => <p key={index} className="meta">{line}</p>)}
    {point.conclusions.length > 0 && <ol className="conclusions">{point.conclusions.map((one) => <li key={one.title}><b>{one.title}</b><p>{one.text}</p>{one.owners.map((owner) => <p key={owner} className="meta">{owner}</p>)}</li>)}</ol>}</>
);

/** The draft in its sections: what is recorded stands fixed, the words between are the keeper's. */
function Draft({ page, view, shown }: Props): ReactElement {
  const { t } = page;
  const form = formOf(shown, 'write');
  const texts = (index: number): string | undefined => (form.is ? many(form.values, 'text')[index] : undefined);
  const edited = view.points.filter((point) => !point.isConfidential);
  const isStale = form.is && typeof shown?.current === 'object' && shown.current !== null && 'revision' in shown.current;
  return (
    <form method="post" action={meetingHref(view.id, 'minutes')} className="answer minutes" data-draft-url={meetingHref(view.id, 'minutes-autosave')} data-saved={t('ui.saved_at')} data-conflict={t('error.minutes_changed')} data-unsaved-text={t('ui.unsaved')} data-unsaved="1">
      <Hidden fields={{ act: 'write', version: view.revision }} />
      <TextArea name="opening" label={t('minutes.section.opening')} rows={3} value={form.is ? form.value('opening') : view.opening || view.usual.opening} />
      {view.points.map((point) => (
        <section key={point.id} className="part"><h2>{point.number}. {point.title}</h2>
          {point.isConfidential ? <Notice>{t('minutes.confidential_notes')}</Notice> : <><Hidden fields={{ itemId: point.id }} /><TextArea name="text" id={`text-${point.id}`} label={t('minutes.section.course')} hint={point.isEdited ? t('minutes.section.edited') : undefined} rows={4} value={texts(edited.indexOf(point)) ?? point.text} />{isStale && texts(edited.indexOf(point)) !== point.text && <Notice kind="warn" title={t('sitting.notes.other')}><p>{point.text}</p></Notice>}</>}
          <Conclusions point={point} />
        </section>))}
      <div className="part"><TextArea name="closing" label={t('minutes.section.closing')} rows={2} value={form.is ? form.value('closing') : view.closing || view.usual.closing} /></div>
      <Actions>{view.can.issue ? <><Button kind="primary" name="then" value="issue" icon="send">{t('minutes.issue')}</Button><Button>{t('minutes.save')}</Button></> : <Button kind="primary">{t('minutes.save')}</Button>}<LinkButton kind="quiet" href={meetingHref(view.id, 'sitting')}>{t('sitting.course')}</LinkButton><span className="meta" data-saved-at /></Actions>
      {view.can.issue && <p className="hint">{t('minutes.issue.hint')}</p>}
    </form>
  );
}

const Read = ({ page, view }: Props): ReactElement => (
  <div className="minutes">{view.points.map((point) => (
    <section key={point.id} className="part"><h2>{point.number}. {point.title}</h2>{point.isConfidential ? <p className="meta">{page.t('minutes.confidential_annex')}</p> : point.text && <div className="letter">{point.text.split(/\n+/).map((row, index) => <p key={index}>{row}</p>)}</div>}<Conclusions point={point} /></section>))}</div>
);

function Remarks({ page, view, shown }: Props): ReactElement | null {
  const { t } = page;
  const form = formOf(shown, 'remark');
  const errors = errorsOf(page, shown?.errors);
  const issued = view.versions.find((one) => one.state === 'issued');
  if (view.remarks.length === 0 && !view.can.remark) return null;
  return (
    <Section id="remarks" title={t('minutes.remarks')}>
      {view.remarks.length === 0 && <p className="meta">{t('remark.none')}</p>}
      <ul className="rows">{view.remarks.map((one) => (
        <li key={one.id}><span><b>{one.by}</b> {one.text}</span><State kind={one.state === 'taken' ? 'ok' : one.state === 'refused' ? 'paused' : 'soon'}>{t(`remark.state.${one.state}`)}</State>
          <span className="sub"><At at={one.at} style="both" />{one.answer && ` · ${one.answer}`}</span>
          {one.state === 'open' && view.can.settle && <form method="post" action={meetingHref(view.id, 'minutes')} className="inline settle"><Hidden fields={{ act: 'settle', remarkId: one.id }} /><TextField name="answer" id={`answer-${one.id}`} label={t('remark.answer')} value={formOf(shown, 'settle', { remarkId: one.id }).value('answer')} error={formOf(shown, 'settle', { remarkId: one.id }).is ? errors['answer'] : undefined} /><Button name="as" value="taken">{t('remark.take')}</Button><Button name="as" value="refused">{t('remark.refuse')}</Button></form>}</li>))}</ul>
      {view.can.remark && issued && <form method="post" action={meetingHref(view.id, 'minutes')} className="stack" noValidate><Hidden fields={{ act: 'remark', minutesId: issued.id }} />
        <TextArea name="text" id="remark-text" label={t('remark.text')} rows={3} value={form.value('text')} error={form.is ? errors['text'] : undefined} />
        {view.can.settle && <SelectField name="name" label={t('remark.name')} empty={t('remark.mine')} options={[...new Set(view.attendance.flatMap((group) => group.names.map((name) => name.replace(/ \(.*\)$/, ''))))].map((name) => ({ value: name, label: name }))} value={form.value('name')} error={form.is ? errors['name'] : undefined} optional />}
        <Actions><Button>{t('remark.add')}</Button></Actions></form>}
    </Section>
  );
}

async function render(page: PageContext, shown?: Shown): Promise<Response> {
  const { t } = page;
  const view = await page.run(readMinutes, { id: page.params['id']! });
  const errors = errorsOf(page, shown?.errors);
  const title = t('minutes.of', { number: view.number });
  const issued = view.versions.find((one) => one.state === 'issued' || one.state === 'adopted');
  const writes = view.can.write && (view.state !== 'issued' || view.isDraft || page.query.get('edit') === '1' || formOf(shown, 'write').is);
  const adopt = view.state === 'issued' && view.can.settle && view.adoptIn?.isOpen;
  return page.html(
    <DeskPage title={title}>
      <SittingAssets />
      <Crumbs items={[{ label: t('meeting.list.title'), href: '/desk/meetings' }, { label: sittingName(page, view), href: meetingHref(view.id) }, { label: title }]} />
      {shown?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(shown.said.key, shown.said.args) })} />}
      <div className="head"><div><h1>{title}</h1><p>{view.committee} · <At at={view.startsAt} style="long" /> · {t(`minutes.state.${view.isDraft ? 'draft' : view.state === 'issued' || view.state === 'adopted' ? view.state : 'none'}`)}</p></div>
        <div className="actions">{issued?.documentId && <LinkButton icon="file" kind={!writes && !adopt ? 'primary' : ''} href={`/desk/documents/${issued.documentId}`}>PDF</LinkButton>}{issued?.docxId && <LinkButton href={`/desk/documents/${issued.docxId}`}>DOCX</LinkButton>}{view.can.write && !writes && <LinkButton kind="quiet" icon="pen" href="?edit=1">{t('minutes.correct')}</LinkButton>}</div></div>
      {view.state === 'issued' && view.adoptIn && <Notice>{t('minutes.until_next', { number: view.adoptIn.number })} <a href={meetingHref(view.adoptIn.id)}><At at={view.adoptIn.startsAt} style="both" /></a></Notice>}
      {adopt && <form method="post" action={meetingHref(view.id, 'minutes')}><Hidden fields={{ act: 'adopt', inId: view.adoptIn!.id }} /><Actions><Button kind={writes ? '' : 'primary'} icon="check">{t('minutes.adopt')}</Button></Actions></form>}
      <div className="split">
        <div>{writes ? <Draft page={page} view={view} shown={shown} /> : <Read page={page} view={view} />}</div>
        <aside>
          <Section id="facts" title={t('minutes.attendance')}><Facts facts={[...view.attendance.map((group): [string, ReactElement] => [group.label, <ul className="plain" key={group.label}>{group.names.map((name) => <li key={name}>{name}</li>)}</ul>]), [t('minutes.chair'), view.chair], [t('minutes.keeper'), view.keeper]]} /><p className="meta">{view.quorum}</p></Section>
          <Remarks page={page} view={view} shown={shown} />
          {view.versions.length > 0 && <Section id="versions" title={t('minutes.versions')}><ul className="rows">{view.versions.map((one) => <li key={one.id}><span>{t('minutes.version', { version: one.version })} · {t(`minutes.state.${one.state}`)}</span>{one.issuedAt && <At at={one.adoptedAt ?? one.issuedAt} />}<span className="sub">{one.documentId && <a href={`/desk/documents/${one.documentId}`}>PDF</a>} {one.docxId && <a href={`/desk/documents/${one.docxId}`}>DOCX</a>} {one.sealedWith}</span></li>)}</ul></Section>}
        </aside>
      </div>
    </DeskPage>,
  );
}

async function save(page: PageContext): Promise<number> {
  const { revision } = await page.run(writeMinutes, { id: page.params['id']!, revision: first(page.values, 'version'), opening: first(page.values, 'opening'), closing: first(page.values, 'closing'), texts: many(page.values, 'itemId').map((id, index) => ({ id, text: many(page.values, 'text')[index] ?? '' })) });
  return revision;
}
const minutes = definePage({
  path: '/desk/meetings/:id/minutes', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const back = meetingHref(id, 'minutes');
    switch (read('act')) {
      case 'write': {
        await save(page);
        if (read('then') !== 'issue') return page.redirect(back, { key: 'desk.done.minutes_saved' });
        const { sent } = await page.run(issueMinutes, { id });
        return page.redirect(back, { key: 'desk.done.minutes_issued', args: { count: sent } });
      }
      case 'remark':
        await page.run(addRemark, { id: read('minutesId'), text: read('text'), name: read('name') });
        return page.redirect(`${back}#remarks`, { key: 'desk.done.remark' });
      case 'settle':
        await page.run(settleRemark, { id: read('remarkId'), as: read('as') as 'taken', answer: read('answer') });
        return page.redirect(`${back}#remarks`);
      case 'adopt': {
        const { reference } = await page.run(adoptMinutes, { id, inId: read('inId') });
        return page.redirect(back, { key: 'desk.done.minutes_adopted', args: { reference } });
      }
      default: throw notFound();
    }
  },
});
const autosave = definePage({ path: '/desk/meetings/:id/minutes-autosave', audience: 'desk', post: async (page) => Response.json({ version: await save(page) }) });

export const minutesPages: readonly Page[] = [minutes, autosave];
