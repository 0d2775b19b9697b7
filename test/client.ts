import { randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import { hashPassword } from '../src/modules/people/index.ts';
import { openSite } from '../src/site.tsx';
import { expect, type TestOffice } from './office.ts';

export type Fields = Record<string, string | File> | [string, string | File][];
export type Shown = { status: number; location: string; html: string; headers: Headers; cookies: string[] };
type Request = { method?: string; body?: BodyInit | null; headers?: Record<string, string> };

const password = 'Три бијела голуба на крову';
let hashed: Promise<string> | undefined;

/** Whoever speaks HTTP with the site, in process: keeps cookies, follows nothing, and says what it likes in the headers. */
export class Client {
  readonly cookies = new Map<string, string>();
  readonly site: Hono;
  host: string;
  // Each has an address of its own, so that the limits of one test do not reach another.
  address = `10.${randomBytes(3).join('.')}`;
  /** Headers sent with every request. */
  says: Record<string, string> = { 'sec-fetch-site': 'same-origin' };
  constructor(office: TestOffice, site: Hono = openSite(office.kernel)) {
    this.site = site;
    this.host = `${office.office.slug}.localhost`;
  }

  async send(path: string, { method = 'GET', body = null, headers = {} }: Request = {}): Promise<Shown> {
    const said = { host: this.host, ...this.says, ...headers };
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const init: RequestInit = { method, headers: { ...(cookie ? { cookie } : {}), ...said }, ...(body === null ? {} : { body, duplex: 'half' } as RequestInit) };
    const response = await this.site.request(`http://${said.host}${path}`, init, { incoming: { socket: { remoteAddress: this.address } } });
    const cookies = response.headers.getSetCookie();
    for (const one of cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(one)!;
      if (/max-age=0/i.test(one)) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return { status: response.status, location: response.headers.get('location') ?? '', html: await response.text(), headers: response.headers, cookies };
  }
  get(path: string, headers: Record<string, string> = {}): Promise<Shown> {
    return this.send(path, { headers });
  }
  post(path: string, fields: Fields = {}, headers: Record<string, string> = {}): Promise<Shown> {
    const list = Array.isArray(fields) ? fields : Object.entries(fields);
    const form = list.some(([, value]) => typeof value !== 'string') ? new FormData() : new URLSearchParams();
    for (const [name, value] of list) form.append(name, value as string);
    return this.send(path, { method: 'POST', body: form, headers });
  }
  /** A call of the REST interface. */
  rest(path: string, body?: unknown, token?: string): Promise<Shown> {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    return this.send(`/api${path}`, body === undefined ? { headers } : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });
  }

  /** Fills the public form to the check. */
  async fill(letter: Record<string, string | File> = {}, you: Record<string, string> = {}): Promise<void> {
    await this.post('/petition', { kind: 'complaint' });
    expect((await this.post('/petition/letter', { subject: 'Рупа у путу', text: 'Код школе је рупа.', ...letter })).location).toBe('/petition/you');
    expect((await this.post('/petition/you', { who: 'named', name: 'Милица Примјер', replyBy: 'email', email: 'milica@primjer.example', ...you })).location).toBe('/petition/check');
  }
  /** Sends a letter; the browser holds its cookie then. */
  async write(letter: Record<string, string | File> = {}, you: Record<string, string> = {}): Promise<{ code: string }> {
    await this.fill(letter, you);
    expect((await this.post('/petition/check', {})).location).toBe('/petition/receipt');
    return { code: /<b>([2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3})<\/b>/.exec((await this.get('/petition/receipt')).html)![1]! };
  }
}

/** The e-mail and password of the person with this key, who may sign in from now on. */
export async function accountOf(office: TestOffice, key: string): Promise<{ email: string; password: string }> {
  const hash = await (hashed ??= hashPassword(password));
  const { email } = await office.within((db) => db.updateTable('person').set({ password_hash: hash }).where('office_id', '=', office.office.id).where('key', '=', key).returning('email').executeTakeFirstOrThrow());
  return { email, password };
}

/** A client at whose desk this person sits. */
export async function deskClient(office: TestOffice, key: string, site?: Hono): Promise<Client> {
  const client = new Client(office, site);
  expect((await client.post('/desk/sign-in', await accountOf(office, key))).location).toBe('/desk');
  return client;
}
