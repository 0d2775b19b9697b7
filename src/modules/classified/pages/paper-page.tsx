import type { ReactElement, ReactNode } from 'react';
import { formatBytes } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { DateField, ErrorSummary, FileField, Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Facts, Letter, On, Section, State } from '../../../ui/parts.tsx';
import { getBookRule, levels, rankOf, type Level } from '../classified.ts';
import { addToClassified, closeClassified, declassifyPaper, regradeClassified } from '../classified.server.ts';
import { listClearances, ownStanding } from '../clearance.server.ts';
import { endReader, nameReader } from '../reader.server.ts';
import { openClassified, openClassifiedDocument, stampOf } from '../view.server.ts';
import { Stamped } from './stamped.tsx';

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office, locale, caller } = page;
  const paper = await page.run(openClassified, { id: page.params['id']! });
  const { level: own } = await page.run(ownStanding, {});
  const rule = getBookRule(office);
  const act = after ? first(after.values ?? {}, 'act') : '';
  const values = after?.values ?? {};
  const errors = errorsOf(page, after?.errors);
  const stamp = paper.declassifiedAt ? t('classified.declassified') : stampOf(page, paper.level);
  const path = `/desk/classified/${paper.id}`;
  const form = (name: string, fields: ReactNode, label = t(`classified.act.${name}`)): ReactElement => (
    <details className="inner" open={act === name}><summary>{label}</summary>
      <form method="post" encType="multipart/form-data" action={path} className="stack" noValidate><Hidden fields={{ act: name }} />{fields}<Actions><Button>{t(`classified.act.${name}.do`)}</Button></Actions></form>
    </details>
  );
  const value = (name: string, of: string): string => (act === of ? first(values, name) : '');
  const error = (name: string, of: string): string | undefined => (act === of ? errors[name] : undefined);
  const basis = (of: string): ReactElement => <TextField name="basis" id={`${of}-basis`} label={t('classified.basis')} value={value('basis', of)} error={error('basis', of)} maxLength={300} autoComplete="off" />;
  const candidates = paper.can.name ? (await page.run(listClearances, {})).clearances.filter((one) => one.personId !== caller.personId && one.isValid && rankOf(one.level) >= rankOf(paper.level) && !paper.readers.some((reader) => reader.personId === one.personId && reader.isOpen)) : [];
  const change = (from: string, to: string): string => [from, to].map((one) => (one ? stampOf(page, one as Level) : t('classified.declassified'))).join(' → ');
  return page.html(
    <DeskPage title={paper.reference}>
      <Stamped>{stamp}</Stamped>
      <Crumbs items={[{ label: textIn(rule.name, locale), href: '/desk/classified' }, { label: paper.reference }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="casehead">
        <div className="line"><span className="ref">{paper.reference}</span><State>{t(`classified.direction.${paper.direction}`)}</State>{paper.closedAt && <State>{t('classified.closed')}</State>}</div>
        <h1>{paper.subject}</h1>
      </div>
      <div className="split"><div>
        {paper.note && <Section id="note" title={t('classified.note')}><Letter text={paper.note} /></Section>}
        <Section id="documents" title={t('classified.documents')}>
          {paper.documents.length === 0 ? <p className="meta">{t(paper.can.addFiles ? 'classified.documents.none' : 'classified.documents.not_kept')}</p> : (
            <ul className="docs">{paper.documents.map((one) => <li key={one.id}>{one.destroyedAt ? <span>{one.name}</span> : <a href={`${path}/document/${one.id}`}>{one.name}</a>}<span className="meta">{one.destroyedAt ? <>{t('classified.destroyed')} <At at={one.destroyedAt} /></> : formatBytes(one.size, locale)}</span></li>)}</ul>
          )}
          {paper.can.addFiles && form('add', <FileField name="files" accept=".pdf,.jpg,.jpeg,.png" label={t('classified.files')} hint={rule.filesUpTo ? t('classified.files.hint', { level: stampOf(page, rule.filesUpTo) }) : undefined} error={error('files', 'add')} />)}
        </Section>
        <Section id="readers" title={t('classified.readers')}>
          <ul className="rows">{paper.readers.map((one) => (
            <li key={one.personId}>
              <b>{one.name}</b>
              {paper.can.name && one.isOpen && paper.readers.filter((other) => other.isOpen).length > 1 ? <form method="post" action={path}><Hidden fields={{ act: 'end_reader', personId: one.personId }} /><Button kind="quiet">{t('classified.act.end_reader')}</Button></form> : one.isOpen ? <span /> : <State>{t('classified.reader.over')}</State>}
              <span className="sub">{[t('classified.copy', { number: one.copyNumber }), one.need].filter(Boolean).join(' · ')} · <At at={one.grantedAt} />{one.untilOn && <> – <On on={one.untilOn} /></>}</span>
            </li>
          ))}</ul>
          {paper.can.name && form('name_reader', <>
            <SelectField name="personId" label={t('classified.reader')} hint={t('classified.reader.hint')} empty={t('desk.choose')} value={value('personId', 'name_reader')} error={error('personId', 'name_reader')} options={candidates.map((one) => ({ value: one.personId, label: `${one.name}, ${stampOf(page, one.level)}` }))} />
            <TextField name="need" label={t('classified.need')} value={value('need', 'name_reader')} error={error('need', 'name_reader')} maxLength={300} autoComplete="off" />
            <DateField name="untilOn" label={t('classified.reader.until')} value={value('untilOn', 'name_reader')} error={error('untilOn', 'name_reader')} optional />
          </>)}
        </Section>
        <Section id="views" title={t('classified.views')} aside={<span className="meta">{t('classified.views.hint')}</span>}>
          <ul className="docs">{paper.views.map((one, index) => <li key={index}><span>{one.name}{one.document !== null && <span className="meta"> · {one.document}</span>}</span><span className="meta"><At at={one.at} style="both" /></span></li>)}</ul>
        </Section>
      </div><aside aria-label={t('classified.facts')}>
        <Section id="facts" title={t('classified.facts')}>
          <Facts facts={[
            [t('classified.level'), stamp], [t('classified.received'), <On key="on" on={paper.receivedOn} />], paper.sender && [t('classified.sender'), paper.sender], paper.senderReference && [t('classified.senderReference'), paper.senderReference],
            paper.basis && [t('classified.basis'), paper.basis], [t('classified.copies'), String(paper.copies)], paper.pages !== null && [t('classified.pages'), String(paper.pages)], paper.untilOn && [t('classified.until'), <On key="until" on={paper.untilOn} />],
            [t('classified.registered_by'), paper.registeredBy], [t('classified.own_copy'), String(paper.copyNumber)], paper.declassifiedAt && [t('classified.declassified'), <><At at={paper.declassifiedAt} /> {paper.declassifiedBasis}</>],
          ]} />
        </Section>
        {paper.history.length > 0 && <Section id="history" title={t('classified.history')}><ul className="rows">{paper.history.map((one, index) => <li key={index}><span>{change(one.from, one.to)}</span><At at={one.at} /><span className="sub">{one.by} · {one.basis}</span></li>)}</ul></Section>}
        {paper.can.change && <Section id="acts" title={t('classified.acts')}>
          {!paper.declassifiedAt && form('regrade', <><SelectField name="level" label={t('classified.level.new')} hint={rule.filesUpTo ? t('classified.level.new.hint', { level: stampOf(page, rule.filesUpTo) }) : undefined} empty={t('desk.choose')} value={value('level', 'regrade')} error={error('level', 'regrade')} options={levels.filter((one) => one !== paper.level && rankOf(one) <= rankOf(own)).map((one) => ({ value: one, label: stampOf(page, one) }))} />{basis('regrade')}</>)}
          {!paper.declassifiedAt && form('declassify', basis('declassify'))}
          {form('close', <p className="meta">{t('classified.act.close.hint')}</p>)}
        </Section>}
      </aside></div>
      <Stamped>{stamp}</Stamped>
    </DeskPage>,
  );
}

const paperPage = definePage({
  path: '/desk/classified/:id', audience: 'desk', isForgotten: true, get: render,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const id = page.params['id']!;
    const acts: Record<string, () => Promise<unknown>> = {
      add: () => page.run(addToClassified, { id, files: page.files['files'] ?? [] }),
      name_reader: () => page.run(nameReader, { id, personId: read('personId'), need: read('need'), untilOn: read('untilOn') }),
      end_reader: () => page.run(endReader, { id, personId: read('personId') }),
      regrade: () => page.run(regradeClassified, { id, level: read('level') as Level, basis: read('basis') }),
      declassify: () => page.run(declassifyPaper, { id, basis: read('basis') }),
      close: () => page.run(closeClassified, { id }),
    };
    const act = read('act');
    if (!Object.hasOwn(acts, act)) throw notFound();
    await acts[act]!();
    const isOut = (act === 'end_reader' && read('personId') === page.caller.personId);
    return page.redirect(isOut ? '/desk/classified' : `/desk/classified/${id}`, { key: `classified.done.${act}` });
  },
});

const documentPage = definePage({
  path: '/desk/classified/:id/document/:documentId', audience: 'desk',
  async get(page) {
    const { mediaType, content } = await page.run(openClassifiedDocument, { id: page.params['documentId']! });
    return serveFile({ fileName: 'document.pdf', mediaType, content });
  },
});

export const paperPages: readonly Page[] = [paperPage, documentPage];
