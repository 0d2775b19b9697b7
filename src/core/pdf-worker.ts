import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';

const require = createRequire(import.meta.url);
// A process, not a thread: a panic in native code ends it, and must not end the server with it.
const templates = process.argv[2]!;

const fontFolders = ['noto-serif/400Regular', 'noto-serif/600SemiBold', 'noto-sans/400Regular', 'noto-sans/600SemiBold'].map(
  (folder) => {
    const [family = '', weight = ''] = folder.split('/');
    return join(dirname(require.resolve(`@expo-google-fonts/${family}/package.json`)), weight);
  },
);

/** The code points a TrueType font has a glyph for, read from its `cmap` table (format 12). */
function listCodePoints(font: Buffer): Set<number> {
  const found = new Set<number>();
  let cmap = 0;
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const entry = 12 + i * 16;
    if (font.toString('latin1', entry, entry + 4) === 'cmap') cmap = font.readUInt32BE(entry + 8);
  }
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const table = cmap + font.readUInt32BE(cmap + 8 + i * 8);
    if (font.readUInt16BE(table) !== 12) continue;
    for (let group = 0; group < font.readUInt32BE(table + 12); group++) {
      const at = table + 16 + group * 12;
      for (let point = font.readUInt32BE(at); point <= font.readUInt32BE(at + 4); point++) found.add(point);
    }
  }
  return found;
}

const printable = new Set<number>();
for (const folder of fontFolders) {
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.ttf')) for (const point of listCodePoints(readFileSync(join(folder, file)))) printable.add(point);
  }
}

const lookalikes: Record<string, string> = {
  '→': '->',
  '←': '<-',
  '⇒': '=>',
  '≤': '<=',
  '≥': '>=',
  '≈': '~',
  '≠': '!=',
  '●': '•',
  '■': '•',
  '▪': '•',
  '▶': '•',
  '►': '•',
  '☐': '[ ]',
  '☑': '[x]',
  '☒': '[x]',
  '✓': '[x]',
  '✔': '[x]',
};
const emoji = /\p{RGI_Emoji}/gv;
// Marks that reorder or hide text have no place in a record: they could make it read otherwise than it was sent.
const invisible = /[\p{Cc}\u00ad\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2060-\u2064\ufeff]|[\ufe00-\ufe0f]|\u20e3/u;

/** Text that the fonts can print: one U+FFFD for each sign they cannot, nothing for what is invisible. */
function clean(text: string): string {
  let result = '';
  const whole = text.replace(/\r\n?/g, '\n').toWellFormed().normalize('NFC');
  for (const sign of whole.replace(emoji, (match) => (printable.has(match.codePointAt(0)!) ? match : '\ufffd'))) {
    if (sign === '\n') result += sign;
    else if (sign === '\t' || sign === '\u2028' || sign === '\u2029') result += sign === '\t' ? '    ' : '\n';
    else if (invisible.test(sign)) continue;
    else if (printable.has(sign.codePointAt(0)!)) result += sign;
    else if (lookalikes[sign]) result += lookalikes[sign];
    else if (!/\p{M}/u.test(sign)) result += '\ufffd';
  }
  // Without a place to break, a piece of more than 65,535 bytes makes the PDF library panic.
  return result.replace(/\S{1000,}/g, (word) => word.replace(/.{40}/gu, '$&\u200b'));
}

function cleanAll(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(cleanAll);
  if (value && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, cleanAll(item)]),
    );
  }
  return value;
}

/** Puts the pictures (SVG text, PNG bytes, PNG as a data address) beside the templates and their names into the data. */
function mapPictures(compiler: NodeCompiler, data: Record<string, unknown>): Record<string, unknown> {
  const result = { ...data };
  for (const key of ['qr', 'arms', 'office', 'note']) {
    const value = result[key];
    if (key === 'office' || key === 'note') {
      if (value && typeof value === 'object') result[key] = mapPictures(compiler, value as Record<string, unknown>);
      continue;
    }
    if (value === undefined || value === null || value === '') continue;
    const dataAddress = typeof value === 'string' ? /^data:image\/png;base64,(.+)$/s.exec(value) : null;
    const bytes = value instanceof Uint8Array ? Buffer.from(value) : dataAddress ? Buffer.from(dataAddress[1]!, 'base64') : null;
    if (!bytes && !(typeof value === 'string' && /^\s*</.test(value))) throw new Error(`${key} is neither SVG nor PNG`);
    const name = `${key}.${bytes ? 'png' : 'svg'}`;
    compiler.mapShadow(join(templates, name), bytes ?? Buffer.from(value as string));
    result[key] = name;
  }
  return result;
}

type Carried = { pages?: { bytes: Uint8Array; ending: string }[]; attachment?: { bytes: Uint8Array }; people?: { photo?: Uint8Array }[] };
/** Puts the pages and the original of a carrier, and the photographs of people, beside the templates. */
function mapCarried(data: Record<string, unknown>): Record<string, unknown> {
  const { pages, attachment, people } = data as Carried;
  const result = { ...data };
  const put = (name: string, bytes: Uint8Array): string => {
    compiler.mapShadow(join(templates, name), Buffer.from(bytes));
    return name;
  };
  if (pages) result['pages'] = pages.map((page, index) => put(`page-${index + 1}.${page.ending}`, page.bytes));
  if (people) result['people'] = people.map((one, index) => (one.photo ? { ...one, photo: put(`person-${index + 1}.jpg`, one.photo) } : one));
  if (attachment) {
    const { bytes, ...rest } = attachment;
    result['attachment'] = { ...rest, file: put('original.bin', bytes) };
  }
  return result;
}

const compiler = NodeCompiler.create({ workspace: templates, fontArgs: [{ fontPaths: fontFolders }] });

function render(template: string, data: Record<string, unknown>): Uint8Array {
  try {
    const inputs = { data: JSON.stringify(cleanAll(mapCarried(mapPictures(compiler, data)))) };
    const compiled = compiler.compile({ mainFilePath: join(templates, `${template}.typ`), inputs });
    const error = compiled.takeError();
    if (error || !compiled.result) {
      const messages = error ? error.shortDiagnostics.map((diagnostic: { message?: string }) => diagnostic.message) : [];
      throw new Error(messages.join('; ') || 'the template made no document');
    }
    // Only the third part of PDF/A lets a file of any kind be attached.
    return compiler.pdf(compiled.result, { pdfStandard: data['attachment'] ? 'a-3a' : 'a-2a' });
  } finally {
    compiler.resetShadow();
    compiler.evictCache(0);
  }
}

process.on('message', ({ id, template, data }: { id: number; template: string; data: Record<string, unknown> }) => {
  let answer: { pdf: Uint8Array } | { error: string };
  try {
    answer = { pdf: render(template, data) };
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  process.send!({ id, ...answer, bytesHeld: process.memoryUsage.rss() });
});
