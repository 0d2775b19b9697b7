/** An element: its name as `{namespace}local`, attributes by local name, the elements in it, and its own text. */
export type XmlNode = { name: string; attributes: Record<string, string>; children: XmlNode[]; text: string };

const bytesAtMost = 1_000_000;
const depthAtMost = 40;
const nodesAtMost = 20_000;
const spacesAtMost = 100;
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const nameMark = /^[\p{L}_][\p{L}\p{N}._-]*(?::[\p{L}_][\p{L}\p{N}._-]*)?$/u;

export class XmlError extends Error {}

// No entities but the five of XML itself: none can be declared, so none can grow.
const decode = (text: string): string => text.replace(/&([^;&]{0,12});?/g, (whole, name: string) => {
  const code = /^#x([0-9a-f]{1,6})$/i.exec(name)?.[1] ?? /^#(\d{1,7})$/.exec(name)?.[1];
  const point = code === undefined ? NaN : Number.parseInt(code, /^#x/i.test(name) ? 16 : 10);
  if (point > 0 && point <= 0x10ffff && whole.endsWith(';')) return String.fromCodePoint(point).toWellFormed();
  const known = entities[name];
  if (known === undefined || !whole.endsWith(';')) throw new XmlError('entity');
  return known;
});

type Open = { node: XmlNode; tag: string; spaces: ReadonlyMap<string, string> };

function attributesOf(text: string): [string, string][] {
  const found: [string, string][] = [];
  const pattern = /\s+([^\s=/<>"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gy;
  let at = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (!nameMark.test(match[1]!) || found.length > 50) throw new XmlError('attribute');
    found.push([match[1]!, decode(match[2] ?? match[3] ?? '')]);
    at = pattern.lastIndex;
  }
  if (text.slice(at).trim() !== '') throw new XmlError('attribute');
  return found;
}

/** The root element of an XML text with namespaces; throws XmlError for what is not well-formed, too large, too deep, or declares a document type. */
export function readXml(text: string): XmlNode {
  if (text.length > bytesAtMost) throw new XmlError('large');
  let root: XmlNode | null = null;
  let count = 0;
  const open: Open[] = [];
  const source = text.replace(/^\uFEFF/, '');
  for (let at = 0; at < source.length; ) {
    const next = source.indexOf('<', at);
    const between = source.slice(at, next < 0 ? source.length : next);
    const last = open.at(-1);
    if (last) last.node.text += decode(between);
    else if (between.trim() !== '') throw new XmlError('text outside');
    if (next < 0) break;
    const skip = (start: string, end: string): boolean => {
      if (!source.startsWith(start, next)) return false;
      const stop = source.indexOf(end, next + start.length);
      if (stop < 0) throw new XmlError('unclosed');
      if (start === '<![CDATA[') {
        if (!last) throw new XmlError('text outside');
        last.node.text += source.slice(next + start.length, stop);
      }
      at = stop + end.length;
      return true;
    };
    if (skip('<?', '?>') || skip('<!--', '-->') || skip('<![CDATA[', ']]>')) continue;
    const close = source.indexOf('>', next);
    if (source.startsWith('<!', next) || close < 0) throw new XmlError('declaration');
    let inner = source.slice(next + 1, close);
    at = close + 1;
    if (inner.startsWith('/')) {
      const tag = inner.slice(1).trim();
      if (open.pop()?.tag !== tag) throw new XmlError('closing');
      continue;
    }
    const isEmpty = inner.endsWith('/');
    if (isEmpty) inner = inner.slice(0, -1);
    const tag = /^\S+/.exec(inner)?.[0] ?? '';
    if (!nameMark.test(tag) || ++count > nodesAtMost || open.length >= depthAtMost || (!last && root)) throw new XmlError('element');
    const attributes = attributesOf(inner.slice(tag.length));
    const declared = attributes.filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:')).map(([name, value]): [string, string] => [name.slice(6), value]);
    const above = last?.spaces ?? new Map<string, string>();
    const spaces = declared.length === 0 ? above : new Map([...above, ...declared]);
    if (spaces.size > spacesAtMost) throw new XmlError('namespaces');
    const [prefix, local] = tag.includes(':') ? (tag.split(':') as [string, string]) : ['', tag];
    const space = spaces.get(prefix);
    if (space === undefined && prefix !== '') throw new XmlError('prefix');
    const node: XmlNode = { name: `{${space ?? ''}}${local}`, attributes: Object.fromEntries(attributes.filter(([name]) => !name.startsWith('xmlns')).map(([name, value]) => [name.split(':').at(-1)!, value])), children: [], text: '' };
    if (last) last.node.children.push(node);
    else root = node;
    if (!isEmpty) open.push({ node, tag, spaces });
  }
  if (!root || open.length > 0) throw new XmlError('unclosed');
  return root;
}

export const childOf = (node: XmlNode | undefined, name: string): XmlNode | undefined => node?.children.find((one) => one.name === name);
