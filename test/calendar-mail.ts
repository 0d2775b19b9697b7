// Messages as the calendars of Outlook, Gmail, Apple and Thunderbird write them: how each wraps, encodes and names its part.
const fold = (text: string): string => text.replace(/(.{76})/g, '$1\r\n');
const base64 = (text: string): string => fold(Buffer.from(text).toString('base64'));
const quoted = (text: string): string => [...Buffer.from(text)].map((byte) => (byte === 13 || byte === 10 || (byte > 31 && byte < 127 && byte !== 61) ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('').split('\r\n').map((line) => line.replace(/(.{1,72})(?=.)/g, '$1=\r\n').replace(/=\r\n([0-9A-F]{1,2})/g, '=\r\n$1')).join('\r\n');
const subject = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
const zone = ['BEGIN:VTIMEZONE', 'TZID:Central European Standard Time', 'BEGIN:STANDARD', 'DTSTART:16010101T030000', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', 'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10', 'END:STANDARD', 'BEGIN:DAYLIGHT', 'DTSTART:16010101T020000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200', 'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3', 'END:DAYLIGHT', 'END:VTIMEZONE'];

export type Said = { method: 'REPLY' | 'COUNTER' | 'REQUEST' | 'CANCEL'; uid: string; from: string; attendee: string; partstat?: string; organizer: string; sequence?: number; start: string; end: string; title?: string; comment?: string; more?: string[] };
const headers = (said: Said, name: string, about: string): string[] => [`From: ${name} <${said.from}>`, `To: <${said.organizer}>`, `Subject: ${subject(about)}`, `Date: Sun, 22 Nov 2026 10:00:00 +0100`, `Message-ID: <${said.uid}-${said.method}-${Math.random()}@posta.example>`, 'MIME-Version: 1.0'];
const event = (said: Said, times: string[]): string[] => ['BEGIN:VEVENT', `UID:${said.uid}`, 'DTSTAMP:20261122T090000Z', ...times, `SEQUENCE:${said.sequence ?? 0}`, `SUMMARY:${said.title ?? 'Accepted'}`, `ORGANIZER:mailto:${said.organizer}`, ...(said.comment ? [`COMMENT:${said.comment}`] : []), ...(said.more ?? [])];
const utc = (said: Said): string[] => [`DTSTART:${said.start}`, `DTEND:${said.end}`];

/** Outlook: alternative, the calendar part in base64, the zone under its Windows name, capital MAILTO. */
export function outlook(said: Said, localStart: string, localEnd: string): string {
  const times = [`DTSTART;TZID=Central European Standard Time:${localStart}`, `DTEND;TZID=Central European Standard Time:${localEnd}`];
  const ics = ['BEGIN:VCALENDAR', `METHOD:${said.method}`, 'PRODID:Microsoft Exchange Server 2010', 'VERSION:2.0', ...zone, ...event(said, times).map((one) => one.replace('mailto:', 'MAILTO:')), `ATTENDEE;PARTSTAT=${said.partstat ?? 'NEEDS-ACTION'};CN=Gost:MAILTO:${said.attendee}`, 'CLASS:PUBLIC', 'X-MICROSOFT-CDO-BUSYSTATUS:BUSY', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
  return [...headers(said, 'Gost', `Accepted: ${said.title ?? ''}`), 'Content-Type: multipart/alternative; boundary="_000_a"', 'Content-Language: sr-Cyrl-ME', '', '--_000_a', 'Content-Type: text/plain; charset="utf-8"', 'Content-Transfer-Encoding: base64', '', base64('Долазим.\r\n'),
    '--_000_a', `Content-Type: text/calendar; charset="utf-8"; method=${said.method}`, 'Content-Transfer-Encoding: base64', '', base64(ics), '--_000_a--', ''].join('\r\n');
}

/** Gmail: mixed with alternative within, the calendar beside the text and attached once more as invite.ics; times in UTC. */
export function gmail(said: Said): string {
  const ics = ['BEGIN:VCALENDAR', 'PRODID:-//Google Inc//Google Calendar 70.9054//EN', 'VERSION:2.0', 'CALSCALE:GREGORIAN', `METHOD:${said.method}`, ...event(said, utc(said)), `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=${said.partstat ?? 'NEEDS-ACTION'};CN=${said.attendee};X-NUM-GUESTS=0:mailto:${said.attendee}`, 'STATUS:CONFIRMED', 'TRANSP:OPAQUE', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
  return [...headers(said, 'Gost', `Прихваћено: ${said.title ?? ''}`), 'Content-Type: multipart/mixed; boundary="0000b"', '', '--0000b', 'Content-Type: multipart/alternative; boundary="0000c"', '', '--0000c', 'Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes', 'Content-Transfer-Encoding: base64', '', base64('Гост је прихватио позив.\r\n'),
    '--0000c', `Content-Type: text/calendar; charset="UTF-8"; method=${said.method}`, 'Content-Transfer-Encoding: 7bit', '', ics, '--0000c--', '--0000b', 'Content-Type: application/ics; name="invite.ics"', 'Content-Disposition: attachment; filename="invite.ics"', 'Content-Transfer-Encoding: base64', '', base64(ics), '--0000b--', ''].join('\r\n');
}

/** Apple: alternative, quoted-printable, folded lines and a parameter in quotation marks. */
export function apple(said: Said): string {
  const ics = ['BEGIN:VCALENDAR', 'CALSCALE:GREGORIAN', 'PRODID:-//Apple Inc.//iOS 18.1//EN', 'VERSION:2.0', `METHOD:${said.method}`, ...event(said, utc(said)), `ATTENDEE;CN="Гост, Ана";CUTYPE=INDIVIDUAL;EMAIL="${said.attendee}";`, ` PARTSTAT=${said.partstat ?? 'NEEDS-ACTION'};ROLE=REQ-PARTICIPANT:mailto:${said.attendee}`, 'X-APPLE-CREATOR-IDENTITY:com.apple.mobilecal', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
  return [...headers(said, 'Gost', 'Одговор'), 'Content-Type: multipart/alternative; boundary=Apple-Mail-d', '', '--Apple-Mail-d', 'Content-Type: text/plain; charset=utf-8', '', 'Dolazim.', '--Apple-Mail-d', `Content-Type: text/calendar; charset=utf-8; method=${said.method}; name=iCal-1.ics`, 'Content-Transfer-Encoding: quoted-printable', '', quoted(ics), '--Apple-Mail-d--', ''].join('\r\n');
}

/** Thunderbird: mixed, the part attached and named, without a method in its type. */
export function thunderbird(said: Said): string {
  const ics = ['BEGIN:VCALENDAR', 'PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN', 'VERSION:2.0', `METHOD:${said.method}`, ...event(said, utc(said)), `ATTENDEE;PARTSTAT=${said.partstat ?? 'NEEDS-ACTION'};ROLE=REQ-PARTICIPANT:mailto:${said.attendee}`, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
  return [...headers(said, 'Gost', 'Odgovor'), 'Content-Type: multipart/mixed; boundary="------------e"', '', '--------------e', 'Content-Type: text/plain; charset=UTF-8; format=flowed', '', 'Dolazim.', '--------------e', 'Content-Type: text/calendar; charset=UTF-8; name="invite.ics"', 'Content-Transfer-Encoding: 8bit', 'Content-Disposition: attachment; filename="invite.ics"', '', ics, '--------------e--', ''].join('\r\n');
}
