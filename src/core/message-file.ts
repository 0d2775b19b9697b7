import { fileTypeFromBuffer } from 'file-type';
import PostalMime, { type Attachment, type Email } from 'postal-mime';
import type { Upload } from './file.ts';
import { optionalEmail, optionalLine, optionalText } from './input.ts';
import { sha256 } from './secret.ts';
import { isTnef, openTnef } from './tnef.ts';

const bodyAtMost = 20_000;
const lettersRead = 200_000;
export const messagePartsAtMost = 50;
export const messageBytesAtMost = 30 * 1024 * 1024;
// As many as the largest message has that is packed in lines of 76 letters.
const linesAtMost = 450_000;

/** A returned message: which of ours it was, and what the other server said (RFC 3464). */
export type Report = { action: string; status: string; reason: string; originals: string[] };
export type MessageFile = {
  /** As the sender's program gave it, in angle brackets; null where it gave none. */
  messageId: string | null;
  /** The same for the same message, however often and by whatever way it is delivered. */
  key: string;
  subject: string; text: string; name: string; email: string; sentAt: Date | null;
  /** Message-IDs that it answers, the nearest last. */
  thread: string[];
  /** Why no person stands behind it, where its headers say so. */
  noise: 'auto_reply' | 'list' | 'bulk' | null;
  report: Report | null;
  attachments: Upload[];
  isBroken: boolean;
};

const oneLine = (text: string | undefined, max: number): string => optionalLine(2000).parse((text ?? '').slice(0, 2000)).slice(0, max).trim();
const several = (text: string): string => optionalText(lettersRead).parse(text.slice(0, lettersRead)).slice(0, bodyAtMost).trim();
const idsIn = (text: string | undefined): string[] => [...new Set(optionalText(20_000).parse((text ?? '').slice(0, 20_000)).match(/<[^<>\s]{1,300}>/g) ?? [])];

/** What a message (RFC 5322) says. Never throws: of one that cannot be read, what can be read is given. */
export async function readMessageFile(bytes: Uint8Array): Promise<MessageFile> {
  if (isAllLines(bytes)) return fromHeaders(bytes);
  const limits = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024 };
  const email = await PostalMime.parse(bytes, limits).catch(() => null);
  if (!email) return fromHeaders(bytes);
  const header = (key: string): string => email.headers.find((one) => one.key === key)?.value ?? '';
  const isReport = /multipart\/report/i.test(header('content-type')) && /delivery-status/i.test(header('content-type'));
  const parts = isReport ? await PostalMime.parse(bytes, { ...limits, forceRfc822Attachments: true }).catch(() => email) : email;
  const text = several(email.text ?? plain((email.html ?? '').slice(0, lettersRead * 10)));
  const messageId = idsIn(email.messageId)[0] ?? (oneLine(email.messageId, 300) || null);
  const address = optionalEmail().safeParse((email.from && 'address' in email.from ? email.from.address : '') ?? '');
  const subject = oneLine(email.subject, 200);
  const attachments = (await Promise.all(parts.attachments.filter(isPaper).slice(0, messagePartsAtMost).map(uploadOf))).flat();
  const said = [...(text ? [text] : []), ...attachments.map((one) => sha256(one.bytes))];
  return {
    messageId, subject, text, name: oneLine(email.from?.name, 200), email: address.success ? address.data.toLowerCase() : '', sentAt: momentOf(email.date),
    // Two different messages under one Message-ID are both kept: what they say, and when, is part of the key.
    key: `${messageId ?? ''} ${said.length > 0 ? sha256([email.from?.address ?? '', email.date ?? '', subject, ...said].join('\n')).slice(0, 32) : sha256(bytes).slice(0, 32)}`.trim(),
    thread: [...new Set([...idsIn(email.references), ...idsIn(email.inReplyTo)])].slice(-50),
    noise: noiseOf(header, email), report: isReport ? reportOf(parts, bytes) : null, attachments, isBroken: false,
  };
}

// A reader of mail keeps each line for itself: of a message that is nothing but lines it would take gigabytes.
function isAllLines(bytes: Uint8Array): boolean {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return lines > linesAtMost || (lines > linesAtMost / 5 && bytes.length < lines * 20);
}

/** A message whose parts cannot be told apart: its first headers only. */
function fromHeaders(bytes: Uint8Array): MessageFile {
  const head = Buffer.from(bytes.subarray(0, 100_000)).toString('latin1').split(/\r?\n\r?\n/)[0]!.replace(/\r?\n[ \t]+/g, ' ');
  const value = (name: string): string => new RegExp(`^${name}:(.{0,1000})`, 'im').exec(head)?.[1]?.trim() ?? '';
  const address = optionalEmail().safeParse(/[^\s<>"]+@[^\s<>"]+/.exec(value('from'))?.[0] ?? '');
  const messageId = idsIn(value('message-id'))[0] ?? null;
  return {
    messageId, key: `${messageId ?? ''} ${sha256(bytes).slice(0, 32)}`.trim(), subject: oneLine(value('subject'), 200), text: '', name: '', email: address.success ? address.data.toLowerCase() : '', sentAt: momentOf(value('date')),
    thread: [], noise: null, report: null, attachments: [], isBroken: true,
  };
}

function momentOf(date: string | undefined): Date | null {
  const at = Date.parse(date ?? '');
  return at > Date.parse('1990-01-01') && at < Date.now() + 2 * 86_400_000 ? new Date(at) : null;
}

// RFC 3834 and what mail programs did before it.
function noiseOf(header: (key: string) => string, email: Email): MessageFile['noise'] {
  const auto = header('auto-submitted').trim().toLowerCase();
  if ((auto && !auto.startsWith('no')) || header('x-autoreply') || header('x-autorespond') || /\bauto_?reply\b/i.test(header('precedence')) || (/^(auto(matic)?[ -]?(reply|odgovor|response)|out of office)/i.test(email.subject ?? '') && header('x-auto-response-suppress'))) return 'auto_reply';
  if (header('list-id') || header('list-unsubscribe')) return 'list';
  return /\b(bulk|junk|list)\b/i.test(header('precedence')) ? 'bulk' : null;
}

const contentOf = (one: Attachment): Uint8Array<ArrayBuffer> => (typeof one.content === 'string' ? new Uint8Array(Buffer.from(one.content, one.encoding ?? 'utf8')) : new Uint8Array(one.content));

/** Pictures that only decorate a text (logos of signatures) are no papers; a photograph pasted into it is. */
function isPaper(one: Attachment): boolean {
  if (/^message\/(delivery-status|disposition-notification|rfc822-headers)$|^text\/rfc822-headers$/.test(one.mimeType)) return false;
  const isInline = one.disposition === 'inline' || one.related === true;
  if (!isInline) return true;
  if (!one.filename && !one.mimeType.startsWith('image/')) return false;
  return !one.mimeType.startsWith('image/') || contentOf(one).length > 40_000;
}

async function uploadOf(one: Attachment): Promise<Upload[]> {
  const bytes = contentOf(one);
  if (isTnef(bytes)) return (await Promise.all(openTnef(bytes).slice(0, messagePartsAtMost).map(withEnding)));
  return [await withEnding({ name: one.filename ?? (one.mimeType === 'message/rfc822' ? 'message.eml' : 'part'), bytes })];
}

/** Some programs name no file type: it is what the bytes are. */
async function withEnding(upload: Upload): Promise<Upload> {
  if (/\.[a-z0-9]{2,5}$/i.test(upload.name)) return upload;
  const found = await fileTypeFromBuffer(upload.bytes).catch(() => undefined);
  return found ? { ...upload, name: `${upload.name}.${found.ext}` } : upload;
}

function reportOf(email: Email, bytes: Uint8Array): Report {
  const status = email.attachments.find((one) => one.mimeType === 'message/delivery-status');
  const said = status ? Buffer.from(contentOf(status)).toString('utf8').replace(/\r?\n[ \t]+/g, ' ') : '';
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(said)?.[1]?.trim() ?? '';
  const returned = email.attachments.filter((one) => /rfc822/.test(one.mimeType)).map((one) => Buffer.from(contentOf(one)).toString('latin1')).join('\n');
  // Servers return the whole message, its headers, or a piece of text: our own ids are looked for everywhere.
  const everywhere = `${returned}\n${Buffer.from(bytes.subarray(0, 2_000_000)).toString('latin1')}`;
  const reason = field('diagnostic-code').replace(/^[\w-]+;\s*/, '');
  return { action: field('action').toLowerCase(), status: field('status'), reason: oneLine(reason || field('status'), 300), originals: [...new Set([...everywhere.matchAll(/^(?:message-id|x-original-message-id|original-message-id):\s*(<[^<>\s]+>)/gim)].map((match) => match[1]!))].slice(0, 20) };
}

/** Text of an HTML body, for registers and search only: it is never shown as HTML. */
export const plain = (html: string): string => without(without(html, 'style'), 'script').replace(/<br\s*\/?>|<\/p>|<\/div>/gi, '\n').replace(/<[^<>]*>/g, ' ')
  .replace(/&nbsp;/g, ' ').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Math.min(Number(code), 0x10ffff))).replace(/&amp;/g, '&');

/** The elements of a name cut out, with what an unclosed one would hide; in one pass, whatever the sender wrote. */
function without(html: string, name: string): string {
  const lower = html.toLowerCase();
  let kept = '';
  for (let from = 0; ; ) {
    const start = lower.indexOf(`<${name}`, from);
    if (start < 0) return kept + html.slice(from);
    kept += `${html.slice(from, start)} `;
    const end = lower.indexOf(`</${name}`, start);
    if (end < 0) return kept;
    from = end + name.length + 2;
  }
}
