import { readdirSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { formatNumber, latinFromCyrillic, localText, pluralCategory, type LocaleId } from './language.ts';
import { rootDirectory } from './root.ts';

export type Args = Record<string, string | number | Date>;
export type Translate = (key: string, args?: Args) => string;
type Catalogue = Map<string, string>;

/** Which files make a locale, the later over the earlier. Serbian and Montenegrin are written in Cyrillic; the Latin is made from it. */
const sources: Record<LocaleId, { files: string[]; latin?: boolean }> = {
  en: { files: ['en'] },
  mk: { files: ['mk'] },
  ro: { files: ['ro'] },
  sq: { files: ['sq'] },
  'sr-Cyrl': { files: ['sr'] },
  'sr-Latn': { files: ['sr'], latin: true },
  'cnr-Cyrl': { files: ['sr', 'cnr'] },
  'cnr-Latn': { files: ['sr', 'cnr'], latin: true },
};

/** The folders that hold message files. */
export function messageFolders(): string[] {
  const modules = path.join(rootDirectory, 'src/modules');
  const folders = existsSync(modules) ? readdirSync(modules).map((name) => path.join(modules, name, 'messages')) : [];
  return [path.join(rootDirectory, 'src/core/messages'), path.join(rootDirectory, 'src/ui/messages'), ...folders].filter((folder) => existsSync(folder));
}

/** All messages of one source language (`en`, `sr`, `cnr`, `mk`, `ro`, `sq`), by key: files `<source>.json` and `<part>.<source>.json`. */
export function readMessages(source: string): Catalogue {
  const all: Catalogue = new Map();
  for (const folder of messageFolders())
    for (const name of readdirSync(folder).filter((file) => file === `${source}.json` || file.endsWith(`.${source}.json`)))
      for (const [key, text] of Object.entries(JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Record<string, string>)) all.set(key, text);
  return all;
}

const catalogues = new Map<LocaleId, Catalogue>();
function catalogue(locale: LocaleId): Catalogue {
  let found = catalogues.get(locale);
  if (!found) {
    const source = sources[locale];
    found = new Map();
    for (const file of source.files) for (const [key, text] of readMessages(file)) found.set(key, source.latin ? latinFromCyrillic(text) : text);
    catalogues.set(locale, found);
  }
  return found;
}

type Compiled = (args: Args) => string;
const compiled = new Map<string, Compiled>();

function write(elements: MessageFormatElement[], locale: LocaleId, args: Args, pound: number | null): string {
  let text = '';
  for (const element of elements) {
    if (element.type === TYPE.literal) text += element.value;
    else if (element.type === TYPE.pound) text += formatNumber(pound ?? 0, locale);
    else if (element.type === TYPE.argument) {
      const value = args[element.value];
      text += typeof value === 'number' ? formatNumber(value, locale) : String(value ?? `{${element.value}}`);
    } else if (element.type === TYPE.number) text += formatNumber(Number(args[element.value]), locale);
    else if (element.type === TYPE.select) text += write((element.options[String(args[element.value])] ?? element.options['other']!).value, locale, args, pound);
    else if (element.type === TYPE.plural) {
      const value = Number(args[element.value] ?? 0);
      const option = element.options[`=${value}`] ?? element.options[pluralCategory(value, locale)] ?? element.options['other']!;
      text += write(option.value, locale, args, value);
    }
  }
  return text;
}

function compile(locale: LocaleId, key: string): Compiled {
  const text = catalogue(locale).get(key) ?? catalogue('en').get(key);
  if (text === undefined) return () => `⟨${key}⟩`;
  const elements = parse(text);
  if (elements.every((element) => element.type === TYPE.literal)) {
    const fixed = elements.map((element) => (element.type === TYPE.literal ? element.value : '')).join('');
    return () => fixed;
  }
  return (args) => write(elements, locale, args, null);
}

export const hasMessage = (key: string): boolean => catalogue('en').has(key);

const translators = new Map<LocaleId, Translate>();
/** The translator of a locale; an unknown key shows as ⟨key⟩, and a test makes sure that there is none. */
export function translator(locale: LocaleId): Translate {
  let found = translators.get(locale);
  if (!found) {
    found = (key, args = {}) => {
      const name = `${locale} ${key}`;
      let ready = compiled.get(name);
      if (!ready) compiled.set(name, (ready = compile(locale, key)));
      return ready(args);
    };
    translators.set(locale, found);
  }
  return found;
}

/** A text kept as data by language source ({sr, en, …}) in the reader's locale; '' where there is none. */
export const textIn = (map: Record<string, string> | null | undefined, locale: LocaleId): string => (map ? localText(map, locale) : '');
