import { z } from 'zod';
import { check, choice, id, line, optionalEmail, optionalId, optionalLine, optionalText, seenVersion } from '../../core/input.ts';
import { isLocaleId } from '../../core/language.ts';
import { nextState } from '../../core/lifecycle.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notAllowed, notFound, notNow, wrong, type FieldErrors } from '../../core/refusal.ts';
import { getCaseFile, involve } from '../registry/index.ts';
import { settled } from './letter-print.server.ts';
import { letterLifecycle, letterStates, letterWays, ownPages, signerRoles, writers, type LetterAct, type LetterState, type Recipient } from './letter.ts';

const RecipientInput = z.object({ partyId: optionalId(), name: optionalLine(200), address: optionalLine(300), email: optionalEmail(), way: choice(letterWays).default('post'), isCopy: check() });
const written = {
  subject: line(300), body: optionalText(40_000), locale: z.string().default(''), templateId: optionalId(), classCode: optionalLine(30),
  recipients: z.array(RecipientInput).max(60).default([]), enclosures: z.array(id()).max(50).default([]), visas: z.array(id()).max(8).default([]), signerId: optionalId(),
};
type Written = z.output<z.ZodObject<typeof written>>;
export const Done = z.object({ id: z.string(), state: z.enum(letterStates), version: z.number() });
export type Done = z.input<typeof Done>;

/** The letter as the caller may see it, its row locked, the act possible now and the version the one that the caller saw. */
export async function begin({ db, office }: Context, letterId: string, act: LetterAct, seen?: number) {
  const row = await db.selectFrom('letter').selectAll().where('office_id', '=', office.id).where('id', '=', letterId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  const state = nextState(letterLifecycle, row.state as LetterState, act);
  if (seen !== undefined && seen !== row.version) throw notNow('error.changed_meanwhile', {}, { version: row.version, subject: row.subject, body: row.body });
  return { ...row, state, recipients: row.recipients as Recipient[] };
}
export type LetterRow = Awaited<ReturnType<typeof begin>>;

export const change = ({ db, office, now }: Context, letterId: string, values: Record<string, unknown>) =>
  db.updateTable('letter').set({ updated_at: now, ...values }).where('office_id', '=', office.id).where('id', '=', letterId).execute();

/** Only who wrote it, whose substitute one is, and who leads. */
export function isWriter({ caller }: Pick<Context, 'caller'>, writtenBy: string | null): boolean {
  return caller.kind !== 'person' || (writtenBy !== null && caller.marks.includes(writtenBy)) || caller.roles.has('chief') || caller.roles.has('mayor');
}

async function recipientsOf({ db, office }: Context, given: Written['recipients']): Promise<Recipient[]> {
  const ids = given.map((one) => one.partyId).filter((one): one is string => one !== null);
  const parties = ids.length > 0 ? await db.selectFrom('party').select(['id', 'name', 'address', 'place', 'email']).where('office_id', '=', office.id).where('id', 'in', ids).execute() : [];
  const errors: FieldErrors = {};
  const recipients = given.map((one, index): Recipient => {
    const party = parties.find((row) => row.id === one.partyId);
    if (one.partyId && !party) errors[`recipients.${index}.partyId`] = { key: 'field.choose' };
    return {
      partyId: one.partyId, name: one.name || party?.name || '', address: one.address || [party?.address, party?.place].filter(Boolean).join(', '), email: (one.email || party?.email || '').toLowerCase(), way: one.way, isCopy: one.isCopy,
    };
  });
  if (Object.keys(errors).length > 0) throw wrong(errors);
  // An empty row of the form is no recipient.
  return recipients.filter((one) => one.name !== '' || one.address !== '' || one.email !== '');
}

/** What was written, with everything that it names looked up in this office. */
async function checked(context: Context, input: Written, caseId: string | null) {
  const { db, office } = context;
  const errors: FieldErrors = {};
  const locale = input.locale || office.locale;
  if (!isLocaleId(locale) || ![...office.publicLocales, ...office.staffLocales].includes(locale)) errors['locale'] = { key: 'field.choose' };
  const people = [...input.visas, ...(input.signerId ? [input.signerId] : [])];
  const found = people.length > 0 ? await db.selectFrom('person').select(['id', 'roles']).where('office_id', '=', office.id).where('id', 'in', people).where('is_active', '=', true).execute() : [];
  if (input.visas.some((one) => !found.some((person) => person.id === one))) errors['visas'] = { key: 'field.choose' };
  const signer = found.find((person) => person.id === input.signerId);
  if (input.signerId && !signer?.roles.some((role) => signerRoles.includes(role as 'chief'))) errors['signerId'] = { key: 'field.choose' };
  if (input.templateId && !(await db.selectFrom('letter_template').select('id').where('office_id', '=', office.id).where('id', '=', input.templateId).executeTakeFirst())) errors['templateId'] = { key: 'field.choose' };
  if (input.classCode && !office.data.classes.some((one) => one.code === input.classCode)) errors['classCode'] = { key: 'field.choose' };
  const enclosures = [...new Set(input.enclosures)];
  if (enclosures.length > 0) {
    const documents = caseId ? await db.selectFrom('document').select('id').where('office_id', '=', office.id).where('case_id', '=', caseId).where('id', 'in', enclosures).execute() : [];
    if (documents.length < enclosures.length) errors['enclosures'] = { key: 'field.choose' };
  }
  if (Object.keys(errors).length > 0) throw wrong(errors);
  const { subject, body } = await settled(context, { case_id: caseId, subject: input.subject, body: input.body, locale, recipients: [], enclosures: [], written_by: null, signer_id: null });
  return {
    columns: { subject, body, locale, template_id: input.templateId, class_code: input.classCode, recipients: JSON.stringify(await recipientsOf(context, input.recipients)), enclosures, signer_id: input.signerId },
    visas: [...new Set(input.visas)].filter((one) => one !== input.signerId),
  };
}

/** Writes the chain of the round: visas in order, then the signature. */
export async function setChain({ db, office }: Context, letterId: string, round: number, visas: readonly string[], signerId: string | null): Promise<void> {
  const own = db.deleteFrom('letter_step').where('office_id', '=', office.id).where('letter_id', '=', letterId).where('round', '=', round);
  await own.execute();
  const last = await db.selectFrom('letter_step').select((eb) => eb.fn.max('position').as('position')).where('office_id', '=', office.id).where('letter_id', '=', letterId).executeTakeFirst();
  const steps = [...visas.map((person) => ({ person_id: person, kind: 'visa' })), ...(signerId ? [{ person_id: signerId, kind: 'sign' }] : [])];
  if (steps.length > 0) await db.insertInto('letter_step').values(steps.map((step, index) => ({ office_id: office.id, letter_id: letterId, position: (last?.position ?? 0) + index + 1, round, ...step }))).execute();
}

/** A letter that could not be sealed is not begun: of a merged case it is entered in the other. */
async function mustTakeLetters(context: Context, caseId: string): Promise<void> {
  const file = await getCaseFile(context, caseId);
  if (file.kind === 'reserved') throw notFound();
  if (file.annulledAt) throw notNow('error.case_annulled', { reference: file.reference });
  if (file.isDisposed) throw notNow('error.case_disposed');
  if (file.closedAt && !file.mergedInto) throw notNow('error.case_closed');
}

export const writeLetter = operation({
  id: 'letter.write', kind: 'command', rest: 'POST /letters', allow: writers,
  summary: 'Begins a letter on a case, or one that opens a case of its own when it is sealed; no number is taken yet.',
  input: z.object({ ...written, caseId: optionalId() }),
  output: Done,
  async run(context, input) {
    const { db, office, caller, now } = context;
    if (input.caseId) await mustTakeLetters(context, input.caseId);
    const { columns, visas } = await checked(context, input, input.caseId);
    const letterId = context.newId();
    const involved = [caller.personId, ...visas, input.signerId].filter((one): one is string => one !== null);
    await db.insertInto('letter').values({ office_id: office.id, id: letterId, case_id: input.caseId, ...columns, involved: [...new Set(involved)], written_by: caller.personId, at: now, updated_at: now }).execute();
    await setChain(context, letterId, 1, visas, input.signerId);
    context.record({ name: 'letter.written', nounId: letterId, caseId: input.caseId });
    return { id: letterId, state: 'draft' as const, version: 1 };
  },
});

export const changeLetter = operation({
  id: 'letter.change', kind: 'command', rest: 'POST /letters/{id}', allow: writers,
  summary: 'Saves the draft; refuses with what the other wrote when two save at once. While a PDF is the letter its text stays.',
  input: z.object({ ...written, id: id(), version: seenVersion() }),
  output: Done,
  run: (context, input) => save(context, input),
});

async function save(context: Context, input: Written & { id: string; version: number }): Promise<Done> {
  const row = await begin(context, input.id, 'change', input.version);
  if (!isWriter(context, row.written_by) && !row.involved.some((one) => context.caller.marks.includes(one))) throw notAllowed();
  if (row.case_id) await mustTakeLetters(context, row.case_id);
  const { columns, visas } = await checked(context, ownPages(row) ? { ...input, body: row.body } : input, row.case_id);
  const involved = [...new Set([...row.involved, context.caller.personId, ...visas, input.signerId].filter((one): one is string => one !== null))];
  await change(context, row.id, { ...columns, involved, version: row.version + 1 });
  await setChain(context, row.id, row.round, visas, input.signerId);
  context.record({ name: 'letter.changed', nounId: row.id, caseId: row.case_id, data: { version: row.version + 1 } });
  return { id: row.id, state: row.state, version: row.version + 1 };
}

/** What is still missing before the letter may go its way, by field. */
export function missingIn(letter: { subject: string; body: string; file_as: string; file_sha256: string | null; signer_id: string | null; recipients: readonly Recipient[] }): FieldErrors {
  const errors: FieldErrors = {};
  if (!letter.body && !ownPages(letter)) errors['body'] = { key: 'field.required' };
  if (!letter.signer_id) errors['signerId'] = { key: 'field.choose' };
  if (!letter.recipients.some((one) => !one.isCopy)) errors['recipients.0.name'] = { key: 'field.recipient' };
  letter.recipients.forEach((one, index) => {
    if (!one.name) errors[`recipients.${index}.name`] = { key: 'field.required' };
    if (one.way === 'email' && !one.email) errors[`recipients.${index}.email`] = { key: 'field.recipient_email' };
    if (['post', 'registered', 'courier'].includes(one.way) && !one.address) errors[`recipients.${index}.address`] = { key: 'field.recipient_address' };
  });
  return errors;
}

export const submitLetter = operation({
  id: 'letter.submit', kind: 'command', rest: 'POST /letters/{id}/submit', allow: writers,
  summary: 'Saves the letter and sends it along its chain: the visas in their order, then who signs.',
  input: z.object({ ...written, id: id(), version: seenVersion() }),
  output: Done,
  async run(context, input) {
    const saved = await save(context, input);
    const row = await begin(context, input.id, 'submit');
    const errors = missingIn(row);
    if (Object.keys(errors).length > 0) throw wrong(errors);
    if (row.case_id) await involve(context, row.case_id, row.involved);
    await change(context, row.id, { state: row.state });
    context.record({ name: 'letter.submitted', nounId: row.id, caseId: row.case_id });
    return { ...saved, state: row.state };
  },
});

/** Back to its writer: the chain begins another round, what was said in this one stays to be read. */
export async function backToDraft(context: Context, row: LetterRow): Promise<number> {
  const { db, office } = context;
  const steps = await db.selectFrom('letter_step').select(['position', 'person_id', 'kind', 'state']).where('office_id', '=', office.id).where('letter_id', '=', row.id).where('round', '=', row.round).orderBy('position').execute();
  await db.deleteFrom('letter_step').where('office_id', '=', office.id).where('letter_id', '=', row.id).where('round', '=', row.round).where('state', '=', 'waiting').execute();
  await setChain(context, row.id, row.round + 1, steps.filter((step) => step.kind === 'visa').map((step) => step.person_id), row.signer_id);
  await change(context, row.id, { state: 'draft', round: row.round + 1, version: row.version + 1 });
  return row.version + 1;
}

export const recallLetter = operation({
  id: 'letter.recall', kind: 'command', rest: 'POST /letters/{id}/recall', allow: writers,
  summary: 'The writer takes the letter back before it is signed; what was approved is to be approved anew.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const row = await begin(context, input.id, 'recall');
    if (!isWriter(context, row.written_by)) throw notAllowed();
    const next = await backToDraft(context, row);
    context.record({ name: 'letter.recalled', nounId: row.id, caseId: row.case_id });
    return { id: row.id, state: 'draft' as const, version: next };
  },
});

export const withdrawLetter = operation({
  id: 'letter.withdraw', kind: 'command', rest: 'POST /letters/{id}/withdraw', allow: writers,
  summary: 'Gives a draft up; it took no number.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const row = await begin(context, input.id, 'withdraw');
    if (!isWriter(context, row.written_by)) throw notAllowed();
    await change(context, row.id, { state: row.state, version: row.version + 1 });
    context.record({ name: 'letter.withdrawn', nounId: row.id, caseId: row.case_id });
    return { id: row.id, state: row.state, version: row.version + 1 };
  },
});
