import { apple, c, caldav, calserver, d, dav, type Properties } from '../../core/dav.ts';
import { icalBytesAtMost } from '../../core/ical.ts';
import type { Collection } from './client.server.ts';

export const root = '/dav/';
export const principalOf = (personId: string): string => `/dav/principals/${personId}/`;
export const homeOf = (personId: string): string => `/dav/calendars/${personId}/`;
/** Each sees the calendars below the own name: the same one may be shown to two with different rights. */
export const collectionOf = (personId: string, calendarId: string): string => `${homeOf(personId)}${calendarId}/`;
export const objectOf = (personId: string, calendarId: string, href: string): string => `${collectionOf(personId, calendarId)}${encodeURIComponent(href)}`;
const tokenMark = 'urn:kabinet:sync:';
export const tokenOf = (token: string): string => `${tokenMark}${token}`;
export const readToken = (text: string): string => (text.startsWith(tokenMark) ? text.slice(tokenMark.length) : 'none');

export type Person = { id: string; name: string; email: string };
type More = { officeEmail: string; collections?: readonly Collection[] };

const hrefs = (...list: string[]) => list.map((one) => d('href', one));
const P = (entries: Record<string, Properties extends Map<string, infer V> ? V : never>): Properties => new Map(Object.entries(entries));
const reports = (...names: string[]) => names.map((name) => d('supported-report', d('report', name === 'sync-collection' || name === 'principal-search-property-set' ? d(name) : c(name))));
const privileges = (...names: string[]) => names.map((name) => d('privilege', name.startsWith('c:') ? c(name.slice(2)) : d(name)));

/** What every resource says of the person who asks. */
const common = (person: Person): Record<string, never[] | ReturnType<typeof hrefs>> => ({
  [`{${dav}}current-user-principal`]: hrefs(principalOf(person.id)), [`{${dav}}principal-URL`]: hrefs(principalOf(person.id)), [`{${dav}}principal-collection-set`]: hrefs('/dav/principals/'),
});

export const rootProperties = (person: Person): Properties => P({ ...common(person), [`{${dav}}resourcetype`]: [d('collection')], [`{${dav}}displayname`]: 'Kabinet', [`{${caldav}}calendar-home-set`]: hrefs(homeOf(person.id)) });

/** Who writes for the office is the organiser of what the office invites to: both addresses are theirs. */
export const principalProperties = (person: Person, { officeEmail, collections = [] }: More): Properties => P({
  ...common(person), [`{${dav}}resourcetype`]: [d('principal'), d('collection')], [`{${dav}}displayname`]: person.name, [`{${caldav}}calendar-home-set`]: hrefs(homeOf(person.id)), [`{${caldav}}calendar-user-type`]: 'INDIVIDUAL',
  [`{${caldav}}calendar-user-address-set`]: hrefs(...(person.email ? [`mailto:${person.email}`] : []), ...(collections.some((one) => one.writes) ? [`mailto:${officeEmail}`] : []), principalOf(person.id)),
  [`{${calserver}}email-address-set`]: person.email ? [d('href', `mailto:${person.email}`)] : [], [`{${dav}}current-user-privilege-set`]: privileges('read'), [`{${dav}}supported-report-set`]: [],
});

export const homeProperties = (person: Person): Properties => P({
  ...common(person), [`{${dav}}resourcetype`]: [d('collection')], [`{${dav}}displayname`]: person.name, [`{${dav}}owner`]: hrefs(principalOf(person.id)), [`{${dav}}current-user-privilege-set`]: privileges('read'), [`{${dav}}supported-report-set`]: [],
  [`{${caldav}}supported-calendar-component-sets`]: [],
});

// What a program may set for itself; colours are told apart where nobody has chosen one.
export const settable: ReadonlySet<string> = new Set([`{${apple}}calendar-color`, `{${apple}}calendar-order`, `{${caldav}}calendar-timezone`, `{${caldav}}calendar-timezone-id`, `{${caldav}}schedule-calendar-transp`, `{${dav}}displayname`, `{${caldav}}calendar-description`]);
const colours = ['#23508E', '#7A4B00', '#3A6B35', '#7B2D5B', '#4A5560', '#8A3324', '#2B6777', '#5A4A8A'];

export function collectionProperties(person: Person, collection: Collection): Properties {
  const own = new Map(Object.entries(collection.properties).filter(([name]) => settable.has(name) && name !== `{${caldav}}schedule-calendar-transp`));
  const rights = collection.writes ? privileges('read', 'write', 'write-content', 'write-properties', 'bind', 'unbind', 'read-current-user-privilege-set', 'c:read-free-busy') : privileges('read', 'write-properties', 'read-current-user-privilege-set', 'c:read-free-busy');
  return new Map([...P({
    ...common(person), [`{${dav}}resourcetype`]: [d('collection'), c('calendar')], [`{${dav}}displayname`]: collection.name, [`{${dav}}owner`]: hrefs(principalOf(collection.personId ?? person.id)), [`{${dav}}sync-token`]: tokenOf(collection.token),
    [`{${calserver}}getctag`]: `"${collection.token}"`, [`{${dav}}getetag`]: `"${collection.token}"`, [`{${dav}}getcontenttype`]: 'text/calendar; charset=utf-8; component=VEVENT', [`{${dav}}current-user-privilege-set`]: rights,
    [`{${dav}}supported-report-set`]: reports('calendar-query', 'calendar-multiget', 'free-busy-query', 'sync-collection'), [`{${caldav}}supported-calendar-component-set`]: [{ markup: '<c:comp name="VEVENT"/>' }],
    [`{${caldav}}supported-calendar-data`]: [{ markup: '<c:calendar-data content-type="text/calendar" version="2.0"/>' }], [`{${caldav}}max-resource-size`]: String(icalBytesAtMost), [`{${caldav}}min-date-time`]: '19700101T000000Z', [`{${caldav}}max-date-time`]: '21501231T235959Z',
    [`{${caldav}}supported-collation-set`]: [c('supported-collation', 'i;ascii-casemap'), c('supported-collation', 'i;unicode-casemap')], [`{${apple}}calendar-color`]: colours[collection.position % colours.length]!, [`{${apple}}calendar-order`]: String(collection.position),
    [`{${caldav}}schedule-calendar-transp`]: [c(collection.isMine ? 'opaque' : 'transparent')], [`{${dav}}sync-level`]: '1',
  }), ...own]);
}

/** The properties of the objects of a calendar: what all of them say is built once, for there may be thousands. */
export function objectsOf(person: Person, writes: boolean): (entry: { href: string; tag: string; ics: string | null }) => Properties {
  const shared = P({
    ...common(person), [`{${dav}}resourcetype`]: [], [`{${dav}}getcontenttype`]: 'text/calendar; charset=utf-8; component=VEVENT', [`{${dav}}current-user-privilege-set`]: writes ? privileges('read', 'write', 'write-content') : privileges('read'), [`{${dav}}supported-report-set`]: [],
  });
  return (entry) => {
    const own = new Map(shared).set(`{${dav}}getetag`, `"${entry.tag}"`).set(`{${dav}}displayname`, entry.href);
    return entry.ics === null ? own : own.set(`{${caldav}}calendar-data`, entry.ics).set(`{${dav}}getcontentlength`, String(Buffer.byteLength(entry.ics)));
  };
}
