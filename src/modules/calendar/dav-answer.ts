import { askedOf, caldav, dav, davError, multistatus, patched, readBody, XmlError, type Asked, type Found } from '../../core/dav.ts';
import { icalBytesAtMost } from '../../core/ical.ts';
import type { PageContext } from '../../core/page.ts';
import { Refusal } from '../../core/refusal.ts';
import type { XmlNode } from '../../core/xml-read.ts';
import { childOf } from '../../core/xml-read.ts';
import { deleteIcs, putIcs, setProperty } from './client-write.server.ts';
import { listBusyTimes, listChanges, listEntries, readHome, readIcs, type Collection } from './client.server.ts';
import { collectionOf, collectionProperties, homeOf, homeProperties, objectOf, objectsOf, principalOf, principalProperties, readToken, root, rootProperties, settable, tokenOf, type Person } from './dav-property.ts';

const abilities = '1, 3, calendar-access';
const methods = 'OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, REPORT';
const bodyAtMost = icalBytesAtMost + 200_000;
const named = (local: string): string => `{${caldav}}${local}`;

/** Where a path leads; null where nothing is. Names are decoded one by one: a slash within one is no path. */
type Place = { kind: 'root' } | { kind: 'principals' } | { kind: 'principal'; personId: string } | { kind: 'home'; personId: string } | { kind: 'collection'; personId: string; calendarId: string } | { kind: 'object'; personId: string; calendarId: string; href: string };
function placeOf(path: string): Place | null {
  let parts: string[];
  try {
    parts = path.replace(/^\/dav\/?/, '').split('/').filter((one) => one !== '').map(decodeURIComponent);
  } catch {
    return null;
  }
  const [first, personId, calendarId, href] = parts;
  if (!first) return { kind: 'root' };
  if (first === 'principals') return personId ? (parts.length === 2 ? { kind: 'principal', personId } : null) : { kind: 'principals' };
  if (first !== 'calendars' || !personId || parts.length > 4) return null;
  return href !== undefined ? { kind: 'object', personId, calendarId: calendarId!, href } : calendarId ? { kind: 'collection', personId, calendarId } : { kind: 'home', personId };
}

async function bodyOf(page: PageContext): Promise<string | null> {
  const stream = page.hono.req.raw.body;
  if (!stream) return '';
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > bodyAtMost) return null;
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  // What claims to be another encoding is not guessed at.
  return bytes.toString('utf8');
}

type Asking = { page: PageContext; person: Person; collections: readonly Collection[]; officeEmail: string; place: Place; depth: string };
const collectionIn = ({ collections }: Asking, calendarId: string): Collection | undefined => collections.find((one) => one.id === calendarId);
const plain = (status: number, headers: Record<string, string> = {}, body: string | null = null): Response => new Response(body, { status, headers });
const notThere = (): Response => plain(404);

async function propfind(asking: Asking, body: XmlNode | null): Promise<Response> {
  const { page, person, collections, officeEmail, place, depth } = asking;
  if (depth === 'infinity') return davError(403, `{${dav}}propfind-finite-depth`);
  const asked: Asked = askedOf(body);
  const below = depth === '1';
  const home = (): Found => ({ href: homeOf(person.id), properties: homeProperties(person) });
  const principal = (): Found => ({ href: principalOf(person.id), properties: principalProperties(person, { officeEmail, collections }) });
  const collection = (one: Collection): Found => ({ href: collectionOf(person.id, one.id), properties: collectionProperties(person, one) });
  if (place.kind === 'root') return multistatus([{ href: root, properties: rootProperties(person) }, ...(below ? [principal(), home()] : [])], asked);
  if (place.kind === 'principals') return multistatus([{ href: '/dav/principals/', properties: rootProperties(person) }, ...(below ? [principal()] : [])], asked);
  if (place.kind === 'principal') return multistatus([principal()], asked);
  if (place.kind === 'home') return multistatus([home(), ...(below ? collections.map(collection) : [])], asked);
  const found = collectionIn(asking, place.calendarId);
  if (!found) return notThere();
  const withText = asked.kind === 'prop' && asked.names.some((name) => name === named('calendar-data') || name === `{${dav}}getcontentlength`);
  if (place.kind === 'object') {
    const entry = await page.run(readIcs, { calendarId: place.calendarId, href: place.href });
    return multistatus([{ href: objectOf(person.id, found.id, entry.href), properties: objectsOf(person, found.writes)(entry) }], asked);
  }
  const entries = below ? (await page.run(listEntries, { id: found.id, withText })).entries : [];
  const properties = objectsOf(person, found.writes);
  return multistatus([collection(found), ...entries.map((entry) => ({ href: objectOf(person.id, found.id, entry.href), properties: properties(entry) }))], asked);
}

const momentOf = (text: string | undefined): Date | null | 'wrong' => {
  if (text === undefined) return null;
  const [, y, mo, da, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const at = new Date(`${y}-${mo}-${da}T${h}:${mi}:${s}Z`);
  return Number.isNaN(at.getTime()) ? 'wrong' : at;
};
type Range = { from: Date | null; until: Date | null };
function rangeOf(node: XmlNode | undefined): Range | 'wrong' {
  if (!node) return { from: null, until: null };
  const [from, until] = [momentOf(node.attributes.start), momentOf(node.attributes.end)];
  return from === 'wrong' || until === 'wrong' || (from && until && from >= until) ? 'wrong' : { from, until };
}

/** The filter of a calendar-query as far as it is kept here: events, by time, by UID and words; what is no event matches nothing. */
type Filter = { range: Range; matches: (ics: string) => boolean; needsText: boolean; isNone: boolean };
function filterOf(node: XmlNode | undefined): Filter | Response {
  const open: Filter = { range: { from: null, until: null }, matches: () => true, needsText: false, isNone: false };
  const calendar = childOf(node, named('comp-filter'));
  if (!calendar) return open;
  if (calendar.attributes.name !== 'VCALENDAR') return { ...open, isNone: true };
  const components = calendar.children.filter((one) => one.name === named('comp-filter'));
  if (components.length === 0) return childOf(calendar, named('is-not-defined')) ? { ...open, isNone: true } : open;
  const event = components.find((one) => one.attributes.name === 'VEVENT');
  if (!event || components.length > 1 || childOf(event, named('is-not-defined'))) return { ...open, isNone: true };
  const range = rangeOf(childOf(event, named('time-range')));
  if (range === 'wrong') return davError(400, named('valid-filter'));
  const rules = event.children.filter((one) => one.name === named('prop-filter') || one.name === named('comp-filter'));
  if (rules.some((one) => one.name === named('comp-filter') && childOf(one, named('time-range')))) return davError(403, named('supported-filter'));
  const matches = (ics: string): boolean => {
    const lines = ics.replace(/\r?\n[ \t]/g, '').split(/\r?\n/);
    return rules.every((rule) => {
      const name = rule.attributes.name ?? '';
      if (rule.name === named('comp-filter')) return lines.includes(`BEGIN:${name}`) !== Boolean(childOf(rule, named('is-not-defined')));
      const values = lines.filter((line) => line.startsWith(`${name}:`) || line.startsWith(`${name};`)).map((line) => line.slice(line.indexOf(':') + 1));
      if (childOf(rule, named('is-not-defined'))) return values.length === 0;
      const match = childOf(rule, named('text-match'));
      if (!match) return values.length > 0;
      const has = values.some((value) => value.toLowerCase().includes(match.text.trim().toLowerCase()));
      return has !== (match.attributes['negate-condition'] === 'yes');
    });
  };
  return { range, matches, needsText: rules.length > 0, isNone: false };
}

const stampOf = (at: Date): string => at.toISOString().replace(/[-:]|\.\d{3}/g, '');

async function freeBusy({ page, place, person }: Asking, body: XmlNode): Promise<Response> {
  const range = rangeOf(childOf(body, named('time-range')));
  if (place.kind !== 'collection' || range === 'wrong' || !range.from || !range.until) return davError(400, named('valid-filter'));
  const { times } = await page.run(listBusyTimes, { id: place.calendarId, from: range.from, until: range.until });
  const lines = times.map((one) => `FREEBUSY;FBTYPE=${one.isTentative ? 'BUSY-TENTATIVE' : 'BUSY'}:${stampOf(one.startsAt)}/${stampOf(one.endsAt)}`);
  const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Kabinet//Kabinet//EN', 'BEGIN:VFREEBUSY', `UID:${person.id}-${stampOf(range.from)}`, `DTSTAMP:${stampOf(page.now)}`, `DTSTART:${stampOf(range.from)}`, `DTEND:${stampOf(range.until)}`, ...lines, 'END:VFREEBUSY', 'END:VCALENDAR', ''].join('\r\n');
  return plain(200, { 'content-type': 'text/calendar; charset=utf-8' }, text);
}

async function report(asking: Asking, body: XmlNode | null): Promise<Response> {
  const { page, person, place } = asking;
  if (!body) return davError(400, null);
  if (place.kind === 'object' && body.name !== named('calendar-multiget')) return davError(403, `{${dav}}supported-report`);
  if (place.kind !== 'collection' && place.kind !== 'object') return davError(403, `{${dav}}supported-report`);
  const found = collectionIn(asking, place.calendarId);
  if (!found) return notThere();
  const asked = askedOf(body);
  const withText = asked.kind === 'prop' && asked.names.includes(named('calendar-data'));
  const properties = objectsOf(person, found.writes);
  const objects = (entries: readonly { href: string; tag: string; ics: string | null }[]): Found[] => entries.map((entry) => ({ href: objectOf(person.id, found.id, entry.href), properties: properties(entry) }));
  if (body.name === named('calendar-query')) {
    const filter = filterOf(childOf(body, named('filter')));
    if (filter instanceof Response) return filter;
    if (filter.isNone) return multistatus([], asked);
    const { entries } = await page.run(listEntries, { id: found.id, ...filter.range, withText: withText || filter.needsText });
    return multistatus(objects(filter.needsText ? entries.filter((one) => one.ics !== null && filter.matches(one.ics)) : entries), asked);
  }
  if (body.name === named('calendar-multiget')) {
    const hrefs = body.children.filter((one) => one.name === `{${dav}}href`).map((one) => one.text.trim());
    if (hrefs.length > 2000) return davError(507, `{${dav}}number-of-matches-within-limits`);
    const places = hrefs.map((href) => ({ href, place: placeOf(/^https?:/i.test(href) ? (URL.parse(href)?.pathname ?? '') : href) }));
    const names = [...new Set(places.flatMap((one) => (one.place?.kind === 'object' && one.place.calendarId === found.id ? [one.place.href] : [])))];
    const { entries } = await page.run(listEntries, { id: found.id, names, withText: true });
    const known = new Set(entries.map((one) => one.href));
    return multistatus([...objects(entries), ...places.filter((one) => one.place?.kind !== 'object' || one.place.calendarId !== found.id || !known.has(one.place.href)).map((one) => ({ href: one.href, status: 404 as const }))], asked);
  }
  if (body.name === `{${dav}}sync-collection`) {
    const since = childOf(body, `{${dav}}sync-token`)?.text.trim() ?? '';
    const level = childOf(body, `{${dav}}sync-level`)?.text.trim() ?? '1';
    if (level !== '1') return davError(403, `{${dav}}sync-traversal-supported`);
    if (since === '') {
      const { entries, token } = await page.run(listEntries, { id: found.id, withText });
      return multistatus(objects(entries), asked, tokenOf(token));
    }
    const changes = await page.run(listChanges, { id: found.id, since: readToken(since) });
    const changed = withText && changes.changed.length > 0 ? (await page.run(listEntries, { id: found.id, names: changes.changed.map((one) => one.href).slice(0, 2000), withText })).entries : changes.changed;
    return multistatus([...objects(changed), ...changes.gone.map((href) => ({ href: objectOf(person.id, found.id, href), status: 404 as const }))], asked, tokenOf(changes.token));
  }
  if (body.name === named('free-busy-query')) return freeBusy(asking, body);
  return davError(403, `{${dav}}supported-report`);
}

async function proppatch(asking: Asking, body: XmlNode | null): Promise<Response> {
  const { page, place } = asking;
  if (body?.name !== `{${dav}}propertyupdate`) return davError(400, null);
  const properties = body.children.flatMap((act) => act.children.flatMap((prop) => prop.children.map((one) => ({ name: one.name, value: act.name === `{${dav}}remove` ? null : one.text.trim() }))));
  const path = page.url.pathname;
  const names = properties.map((one) => one.name);
  const refused = new Set(place.kind === 'collection' ? properties.filter((one) => !settable.has(one.name) || (one.value ?? '').length > 1000).map((one) => one.name) : names);
  if (refused.size > 0 || place.kind !== 'collection' || properties.length > 20 || properties.length === 0) return properties.length === 0 ? davError(400, null) : patched(path, names, refused.size > 0 ? refused : new Set(names));
  await page.run(setProperty, { id: place.calendarId, properties });
  return patched(path, names, refused);
}

async function change(asking: Asking, method: string, body: string): Promise<Response> {
  const { page, place, person } = asking;
  if (place.kind !== 'object') return plain(method === 'PUT' ? 405 : 403, { allow: methods });
  const header = (name: string): string | undefined => page.hono.req.header(name);
  const ifMatch = header('if-match') ?? null;
  if (method === 'DELETE') {
    await page.run(deleteIcs, { calendarId: place.calendarId, href: place.href, ifMatch });
    return plain(204);
  }
  const type = header('content-type') ?? '';
  if (type && !/^(text\/calendar|application\/octet-stream|text\/plain)/i.test(type)) return davError(403, named('supported-calendar-data'));
  const put = await page.run(putIcs, { calendarId: place.calendarId, href: place.href, ics: body, ifMatch, ifNone: header('if-none-match') === '*' });
  // Where the text that is given back is written anew from the columns there is no ETag: the program fetches it then (RFC 4791, 5.3.4).
  return plain(put.isNew ? 201 : 204, { ...(put.isVerbatim ? { etag: `"${put.tag}"` } : {}), ...(put.isNew ? { location: objectOf(person.id, place.calendarId, put.href) } : {}) });
}

async function read(asking: Asking): Promise<Response> {
  const { page, place } = asking;
  const isHead = page.hono.req.method === 'HEAD';
  if (place.kind === 'object') {
    const entry = await page.run(readIcs, { calendarId: place.calendarId, href: place.href });
    const headers = { etag: `"${entry.tag}"`, 'content-type': 'text/calendar; charset=utf-8; component=VEVENT', 'content-length': String(Buffer.byteLength(entry.ics ?? '')) };
    return page.hono.req.header('if-none-match')?.includes(headers.etag) ? plain(304, { etag: headers.etag }) : plain(200, headers, isHead ? null : entry.ics);
  }
  return plain(200, { 'content-type': 'text/plain; charset=utf-8' }, isHead ? null : `${page.t('calendar.client.here')}\n`);
}

/** A refusal as WebDAV says it: with the precondition, where there is one, and the sentence in the person's language. */
function refusalOf(page: PageContext, refusal: Refusal): Response {
  const { key, args } = refusal.fields.ics ?? refusal.fields.href ?? Object.values(refusal.fields)[0] ?? refusal.said;
  const words = page.t(key, args);
  if (key === 'error.calendar_changed') return davError(412, null, words);
  if (key === 'error.calendar_token') return davError(403, `{${dav}}valid-sync-token`, words);
  if (key === 'error.calendar_uid' || key === 'field.ics_uid_other') return davError(403, named('no-uid-conflict'), words);
  if (refusal.status === 403) return davError(403, `{${dav}}need-privileges`, words);
  if (refusal.status !== 422) return davError(refusal.status, null, words);
  const conditions: Record<string, string> = { 'field.ics_large': 'max-resource-size', 'field.ics_many': 'max-instances', 'field.rule_many': 'max-instances', 'field.ics_broken': 'valid-calendar-data', 'field.ics_time': 'valid-calendar-data', 'field.ics_empty': 'supported-calendar-component' };
  return davError(403, named(conditions[key] ?? 'valid-calendar-object-resource'), words);
}

/** Answers one request of a calendar program; the user name must be the address of whoever made the token. */
export async function answerDav(page: PageContext, user: string): Promise<Response> {
  const method = page.hono.req.method;
  const { person, collections } = await page.run(readHome, {});
  if (user.trim().toLowerCase() !== person.email.toLowerCase()) throw new Refusal(401, { key: 'error.token' });
  const headers = { dav: abilities };
  const reply = await answerAs(page, method, person, collections);
  for (const [name, value] of Object.entries(headers)) reply.headers.set(name, value);
  return reply;
}

async function answerAs(page: PageContext, method: string, person: Person, collections: readonly Collection[]): Promise<Response> {
  if (method === 'OPTIONS') return plain(200, { allow: methods });
  const place = placeOf(page.url.pathname);
  if (!place || ('personId' in place && place.personId !== person.id)) return notThere();
  if (['MKCALENDAR', 'MKCOL'].includes(method)) return davError(403, method === 'MKCALENDAR' ? named('calendar-collection-location-ok') : null, page.t('calendar.client.no_new'));
  if (!['GET', 'HEAD', 'PUT', 'DELETE', 'PROPFIND', 'PROPPATCH', 'REPORT'].includes(method)) return plain(405, { allow: methods });
  const asking: Asking = { page, person, collections, officeEmail: page.office.data.email, place, depth: page.hono.req.header('depth') ?? (method === 'PROPFIND' ? 'infinity' : '0') };
  try {
    if (method === 'GET' || method === 'HEAD') return await read(asking);
    const body = await bodyOf(page);
    if (body === null) return davError(method === 'PUT' ? 403 : 413, named('max-resource-size'), page.t('field.ics_large', { max: icalBytesAtMost / 1_000_000 }));
    if (method === 'PUT' || method === 'DELETE') return await change(asking, method, body);
    const node = readBody(body);
    if (method === 'PROPFIND') return await propfind(asking, node);
    return await (method === 'REPORT' ? report(asking, node) : proppatch(asking, node));
  } catch (error) {
    if (error instanceof XmlError) return davError(400, null);
    if (error instanceof Refusal) return refusalOf(page, error);
    throw error;
  }
}
