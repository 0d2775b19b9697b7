import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// Run by hand: the builder of @axe-core/playwright carries every passed node over as well, which takes three times as long.
const axe = createRequire(import.meta.resolve('@axe-core/playwright'))('axe-core') as { source: string };
const looks = [{ width: 1280, colorScheme: 'light' }, { width: 390, colorScheme: 'dark' }] as const;

type Shown = { url: URL; html: string; isNew: boolean };

/** What a page has in common with others of its kind: its path without ids and tokens, and the parts it is made of. */
function kindOf(url: URL, html: string): string {
  const path = url.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id').replace(/[\w-]{43}/g, ':token');
  const ids = [...html.matchAll(/\sid="([a-z][\w-]{0,20})"/gi)].map((found) => found[1]!).filter((id) => !/\d/.test(id));
  return `${path} ${[...new Set(ids)].sort().join()}`;
}

/** The pages that people came to, as they saw them. Looked at in windows of its own, so that nobody's page is touched and those without scripts are checked as well. */
export class Mirror {
  readonly #shown: Shown[] = [];
  readonly #kinds = new Set<string>();

  keep(address: string, html: string): void {
    const url = new URL(address);
    const kind = kindOf(url, html);
    this.#shown.push({ url, html: html.replaceAll(/<script\b[^>]*>.*?<\/script>/gs, ''), isNew: !this.#kinds.has(kind) });
    this.#kinds.add(kind);
  }

  /** What is wrong with the pages kept so far, one line each, and how many kinds there were. */
  async look(browser: Browser): Promise<{ pages: number; kinds: number; faults: string[] }> {
    const pages = this.#shown.splice(0);
    const left = [...pages];
    const faults = await Promise.all([1, 2].map(async () => {
      const context = await browser.newContext({ reducedMotion: 'reduce' });
      const page = await context.newPage();
      let html = '';
      await page.route((url) => !url.pathname.startsWith('/assets/'), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
      const found: string[] = [];
      for (let shown = left.shift(); shown; shown = left.shift()) {
        html = shown.html;
        found.push(...(await faultsOf(page, shown)));
      }
      await context.close();
      return found;
    }));
    return { pages: pages.length, kinds: this.#kinds.size, faults: faults.flat() };
  }
}

async function faultsOf(page: Page, { url, isNew }: Shown): Promise<string[]> {
  const faults: string[] = [];
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(url.origin + url.pathname, { waitUntil: 'load' });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > 390) faults.push(`${url.pathname} is ${width} pixels wide on a telephone of 390: ${await page.evaluate(widest)}`);
  if (isNew) await page.evaluate(axe.source);
  for (const look of isNew ? looks : []) {
    await page.setViewportSize({ width: look.width, height: 800 });
    await page.emulateMedia({ colorScheme: look.colorScheme });
    for (const one of await page.evaluate(run, tags))
      for (const node of one.nodes) faults.push(`${url.pathname} (${look.width}, ${look.colorScheme}) ${one.id}: ${node.html.slice(0, 300)} ${node.failureSummary?.replaceAll(/\s+/g, ' ') ?? ''}`);
  }
  return faults;
}

/** In the browser. */
async function run(runOnly: string[]): Promise<AxeResults['violations']> {
  const { axe: found } = globalThis as unknown as { axe: { run(on: Document, options: object): Promise<AxeResults> } };
  return (await found.run(document, { runOnly, resultTypes: ['violations'] })).violations;
}

/** The elements that stick out, in the browser. */
function widest(): string {
  return [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(-3).map((one) => one.outerHTML.slice(0, 160)).join(' | ');
}
