/** A piece of XML that is written already; a plain string beside it is text and is escaped. */
export type Markup = { markup: string };
export type XmlChild = Markup | string | number | null | undefined | false | readonly XmlChild[];

// XML 1.0 has no place for these, not even as references.
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\t': '&#9;', '\r': '&#13;' };
const textOf = (text: string): string => text.toWellFormed().replace(forbidden, '').replace(/[&<>\r]/g, (sign) => signs[sign]!);
const valueOf = (text: string): string => text.toWellFormed().replace(forbidden, '').replace(/[&<>"\n\t\r]/g, (sign) => signs[sign]!);

const write = (child: XmlChild): string => {
  if (child === null || child === undefined || child === false) return '';
  if (typeof child === 'string' || typeof child === 'number') return textOf(String(child));
  return 'markup' in child ? child.markup : child.map(write).join('');
};

/** An element; attributes that are null or undefined are left out, texts escaped, what XML cannot hold dropped. */
export function element(name: string, attributes: Record<string, string | number | null | undefined> = {}, ...children: XmlChild[]): Markup {
  const open = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined).map(([key, value]) => ` ${key}="${valueOf(String(value))}"`).join('');
  const inner = children.map(write).join('');
  return { markup: inner ? `<${name}${open}>${inner}</${name}>` : `<${name}${open}/>` };
}

/** The whole file, in UTF-8. */
export const xmlFile = (root: Markup): Uint8Array => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${root.markup}\n`);
