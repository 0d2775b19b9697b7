import PostalMime from 'postal-mime';
import { icalBytesAtMost } from './ical.ts';

const mark = /text\/calendar|application\/ics|\.ics"?\s*(?:\r?\n|;)/i;

/** The calendar part of a message (iMIP, RFC 6047), beside its text or attached, in whatever encoding; null where there is none. */
export async function findCalendarPart(bytes: Uint8Array): Promise<string | null> {
  if (!mark.test(Buffer.from(bytes.subarray(0, 4_000_000)).toString('latin1'))) return null;
  const email = await PostalMime.parse(bytes, { maxNestingDepth: 20, maxHeadersSize: 256 * 1024 }).catch(() => null);
  const parts = (email?.attachments ?? []).filter((one) => /^(text\/calendar|application\/ics)$/i.test(one.mimeType) || /\.ics$/i.test(one.filename ?? ''));
  for (const part of parts.toSorted((a, b) => Number(b.mimeType === 'text/calendar') - Number(a.mimeType === 'text/calendar'))) {
    const text = typeof part.content === 'string' ? (part.encoding === 'base64' ? Buffer.from(part.content, 'base64').toString('utf8') : part.content) : Buffer.from(part.content as ArrayBuffer).toString('utf8');
    if (text.length <= icalBytesAtMost && /BEGIN:VCALENDAR/i.test(text)) return text;
  }
  return null;
}
