import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { serve, type ServerType } from '@hono/node-server';
import type { Hono } from 'hono';
import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core';
import { expect, inject, test as plain } from 'vitest';
import { readConfig } from '../../src/core/config.ts';
import { openDatabase, type Database, type Tx } from '../../src/core/database.ts';
import { diskFiles } from '../../src/core/file.ts';
import { Kernel } from '../../src/core/kernel.ts';
import type { LocaleId } from '../../src/core/language.ts';
import type { OutgoingMail } from '../../src/core/mail.ts';
import { textIn, translator, type Args, type Translate } from '../../src/core/message.ts';
import type { Office } from '../../src/core/office.ts';
import { enter } from '../../src/core/operation.ts';
import { useSecret } from '../../src/core/secret.ts';
import { modules } from '../../src/modules.ts';
import { addOffice, readOfficeFiles } from '../../src/modules/offices/index.ts';
import { hashPassword } from '../../src/modules/people/index.ts';
import { openSite } from '../../src/site.tsx';
import type { OfficeFile } from '../office.ts';
import { Mirror } from './mirror.ts';
import { Visitor } from './visitor.ts';

useSecret(Buffer.alloc(32, 7));
const password = 'Три бијела голуба на крову';
const flags = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run', '--host-resolver-rules=MAP *.localhost 127.0.0.1'];

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  return port;
}

export type VisitorOptions = { script?: boolean; locale?: LocaleId; width?: number };

/** The real site on a port of its own, and one browser, for all journeys. */
export class Town {
  readonly kernel: Kernel;
  readonly site: Hono;
  readonly port: number;
  readonly browser: Browser;
  readonly mirror: Mirror;
  readonly #mails: OutgoingMail[];
  readonly #server: ServerType;
  readonly #folder: string;
  constructor(parts: { kernel: Kernel; site: Hono; port: number; browser: Browser; mirror: Mirror; mails: OutgoingMail[]; server: ServerType; folder: string }) {
    this.kernel = parts.kernel;
    this.site = parts.site;
    this.port = parts.port;
    this.browser = parts.browser;
    this.mirror = parts.mirror;
    this.#mails = parts.mails;
    this.#server = parts.server;
    this.#folder = parts.folder;
  }

  static async open(db: Database): Promise<Town> {
    const folder = path.join(os.tmpdir(), `kabinet-town-${randomBytes(6).toString('hex')}`);
    const mails: OutgoingMail[] = [];
    const port = await freePort();
    const mail = { keepsBodies: false, deliver: async (one: OutgoingMail) => (mails.push(one), `<${one.id}@test.example>`) };
    const kernel = new Kernel({ config: readConfig({ KABINET_DATA: folder, KABINET_LOG: 'silent', PORT: String(port) }), db, files: diskFiles(folder), mail, modules });
    // Mail goes when a journey asks for it, so that nothing depends on who is faster.
    kernel.quiet = true;
    const site = openSite(kernel);
    const server = serve({ fetch: site.fetch, port });
    const executablePath = [process.env['CHROMIUM'], '/usr/bin/chromium'].find((file) => file && existsSync(file));
    if (!executablePath) throw new Error('Journeys need a browser: set CHROMIUM to its file.');
    const browser = await chromium.launch({ executablePath, args: flags });
    return new Town({ kernel, site, port, browser, mirror: new Mirror(), mails, server, folder });
  }

  async office(file: OfficeFile): Promise<TownOffice> {
    const data = readOfficeFiles().find((one) => one.slug === file)!;
    const office = await addOffice(inject('database').owner, modules, data, `${file}-${randomBytes(4).toString('hex')}`);
    this.kernel.offices.forget();
    const made = new TownOffice(this, office, this.#mails);
    const hash = await (hashed ??= hashPassword(password));
    await made.within((db) => db.updateTable('person').set({ password_hash: hash }).where('office_id', '=', office.id).execute());
    return made;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await new Promise((done) => this.#server.close(done));
    await rm(this.#folder, { recursive: true, force: true });
  }
}
let hashed: Promise<string> | undefined;

/** One office of the town: who comes to it, and what it mails. */
export class TownOffice {
  readonly town: Town;
  readonly office: Office;
  readonly #mails: OutgoingMail[];
  readonly #visitors: Visitor[] = [];
  constructor(town: Town, office: Office, mails: OutgoingMail[]) {
    this.town = town;
    this.office = office;
    this.#mails = mails;
  }

  get address(): string {
    return `http://${this.office.slug}.localhost:${this.town.port}`;
  }

  words(locale: LocaleId = this.office.locale): Translate {
    return translator(locale);
  }

  within<T>(work: (db: Tx) => Promise<T>): Promise<T> {
    const { kernel } = this.town;
    return kernel.db.transaction().execute(async (db) => {
      await enter(db, kernel.system(this.office), 'all');
      return work(db);
    });
  }

  /** Somebody with a browser of their own. */
  async visitor({ script = true, locale = this.office.locale, width = 1280 }: VisitorOptions = {}): Promise<Visitor> {
    const options: BrowserContextOptions = { viewport: { width, height: 800 }, javaScriptEnabled: script, reducedMotion: 'reduce' };
    const context = await this.town.browser.newContext(options);
    const visitor = new Visitor(this, await context.newPage(), locale);
    this.#visitors.push(visitor);
    return visitor;
  }

  /** The person of the staff with this key, signed in by the form. */
  async staff(key: string, options: VisitorOptions = {}): Promise<Visitor> {
    const visitor = await this.visitor(options);
    await visitor.open('/desk');
    await visitor.fill('sign_in.email', this.emailOf(key));
    await visitor.fill('sign_in.password', password);
    await visitor.press('sign_in.do');
    expect(visitor.path).toBe('/desk');
    return visitor;
  }

  emailOf(key: string): string {
    return `${key.replaceAll('-', '.')}@${this.office.slug}.example`;
  }

  get password(): string {
    return password;
  }

  nameOf(key: string): string {
    return this.office.data.people.find((person) => person.id === key)!.name;
  }

  unitName(id: string): string {
    return textIn(this.office.data.units.find((unit) => unit.id === id)!.name, this.office.locale);
  }

  body(id: string): { name: string; email: string } {
    const body = this.office.data.bodies.find((one) => one.id === id)!;
    return { name: textIn(body.name, this.office.locale), email: body.email! };
  }

  /** Listeners and mail, done now; what was sent to this address since the office was founded, oldest first. */
  async mailTo(address: string): Promise<OutgoingMail[]> {
    await this.town.kernel.settle(this.office);
    return this.#mails.filter((mail) => mail.to === address);
  }

  /** The newest mail to this address whose subject is this message. */
  async mail(address: string, key: string, args: Args): Promise<OutgoingMail> {
    const mails = await this.mailTo(address);
    const subject = this.words()(key, args);
    const found = mails.findLast((mail) => mail.subject === subject);
    if (!found) throw new Error(`no mail “${subject}” to ${address}, only ${mails.map((mail) => mail.subject).join('; ')}`);
    return found;
  }

  async leave(): Promise<void> {
    for (const visitor of this.#visitors) {
      visitor.complain();
      await visitor.page.context().close();
    }
  }
}

type Fixtures = { $test: { found: (file: OfficeFile) => Promise<TownOffice> }; $file: { town: Town } };

/** `test` with a town for the file, and `found()` for an office with staff made for one journey alone. */
export const test = plain.extend<Fixtures>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads what a fixture needs from this pattern
  town: [async ({}, use) => {
    const { db } = openDatabase(inject('database').app, 8);
    const town = await Town.open(db);
    await use(town);
    await town.close();
    await db.destroy();
  }, { scope: 'file' }],
  found: async ({ town }, use) => {
    const offices: TownOffice[] = [];
    await use(async (file) => {
      const office = await town.office(file);
      offices.push(office);
      return office;
    });
    for (const office of offices) await office.leave();
  },
});
export { expect };
