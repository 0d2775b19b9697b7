import { renderToStaticMarkup } from 'react-dom/server';
import { createElement as h } from 'react';
import { dayIn } from '../../core/day.ts';
import { fileName } from '../../core/file.ts';
import { formatBytes, getLocale } from '../../core/language.ts';
import { textIn } from '../../core/message.ts';
import { csvOf } from '../../core/table-file.ts';
import type { ZipEntry } from '../../core/zip.ts';
import { caseFacts, wordsPiece, type Exporting } from './case-bundle.ts';
import type { Content, ContentFile } from './case-content.server.ts';

type Line = { number: string; on: string; reference: string; direction: string; title: string; party: string; path: string; file: ContentFile | null; text: string };

// What a folder on any system takes: no separators, no names of devices, no dots or blanks at the ends, eighty signs.
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
export const safeName = (text: string): string => {
  const tidy = fileName(text.replace(/[\\/]+/g, '-')).replace(/\.{2,}/g, '.').replace(/^[.\s-]+|[.\s]+$/g, '');
  const short = tidy.length > 80 ? `${tidy.slice(0, 60).trimEnd()}${/\.[\p{L}\p{N}]{1,8}$/u.exec(tidy)?.[0] ?? ''}` : tidy;
  return reserved.test(short) ? `_${short}` : short || '_';
};

function linesOf(exporting: Exporting, content: Content): Line[] {
  const { office } = exporting;
  const zone = office.jurisdiction.timeZone;
  const lines: Line[] = [];
  let count = 0;
  const next = (): string => String(++count).padStart(3, '0');
  for (const entry of content.entries) {
    const on = dayIn(zone, entry.at);
    const common = { on, reference: entry.reference, direction: entry.direction, party: entry.party };
    if (entry.text || entry.files.length === 0) {
      const number = next();
      lines.push({ ...common, number, title: entry.subject, path: `${number} ${on} ${entry.direction} ${safeName(entry.subject)}.txt`, file: null, text: entry.text || entry.subject });
    }
    for (const file of entry.files) {
      const number = next();
      lines.push({ ...common, number, title: file.title, path: `${number} ${on} ${entry.direction} ${safeName(file.fileName)}`, file, text: '' });
    }
  }
  for (const one of content.words) {
    const { title, facts, text } = wordsPiece(exporting, one);
    const [number, on] = [next(), dayIn(zone, one.at)];
    lines.push({ number, on, reference: '', direction: '', party: one.who, title, path: `${number} ${on} ${safeName(title)}.txt`, file: null, text: `${facts.filter((fact) => fact.value).map((fact) => `${fact.label}: ${fact.value}`).join('\n')}\n\n${text}` });
  }
  for (const file of content.files) {
    const [number, on] = [next(), dayIn(zone, file.at)];
    lines.push({ number, on, reference: '', direction: '', party: '', title: file.title, path: `${number} ${on} ${safeName(file.fileName)}`, file, text: '' });
  }
  return lines;
}

/** The case as the entries of a ZIP: its papers in order, index.html and index.csv to read, metadata.json to check by. */
export function folderOf(exporting: Exporting, content: Content): ZipEntry[] {
  const { kernel, office, locale, t, now } = exporting;
  const lines = linesOf(exporting, content);
  const root = safeName(content.reference.replaceAll('/', '-'));
  const facts = [{ label: t('export.reference'), value: content.reference }, ...caseFacts(exporting, content)].filter((fact) => fact.value);
  const noteOf = (line: Line): string => (line.file?.destroyedAt ? t('export.note.destroyed') : '');
  const head = [t('export.number'), t('export.date'), t('export.reference'), t('export.direction'), t('export.party'), t('export.paper'), t('export.file'), t('export.size'), 'SHA-256'];
  const cells = lines.map((line) => [line.number, line.on, line.reference, line.direction && t(`entry.direction.${line.direction}`), line.party, line.title, noteOf(line) || line.path, line.file ? formatBytes(line.file.size, locale) : '', line.file?.sha256 ?? '']);
  const page = `<!doctype html>${renderToStaticMarkup(h('html', { lang: getLocale(locale).html },
    h('head', null, h('meta', { charSet: 'utf-8' }), h('meta', { name: 'viewport', content: 'width=device-width' }), h('title', null, content.reference),
      h('style', null, 'body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem}dt{color:#555}dd{margin:0 0 .5rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #ddd;vertical-align:top}')),
    h('body', null, h('p', null, textIn(office.data.name, locale)), h('h1', null, `${content.reference} ${content.subject}`),
      h('dl', null, facts.flatMap((fact) => [h('dt', { key: `t${fact.label}` }, fact.label), h('dd', { key: `d${fact.label}` }, fact.value)])),
      h('table', null, h('thead', null, h('tr', null, head.slice(0, 8).map((title) => h('th', { key: title, scope: 'col' }, title)))),
        h('tbody', null, lines.map((line, row) => h('tr', { key: line.number }, cells[row]!.slice(0, 8).map((cell, index) => h('td', { key: index }, index === 6 && !noteOf(line) ? h('a', { href: line.path.split('/').map(encodeURIComponent).join('/') }, cell) : cell)))))))))}`;
  // What JSON leaves out is in the files beside it.
  const metadata = {
    office: office.slug, exportedAt: now.toISOString(), case: { ...content, entries: content.entries.map((entry) => ({ ...entry, files: undefined, text: undefined })), files: undefined, words: undefined },
    papers: lines.map((line) => ({ number: line.number, path: line.file?.destroyedAt ? null : line.path, reference: line.reference, title: line.title, ...(line.file ? { documentId: line.file.id, mediaType: line.file.mediaType, size: line.file.size, sha256: line.file.sha256 } : {}) })),
  };
  const inRoot = (name: string, read: ZipEntry['read']): ZipEntry => ({ path: `${root}/${name}`, at: now, read });
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  return [
    inRoot('index.html', () => bytes(page)), inRoot('index.csv', () => bytes(csvOf([head, ...cells]))), inRoot('metadata.json', () => bytes(JSON.stringify(metadata, null, 2))),
    ...lines.filter((line) => !line.file?.destroyedAt).map((line) => inRoot(line.path, async () => (line.file ? kernel.files.get(office.id, line.file.sha256).catch(() => bytes(t('export.note.missing'))) : bytes(line.text)))),
  ];
}
