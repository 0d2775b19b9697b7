import { readdirSync, readFileSync } from 'node:fs';
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { getLocale, languageSources, type LocaleId } from '../core/language.ts';
import { translator } from '../core/message.ts';
import { Checkbox, ErrorSummary, FileField, RadioGroup, SelectField, TextArea, TextField } from './field.tsx';
import { BarePage, DeskPage, PublicPage } from './frame.tsx';
import { Bars, ClockMark, Columns, Crumbs, Facts, Letter, Notice, Table, Views } from './parts.tsx';
import { ViewContext, type View } from './view.tsx';

function viewIn(locale: LocaleId, more: Partial<View> = {}): View {
  return {
    t: translator(locale), locale, lang: getLocale(locale).html, office: { slug: 'skopje', accent: 'skopje', name: 'Град Скопје', cabinet: 'Кабинет', address: 'Плоштад 1', phone: '+389 2 000 000', hours: '8–16' }, person: null, languages: [], path: '/', search: '', nav: [], views: [],
    theme: null, density: 'dense', asset: (name) => `/assets/x-${name}`, flash: null, zone: 'Europe/Skopje', now: new Date('2026-09-03T08:00:00Z'), singleKeys: true, demo: false, ...more,
  };
}
const render = (element: ReactElement, locale: LocaleId = 'mk', more?: Partial<View>): string => renderToStaticMarkup(<ViewContext value={viewIn(locale, more)}>{element}</ViewContext>);

/** Every id that an attribute of the markup names. */
const named = (html: string): string[] => [...html.matchAll(/ (?:aria-describedby|aria-labelledby|for|popoverTarget)="([^"]*)"/gi)].flatMap((match) => match[1]!.split(' '));
const ids = (html: string): string[] => [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]!);
const hostile = '<script>alert(1)</script>" onfocus="x';

describe('fields', () => {
  const form = (
    <form>
      <ErrorSummary errors={{ kind: 'Choose', name: 'Write', agree: 'Tick', form: 'Too late' }} />
      <RadioGroup name="kind" legend="Kind" asTitle hint="One" error="Choose" value="b" options={[{ value: 'a', label: 'A', hint: 'first' }, { value: 'b', label: 'B' }]} />
      <TextField name="name" label="Name" hint="Whole" error="Write" value={hostile} />
      <TextArea name="text" label="Text" value={'two\nlines'} maxLength={20} />
      <SelectField name="unit" label="Unit" value="2" empty="any" options={[{ value: '1', label: 'One', group: 'G' }, { value: '2', label: 'Two', group: 'G' }]} />
      <Checkbox name="agree" label="Agree" hint="Why" error="Tick" />
      <FileField name="files" label="Files" megabytes={5} />
    </form>
  );
  const html = render(form);

  test('every id that is referred to is there, once', () => {
    expect(named(html).filter((id) => !ids(html).includes(id))).toEqual([]);
    expect(new Set(ids(html)).size).toBe(ids(html).length);
  });
  test('an error is tied to its control, and the summary leads to it', () => {
    expect(html).toMatch(/<input[^>]*id="name"[^>]*aria-describedby="name-hint name-error"[^>]*aria-invalid="true"/);
    expect(html).toMatch(/<input type="checkbox" id="agree" aria-describedby="agree-hint agree-error" aria-invalid="true"/);
    for (const field of ['kind', 'name', 'agree']) {
      expect(html).toContain(`<a href="#${field}">`);
      expect(html).toMatch(new RegExp(`<input[^>]* id="${field}"`));
    }
    expect(html).toContain('<li>Too late</li>');
    expect(html).toContain('role="alert"');
  });
  test('what was typed is kept and escaped', () => {
    expect(html).toContain('value="&lt;script&gt;alert(1)&lt;/script&gt;&quot; onfocus=&quot;x"');
    expect(html).not.toContain('<script>');
    expect(html).toContain('two\nlines</textarea>');
    expect(html).toContain('value="2" selected=""');
    expect(html).toMatch(/value="b"[^>]*checked=""|checked=""[^>]*value="b"/);
  });
  test('a field without error says nothing of one', () => {
    expect(render(<TextField name="a" label="A" />)).toBe('<div class="field"><label for="a">A</label><input id="a" type="text" name="a"/></div>');
  });
});

describe('parts', () => {
  test('a letter keeps lines and paragraphs, and nothing else', () => {
    expect(render(<Letter text={`Почитувани,\n\nред 1\nред 2\n\n${hostile}`} lang="mk" />)).toBe(
      '<div class="letter" lang="mk"><p>Почитувани,</p><p>ред 1<br/>ред 2</p><p>&lt;script&gt;alert(1)&lt;/script&gt;&quot; onfocus=&quot;x</p></div>');
  });
  test('a clock says its state in words; its shape is silent', () => {
    for (const state of ['ok', 'soon', 'late', 'paused'] as const) expect(render(<ClockMark state={state} label="уште 2 дена" />)).toMatch(/<svg[^>]*aria-hidden="true".*<\/svg>уште 2 дена/);
    expect(render(<ClockMark state="none" label="без рок" />)).not.toContain('<svg');
  });
  test('a table that folds keeps its roles', () => {
    const html = render(<Table caption="Cases" head="subject" columns={[{ key: 'no', label: 'No' }, { key: 'subject', label: 'Subject' }]} rows={[{ id: '1', cells: { no: 1, subject: hostile } }]} />);
    expect(html).toContain('<caption class="vh">Cases</caption>');
    expect(html).toContain('<th role="rowheader" scope="row">&lt;script&gt;');
    expect(html).not.toContain('<script>');
  });
  test('charts carry their numbers as text', () => {
    const columns = render(<Columns label="Arrived" points={[{ label: 'Jan', sub: '2026', value: 0 }, { label: 'Feb', value: 7, second: 3 }]} />);
    expect(columns).toContain('aria-label="Arrived: Jan 2026 0, Feb 7 / 3"');
    expect(columns).not.toMatch(/NaN|Infinity/);
    expect(render(<Columns label="Arrived" points={[]} />)).not.toMatch(/NaN|Infinity/);
    expect(render(<Columns label="Arrived" points={Array.from({ length: 24 }, () => ({ label: 'Jan', value: 1 }))} />)).toMatch(/^<div[^>]* aria-label="Arrived" tabindex="0"><svg/);
    const bars = render(<Bars caption="By kind" rows={[{ label: 'None', value: 0 }, { label: 'Some', value: 4 }]} />);
    expect(bars).toContain('<th scope="row">Some</th>');
    expect(bars).not.toMatch(/<th[^>]*><\/th>|NaN|Infinity/);
  });
  test('facts leave out what is not known', () => {
    expect(render(<Facts facts={[['A', 1], null, false, '', ['B', 2]]} />)).toBe('<dl class="facts"><dt>A</dt><dd>1</dd><dt>B</dt><dd>2</dd></dl>');
  });
  test('views and crumbs are named navigation with the current one marked', () => {
    expect(render(<Views label="Saved" items={[{ href: '/a', label: 'A', count: 1200, current: true }, { href: '/b', label: 'B' }]} />)).toContain('<nav class="views" aria-label="Saved"><a href="/a" aria-current="page">A 999+</a><a href="/b">B</a></nav>');
    expect(render(<Crumbs items={[{ label: 'A', href: '/a' }, { label: 'B' }]} />)).toMatch(/<nav aria-label="[^"]+"><ol class="crumb">/);
  });
  test('a warning is one in words too', () => {
    expect(render(<Notice kind="warn">…</Notice>, 'ro')).toContain('<span class="vh">Important: </span>');
  });
});

describe('frames', () => {
  const person = { id: '1', name: hostile, title: 'советник' };
  const languages = [{ id: 'mk', name: 'Македонски', lang: 'mk' }, { id: 'en', name: 'English', lang: 'en' }];
  const pages: [string, ReactElement][] = [['desk', <DeskPage key="d" title={hostile}><h1>Денес</h1></DeskPage>], ['public', <PublicPage key="p" title={hostile} wrongTitle><h1>Пишете</h1></PublicPage>], ['bare', <BarePage key="b" title={hostile}><h1>Најава</h1></BarePage>]];

  test.each(pages)('%s: a whole document under a strict policy', (_, page) => {
    const html = render(page, 'mk', { person, languages, flash: { kind: 'done', text: hostile }, nav: [{ key: 'work', label: 'Работа', folds: false, open: true, items: [{ href: '/desk', label: 'Денес', icon: 'today', count: 3, current: true }] }] });
    expect(html).toMatch(/<html lang="mk" data-office="skopje"/);
    expect(html).toContain('<a class="skip" href="#main">');
    expect(html).toContain('<main id="main" tabindex="-1"');
    expect(html).not.toMatch(/<script(?! type="module" src=)|<[^>]+ style=|<style|<[^>]+ on[a-z]+="/);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(named(html).filter((id) => !ids(html).includes(id))).toEqual([]);
    expect(html).not.toContain('⟨');
  });
  test('no text of the frames is missing in a language of the public site', () => {
    for (const locale of ['cnr-Latn', 'cnr-Cyrl', 'sr-Latn', 'sr-Cyrl', 'mk', 'ro', 'sq', 'en'] as const)
      for (const [, page] of pages) expect(render(page, locale, { person, languages }), locale).not.toMatch(/⟨ui\./);
  });
});

test('every language has the same keys of the components', () => {
  const keysOf = (source: string): string[] => Object.keys(JSON.parse(readFileSync(new URL(`messages/${source}.json`, import.meta.url), 'utf8')) as object).filter((key) => key.startsWith('ui.')).sort();
  const wanted = keysOf('en');
  for (const source of languageSources.filter((one) => one !== 'en' && one !== 'cnr')) expect(keysOf(source), source).toEqual(wanted);
  expect(keysOf('cnr').filter((key) => !wanted.includes(key))).toEqual([]);
});

test('styles ask for nothing outside and hold to the policy', () => {
  for (const name of readdirSync(new URL('assets', import.meta.url)).filter((file) => file.endsWith('.css'))) {
    const css = readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');
    expect(css).not.toMatch(/https?:|@import|expression\(/);
    for (const [, file] of css.matchAll(/url\(([^)]+)\)/g)) expect(() => readFileSync(new URL(`assets/${file}`, import.meta.url))).not.toThrow();
  }
});
