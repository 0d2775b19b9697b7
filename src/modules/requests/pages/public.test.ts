import { randomBytes } from 'node:crypto';
import { describe } from 'vitest';
import type { Hono } from 'hono';
import { expect, test, type TestOffice } from '../../../../test/office.ts';
import { openSite } from '../../../site.tsx';
import { askCompletion, askForContribution } from '../completion.server.ts';
import { assignPetition } from '../work.server.ts';
import { forgetDrafts } from '../draft.server.ts';

type Fields = Record<string, string | File>;
type Shown = { status: number; location: string | null; html: string; headers: Headers };

/** A browser without JavaScript: cookies, forms, redirects by hand. */
class Browser {
  readonly cookies = new Map<string, string>();
  readonly #app: Hono;
  readonly #host: string;
  // Each has an address of its own, so that the limits of one test do not reach another.
  readonly #address = `10.${randomBytes(3).join('.')}`;
  constructor(office: TestOffice) {
    this.#app = openSite(office.kernel);
    this.#host = `${office.office.slug}.localhost`;
  }
  async #send(method: string, path: string, body?: FormData | URLSearchParams): Promise<Shown> {
    const headers: Record<string, string> = {
      host: this.#host,
      cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    };
    if (method === 'POST') headers['sec-fetch-site'] = 'same-origin';
    const response = await this.#app.request(
      `http://${this.#host}${path}`,
      { method, headers, ...(body ? { body } : {}) },
      { incoming: { socket: { remoteAddress: this.#address } } },
    );
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (/max-age=0/i.test(cookie)) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return {
      status: response.status,
      location: response.headers.get('location'),
      html: await response.text(),
      headers: response.headers,
    };
  }
  get(path: string): Promise<Shown> {
    return this.#send('GET', path);
  }
  post(path: string, fields: Fields): Promise<Shown> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return this.#send('POST', path, form);
  }
  /** Fills the steps and stops before sending. */
  async fill(letter: Fields = {}, you: Fields = {}): Promise<void> {
    expect((await this.post('/petition', { kind: 'complaint' })).location).toBe('/petition/letter');
    const after = await this.post('/petition/letter', {
      subject: 'Рупа у путу',
      text: 'Код школе је рупа.\n\nДјеца падају.',
      place: 'Његошева 1',
      area: 'roads',
      ...letter,
    });
    expect(after.location, after.html).toBe('/petition/you');
    const you2 = await this.post('/petition/you', {
      who: 'named',
      name: 'Милица Примјер',
      replyBy: 'email',
      email: 'milica@primjer.example',
      locale: 'cnr-Latn',
      ...you,
    });
    expect(you2.location, you2.html).toBe('/petition/check');
  }
  async write(letter: Fields = {}, you: Fields = {}): Promise<{ reference: string; code: string }> {
    await this.fill(letter, you);
    expect((await this.post('/petition/check', {})).location).toBe('/petition/receipt');
    const { html } = await this.get('/petition/receipt');
    return {
      reference: /<b class="ref">([^<]+)</.exec(html)![1]!,
      code: /<b>([2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3})<\/b>/.exec(html)![1]!,
    };
  }
}

const pdf = (): File =>
  new File([Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF')], 'dokaz.pdf', { type: 'application/pdf' });
const rows = (office: TestOffice, table: 'petition' | 'draft' | 'document' | 'party') =>
  office.within((db) => db.selectFrom(table).selectAll().where('office_id', '=', office.office.id).execute());
const unseen = /⟨[^⟩]*⟩/;

describe('writing without JavaScript', () => {
  let browser: Browser;
  test.beforeEach(({ office }) => void (browser = new Browser(office)));

  test('the whole way to the receipt and to tracking', async ({ office }) => {
    const { reference, code } = await browser.write({ files: pdf() });
    const receipt = await browser.get('/petition/receipt');
    expect(receipt.html).not.toMatch(unseen);
    expect(receipt.html).toContain(reference);
    const paper = await browser.get('/petition/receipt.pdf');
    expect(paper.headers.get('content-type')).toBe('application/pdf');
    expect((await rows(office, 'petition')).length).toBe(1);
    expect((await rows(office, 'document')).length).toBe(1);
    expect((await rows(office, 'draft')).length).toBe(0);

    const stranger = new Browser(office);
    expect((await stranger.get('/petition/receipt')).location).toBe('/track');
    const link = await stranger.get(`/track?code=${code}`);
    expect(link).toMatchObject({ status: 303, location: '/track' });
    const track = await stranger.get('/track');
    expect(track.html).toContain(reference);
    expect(track.html).toContain('Рупа у путу');
    expect(track.html).not.toMatch(unseen);
    const file = /\/track\/files\/[0-9a-f-]+/.exec(track.html)![0];
    const served = await stranger.get(file);
    expect(served.status).toBe(200);
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
    expect(served.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await new Browser(office).get(file)).location).toBe('/track');
    expect((await stranger.post('/track/forget', {})).location).toBe('/track');
    expect((await stranger.get('/track')).html).toContain('name="code"');
  });

  test('the same form sent twice gives the same receipt', async ({ office }) => {
    await browser.fill();
    const both = await Promise.all([browser.post('/petition/check', {}), browser.post('/petition/check', {})]);
    const first = (await browser.get('/petition/receipt')).html;
    expect(both.map((one) => one.location)).toEqual(['/petition/receipt', '/petition/receipt']);
    expect((await browser.post('/petition/check', {})).location).toBe('/petition/receipt');
    expect((await browser.get('/petition/receipt')).html).toBe(first);
    expect((await rows(office, 'petition')).length).toBe(1);
  });

  test('what is wrong is said beside its field and what was typed is kept', async () => {
    const none = await browser.post('/petition', {});
    expect(none.status).toBe(422);
    expect(none.html).toContain('href="#kind"');
    await browser.post('/petition', { kind: 'petition' });
    const long = 'а'.repeat(100_000);
    const letter = await browser.post('/petition/letter', {
      subject: '',
      text: long,
      place: 'Горњи крај',
      area: 'nowhere',
      files: pdf(),
    });
    expect(letter.status).toBe(422);
    for (const field of ['subject', 'text', 'area']) expect(letter.html).toContain(`href="#${field}"`);
    expect(letter.html).toContain(long);
    expect(letter.html).toContain('Горњи крај');
    expect(letter.html).toContain('dokaz.pdf');
    expect(letter.html).toMatch(/<title>[^<]*:/);
    expect(letter.html).not.toMatch(unseen);
    const you = await browser.post('/petition/you', {
      who: 'named',
      name: ' ',
      replyBy: 'email',
      email: 'no at sign',
      locale: 'en',
    });
    expect(you.status).toBe(422);
    for (const field of ['name', 'email']) expect(you.html).toContain(`href="#${field}"`);
    expect(you.html).toContain('no at sign');
    const post = await browser.post('/petition/you', { who: 'named', name: 'A', replyBy: 'post', address: '' });
    expect(post.html).toContain('href="#address"');
    expect((await browser.get('/petition/check')).location).toBe('/petition/letter');
  });

  test('a file of a wrong kind is refused, the good one beside it kept, one removed on request', async () => {
    await browser.post('/petition', { kind: 'petition' });
    const bad = await browser.post('/petition/letter', {
      subject: 'Тема',
      text: 'Текст',
      files: new File([Buffer.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0])], 'photo.jpg'),
    });
    expect(bad.status).toBe(422);
    expect(bad.html).toContain('href="#files"');
    expect(bad.html).toContain('Текст');
    expect((await browser.post('/petition/letter', { subject: 'Тема', text: 'Текст', files: pdf() })).location).toBe(
      '/petition/you',
    );
    const kept = await browser.get('/petition/letter');
    const hash = /value="([0-9a-f]{64})"/.exec(kept.html)![1]!;
    expect((await browser.post('/petition/letter', { subject: 'Друга тема', text: 'Текст', drop: hash })).location).toBe(
      '/petition/letter',
    );
    const after = await browser.get('/petition/letter');
    expect(after.html).not.toContain('dokaz.pdf');
    expect(after.html).toContain('Друга тема');
  });

  test('saved, left, found again by code on another device, and mailed', async ({ office }) => {
    await browser.post('/petition', { kind: 'proposal' });
    const saved = await browser.post('/petition/letter', { subject: 'Клупе', text: '', save: '1' });
    expect(saved.location).toBe('/petition/saved');
    const code = /<b>([2-9A-Z-]{11})<\/b>/.exec((await browser.get('/petition/saved')).html)![1]!;
    const other = new Browser(office);
    const wrong = await other.post('/petition/resume', { code: 'K7M-94R-2QX' });
    expect(wrong.status).toBe(422);
    expect(wrong.html).toContain('K7M-94R-2QX');
    expect((await other.post('/petition/resume', { code: code.toLowerCase().replaceAll('-', ' ') })).location).toBe(
      '/petition/letter',
    );
    expect((await other.get('/petition/letter')).html).toContain('Клупе');
    expect((await other.get('/petition')).html).toMatch(/value="proposal"[^>]*checked|checked[^>]*value="proposal"/);
    expect((await other.post('/petition/saved', { email: 'neko@primjer.example' })).location).toBe('/petition/saved');
    await office.settle();
    expect(office.mails.map((mail) => mail.to)).toEqual(['neko@primjer.example']);
    expect(office.mails[0]!.text).toContain(code);
    expect(office.mails[0]!.text).not.toMatch(unseen);
    expect((await other.get(`/petition/resume?code=${code}`)).location).toBe('/petition/letter');
    // Nothing of it can be read in the table.
    expect(JSON.stringify(await rows(office, 'draft'))).not.toContain('Клупе');
    expect((await office.run(forgetDrafts, office.system(), {}, { now: new Date(Date.now() + 31 * 86_400_000) })).forgotten).toBe(
      1,
    );
    expect((await other.get('/petition/letter')).location).toBe('/petition');
  });

  test('a letter without a name keeps none, though one was typed', async ({ office }) => {
    await browser.write({}, { who: 'anonymous', name: 'Скривено Име', email: 'x@primjer.example' });
    expect((await rows(office, 'petition'))[0]).toMatchObject({ is_anonymous: true, reply_by: 'pickup' });
    expect(JSON.stringify(await rows(office, 'party'))).not.toContain('Скривено');
  });

  test('at most twenty letters an hour; the draft is kept', async () => {
    for (let count = 0; count < 20; count++) {
      await browser.fill();
      expect((await browser.post('/petition/check', {})).status).toBe(303);
    }
    await browser.fill();
    const refused = await browser.post('/petition/check', {});
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('Рупа у путу');
  }, 60_000);
});

describe('following a letter', () => {
  let browser: Browser;
  test.beforeEach(({ office }) => void (browser = new Browser(office)));

  test('wrong codes: the message, what was typed, and an end to trying', async () => {
    for (const code of ['', 'abc', 'K7M-94R-2QX', '<script>alert(1)</script>']) {
      const shown = await browser.post('/track', { code });
      expect(shown.status).toBe(422);
      expect(shown.html).toContain('href="#code"');
      expect(shown.html).not.toContain('<script>alert');
    }
    expect((await browser.get('/track?code=K7M-94R-2QX')).html).toContain('value="K7M-94R-2QX"');
    let last = 0;
    for (let count = 0; count < 20; count++) last = (await browser.post('/track', { code: 'K7M-94R-2QX' })).status;
    expect(last).toBe(429);
  });

  test('answers a question, adds, and withdraws', async ({ office }) => {
    await browser.write();
    const id = (await rows(office, 'petition'))[0]!['id' as never] as string;
    const chief = await office.as('chief');
    const unitId = office.office.data.units[0]!.id;
    await office.run(assignPetition, chief, { id, unitId });
    const empty = await browser.post('/track/add', { text: ' ' });
    expect(empty.status).toBe(422);
    const form = await browser.get('/track/add');
    const key = /name="key" value="([\w-]{43})"/.exec(form.html)![1]!;
    for (let press = 0; press < 2; press++)
      expect((await browser.post('/track/add', { key, text: 'Још једна рупа', files: pdf() })).location).toBe('/track');
    expect((await rows(office, 'document')).length).toBe(1);
    await office.run(askCompletion, chief, { id, question: 'Која улица тачно?' });
    const track = await browser.get('/track');
    expect(track.html).toContain('Која улица тачно?');
    expect(track.html).not.toMatch(unseen);
    expect((await browser.post('/track/complete', { reply: '' })).html).toContain('href="#reply"');
    expect((await browser.post('/track/complete', { reply: 'Његошева' })).location).toBe('/track');
    expect((await browser.get('/track/complete')).html).not.toContain('<textarea');
    expect((await browser.get('/track/withdraw')).html).toContain('<textarea');
    expect((await browser.post('/track/withdraw', { reason: 'Поправљено' })).location).toBe('/track');
    expect((await browser.post('/track/withdraw', {})).status).toBe(409);
    expect((await rows(office, 'petition'))[0]).toMatchObject({ state: 'withdrawn' });
  });
});

describe('the other pages', () => {
  test('every page in every public language has all its words', async ({ office }) => {
    for (const locale of office.office.publicLocales) {
      const browser = new Browser(office);
      browser.cookies.set('lang', locale);
      for (const path of [
        '/',
        '/petition',
        '/track',
        '/structure',
        '/published',
        '/waiting-times',
        '/accessibility',
        '/privacy',
        '/petition/resume',
      ]) {
        const shown = await browser.get(path);
        expect(shown.status, path).toBe(200);
        expect(shown.html.match(unseen), `${locale} ${path}`).toBeNull();
        expect(shown.html, path).toContain(`<html lang="${locale}`);
      }
    }
  });

  test('e-mail addresses stand on no page until they are asked for', async ({ office }) => {
    const browser = new Browser(office);
    const structure = await browser.get('/structure');
    expect(structure.html).not.toMatch(/[\w.-]+@[\w-]+\.\w+/);
    const of = /name="of" value="(person:[^"]+)"/.exec(structure.html)![1]!;
    expect((await browser.post('/structure/email', { of })).html).toMatch(/mailto:[\w.-]+@/);
    expect((await browser.post('/structure/email', { of: 'person:00000000-0000-7000-8000-000000000000' })).status).toBe(404);
    expect((await browser.post('/structure/email', { of: "unit:' or 1=1" })).status).toBe(404);
    let last = 0;
    for (let count = 0; count < 30; count++) last = (await browser.post('/structure/email', { of })).status;
    expect(last).toBe(429);
  });

  test('an outside body answers by its link, and again when it is returned', async ({ office }) => {
    const writer = new Browser(office);
    await writer.write();
    const id = (await rows(office, 'petition'))[0]!['id' as never] as string;
    const chief = await office.as('chief');
    await office.run(assignPetition, chief, { id, unitId: office.office.data.units[0]!.id });
    const body = await office.within((db) =>
      db
        .selectFrom('party')
        .select('id')
        .where('office_id', '=', office.office.id)
        .where('kind', '=', 'body')
        .where('email', 'is not', null)
        .limit(1)
        .executeTakeFirstOrThrow(),
    );
    const dueOn = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    await office.run(askForContribution, chief, { id, of: `body:${body.id}`, question: 'Када је закрпљено?', dueOn });
    await office.settle();
    const path = /\/contribute\/[\w-]+/.exec(office.mails.map((mail) => mail.text).join('\n'))![0];
    const outside = new Browser(office);
    const asked = await outside.get(path);
    expect(asked.html).toContain('Када је закрпљено?');
    expect(asked.html).not.toMatch(unseen);
    // Nothing of the petitioner is shown.
    expect(asked.html).not.toContain('Милица');
    const wrong = await outside.post(path, { reply: 'Јуче.', name: '' });
    expect(wrong.status).toBe(422);
    expect(wrong.html).toContain('Јуче.');
    expect((await outside.post(path, { reply: 'Јуче.', name: 'Директор' })).location).toBe(path);
    const thanks = await outside.get(path);
    expect(thanks.html).toContain('Јуче.');
    expect(thanks.html).not.toContain('<textarea');
    expect((await outside.post(path, { reply: 'Опет.', name: 'Директор' })).status).toBe(409);
    const unknown = await outside.get('/contribute/0000000000000000000000000000000000000000000');
    expect(unknown.status).toBe(404);
    expect(unknown.html).not.toMatch(unseen);
  });
});
