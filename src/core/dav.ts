import { element, none, type Markup, type XmlChild } from './xml.ts';
import { childOf, readXml, XmlError, type XmlNode } from './xml-read.ts';

export const dav = 'DAV:';
export const caldav = 'urn:ietf:params:xml:ns:caldav';
export const calserver = 'http://calendarserver.org/ns/';
export const apple = 'http://apple.com/ns/ical/';
const prefixes: Record<string, string> = { [dav]: 'd', [caldav]: 'c', [calserver]: 's', [apple]: 'a' };
const declared = { 'xmlns:d': dav, 'xmlns:c': caldav, 'xmlns:s': calserver, 'xmlns:a': apple };

const split = (name: string): [string, string] => {
  const [, space = '', local = ''] = /^\{([^{}]*)\}(.+)$/s.exec(name) ?? [];
  return [space, local];
};
const elements = new Map<string, string>();
/** An element by its `{namespace}name`; a namespace that is not ours is declared where it stands. */
export function tag(name: string, ...children: XmlChild[]): Markup {
  const known = elements.get(name);
  if (known) return element(known, none, ...children);
  const [space, local] = split(name);
  const prefix = prefixes[space];
  if (!prefix) return element(`x:${local}`, { 'xmlns:x': space }, ...children);
  // Names that somebody asks for are without number; ours are some eighty.
  if (elements.size < 500) elements.set(name, `${prefix}:${local}`);
  return element(`${prefix}:${local}`, none, ...children);
}
export const d = (local: string, ...children: XmlChild[]): Markup => tag(`{${dav}}${local}`, ...children);
export const c = (local: string, ...children: XmlChild[]): Markup => tag(`{${caldav}}${local}`, ...children);

export type Properties = Map<string, XmlChild | (() => XmlChild)>;
export type Asked = { kind: 'prop'; names: string[] } | { kind: 'all' } | { kind: 'names' };
/** What of a resource: its properties, or that it is not there. */
export type Found = { href: string; properties: Properties } | { href: string; status: 404 | 403 | 507 };

/** What a PROPFIND or REPORT asks for; without a body everything. */
export function askedOf(root: XmlNode | null): Asked {
  if (!root) return { kind: 'all' };
  const prop = childOf(root, `{${dav}}prop`);
  if (prop) return { kind: 'prop', names: prop.children.map((one) => one.name) };
  return childOf(root, `{${dav}}propname`) ? { kind: 'names' } : { kind: 'all' };
}

/** The root of a body; null where it is empty. Throws XmlError. */
export const readBody = (text: string): XmlNode | null => (text.trim() === '' ? null : readXml(text));
export { XmlError };

const lines: Record<number, string> = { 200: 'OK', 403: 'Forbidden', 404: 'Not Found', 424: 'Failed Dependency', 507: 'Insufficient Storage' };
const status = (code: number): Markup => d('status', `HTTP/1.1 ${code} ${lines[code]}`);
const valueOf = (value: XmlChild | (() => XmlChild)): XmlChild => (typeof value === 'function' ? value() : value);
// Large, or computed for one reader: given where they are asked for by name (RFC 4791, 6578, 3744).
const onDemand = new Set([`{${caldav}}calendar-data`, `{${dav}}sync-token`, `{${dav}}current-user-privilege-set`, `{${dav}}supported-report-set`, `{${dav}}acl`]);

function responseOf(found: Found, asked: Asked): Markup {
  if ('status' in found) return d('response', d('href', found.href), status(found.status));
  const { properties } = found;
  const names = asked.kind === 'prop' ? asked.names : [...properties.keys()].filter((name) => asked.kind === 'names' || !onDemand.has(name));
  const known = names.filter((name) => properties.has(name)).map((name) => tag(name, asked.kind === 'names' ? null : valueOf(properties.get(name))));
  const unknown = names.filter((name) => !properties.has(name)).map((name) => tag(name));
  return d('response', d('href', found.href), ...(known.length > 0 || unknown.length === 0 ? [d('propstat', d('prop', ...known), status(200))] : []), ...(unknown.length > 0 ? [d('propstat', d('prop', ...unknown), status(404))] : []));
}

const send = (root: Markup, code: number, headers: Record<string, string> = {}): Response => new Response(`<?xml version="1.0" encoding="utf-8"?>\n${root.markup}`, { status: code, headers: { 'content-type': 'application/xml; charset=utf-8', ...headers } });

/** 207 with what was found; of a synchronisation also the token for the next. */
export const multistatus = (found: readonly Found[], asked: Asked, token?: string): Response => send(element('d:multistatus', declared, ...found.map((one) => responseOf(one, asked)), token === undefined ? null : d('sync-token', token)), 207);

/** A refusal with the precondition that failed, and a sentence for whoever reads it. */
export const davError = (code: number, condition: string | null, words = ''): Response => send(element('d:error', declared, condition ? tag(condition) : null, words ? d('responsedescription', words) : null), code);

/** The answer to a PROPPATCH: all was set, or nothing was. */
export const patched = (href: string, names: readonly string[], refused: ReadonlySet<string>): Response => send(element('d:multistatus', declared, d('response', d('href', href),
  ...[{ code: refused.size > 0 ? 424 : 200, list: names.filter((name) => !refused.has(name)) }, { code: 403, list: names.filter((name) => refused.has(name)) }].filter(({ list }) => list.length > 0).map(({ code, list }) => d('propstat', d('prop', ...list.map((name) => tag(name))), status(code))))), 207);
