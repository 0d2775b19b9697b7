import { formatDay } from '../../core/language.ts';
import { textIn, translator } from '../../core/message.ts';
import type { Context } from '../../core/operation.ts';
import { notNow } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { renderPaper } from '../../core/sign.ts';
import { addDispatch } from '../dispatch/index.ts';
import { addDocument } from '../documents/index.ts';
import { addPaper, openPaper } from '../registry/index.ts';
import { change, missingIn, type LetterRow } from './letter.server.ts';
import { ownPages, type LetterState } from './letter.ts';
import { fillText } from './field.ts';
import { localeOf, printed } from './letter-print.server.ts';
import { closingData, fieldValues, letterData, type Printed } from './paper.ts';

const channels = { email: 'email', post: 'post', registered: 'post', courier: 'courier', pickup: 'counter' } as const;

/** The signer approved: the letter takes its number, is printed and sealed, and goes to each of its recipients. The number is taken as late as the paper allows. */
export async function sealLetter(context: Context, row: LetterRow, signerId: string): Promise<{ state: LetterState; reference: string }> {
  const { db, office, caller, today, kernel } = context;
  if (Object.keys(missingIn(row)).length > 0 || row.signer_id !== signerId) throw notNow('error.letter_incomplete');
  const own = ownPages(row) ? await kernel.files.get(office.id, row.file_sha256!) : undefined;
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
  const { bytes, sealedWith } = await renderPaper(context, own ? { data: closingData(content, row.file_pages), own } : { data: letterData(content) }, locale, t('public.letter.electronic'));
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
  // What was sealed is kept as it was printed: its fields have their values of this day.
  await change(context, row.id, { state: 'sealed', subject, body: fieldValues(content).body, case_id: entered.caseId, entry_id: entered.entryId, document_id: documentId, sealed_with: sealedWith });
  context.record({ name: 'letter.sealed', nounId: row.id, caseId: entered.caseId, data: { entry: entered.reference, sealed: sealedWith !== '', addressees: row.recipients.length } });
  return { state: 'sealed', reference: entered.reference };
}
