/** A piece of XML that is written already; a plain string beside it is text and is escaped. */
export type Markup = { markup: string };
export type XmlChild = Markup | string | number | null | undefined | false | readonly XmlChild[];

// XML 1.0 has no place for these, not even as references.
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\t': '&#9;', '\r': '&#13;' };
// By whole searches, not letter by letter: a calendar is thousands of long texts with a sign or two.
const textOf = (text: string): string => {
  let clean = text.toWellFormed().replace(forbidden, '');
  for (const sign of ['&', '<', '>', '\r']) if (clean.includes(sign)) clean = clean.replaceAll(sign, signs[sign]!);
  return clean;
};
const valueOf = (text: string): string => text.toWellFormed().replace(forbidden, '').replace(/[&<>"\n\t\r]/g, (sign) => signs[sign]!);

const write = (child: XmlChild): string => {
  if (child === null || child === undefined || child === false) return '';
  if (typeof child === 'string' || typeof child === 'number') return textOf(String(child));
  return 'markup' in child ? child.markup : child.map(write).join('');
};

/** No attributes. */
export const none: Record<string, string | number | null | undefined> = {};

/** An element; attributes that are null or undefined are left out, texts escaped, what XML cannot hold dropped. */
export function element(name: string, attributes: Record<string, string | number | null | undefined> = none, ...children: XmlChild[]): Markup {
  const inner = children.length === 1 ? write(children[0]) : children.map(write).join('');
  if (attributes === none) return { markup: inner ? `<${name}>${inner}</${name}>` : `<${name}/>` };
  const open = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined).map(([key, value]) => ` ${key}="${valueOf(String(value))}"`).join('');
  return { markup: inner ? `<${name}${open}>${inner}</${name}>` : `<${name}${open}/>` };
}

/** The whole file, in UTF-8. */
export const xmlFile = (root: Markup): Uint8Array => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${root.markup}\n`);
