import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { getLocale, type LocaleId } from '../../src/core/language.ts';
import { translator, type Args, type Translate } from '../../src/core/message.ts';
import type { TownOffice } from './town.ts';

export type Papers = { name: string; mimeType: string; buffer: Buffer }[];
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A person at a browser. Everything is found by the words on it, in the person's language; every page arrived at is looked at. */
export class Visitor {
  readonly page: Page;
  readonly locale: LocaleId;
  readonly t: Translate;
  readonly home: TownOffice;
  /** Keys pressed besides typed text. */
  keys = 0;
  readonly #complaints: string[] = [];
  constructor(home: TownOffice, page: Page, locale: LocaleId) {
    this.home = home;
    this.page = page;
    this.locale = locale;
    this.t = translator(locale);
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => void this.#complaints.push(error.message));
    page.on('console', (message) => {
      // A refusal is answered with a page and its status; the browser counts that as an error.
      if (message.type() === 'error' && !/status of 4(09|22|04|10)/.test(message.text())) this.#complaints.push(message.text());
    });
  }

  get path(): string {
    return new URL(this.page.url()).pathname;
  }

  /** Fails with what the browser complained about. */
  complain(): void {
    expect(this.#complaints.splice(0)).toEqual([]);
  }

  async open(path: string): Promise<void> {
    await this.page.goto(path.startsWith('http') ? path : this.home.address + path);
    await this.look();
  }

  /** The page at hand: its words and language now; its width, and what axe says, when all journeys are over. */
  async look(): Promise<void> {
    const html = await this.page.content();
    expect(html.match(/⟨[^⟩]*⟩/g), this.page.url()).toBeNull();
    expect(/<html lang="([^"]*)"/.exec(html)?.[1], this.page.url()).toBe(getLocale(this.locale).html);
    this.home.town.mirror.keep(this.page.url(), html);
    this.complain();
  }

  /** Does what leads to another page, and looks at that. */
  async going(act: () => Promise<unknown>): Promise<void> {
    const arrived = this.page.waitForEvent('load');
    await Promise.all([arrived, act()]);
    await this.look();
  }

  /** A field by its label. */
  field(key: string, within: Page | Locator = this.page): Locator {
    return within.getByLabel(new RegExp(`^${escaped(this.t(key))}( ${escaped(this.t('ui.optional'))})?$`));
  }
  fill(key: string, text: string): Promise<void> {
    return this.field(key).fill(text);
  }
  /** The option of a select that begins with these words. */
  async choose(key: string, label: string): Promise<void> {
    const labels = await this.field(key).locator('option').allInnerTexts();
    const found = labels.find((one) => one.startsWith(label));
    if (!found) throw new Error(`no “${label}” among ${labels.join(' | ')}`);
    await this.field(key).selectOption({ label: found });
  }
  /** A radio button or a box, by the words beside it. */
  tick(key: string): Promise<void> {
    return this.page.getByRole('radio', { name: new RegExp(`^${escaped(this.t(key))}`) }).or(this.page.getByRole('checkbox', { name: new RegExp(`^${escaped(this.t(key))}`) })).check();
  }
  attach(key: string, files: Papers): Promise<void> {
    return this.field(key).setInputFiles(files);
  }

  button(key: string, args?: Args): Locator {
    return this.page.locator('main').getByRole('button', { name: this.t(key, args), exact: true });
  }
  link(key: string, args?: Args): Locator {
    return this.page.locator('main').getByRole('link', { name: this.t(key, args), exact: true });
  }
  async press(key: string, args?: Args): Promise<void> {
    await this.going(() => this.button(key, args).first().click());
  }
  async follow(key: string, args?: Args): Promise<void> {
    await this.going(() => this.link(key, args).first().click());
  }
  /** An act on a case: a link of its own, or one in the menu of more. */
  async act(name: string): Promise<void> {
    const link = this.link(`petition.act.${name}`).first();
    if (!(await link.isVisible())) await this.page.locator('summary', { hasText: this.t('petition.more_acts') }).click();
    await this.follow(`petition.act.${name}`);
  }

  async sees(text: string): Promise<void> {
    expect((await this.page.locator('main').innerText()).replaceAll(/\s+/g, ' ')).toContain(text.replaceAll(/\s+/g, ' '));
  }
  says(key: string, args?: Args): Promise<void> {
    return this.sees(this.t(key, args));
  }
  async misses(text: string): Promise<void> {
    expect(await this.page.locator('main').innerText()).not.toContain(text);
  }

  /** What lies at an address, with the cookies of this person. */
  async download(path: string): Promise<{ status: number; type: string; bytes: Buffer }> {
    const cookies = await this.page.context().cookies(this.home.address + path);
    const { host } = new URL(this.home.address);
    const response = await this.home.town.site.request(`${this.home.address}${path}`, { headers: { host, cookie: cookies.map((one) => `${one.name}=${one.value}`).join('; ') } });
    return { status: response.status, type: response.headers.get('content-type') ?? '', bytes: Buffer.from(await response.arrayBuffer()) };
  }
  /** The PDF behind a link. */
  async readsPdf(link: Locator): Promise<Buffer> {
    const { status, type, bytes } = await this.download((await link.first().getAttribute('href'))!);
    expect([status, type, bytes.subarray(0, 5).toString('latin1')]).toEqual([200, 'application/pdf', '%PDF-']);
    return bytes;
  }

  /* ---- By keyboard alone ---- */
  async key(name: string, times = 1): Promise<void> {
    for (let count = 0; count < times; count++) await this.page.keyboard.press(name);
    this.keys += times;
  }
  async type(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }
  /** What has the focus, in the words a screen reader would begin with. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const at = document.activeElement as HTMLInputElement | null;
      if (!at || at === document.body) return '';
      const own = at.type === 'radio' ? at.closest('fieldset')?.querySelector('legend')?.textContent : at.labels?.[0]?.textContent;
      return (own ?? at.getAttribute('aria-label') ?? at.textContent).replaceAll(/\s+/g, ' ').trim();
    });
  }
  /** Tabs on until what has the focus begins with these words. */
  async tabTo(words: string, backwards = false): Promise<void> {
    const passed: string[] = [];
    for (let count = 0; count < 120; count++) {
      await this.key(backwards ? 'Shift+Tab' : 'Tab');
      const at = await this.focused();
      if (at.startsWith(words)) {
        // What has the focus must be seen to have it.
        expect(await this.page.evaluate(() => {
          const style = getComputedStyle(document.activeElement!);
          const box = document.activeElement!.getBoundingClientRect();
          return box.width > 0 && box.height > 0 && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
        }), `the focus on ${words}`).toBe(true);
        return;
      }
      passed.push(at);
    }
    throw new Error(`Tab never came to “${words}” on ${this.path}, only to ${passed.join(' | ')}`);
  }
  async typeInto(key: string, text: string): Promise<void> {
    await this.tabTo(this.t(key));
    await this.type(text);
  }
  /** Tabs to a select and goes down to the option. */
  async pickByKey(key: string, label: string): Promise<void> {
    await this.tabTo(this.t(key));
    const selected = (): Promise<string> => this.page.evaluate(() => (document.activeElement as HTMLSelectElement).selectedOptions[0]?.label ?? '');
    await this.key('Home');
    for (let count = 0; count < 90 && (await selected()) !== label; count++) await this.key('ArrowDown');
    expect(await selected()).toBe(label);
  }
  async pressByKey(words: string, key = 'Enter'): Promise<void> {
    await this.tabTo(words);
    await this.going(() => this.key(key));
  }
}

/** A one-page PDF. */
export const pdfPaper = (name: string): Papers[number] => ({
  name, mimeType: 'application/pdf',
  buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
});
