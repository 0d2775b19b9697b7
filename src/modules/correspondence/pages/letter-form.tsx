import type { ReactElement } from 'react';
import { getLocale } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { first, many, type PageContext, type Values } from '../../../core/page.ts';
import { Checkbox, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { Button, Section } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';
import { letterWays, signerRoles } from '../letter.ts';
import { letterSources, type LetterView } from '../letter-list.server.ts';
import { OwnPages } from './letter-parts.tsx';

const rowsAtMost = 60;
const visaRows = 3;
const rowName = /^recipients\.(\d+)\.name$/;

/** The rows of recipients that a form held, also those that were left empty. */
function recipientRows(values: Values): Record<string, string>[] {
  const last = Math.max(-1, ...Object.keys(values).map((name) => Number(rowName.exec(name)?.[1] ?? -1)));
  return Array.from({ length: Math.min(last + 1, rowsAtMost) }, (_, index) => Object.fromEntries(['partyId', 'name', 'address', 'email', 'way', 'isCopy'].map((field) => [field, first(values, `recipients.${index}.${field}`)])));
}

/** What the form says, as the operations take it. */
export function letterInput(values: Values) {
  const read = (name: string): string => first(values, name);
  return {
    subject: read('subject'), body: read('body'), locale: read('locale'), templateId: read('templateId'), classCode: read('classCode'), signerId: read('signerId'), enclosures: many(values, 'enclosures'),
    visas: Array.from({ length: visaRows }, (_, index) => read(`visas.${index}`)).filter(Boolean),
    recipients: recipientRows(values).map((row) => ({ partyId: row['partyId']!, name: row['name']!, address: row['address']!, email: row['email']!, way: row['way'] as 'post', isCopy: row['isCopy']! })),
  };
}

type Row = { partyId: string; name: string; address: string; email: string; way: string; isCopy: boolean };
const emptyRow: Row = { partyId: '', name: '', address: '', email: '', way: 'post', isCopy: false };

function RecipientFields({ page, index, row, errors, parties }: { page: PageContext; index: number; row: Row; errors: Record<string, string>; parties: { id: string; name: string }[] }): ReactElement {
  const { t } = page;
  const name = (field: string): string => `recipients.${index}.${field}`;
  return (
    <fieldset className="recipient">
      <legend>{t('letter.recipient', { number: index + 1 })}</legend>
      <div className="two fields">
        <SelectField name={name('partyId')} label={t('letter.recipient.party')} empty={t('letter.recipient.free')} value={row.partyId} error={errors[name('partyId')]} options={parties.map((one) => ({ value: one.id, label: one.name }))} />
        <TextField name={name('name')} label={t('letter.recipient.name')} value={row.name} error={errors[name('name')]} autoComplete="off" />
        <TextField name={name('address')} label={t('petition.address')} optional value={row.address} error={errors[name('address')]} autoComplete="off" />
        <TextField name={name('email')} type="email" label={t('petition.email')} optional value={row.email} error={errors[name('email')]} autoComplete="off" spellCheck={false} />
        <SelectField name={name('way')} label={t('dispatch.column.way')} value={row.way} error={errors[name('way')]} options={letterWays.map((way) => ({ value: way, label: t(`dispatch.way.${way}`) }))} />
        <Checkbox name={name('isCopy')} label={t('letter.recipient.copy')} checked={row.isCopy} />
      </div>
    </fieldset>
  );
}

type Given = { page: PageContext; action: string; caseId: string | null; letter: LetterView | null; preset: { subject: string; body: string; locale: string; templateId: string }; values: Values | undefined; errors: Record<string, string>; version: number; file?: ReactElement | undefined; children: ReactElement };
/** The fields of a letter: what it says, to whom it goes, what is enclosed, who approves and signs. */
export async function letterForm({ page, action, caseId, letter, preset, values, errors, version, file, children }: Given): Promise<ReactElement> {
  const { t, office, locale } = page;
  const [{ people }, sources] = await Promise.all([page.run(listColleagues, {}), page.run(letterSources, { caseId })]);
  const value = (name: 'subject' | 'body' | 'locale' | 'classCode' | 'signerId', fallback = ''): string => (values ? first(values, name) : (letter?.[name] ?? fallback));
  const parties = [...(sources.file?.party ? [sources.file.party] : []), ...sources.bodies];
  const kept: Row[] = values ? recipientRows(values).map((row) => ({ ...emptyRow, ...row, way: row['way'] || 'post', isCopy: row['isCopy'] !== '' }))
    : (letter?.recipients.map((one) => ({ ...one, partyId: one.partyId ?? '' })) ?? (sources.file?.party ? [{ ...emptyRow, partyId: sources.file.party.id, name: sources.file.party.name }] : []));
  const wantsMore = values !== undefined && first(values, 'more') !== '';
  const rows = kept.length === 0 || wantsMore ? [...kept, emptyRow] : kept;
  const enclosed = values ? many(values, 'enclosures') : (letter?.enclosures ?? []);
  const visas = values ? Array.from({ length: visaRows }, (_, index) => first(values, `visas.${index}`)) : (letter?.visas ?? []);
  const signers = people.filter((person) => person.roles.some((role) => signerRoles.includes(role as 'chief')));
  const label = (person: (typeof people)[number]): string => `${person.name}, ${textIn(person.title, locale)}`;
  const languages = [...new Set([...office.publicLocales, ...office.staffLocales])];
  return (
    <form id="letter" method="post" encType="multipart/form-data" action={action} className="stack letterform" noValidate data-unsaved="1">
      <Hidden fields={{ version, templateId: values ? first(values, 'templateId') : (letter?.templateId ?? preset.templateId), ...(caseId ? { caseId } : {}) }} />
      <Section id="text" title={t('letter.text')}>
        <TextField name="subject" label={t('petition.subject')} value={value('subject', preset.subject)} error={errors['subject']} maxLength={300} />
        {letter && letter.ownPages > 0 ? <OwnPages page={page} letter={letter} hint={t('letter.own.change')} /> : <TextArea name="body" rows={14} label={t('letter.body')} hint={t('letter.body.hint')} value={value('body', preset.body)} error={errors['body']} maxLength={40_000} />}
        <div className="two fields">
          <SelectField name="locale" label={t('letter.language')} value={value('locale', preset.locale)} error={errors['locale']} options={languages.map((id) => ({ value: id, label: getLocale(id).name }))} />
          {!caseId && <SelectField name="classCode" label={t('petition.class')} empty={t('letter.class.default')} optional value={value('classCode')} error={errors['classCode']} options={office.data.classes.map((one) => ({ value: one.code, label: `${one.code} ${textIn(one.name, locale)}` }))} />}
        </div>
      </Section>
      {file}
      <Section id="recipients" title={t('letter.recipients')}>
        {rows.map((row, index) => <RecipientFields key={index} page={page} index={index} row={row} errors={errors} parties={parties} />)}
        <p className="actions"><Button name="more" value="1" icon="plus">{t('letter.recipient.add')}</Button></p>
      </Section>
      {sources.documents.length > 0 && (
        <Section id="enclosed" title={t('letter.enclosures')}>
          {errors['enclosures'] && <p className="error">{errors['enclosures']}</p>}
          {sources.documents.map((one) => <div className="field check" key={one.id}><label><input type="checkbox" name="enclosures" value={one.id} defaultChecked={enclosed.includes(one.id)} /><span>{one.title}</span></label></div>)}
        </Section>
      )}
      <Section id="chain" title={t('letter.chain')}>
        <p className="meta">{t('letter.chain.hint')}</p>
        <div className="two fields">
          {Array.from({ length: visaRows }, (_, index) => (
            <SelectField key={index} name={`visas.${index}`} label={t('letter.visa', { number: index + 1 })} optional empty={t('desk.nobody')} value={visas[index] ?? ''} error={index === 0 ? errors['visas'] : undefined} options={people.filter((person) => person.id !== page.caller.personId || visas[index] === person.id).map((person) => ({ value: person.id, label: label(person) }))} />
          ))}
          <SelectField name="signerId" label={t('letter.signer')} empty={t('desk.choose')} value={value('signerId')} error={errors['signerId']} options={signers.map((person) => ({ value: person.id, label: label(person) }))} />
        </div>
      </Section>
      {children}
    </form>
  );
}
