import { z } from 'zod';
import { sightOf } from '../../core/caller.ts';
import { sql } from '../../core/database.ts';
import { fold, likeQuery } from '../../core/fold.ts';
import { check, choice, day, line, optionalEmail, optionalId, optionalLine, optionalText, say, text } from '../../core/input.ts';
import { isLocaleId } from '../../core/language.ts';
import { messageBytesAtMost, readMessageFile } from '../../core/message-file.ts';
import { trackingCode } from '../../core/number.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { indexSearch } from '../../core/search.ts';
import { hashToken, sealText, sha256 } from '../../core/secret.ts';
import { findOrAddParty, hasParty } from '../directory/index.ts';
import { addDocument, takeUploads, UploadInput, UploadList, type DocumentKind } from '../documents/index.ts';
import { openCase, startClock } from '../registry/index.ts';
import { channels, kinds, replyWays, type Channel } from './petition.ts';
import { sniffUpload, type Sniffed, type Upload } from '../../core/file.ts';

const bodyAtMost = 20_000;
const common = {
  kind: choice(kinds), subject: line(200), text: text(bodyAtMost), place: optionalLine(200), area: optionalLine(60),
  name: optionalLine(200), organisation: check(), email: optionalEmail(), phone: optionalLine(60), address: optionalLine(300), town: optionalLine(100),
  replyBy: choice(replyWays), locale: optionalLine(20), mayPublish: check(),
};
type Common = z.output<z.ZodObject<typeof common>>;

const Registered = z.object({ id: z.string(), reference: z.string(), code: z.string(), answerBy: z.string() });

/** What an answer's way needs: an address to send it to. */
function checkWay(input: Common): void {
  if (input.replyBy === 'email' && !input.email) throw wrong({ email: { key: 'field.email_for_reply' } });
  if (input.replyBy === 'post' && !input.address) throw wrong({ address: { key: 'field.address_for_reply' } });
}

type Arrival = Common & { channel: Channel; files: Sniffed[]; fileKind: DocumentKind; partyId: string | null; confidential?: boolean; classCode?: string; senderReference?: string | null; pages?: number | null; receivedOn?: string };

/** Registers what arrived: sender, papers, clock and search first, the number last (it is locked from there to the commit). */
async function register(context: Context, arrival: Arrival): Promise<z.output<typeof Registered>> {
  const { db, office, now, today } = context;
  const id = context.newId();
  const area = office.data.areas.find((one) => one.id === arrival.area) ?? null;
  if (arrival.area && !area) throw wrong({ area: { key: 'field.choose' } });
  const locale = isLocaleId(arrival.locale) ? arrival.locale : context.caller.locale;
  const isAnonymous = !arrival.partyId && !arrival.name;
  const [partyId, answerBy] = await Promise.all([
    arrival.partyId ?? (isAnonymous ? null : findOrAddParty(context, {
      name: arrival.name, kind: arrival.organisation ? 'organisation' : 'person', email: arrival.email, phone: arrival.phone, address: arrival.address, place: arrival.town, locale,
    })),
    startClock(context, id, 'petition.reply', arrival.receivedOn ?? today),
  ]);
  const entryId = context.newId();
  for (const file of arrival.files) await addDocument(context, { caseId: id, entryId, kind: arrival.fileKind, file, isOpen: true });
  const code = trackingCode();
  const inserted = db.insertInto('petition').values({
    office_id: office.id, id, kind: arrival.kind, state: 'registered', channel: arrival.channel, body: arrival.text, place: arrival.place, area: area?.id ?? null, reply_by: arrival.replyBy, locale,
    is_anonymous: isAnonymous, may_publish: arrival.mayPublish, tracking_hash: hashToken(code), tracking_sealed: sealText(code),
    text_key: textKey(arrival.text, id), registered_at: now,
  }).execute();
  const indexed = indexSearch(context, { id, isNew: true, noun: 'petition', caseId: id, title: arrival.subject, detail: arrival.place, text: `${arrival.name} ${arrival.place} ${arrival.text}` });
  const opened = openCase(context, {
    id, book: 'main', kind: 'petition', subject: arrival.subject, classCode: arrival.classCode || (area?.class ?? office.data.numbering.class), unitId: null, partyId, access: arrival.confidential ? 'confidential' : 'office',
    // Who enters a paper has seen it already and must be able to finish it.
    involved: context.caller.personId && (arrival.confidential || sightOf(context.caller) === 'own') ? [context.caller.personId] : [],
  }, { id: entryId, caseId: id, direction: 'in', channel: arrival.channel, subject: arrival.subject, partyId, senderReference: arrival.senderReference ?? null, pages: arrival.pages ?? null, enclosures: arrival.files.length });
  const [taken] = await Promise.all([opened, inserted, indexed]);
  context.record({ name: 'petition.registered', nounId: id, caseId: id, data: { channel: arrival.channel, reference: taken.reference, kind: arrival.kind, replyBy: arrival.replyBy } });
  return { id, reference: taken.reference, code, answerBy };
}

/** The same for the same text in either script; a letter without words is like no other. */
export function textKey(words: string, id: string): Buffer {
  const folded = fold(words).replace(/\W+/g, ' ').trim();
  return Buffer.from(sha256(folded || id), 'hex');
}

export const submitPetition = operation({
  id: 'petition.submit', kind: 'command', rest: 'POST /petitions/submit', allow: ['public'], asOffice: true,
  summary: 'A citizen sends a petition, proposal, complaint, question or request; answers with the reference number and the tracking code.',
  input: z.object({ ...common, files: UploadList }),
  output: Registered,
  async run(context, input) {
    checkWay(input);
    const files = await takeUploads(input.files);
    return register(context, { ...input, channel: 'web', files, fileKind: 'received', partyId: null });
  },
});

export const registerPetition = operation({
  id: 'petition.register', kind: 'command', rest: 'POST /petitions', allow: ['registrar', 'citizens', 'chief', 'clerk', 'adviser', 'head'],
  summary: 'Registers a letter, a message or a call under the next number of the book, with its clock.',
  input: z.object({
    ...common, text: optionalText(bodyAtMost), replyBy: choice(replyWays).default('post'), channel: choice(channels).default('letter'), partyId: optionalId(), receivedOn: z.union([z.literal(''), day()]).default(''),
    senderReference: optionalLine(60), pages: z.union([z.literal('').transform(() => null), z.coerce.number(say('field.number')).int().min(1, say('field.number')).max(9999, say('field.number'))]).nullish(),
    classCode: optionalLine(20), confidential: check(), files: UploadList,
  }),
  output: Registered,
  asOffice: true,
  async run(context, input) {
    const { today } = context;
    if (!input.partyId) checkWay({ ...input, replyBy: input.name ? input.replyBy : 'pickup' });
    const receivedOn = input.receivedOn || today;
    if (receivedOn > today) throw wrong({ receivedOn: { key: 'field.day_future' } });
    // The register of a year is closed at its end: a paper is entered when it came, or at the latest within two months.
    if (receivedOn < new Date(Date.parse(today) - 62 * 86_400_000).toISOString().slice(0, 10)) throw wrong({ receivedOn: { key: 'field.day_long_ago' } });
    if (input.partyId && !(await hasParty(context, input.partyId))) throw wrong({ partyId: { key: 'field.choose' } });
    if (input.classCode && !context.office.data.classes.some((one) => one.code === input.classCode)) throw wrong({ classCode: { key: 'field.choose' } });
    const files = await takeUploads(input.files);
    if (!input.text && files.length === 0) throw wrong({ text: { key: 'field.text_or_scan' } });
    return register(context, { ...input, receivedOn, senderReference: input.senderReference || null, pages: input.pages ?? null, files, fileKind: input.channel === 'letter' ? 'scan' : 'received' });
  },
});


export const registerMessage = operation({
  id: 'petition.register_message', kind: 'command', rest: 'POST /petitions/message', allow: ['registrar', 'citizens', 'chief'],
  summary: 'Registers an e-mail message (RFC 5322, .eml) once: sender, subject, text and attachments are read from it.',
  input: z.object({ message: UploadInput, kind: choice(kinds).default('request'), area: optionalLine(60), subject: optionalLine(200) }),
  output: Registered,
  asOffice: true,
  async run(context, input) {
    if (input.message.bytes.length > messageBytesAtMost) throw wrong({ message: { key: 'field.file_large', args: { name: input.message.name, max: 30 } } });
    const mail = await readMessage(input.message.bytes);
    // Two who enter the same message at the same moment: the second waits, and is told the first one's number.
    await sql`select pg_advisory_xact_lock(hashtextextended(${mail.messageId}, ${context.office.id}))`.execute(context.db);
    const known = await context.db.selectFrom('entry as e').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'e.office_id').onRef('c.id', '=', 'e.case_id'))
      .select('c.reference').where('e.office_id', '=', context.office.id).where('e.sender_reference', '=', mail.messageId).where('e.channel', '=', 'email').executeTakeFirst();
    if (known) throw notNow('error.message_known', { reference: known.reference });
    const original: Sniffed = { name: 'message.eml', bytes: input.message.bytes, mediaType: 'text/plain' };
    // What cannot be taken as a document of its own stays in the original, which is kept whole.
    const sniffed = await Promise.all(mail.attachments.map(sniffUpload));
    const files = sniffed.filter((one): one is Sniffed => !('key' in one));
    return register(context, {
      kind: input.kind, subject: input.subject || mail.subject, text: mail.text, place: '', area: input.area, name: mail.name, organisation: false, email: mail.email, phone: '', address: '', town: '',
      replyBy: 'email', locale: context.office.locale, mayPublish: false, channel: 'email', files: [...files, original], fileKind: 'message', partyId: null, senderReference: mail.messageId,
    });
  },
});

type Message = { messageId: string; subject: string; text: string; name: string; email: string; attachments: Upload[] };

/** What a message says; a broken one, or one without a sender, is refused with a message at `message`. */
export async function readMessage(bytes: Uint8Array): Promise<Message> {
  const refuse = (key: string) => wrong({ message: { key } });
  const read = await readMessageFile(bytes);
  if (read.isBroken) throw refuse('field.message_broken');
  if (!read.email) throw refuse('field.message_no_sender');
  const subject = read.subject || read.text.split('\n')[0]?.slice(0, 100) || '';
  if (!read.text && !subject) throw refuse('field.message_empty');
  return { messageId: read.messageId ?? `sha256:${sha256(bytes)}`, subject: subject || '—', text: read.text || subject, name: read.name || read.email, email: read.email, attachments: read.attachments };
}

export const findDuplicates = operation({
  id: 'petition.duplicates', kind: 'query', rest: 'GET /petitions/duplicates', allow: ['staff'],
  summary: 'Earlier cases that may be the same matter: of the same sender, or with a similar text in either script.',
  input: z.object({ id: optionalId(), name: optionalLine(200), subject: optionalLine(200) }),
  output: z.object({ cases: z.array(z.object({ id: z.string(), reference: z.string(), subject: z.string(), openedAt: z.date(), why: z.enum(['same_text', 'same_sender', 'similar']) })) }),
  async run({ db, office }, input) {
    const self = input.id ? await db.selectFrom('petition as p').innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'p.office_id').onRef('c.id', '=', 'p.id'))
      .select(['c.party_id', 'c.subject', 'p.text_key']).where('p.office_id', '=', office.id).where('p.id', '=', input.id).executeTakeFirst() : undefined;
    if (input.id && !self) throw notFound();
    const folded = fold(self?.subject ?? input.subject).slice(0, 200);
    const name = fold(input.name);
    const words = likeQuery(self?.subject ?? input.subject);
    type Row = { id: string; reference: string; subject: string; openedAt: Date; why: 'same_text' | 'same_sender' | 'similar' };
    const rows = await sql<Row>`select distinct on (d.id) d.id, c.reference, c.subject, c.opened_at as "openedAt", d.why from (
        select p.id, 'same_text' as why, 1 as rank from petition p where p.office_id = ${office.id} and p.text_key = ${self?.text_key ?? Buffer.alloc(0)}
        union all select x.id, 'same_sender', 2 from (select id from case_file where office_id = ${office.id} and party_id = ${self?.party_id ?? null}::uuid order by opened_at desc limit 20) x
        union all select x.id, 'same_sender', 2 from (select cf.id from party pa join case_file cf on cf.office_id = pa.office_id and cf.party_id = pa.id where pa.office_id = ${office.id} and ${name} <> '' and pa.folded = ${name} limit 20) x
        ${folded.length >= 8 && words ? sql`union all select m.case_id, 'similar', 3 from search_matches(to_tsquery('simple', ${words}), 100) m join search_entry e on e.office_id = ${office.id} and e.id = m.id where m.case_id = m.id and word_similarity(${folded}, e.folded) >= 0.6` : sql``}
      ) d join case_file c on c.office_id = ${office.id} and c.id = d.id where d.id is distinct from ${input.id}::uuid order by d.id, d.rank limit 60`.execute(db);
    const order = { same_text: 0, same_sender: 1, similar: 2 };
    return { cases: rows.rows.sort((a, b) => order[a.why] - order[b.why] || b.openedAt.getTime() - a.openedAt.getTime()).slice(0, 8) };
  },
});
