import { Fragment, type ReactElement } from 'react';
import { isLocaleId, getLocale } from '../../../core/language.ts';
import { definePage, errorsOf, first, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import { wrong } from '../../../core/refusal.ts';
import { ErrorSummary, FileField, Hidden, RadioGroup, SelectField, TextArea } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Facts, Letter, LinkButton, Section } from '../../../ui/parts.tsx';
import { approveLetter, refuseLetter } from '../chain.server.ts';
import { dropFile, takeFile } from '../letter-file.server.ts';
import { getLetter, letterSources, type LetterView } from '../letter-list.server.ts';
import { changeLetter, recallLetter, submitLetter, withdrawLetter, writeLetter } from '../letter.server.ts';
import { listTemplates } from '../template.server.ts';
import { letterForm, letterInput } from './letter-form.tsx';
import { LetterMark, OwnPages } from './letter-parts.tsx';

const presetOf = async (page: PageContext) => {
  const { templates } = await page.run(listTemplates, {});
  const found = templates.find((one) => one.id === page.query.get('template'));
  return { templates, preset: { subject: found?.subject ?? '', body: found?.body ?? '', locale: found?.locale ?? page.office.locale, templateId: found?.id ?? '' } };
};

async function renderNew(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const values = after?.values ?? (page.query.has('held') ? page.values : undefined);
  const caseId = page.query.get('case') || first(values ?? {}, 'caseId') || null;
  const { file } = await page.run(letterSources, { caseId });
  const { templates, preset } = await presetOf(page);
  const errors = errorsOf(page, after?.errors, ['subject', 'body']);
  const title = file ? t('letter.act.write') : t('letter.new_matter');
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[...(file ? [{ label: file.reference, href: `/desk/cases/${caseId}` }] : [{ label: t('letter.list.title'), href: '/desk/letters' }]), { label: title }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <h1>{title}</h1>
      <p className="lead">{file ? file.subject : t('letter.new_matter.hint')}</p>
      <form action="/desk/letters/new" className="actions template">
        {caseId && <Hidden fields={{ case: caseId }} />}
        <SelectField name="template" label={t('answer.template')} empty={t('answer.template.none')} value={preset.templateId} options={templates.map((one) => ({ value: one.id, label: one.kind === 'docx' ? `${one.name} (DOCX)` : one.name }))} />
        <Button>{t('answer.template.use')}</Button>
      </form>
      {await letterForm({ page, action: '/desk/letters/new', caseId, letter: null, preset, values, errors, version: 0, children: <Actions><Button kind="primary" icon="check" data-key="s">{t('letter.save_first')}</Button><LinkButton kind="quiet" href={caseId ? `/desk/cases/${caseId}` : '/desk/letters'}>{t('desk.cancel')}</LinkButton></Actions> })}
    </DeskPage>,
  );
}

export const newLetterPage = definePage({
  path: '/desk/letters/new', audience: 'desk', get: renderNew,
  async post(page) {
    if (first(page.values, 'more')) return renderNew(page, { values: page.values });
    const written = await page.run(writeLetter, { ...letterInput(page.values), caseId: first(page.values, 'caseId') || null });
    return page.redirect(`/desk/letters/${written.id}`, { key: 'letter.done.written' });
  },
});

function Chain({ page, letter }: { page: PageContext; letter: LetterView }): ReactElement {
  const { t } = page;
  const rounds = [...new Set(letter.steps.map((step) => step.round))].sort((a, b) => b - a);
  return (
    <Section id="steps" title={t('letter.chain')}>
      {letter.steps.length === 0 && <p className="meta">{t('letter.chain.none')}</p>}
      {rounds.map((round) => (
        <Fragment key={round}>
          {rounds.length > 1 && <h3>{t('letter.round', { number: round })}</h3>}
          <ol className="hist">{letter.steps.filter((step) => step.round === round).map((step, index) => (
            <li key={index}>{step.at ? <At at={step.at} style="both" /> : <span className="meta">{step.isTurn ? t('letter.turn') : '—'}</span>}
              <div>{step.name} <span className="meta">{t(`letter.step.${step.kind}.${step.state}`)}{step.doneBy && ` · ${t('letter.step.by_substitute', { who: step.doneBy })}`}</span>{step.comment && <blockquote>{step.comment}</blockquote>}</div></li>))}</ol>
        </Fragment>
      ))}
    </Section>
  );
}

const Recipients = ({ page, letter }: { page: PageContext; letter: LetterView }): ReactElement => (
  <Section id="to" title={page.t('letter.recipients')}>
    {letter.recipients.length === 0 ? <p className="meta">{page.t('letter.addressees.none')}</p> : <ul className="docs">{letter.recipients.map((one, index) => <li key={index}><div>{one.name}<br /><span className="meta">{[page.t(`dispatch.way.${one.way}`), one.way === 'email' ? one.email : one.address, one.isCopy && page.t('letter.recipient.copy')].filter(Boolean).join(' · ')}</span></div></li>)}</ul>}
  </Section>
);

/** The turn of the reader: read above, approve or sign below, on a telephone as well. */
function Decision({ page, letter, errors, values }: { page: PageContext; letter: LetterView; errors: Record<string, string>; values: Shown['values'] }): ReactElement {
  const { t } = page;
  const signs = letter.steps.find((step) => step.isTurn)?.kind === 'sign';
  return (
    <form id="decision" method="post" action={`/desk/letters/${letter.id}`} className="stack decision" noValidate>
      <Hidden fields={{ version: letter.version }} />
      <TextArea name="comment" rows={2} label={t('letter.comment')} hint={t('letter.comment.hint')} optional value={values ? first(values, 'comment') : ''} error={errors['comment']} />
      {signs && <p className="meta">{t('letter.sign.hint', { count: letter.recipients.length })}</p>}
      <Actions><Button kind="primary" icon="check" name="act" value="approve" data-key="e">{t(signs ? 'letter.act.sign' : 'letter.act.approve')}</Button><Button name="act" value="refuse">{t('letter.act.refuse')}</Button></Actions>
    </form>
  );
}

/** In the form of the letter itself: what is typed beside the file is kept with it. */
const FileSection = ({ page, letter, errors, values }: { page: PageContext; letter: LetterView; errors: Record<string, string>; values: Shown['values'] }): ReactElement => (
  <Section id="word" title={page.t('letter.own.file')}>
    <FileField name="file" label={page.t('letter.word.file')} hint={page.t('letter.word.file.hint')} multiple={false} optional accept=".docx,.pdf" error={errors['file']} />
    <RadioGroup name="pdf" legend={page.t('letter.word.pdf')} value={first(values ?? {}, 'pdf') || 'pages'} error={errors['pdf']} options={(['pages', 'words'] as const).map((one) => ({ value: one, label: page.t(`letter.word.pdf.${one}`) }))} />
    <p className="actions" data-top><Button icon="upload" name="act" value="file">{page.t('letter.word.put')}</Button></p>
    {letter.fileName && <p className="meta">{letter.ownPages === 0 && page.t('letter.word.from')} <a href={`/desk/letters/${letter.id}/file`}>{letter.fileName}</a></p>}
  </Section>
);

/** What was typed into a form that is there no more: shown, so that it can be copied. */
function Unsaved({ page, letter, values }: { page: PageContext; letter: LetterView; values: Values }): ReactElement | null {
  const [comment, words] = [first(values, 'comment'), [first(values, 'subject'), first(values, 'body')].filter(Boolean).join('\n\n')];
  if (comment && !letter.acts.includes('approve')) return <div className="notice warn"><b>{page.t('letter.unsaved.comment')}</b><Letter text={comment} /></div>;
  return words && !letter.acts.includes('change') ? <div className="notice warn"><b>{page.t('letter.unsaved.text')}</b><Letter text={words} /></div> : null;
}

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const letter = await page.run(getLetter, { id: page.params['id']! });
  const errors = errorsOf(page, after?.errors, ['subject', 'body']);
  const typed = after?.values ?? (page.query.has('held') ? page.values : undefined);
  const values = typed && 'subject' in typed ? typed : undefined;
  const writes = letter.acts.includes('change');
  const current = after?.current as { version?: number; body?: string } | undefined;
  const refused = letter.state === 'draft' ? letter.steps.filter((step) => step.state === 'refused' && step.round === letter.round - 1) : [];
  const small = (name: string, label: string): ReactElement => <form method="post" action={`/desk/letters/${letter.id}`}><Hidden fields={{ act: name, version: letter.version }} /><Button kind="quiet">{label}</Button></form>;
  return page.html(
    <DeskPage title={letter.subject}>
      <Crumbs items={[...(letter.caseId ? [{ label: letter.caseReference, href: `/desk/cases/${letter.caseId}` }] : [{ label: t('letter.list.title'), href: '/desk/letters' }]), { label: letter.reference ?? t('letter.one') }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      {current?.body !== undefined && <div className="notice warn"><b>{t('letter.changed_meanwhile')}</b><Letter text={current.body} /></div>}
      <div className="casehead"><div className="line">{letter.reference && <span className="ref">{letter.reference}</span>}<LetterMark page={page} row={{ state: letter.state, wasRefused: letter.state === 'draft' && letter.round > 1 }} /><span>{letter.writtenBy} · <At at={letter.updatedAt} style="both" /></span></div><h1 lang={isLocaleId(letter.locale) ? getLocale(letter.locale).html : undefined}>{letter.subject}</h1></div>
      {typed && <Unsaved page={page} letter={letter} values={typed} />}
      {refused.map((step, index) => <div className="notice warn" key={index}><b>{t('letter.refused_by', { who: step.doneBy || step.name })}</b><Letter text={step.comment} /></div>)}
      <div className="split"><div>
        {writes ? await letterForm({ page, action: `/desk/letters/${letter.id}`, caseId: letter.caseId, letter, preset: { subject: '', body: '', locale: letter.locale, templateId: '' }, values, errors, version: current?.version ?? (after ? letter.version : Number(first(values ?? {}, 'version')) || letter.version), file: <FileSection page={page} letter={letter} errors={errors} values={values} />, children: (
          <Actions><Button kind="primary" icon="send" name="act" value="submit" data-key="s">{t('letter.act.submit')}</Button><Button name="act" value="save">{t('answer.save')}</Button></Actions>) }) : (
          <Section id="text" title={t('letter.text')} aside={letter.documentId ? <a href={`/desk/documents/${letter.documentId}`}>{t('letter.sealed_pdf')}</a> : <a href={`/desk/letters/${letter.id}/preview.pdf`}>{t('answer.preview')}</a>}>{letter.ownPages > 0 ? <OwnPages page={page} letter={letter} hint={t('letter.own.hint')} /> : <Letter text={letter.text} lang={letter.locale} />}</Section>
        )}
        {letter.acts.includes('approve') && <Decision page={page} letter={letter} errors={errors} values={typed && 'comment' in typed ? typed : undefined} />}
      </div><aside aria-label={t('petition.facts')}>
        <Facts facts={[
          letter.caseId && [t('letter.case'), <a key="c" href={`/desk/cases/${letter.caseId}`}>{letter.caseSubject}</a>], letter.sealedAt && [t('letter.state.sealed'), <At key="s" at={letter.sealedAt} style="both" />], letter.sealedWith && [t('letter.sealed_with'), letter.sealedWith], letter.entryId && !letter.sealedWith && [t('letter.sealed_with'), t('letter.not_sealed')],
        ]} />
        {(writes || letter.documentId) && <div className="actions">{letter.documentId ? <LinkButton icon="file" href={`/desk/documents/${letter.documentId}`}>{t('letter.sealed_pdf')}</LinkButton> : <LinkButton icon="file" href={`/desk/letters/${letter.id}/preview.pdf`}>{t('answer.preview')}</LinkButton>}</div>}
        {!writes && <Recipients page={page} letter={letter} />}
        <Chain page={page} letter={letter} />
        {writes && letter.ownPages === 0 && <Section id="docx" title={t('letter.word')}><p className="meta">{t('letter.word.hint')}</p><p className="actions"><LinkButton href={`/desk/letters/${letter.id}/docx`} icon="file">{t('letter.word.take')}</LinkButton></p></Section>}
        {writes && letter.ownPages > 0 && small('drop', t('letter.own.drop'))}
        {letter.acts.includes('recall') && small('recall', t('letter.act.recall'))}
        {letter.acts.includes('withdraw') && small('withdraw', t('letter.act.withdraw'))}
      </aside></div>
    </DeskPage>,
  );
}

export const letterPage = definePage({
  path: '/desk/letters/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const { values } = page;
    const act = first(values, 'act');
    const version = Number(first(values, 'version')) || 0;
    const done = (key: string, args: Record<string, string> = {}): Response => page.redirect(`/desk/letters/${id}`, { key: `letter.done.${key}`, args });
    if (first(values, 'more')) return render(page, { values });
    if (act === 'approve') {
      const result = await page.run(approveLetter, { id, version, comment: first(values, 'comment') });
      return result.reference ? done('signed', { reference: result.reference }) : done('approved');
    }
    if (act === 'refuse') await page.run(refuseLetter, { id, version, comment: first(values, 'comment') });
    else if (act === 'recall') await page.run(recallLetter, { id });
    else if (act === 'withdraw') await page.run(withdrawLetter, { id });
    else if (act === 'drop') await page.run(dropFile, { id, version });
    else {
      const file = page.files['file']?.find((one) => one.bytes.length > 0);
      if (act === 'file' && !file) throw wrong({ file: { key: 'field.required' } });
      if (act === 'submit' && !file) await page.run(submitLetter, { ...letterInput(values), id, version });
      else {
        const saved = await page.run(changeLetter, { ...letterInput(values), id, version });
        if (!file) return done('save');
        const taken = await page.run(takeFile, { id, version: saved.version, file, pdf: first(values, 'pdf') === 'words' ? 'words' : 'pages' });
        // Words that came from a file are read before they go on.
        if (act !== 'submit' || taken.pages === 0) return done(taken.pages > 0 ? 'pages' : 'file');
        await page.run(submitLetter, { ...letterInput(values), id, version: taken.version });
      }
      return done('submit');
    }
    return done(act);
  },
});
