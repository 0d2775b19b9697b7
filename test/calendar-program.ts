import { spawn } from 'node:child_process';
import fs from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { serve } from '@hono/node-server';
import { Kernel } from '../src/core/kernel.ts';
import { clientScopes } from '../src/modules/calendar/client.server.ts';
import { createToken } from '../src/modules/people/token.server.ts';
import { openSite } from '../src/site.tsx';
import { Client, type Shown } from './client.ts';
import type { TestOffice } from './office.ts';

/** A calendar program of somebody of the staff: what it says are the requests of RFC 4791 and 6578. */
export class Program extends Client {
  email = '';
  token = '';
  personId = '';
  /** The own calendar, as a path that ends in a slash. */
  calendar = '';
  static async of(office: TestOffice, key: string): Promise<Program> {
    const program = new Program(office);
    const caller = await office.as(key);
    program.personId = caller.personId!;
    program.token = (await office.run(createToken, caller, { name: 'Телефон', days: 30, scopes: [...clientScopes] })).token;
    program.email = (await office.within((db) => db.selectFrom('person').select('email').where('office_id', '=', office.office.id).where('id', '=', caller.personId).executeTakeFirstOrThrow())).email!;
    program.says = { authorization: `Basic ${Buffer.from(`${program.email}:${program.token}`).toString('base64')}` };
    program.calendar = (await program.calendars())[0]!.path;
    return program;
  }
  get home(): string {
    return `/dav/calendars/${this.personId}/`;
  }
  dav(method: string, where: string, body = '', headers: Record<string, string> = {}): Promise<Shown> {
    return this.send(where, { method, body: body || null, headers: { 'content-type': 'application/xml; charset=utf-8', ...headers } });
  }
  put(where: string, ics: string, headers: Record<string, string> = {}): Promise<Shown> {
    return this.send(where, { method: 'PUT', body: ics, headers: { 'content-type': 'text/calendar; charset=utf-8', ...headers } });
  }
  async calendars(): Promise<{ path: string; name: string; writes: boolean }[]> {
    const { html } = await this.dav('PROPFIND', this.home, '<d:propfind xmlns:d="DAV:"><d:prop><d:displayname/><d:resourcetype/><d:current-user-privilege-set/></d:prop></d:propfind>', { depth: '1' });
    return html.split('<d:response>').filter((one) => one.includes('<c:calendar/>')).map((one) => ({ path: /<d:href>([^<]+)</.exec(one)![1]!, name: /<d:displayname>([^<]*)</.exec(one)![1]!, writes: one.includes('<d:write-content/>') }));
  }
  /** Synchronises as RFC 6578 says: names that changed, names that are gone, the next token. */
  async sync(token = '', where = this.calendar): Promise<{ status: number; html: string; changed: string[]; gone: string[]; token: string }> {
    const { status, html } = await this.dav('REPORT', where, `<?xml version="1.0" encoding="utf-8"?><d:sync-collection xmlns:d="DAV:"><d:sync-token>${token}</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>`);
    const parts = html.split('<d:response>').slice(1).map((one) => ({ name: decodeURIComponent(/<d:href>[^<]*\/([^</]+)<\/d:href>/.exec(one)![1]!), isGone: one.includes('404 Not Found') && !one.includes('<d:propstat>') }));
    return { status, html, changed: parts.filter((one) => !one.isGone).map((one) => one.name), gone: parts.filter((one) => one.isGone).map((one) => one.name), token: /<d:sync-token>([^<]*)<\/d:sync-token>/.exec(html)?.[1] ?? '' };
  }
}

const stamp = (at: string): string => at.replace(/[-:]/g, '');
/** A VEVENT as a program writes it, in the zone of Cetinje. */
export const vevent = (uid: string, title: string, startsAt: string, endsAt: string, ...more: string[]): string => ['BEGIN:VEVENT', `UID:${uid}`, 'DTSTAMP:20261101T080000Z', `DTSTART;TZID=Europe/Podgorica:${stamp(startsAt)}00`, `DTEND;TZID=Europe/Podgorica:${stamp(endsAt)}00`, `SUMMARY:${title}`, ...more, 'END:VEVENT'].join('\r\n');
const zone = ['BEGIN:VTIMEZONE', 'TZID:Europe/Podgorica', 'BEGIN:STANDARD', 'DTSTART:19961027T030000', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'END:STANDARD',
  'BEGIN:DAYLIGHT', 'DTSTART:19970330T020000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200', 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'END:DAYLIGHT', 'END:VTIMEZONE'];
export const vcalendar = (...parts: string[]): string => ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Primjer//Kalendar 1.0//EN', ...(parts.some((one) => one.includes('TZID=Europe/Podgorica')) ? zone : []), ...parts, 'END:VCALENDAR', ''].join('\r\n');

/** The office on a port of its own, for programs that speak HTTP by themselves; and a folder for what they keep. */
export class Served {
  readonly url: string;
  readonly folder: string;
  readonly #close: () => void;
  constructor(url: string, folder: string, close: () => void) {
    this.url = url;
    this.folder = folder;
    this.#close = close;
  }
  static async start(office: TestOffice): Promise<Served> {
    const { config, db, files, mail, modules } = office.kernel;
    const kernel = new Kernel({ config: { ...config, KABINET_OFFICE: office.office.slug }, db, files, mail, modules });
    kernel.quiet = true;
    const port = await new Promise<number>((done) => {
      const server = serve({ fetch: openSite(kernel).fetch, port: 0, hostname: '127.0.0.1' }, (address: AddressInfo) => done(address.port));
      Served.#servers.set(office, () => server.close());
    });
    return new Served(`http://127.0.0.1:${port}`, fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet-dav-')), Served.#servers.get(office)!);
  }
  static readonly #servers = new WeakMap<TestOffice, () => void>();
  write(name: string, text: string): string {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    return file;
  }
  /** Runs a program to its end; what it said, and with which code it ended. */
  run(program: string, args: readonly string[], input = ''): Promise<{ code: number | null; said: string }> {
    return new Promise((done) => {
      const child = spawn(program, [...args], { env: { PATH: process.env.PATH, HOME: this.folder, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'Europe/Podgorica', COLUMNS: '200' }, timeout: 60_000 });
      let said = '';
      child.stdout.on('data', (text) => (said += text));
      child.stderr.on('data', (text) => (said += text));
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      child.once('close', (code) => done({ code, said }));
    });
  }
  stop(): void {
    this.#close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
