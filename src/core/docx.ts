import { unzipSync, zipSync, type Unzipped } from 'fflate';
import { TemplateHandler } from 'easy-template-x';
import type { Said } from './refusal.ts';

const bytesAtMost = 5 * 1024 * 1024;
const unpackedAtMost = 40 * 1024 * 1024;
const partsAtMost = 400;
export const docxType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** The parts of a DOCX, or what is wrong with it: too large, not one, macros, entities, what would be fetched from elsewhere. */
function open(bytes: Uint8Array, name: string): Unzipped | Said {
  if (bytes.length > bytesAtMost) return { key: 'field.file_large', args: { name, max: bytesAtMost / 1024 / 1024 } };
  let sum = 0;
  let count = 0;
  let parts: Unzipped;
  try {
    // Nothing is unpacked beyond the size that the archive itself declares, and that is limited here.
    parts = unzipSync(bytes, { filter: (file) => {
      sum += file.originalSize;
      if (++count > partsAtMost || sum > unpackedAtMost) throw new Error('too large');
      return true;
    } });
  } catch {
    return { key: 'field.docx_unreadable', args: { name } };
  }
  if (!parts['word/document.xml'] || !parts['[Content_Types].xml']) return { key: 'field.docx_unreadable', args: { name } };
  for (const [path, content] of Object.entries(parts)) {
    if (/vbaProject|vbaData|activeX|\/embeddings\/|oleObject/i.test(path)) return { key: 'field.docx_active', args: { name } };
    if (!/\.(xml|rels)$/i.test(path)) continue;
    const xml = new TextDecoder().decode(content);
    if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) return { key: 'field.docx_unreadable', args: { name } };
    if (/ContentType="[^"]*macroEnabled/i.test(xml)) return { key: 'field.docx_active', args: { name } };
    if (!/\.rels$/i.test(path)) continue;
    for (const [relation] of xml.matchAll(/<Relationship\b[^<>]*>/g))
      if (/TargetMode\s*=\s*"External"/i.test(relation) && !(/\/hyperlink"/.test(relation) && /Target\s*=\s*"(?:https?:|mailto:)/i.test(relation))) return { key: 'field.docx_active', args: { name } };
  }
  return parts;
}
const isSaid = (found: Unzipped | Said): found is Said => typeof (found as Said).key === 'string';

/** A DOCX that may be kept, packed anew, with the names that stand in its {braces}, headers and footers included; or what is wrong with it. */
export async function readDocxTemplate(bytes: Uint8Array, name: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; tags: string[] } | Said> {
  const parts = open(bytes, name);
  if (isSaid(parts)) return parts;
  const packed = new Uint8Array(zipSync(parts));
  const places = Object.keys(parts).filter((path) => /^word\/(?:document|header\d*|footer\d*)\.xml$/i.test(path));
  // A brace that is not closed would simply stay in the letter, also in its header or footer.
  const words = places.map((path) => wordsOf(parts, path));
  if (words.some((one) => /[{}]/.test(one.replace(/\{[^{}\n]*\}/g, '')))) return { key: 'field.docx_braces', args: { name } };
  if (Object.keys(parts).some((path) => /^word\/(?:footnotes|endnotes)\.xml$/i.test(path) && /\{[^{}\n]+\}/.test(wordsOf(parts, path)))) return { key: 'field.docx_notes', args: { name } };
  try {
    const handler = new TemplateHandler();
    const filled = (await handler.parseTags(Buffer.from(packed))).map((tag) => tag.rawText.slice(1, -1).trim());
    const seen = words.flatMap((one) => [...one.matchAll(/\{([^{}\n]+)\}/g)].map(([, tag]) => tag!.trim()));
    // What is to be read there but would not be filled: a header that no section names, or one of another kind of document.
    if (seen.some((tag) => !filled.includes(tag))) return { key: 'field.docx_braces', args: { name } };
    return { bytes: packed, tags: [...new Set(filled)] };
  } catch {
    return { key: 'field.docx_braces', args: { name } };
  }
}

/** What stands at the tags of a template: words, or for a part between {#name} and {/name} one set of values for each time it is repeated. */
export type DocxValues = { [name: string]: string | DocxValues[] };
/**
 * The template with `values` at its tags, by the names they have in it; what a value says is text, whatever signs are in it. A value of
 * several lines belongs to a tag that stands alone in its paragraph: what follows it there would come behind its first line.
 */
export async function fillDocx(bytes: Uint8Array, values: DocxValues): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new TemplateHandler().process(Buffer.from(bytes), values));
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const decoded = (text: string): string => text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (_, hex: string, decimal: string, name: string) => {
  if (name) return entities[name.toLowerCase()]!;
  const point = hex ? Number.parseInt(hex, 16) : Number(decimal);
  return point > 0x1f && point <= 0x10ffff ? String.fromCodePoint(point) : '';
});

/** The words of a DOCX as plain paragraphs parted by empty lines; lists become lines with a dash. Pictures and the look are left. */
export function readDocxText(bytes: Uint8Array, name: string): string | Said {
  const parts = open(bytes, name);
  return isSaid(parts) ? parts : wordsOf(parts);
}

/** What stands between the beginning of a paragraph and the next end of one. One pass: a pattern for both would begin anew at each that has no end. */
function* paragraphsOf(xml: string): Generator<string> {
  const begins = /<w:p(?=[\s/>])[^<>]*>/g;
  for (let begin = begins.exec(xml); begin; begin = begins.exec(xml)) {
    const end = xml.indexOf('</w:p>', begins.lastIndex);
    if (end < 0) return;
    yield xml.slice(begins.lastIndex, end);
    begins.lastIndex = end;
  }
}

function wordsOf(parts: Unzipped, path = 'word/document.xml'): string {
  const xml = new TextDecoder().decode(parts[path]);
  const lines: { text: string; listed: boolean }[] = [];
  for (const paragraph of paragraphsOf(xml)) {
    const pieces = [...paragraph.matchAll(/<w:t\b[^<>]*>([^<]*)<\/w:t>|<w:(tab)\/>|<w:(br|cr)\b[^<>]*\/>/g)].map(([, words, tab]) => (words === undefined ? (tab ? ' ' : '\n') : decoded(words)));
    const text = pieces.join('').trim();
    if (text) lines.push({ text, listed: /<w:numPr>/.test(paragraph) });
  }
  return lines.map((line, index) => `${index === 0 ? '' : line.listed && lines[index - 1]!.listed ? '\n' : '\n\n'}${line.listed ? '- ' : ''}${line.text}`).join('');
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);

/** A DOCX of plain paragraphs; a line break within one stays one. */
export function plainDocx(paragraphs: readonly string[]): Uint8Array<ArrayBuffer> {
  const body = paragraphs.filter((one) => one.trim() !== '').map((one) => `<w:p><w:pPr><w:spacing w:after="160"/></w:pPr>${one.split('\n').map((row, index) => `<w:r>${index > 0 ? '<w:br/>' : ''}<w:t xml:space="preserve">${escaped(row)}</w:t></w:r>`).join('')}</w:p>`).join('');
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const relations = 'http://schemas.openxmlformats.org/package/2006/relationships';
  const parts = {
    '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${docxType}.main+xml"/></Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="${relations}"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/document.xml': `${head}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>`,
  };
  return new Uint8Array(zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, new TextEncoder().encode(text)]))));
}
