import { dayIn } from '../../core/day.ts';
import { formatDay, isLocaleId, type LocaleId } from '../../core/language.ts';
import { textIn, translator } from '../../core/message.ts';
import type { Context } from '../../core/operation.ts';
import { notNow } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { renderSealed } from '../../core/sign.ts';
import { addDispatch } from '../dispatch/index.ts';
import { addDocument } from '../documents/index.ts';
import { addPaper, openPaper } from '../registry/index.ts';
import { change, missingIn, type LetterRow } from './letter.server.ts';
import type { LetterState, Recipient } from './letter.ts';
import { fieldValues, letterData, type Person, type Printed } from './paper.ts';
import { fillText } from './field.ts';

export const localeOf = (letter: { locale: string }, office: Context['office']): LocaleId => (isLocaleId(letter.locale) ? letter.locale : office.locale);

async function findPerson({ db, office }: Pick<Context, 'db' | 'office'>, personId: string | null): Promise<Person | null> {
  if (!personId) return null;
  const row = await db.selectFrom('person').select(['name', 'title']).where('office_id', '=', office.id).where('id', '=', personId).executeTakeFirst();
  return row ? { name: row.name, title: row.title as Record<string, string> } : null;
}

type Source = { case_id: string | null; subject: string; body: string; locale: string; recipients: readonly Recipient[]; enclosures: readonly string[]; written_by: string | null; signer_id: string | null };
/** What is known of a letter for its print, under `number`; `signedBy` is who signs where that is a substitute. */
export async function printed(context: Pick<Context, 'db' | 'office' | 'today'>, letter: Source, number: string, signedBy: string | null = null): Promise<Printed> {
  const { db, office, today } = context;
  const file = letter.case_id ? await db.selectFrom('case_file as c').leftJoin('party as p', (join) => join.onRef('p.office_id', '=', 'c.office_id').onRef('p.id', '=', 'c.party_id'))
    .select(['c.reference', 'c.subject', 'c.opened_at', 'p.name']).select((eb) => eb.selectFrom('entry as e').whereRef('e.office_id', '=', 'c.office_id').whereRef('e.case_id', '=', 'c.id').where('e.sub', '=', 1).select('e.sender_reference').limit(1).as('theirs'))
    .where('c.office_id', '=', office.id).where('c.id', '=', letter.case_id).executeTakeFirst() : undefined;
  const documents = letter.enclosures.length > 0 ? await db.selectFrom('document').select(['id', 'title']).where('office_id', '=', office.id).where('id', 'in', [...letter.enclosures]).execute() : [];
  const bySubstitute = signedBy !== null && signedBy !== letter.signer_id;
  const signer = await findPerson(context, letter.signer_id);
  return {
    office, locale: localeOf(letter, office), number, today, subject: letter.subject, body: letter.body, recipients: letter.recipients,
    enclosures: letter.enclosures.map((one) => documents.find((document) => document.id === one)?.title ?? '').filter(Boolean),
    file: file ? { reference: file.reference, subject: file.subject, openedOn: dayIn(office.jurisdiction.timeZone, file.opened_at), theirNumber: file.theirs ?? '', sender: file.name ?? '' } : null,
    signer: bySubstitute ? await findPerson(context, signedBy) : signer, actsFor: bySubstitute ? signer : null, clerk: await findPerson(context, letter.written_by),
  };
}

const channels = { email: 'email', post: 'post', registered: 'post', courier: 'courier', pickup: 'counter' } as const;

/** The signer approved: the letter takes its number, is printed and sealed, and goes to each of its recipients. The number is taken as late as the paper allows. */
export async function sealLetter(context: Context, row: LetterRow, signerId: string): Promise<{ state: LetterState; reference: string }> {
  const { db, office, caller, today } = context;
  if (Object.keys(missingIn(row)).length > 0 || row.signer_id !== signerId) throw notNow('error.letter_incomplete');
  const locale = localeOf(row, office);
  const t = translator(locale);
  const main = row.recipients.find((one) => !one.isCopy)!;
  const plain = await printed(context, row, '', caller.personId);
  const subject = fillText(row.subject, fieldValues(plain));
  const paper = { direction: 'out' as const, channel: channels[main.way], subject, body: '', partyId: main.partyId, enclosures: row.enclosures.length };
  const unit = row.written_by ? await db.selectFrom('person').select('unit_id').where('office_id', '=', office.id).where('id', '=', row.written_by).executeTakeFirst() : undefined;
  const entered = row.case_id
    ? await addPaper(context, row.case_id, paper).then((done) => ({ caseId: done.caseId, entryId: done.id, reference: done.reference }))
    : await openPaper(context, { ...paper, sender: main.name, classCode: row.class_code, unitId: unit?.unit_id ?? null, handledBy: row.written_by }).then((done) => ({ caseId: done.id, entryId: done.entryId, reference: done.reference }));
  const content: Printed = { ...plain, number: entered.reference };
  const { bytes, sealedWith } = await renderSealed(context, letterData(content), locale, t('public.letter.electronic'));
  const name = `${entered.reference.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.pdf`;
  const documentId = await addDocument(context, { caseId: entered.caseId, entryId: entered.entryId, kind: 'letter', title: subject, file: { name, bytes, mediaType: 'application/pdf' } });
  const files = await db.selectFrom('document').select(['id', 'file_name', 'sha256']).where('office_id', '=', office.id).where('id', 'in', [documentId, ...row.enclosures]).execute();
  const attachments = [documentId, ...row.enclosures].map((one) => files.find((file) => file.id === one)!).map((file) => ({ name: file.file_name, sha256: file.sha256 }));
  const said = { subject, reference: entered.reference, on: formatDay(today, locale, 'long'), office: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), phone: office.data.phone };
  for (const one of row.recipients)
    await addDispatch(context, {
      caseId: entered.caseId, entryId: entered.entryId, documentId, partyId: one.partyId, addressee: one.name, address: one.address, email: one.email, way: one.way,
      mail: one.way === 'email' ? { subject: t('public.letter.mail.subject', said), body: t('public.letter.mail.body', said), locale, attachments } : null,
    });
  await indexSearch(context, { id: row.id, noun: 'letter', caseId: entered.caseId, title: subject, detail: entered.reference, text: [fieldValues(content).body, ...row.recipients.map((one) => one.name)].join('\n') });
  await change(context, row.id, { state: 'sealed', case_id: entered.caseId, entry_id: entered.entryId, document_id: documentId, sealed_with: sealedWith });
  context.record({ name: 'letter.sealed', nounId: row.id, caseId: entered.caseId, data: { entry: entered.reference, sealed: sealedWith !== '', addressees: row.recipients.length } });
  return { state: 'sealed', reference: entered.reference };
}
