import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { expect, test } from 'vitest';
import { roles } from '../src/core/caller.ts';
import { cyrillicFromLatin, languageSources, latinFromCyrillic, locales, type LanguageSource } from '../src/core/language.ts';
import { messageFolders } from '../src/core/message.ts';
import { rootDirectory } from '../src/core/root.ts';
import { dutyCapabilities } from '../src/modules/offices/duty.ts';
import { answerParts, channels, kinds, replyWays, states } from '../src/modules/requests/petition.ts';

type Message = { folder: string; file: string; part: string; source: LanguageSource; key: string; text: string };

const short = (file: string): string => path.relative(rootDirectory, file);
const fileName = (part: string, source: string): string => (part ? `${part}.${source}.json` : `${source}.json`);

const misplaced: string[] = [];
const messages: Message[] = messageFolders().flatMap((folder) =>
  readdirSync(folder).filter((name) => name.endsWith('.json')).flatMap((name) => {
    const file = path.join(folder, name);
    const found = /^(?:([\w-]+)\.)?([a-z]+)\.json$/.exec(name);
    const source = languageSources.find((one) => one === found?.[2]);
    if (!source) {
      misplaced.push(short(file));
      return [];
    }
    return Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)
      .map(([key, text]) => ({ folder, file: short(file), part: found?.[1] ?? '', source, key, text }));
  }));

const of = (source: LanguageSource): Message[] => messages.filter((message) => message.source === source);
const english = of('en');
const englishKeys = new Set(english.map((message) => message.key));
const place = (message: Message): string => `${message.folder} ${message.key}`;
const englishAt = new Map(english.map((message) => [place(message), message]));
const where = (message: Message): string => `${message.file} ${message.key}`;

/** One line a file: how many there are and the first of them. */
function byFile(rows: readonly { file: string; key: string }[]): string[] {
  const files = new Map<string, string[]>();
  for (const { file, key } of rows) files.set(file, [...(files.get(file) ?? []), key]);
  return [...files].map(([file, keys]) => `${file}: ${keys.length}: ${keys.slice(0, 12).join(', ')}${keys.length > 12 ? ', …' : ''}`);
}

const trees = new Map<string, MessageFormatElement[] | Error>();
function treeOf(message: Message): MessageFormatElement[] {
  let found = trees.get(message.text);
  if (!found) {
    try {
      found = parse(message.text);
    } catch (error) {
      found = error as Error;
    }
    trees.set(message.text, found);
  }
  return found instanceof Error ? [] : found;
}

function allOf(elements: readonly MessageFormatElement[]): MessageFormatElement[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.tag) return [element, ...allOf(element.children)];
    if (element.type !== TYPE.select && element.type !== TYPE.plural) return [element];
    return [element, ...Object.values(element.options).flatMap((option) => allOf(option.value))];
  });
}

const argumentsOf = (message: Message): Set<string> =>
  new Set(allOf(treeOf(message)).flatMap((element) => (element.type === TYPE.literal || element.type === TYPE.pound ? [] : [element.value])));
const listed = (set: Iterable<string>): string => [...set].sort().join(', ');

const needsAlbanian = /^(?:public|error|field|clock|receipt|ui)\./;

test('every folder has its English, and no file of another name', () => {
  expect(misplaced).toEqual([]);
  const spoken = new Set(english.map((message) => message.folder));
  expect([...new Set(messages.map((message) => message.folder))].filter((folder) => !spoken.has(folder)).map(short)).toEqual([]);
});

test.each(['sr', 'mk', 'ro', 'sq'] as const)('nothing is left untranslated: %s', (source) => {
  const there = new Map(of(source).map((message) => [place(message), message.text]));
  const asked = source === 'sq' ? english.filter((message) => needsAlbanian.test(message.key)) : english;
  const missing = asked.filter((message) => !there.get(place(message))?.trim());
  const fileOf = (message: Message): string => short(path.join(message.folder, fileName(message.part, source)));
  expect(byFile(missing.map((message) => ({ file: fileOf(message), key: message.key })))).toEqual([]);
});

test('Montenegrin holds only what it says differently from Serbian', () => {
  const serbian = new Map(of('sr').map((message) => [place(message), message.text]));
  expect(byFile(of('cnr').filter((message) => !serbian.has(place(message))))).toEqual([]);
  expect(byFile(of('cnr').filter((message) => serbian.get(place(message)) === message.text)), 'the same as in sr').toEqual([]);
});

test('no language has a message that English lacks', () => {
  expect(byFile(messages.filter((message) => !englishAt.has(place(message))))).toEqual([]);
});

test('no key stands twice in one language', () => {
  const seen = new Map<string, string>();
  const twice = messages.filter((message) => {
    const name = `${message.source} ${message.key}`;
    const known = seen.has(name);
    seen.set(name, message.file);
    return known;
  });
  expect(byFile(twice)).toEqual([]);
});

test('every message can be read', () => {
  const broken = messages.flatMap((message) => {
    treeOf(message);
    const tree = trees.get(message.text);
    return tree instanceof Error ? [`${where(message)}: ${tree.message}`] : [];
  });
  expect(broken).toEqual([]);
  expect(messages.filter((message) => message.text !== message.text.trim() || message.text !== message.text.normalize('NFC')).map(where)).toEqual([]);
});

// English does not bend words to a person's gender, so it alone may leave this argument out.
const bending = new Set(['gender']);

test('the arguments are those of English', () => {
  const wrong = messages.flatMap((message) => {
    const base = englishAt.get(place(message));
    if (!base || message === base) return [];
    const asked = argumentsOf(base);
    const used = new Set([...argumentsOf(message)].filter((name) => asked.has(name) || !bending.has(name)));
    return listed(used) === listed(asked) ? [] : [`${where(message)}: {${listed(used)}} instead of {${listed(asked)}}`];
  });
  expect(wrong).toEqual([]);
});

test('a choice offers what English offers', () => {
  const optionsOf = (message: Message): Map<string, Set<string>[]> => {
    const found = new Map<string, Set<string>[]>();
    for (const element of allOf(treeOf(message)))
      if (element.type === TYPE.select) found.set(element.value, [...(found.get(element.value) ?? []), new Set(Object.keys(element.options))]);
    return found;
  };
  const wrong = messages.flatMap((message) => {
    const base = englishAt.get(place(message));
    if (!base || message === base) return [];
    const offered = optionsOf(message);
    return [...optionsOf(base)].flatMap(([name, sets]) => {
      const asked = new Set(sets.flatMap((set) => [...set]));
      const mine = offered.get(name) ?? [new Set<string>()];
      return mine.some((set) => [...asked].some((option) => !set.has(option))) ? [`${where(message)}: {${name}} needs ${listed(asked)}`] : [];
    });
  });
  expect(wrong).toEqual([]);
});

test('plurals have the forms of the language, no more and no fewer', () => {
  const wrong = messages.flatMap((message) => {
    const { intl } = locales.find((locale) => locale.source === message.source)!;
    return allOf(treeOf(message)).flatMap((element) => {
      if (element.type !== TYPE.plural) return [];
      const asked = listed(new Intl.PluralRules(intl, { type: element.pluralType ?? 'cardinal' }).resolvedOptions().pluralCategories);
      const given = listed(Object.keys(element.options).filter((option) => !/^=\d+$/.test(option)));
      return given === asked ? [] : [`${where(message)}: {${element.value}} has ${given} instead of ${asked}`];
    });
  });
  expect(wrong).toEqual([]);
});

// Latin in the Cyrillic source that stays as it is: an ending, a path, a sample address, a sample code, names (PDF and MB need no mention).
const latinWords = new Set([
  'eml', 'desk', 'ime', 'primjer', 'com', 'K', 'M', 'R', 'petition', 'list', 'document', 'JavaScript', 'axe', 'AA', 'PIN', 'REST', 'Ctrl', 'Tab', 'PKCS', 'p', 'pfx', 'g', 'CalDAV', 'UID', 'ics', 'dav', 'DAVx', 'iPhone', 'iPad', 'Mac', 'Android', 'Thunderbird',
]);

test.each(['sr', 'cnr'] as const)('Cyrillic becomes Latin and comes back: %s', (source) => {
  const left: string[] = [];
  const changed: string[] = [];
  for (const message of of(source))
    for (const element of allOf(treeOf(message))) {
      if (element.type !== TYPE.literal) continue;
      // A quoted {count} is filled in the browser and is no word.
      const text = element.value.replace(/\{\w+\}/g, '#');
      const bare = text.replace(/\p{Script=Latin}+/gu, (word) => (latinWords.has(word) ? '#' : word));
      const latin = latinFromCyrillic(text);
      const back = cyrillicFromLatin(latinFromCyrillic(bare));
      if (/\p{Script=Cyrillic}/u.test(latin)) left.push(`${where(message)}: ${latin}`);
      if (back !== bare) changed.push(`${where(message)}: ${back}`);
    }
  expect(left).toEqual([]);
  expect(changed).toEqual([]);
});

/** Files of source that people run, without tests. */
const sourceFiles = readdirSync(path.join(rootDirectory, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
  .map((name) => ({ file: `src/${name}`, text: readFileSync(path.join(rootDirectory, 'src', name), 'utf8') }));

const keyShape = /^[a-z_]+(?:\.[\w-]+)+(?<!\.(?:js|css))$/;
// These begin nothing but messages; petition., answer. and others are names of events and operations too.
const messageOnly = /^(?:desk|public|error|field|ui|sign_in)\./;

/** The text of the first argument of a call, from behind its bracket. */
function firstArgument(text: string, start: number): string {
  let depth = 0;
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const char = text[at]!;
    if (quote) {
      if (char === '\\') at++;
      else if (quote === '`' && text.startsWith('${', at)) at = text.indexOf('}', at);
      else if (char === quote) quote = '';
    } else if (char === "'" || char === '"' || char === '`') quote = char;
    else if ('([{'.includes(char)) depth++;
    else if ((char === ',' || char === ')') && depth === 0) return text.slice(start, at);
    else if (')]}'.includes(char)) depth--;
  }
  return '';
}

/** Message keys that the code names: whole ones, and patterns of those that it puts together. */
function keysNamed(): { file: string; key: string; pattern?: RegExp }[] {
  return sourceFiles.flatMap(({ file, text }) => {
    const found = new Map<string, RegExp | undefined>();
    const take = (code: string): void => {
      for (const [, key] of code.matchAll(/'([^'\\\n]+)'/g)) if (keyShape.test(key!)) found.set(key!, undefined);
      for (const [, key] of code.matchAll(/`([^`\n]+)`/g)) {
        if (keyShape.test(key!)) found.set(key!, undefined);
        // A key that begins with a variable says nothing about what it will be.
        else if (/^[a-z_]+\.[\w.-]*\$\{/.test(key!) && !/\s/.test(key!.replace(/\$\{[^}]*\}/g, ''))) {
          const literal = key!.split(/\$\{[^}]*\}/).map((part) => part.replaceAll('.', '\\.'));
          found.set(key!, new RegExp(`^${literal.join('[\\w.-]+')}$`));
        }
      }
    };
    for (const call of text.matchAll(/(?<![\w$])t\(/g)) take(firstArgument(text, call.index + 2));
    for (const [code] of text.matchAll(/\bkey: ?(?:'[^'\n]+'|`[^`\n]+`)/g)) take(code);
    for (const [, key] of text.matchAll(/'([^'\\\n]+)'/g)) if (keyShape.test(key!) && messageOnly.test(key!)) found.set(key!, undefined);
    return [...found].map(([key, pattern]) => ({ file, key, ...(pattern && { pattern }) }));
  });
}

test('every key that the code names exists', () => {
  const named = keysNamed();
  expect(named.length).toBeGreaterThan(300);
  const keys = [...englishKeys];
  expect(byFile(named.filter(({ key, pattern }) => (pattern ? !keys.some((one) => pattern.test(one)) : !englishKeys.has(key))))).toEqual([]);
});

test('every value that becomes a part of a key has its words', () => {
  const each = (prefix: string, values: readonly string[]): string[] => values.map((value) => `${prefix}.${value}`);
  const asked = [
    ...each('petition.state', states), ...each('petition.next', states), ...each('petition.kind', kinds),
    ...each('public.channel', channels), ...each('reply_by', replyWays),
    ...each('answer.part', answerParts), ...each('answer.hint', answerParts), ...each('answer.missing', answerParts),
    ...each('role', roles), ...each('capability', [...new Set(Object.values(dutyCapabilities).flat())]),
  ];
  expect(asked.filter((key) => !englishKeys.has(key))).toEqual([]);
});
