import { dayIn } from '../../core/day.ts';
import { isLocaleId, type LocaleId } from '../../core/language.ts';
import type { Context } from '../../core/operation.ts';
import { fillSettled } from './field.ts';
import type { Recipient } from './letter.ts';
import { fieldValues, type Person, type Printed } from './paper.ts';

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

/** The text with what is already settled of its fields: of the case and the office. The rest is filled in at the signature. */
export async function settled(context: Pick<Context, 'db' | 'office' | 'today'>, letter: Source): Promise<{ subject: string; body: string }> {
  const known = fieldValues(await printed(context, letter, ''));
  // Without a case there is none to speak of yet.
  const values = letter.case_id ? known : { ...known, case_number: '', case_subject: '', case_day: '' };
  return { subject: fillSettled(letter.subject, values), body: fillSettled(letter.body, values) };
}
