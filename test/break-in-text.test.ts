import dns from 'node:dns';
import net from 'node:net';
import { afterEach, vi } from 'vitest';
import { roles } from '../src/core/caller.ts';
import { log } from '../src/core/log.ts';
import type { Operation } from '../src/core/operation.ts';
import { Refusal } from '../src/core/refusal.ts';
import { modules } from '../src/modules.ts';
import { pages } from '../src/routes.ts';
import { openSite } from '../src/site.tsx';
import { Client, deskClient } from './client.ts';
import { examples } from './examples.ts';
import { crawl } from './fuzz-forms.ts';
import { expect, test } from './office.ts';
import { makeWorld } from './world.ts';

afterEach(() => void vi.restoreAllMocks());

const mark = 'zzqx';
// Markup, an address that the server might fetch, a template of each kind, and lines that would be a header or a property.
const long = `"'><i ${mark} onx=${mark}(1)></script><img src=http://${mark}.example/a.png> javascript:${mark}(2) {{7*7}}${mark} \${7*7}${mark} #eval("7*7")${mark}\r\nX-Zzqx: 1\r\nBEGIN:VALARM\r\n`;
const short = `<i ${mark}>`;
const said = [long, long.slice(0, 100), short];

type Schema = { shape?: Record<string, Schema>; options?: unknown; def?: { type?: string; innerType?: Schema; in?: Schema; element?: Schema } };
const bare = (schema: Schema | undefined): Schema | undefined => {
  let one = schema;
  for (let depth = 0; one && !one.shape && depth < 8 && (one.def?.innerType ?? one.def?.in); depth++) one = one.def!.innerType ?? one.def!.in;
  return one;
};
// What chooses, opens or dates something is no text to be shown.
const isText = (name: string): boolean => !/^(id|ids|of|to|key|act|state|kind|query|after)$|(Id|Ids|On|At|[cC]ode|[tT]oken|pending|[lL]ocale|password|current|[eE]mail|origin|credential|scopes|host)$/.test(name);

/** The input with a mark in each of its texts, as long as each takes; `levels` says by name which of `said` was refused already. */
function planted(schema: Schema | undefined, input: Record<string, unknown>, levels: Map<string, number>, path = ''): Record<string, unknown> {
  const shape = bare(schema)?.shape ?? {};
  const found: Record<string, unknown> = { ...input };
  for (const [name, field] of Object.entries(shape)) {
    const one = bare(field);
    const place = path + name;
    if (one?.def?.type === 'string' && !Array.isArray(one.options) && isText(name)) {
      const text = said[levels.get(place) ?? 0];
      if (text !== undefined) found[name] = text;
    } else if (one?.shape && input[name] && typeof input[name] === 'object') found[name] = planted(one, input[name] as Record<string, unknown>, levels, `${place}.`);
    else if (one?.def?.type === 'array' && Array.isArray(input[name]) && bare(one.def.element)?.shape) found[name] = (input[name] as Record<string, unknown>[]).map((entry) => planted(one.def!.element, entry, levels, `${place}.`));
  }
  return found;
}
const marksIn = (input: unknown): number => JSON.stringify(input, (_, value: unknown) => (value instanceof Uint8Array ? '' : value)).split(/<i zzqx/).length - 1;
/** The markup without its text and without the values of attributes. */
const bones = (html: string): string => html.replaceAll(/="[^"]*"/g, '=""').replaceAll(/>[^<]*</g, '><');

test('what is typed into any text of any command stays text on every page, in every mail and calendar; nothing fetches what it names, and the log does not hold it', async ({ office }) => {
  const logged: string[] = [];
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) vi.spyOn(log, level).mockImplementation(((...words: unknown[]) => void logged.push(JSON.stringify(words, (_, value: unknown) => (value instanceof Error ? `${value.message} ${value.stack}` : value)))) as never);
  const reached: string[] = [];
  const connect = net.Socket.prototype.connect;
  vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (this: net.Socket, ...args: unknown[]) {
    const [where] = (Array.isArray(args[0]) ? args[0] : args) as [{ host?: string; path?: string }];
    if (typeof where === 'object' && where.host && !/^(127\.|localhost$|::1$)/.test(where.host)) reached.push(where.host);
    return connect.apply(this, args as never);
  } as never);
  const lookup = dns.lookup;
  vi.spyOn(dns, 'lookup').mockImplementation(((host: string, ...more: unknown[]) => {
    if (host.includes(mark)) reached.push(host);
    return (lookup as (...args: unknown[]) => void)(host, ...more);
  }) as never);

  const world = await makeWorld(office);
  const chief = { ...(await office.as('vesko-radulovic')), roles: new Set(roles) };
  const wrong: string[] = [];
  let texts = 0;
  const taken = new Set<string>();
  for (const op of (modules.flatMap((module) => module.operations) as Operation[]).filter((one) => one.kind === 'command' && !/^(session|passkey|person\.(deactivate|accept|change_password|drop))/.test(one.id))) {
    const caller = op.allow.includes('petitioner') ? office.petitioner(world.caseId) : op.allow.includes('contributor') ? office.contributor(world.contributionId) : op.allow.length === 0 ? office.system() : op.allow.includes('public') ? office.public() : chief;
    const levels = new Map<string, number>();
    for (let turn = 0; turn < 6; turn++) {
      const input = planted(op.input as unknown as Schema, examples[op.id]!(world), levels);
      const marks = marksIn(input);
      if (marks === 0) break;
      const error = await office.run(op, caller, input).then(() => null, (one: unknown) => one);
      if (!error) {
        texts += marks;
        taken.add(op.id);
        break;
      }
      if (!(error instanceof Refusal)) wrong.push(`${op.id}: ${String(error)}`);
      const refused = error instanceof Refusal ? Object.keys(error.fields) : [];
      if (refused.length === 0) break;
      for (const name of refused) {
        const place = name.replaceAll(/\.\d+(?=\.|$)/g, '');
        levels.set(place, (levels.get(place) ?? 0) + 1);
      }
    }
  }
  process.stdout.write(`break-in: ${texts} texts of ${taken.size} commands hold a mark\n`);
  expect(taken.size).toBeGreaterThan(90);
  await office.settle();

  await office.within((db) => db.updateTable('person').set({ roles: [...roles] }).where('office_id', '=', office.office.id).where('key', '=', 'vesko-radulovic').execute());
  const site = openSite(office.kernel);
  const [person, citizen] = [await deskClient(office, 'vesko-radulovic', site), new Client(office, site)];
  const lists = (audience: string): string[] => pages.filter((page) => page.get && !page.path.includes(':') && (page.audience === 'desk') === (audience === 'desk') && !/sign-out|language/.test(page.path)).map((page) => page.path);
  let shown = 0;
  let holding = 0;
  for (const [client, starts] of [[person, [...lists('desk'), `/desk/cases/${world.caseId}`, `/desk/petitions/${world.caseId}`]], [citizen, lists('public')]] as const) {
    for (const { path, html } of await crawl(client, starts, { most: 320, leaves: /sign-out|\.(pdf|zip|docx|xlsx|csv|jpg|png)\b|[?&]as=|[?&]lang=|^\/mail\b|^\/api|^\/assets/ })) {
      shown++;
      if (html.includes(mark)) holding++;
      if (bones(html).includes(mark) || /(?:href|src|action)="\s*javascript:|\s(?:style|on\w+)="|(?:src|srcset|href)="https?:\/\/zzqx/i.test(html) || html.includes(`49${mark}`)) wrong.push(`${path}: markup`);
    }
  }
  process.stdout.write(`break-in: ${shown} kinds of pages, a mark on ${holding}\n`);
  expect(holding).toBeGreaterThan(40);
  for (const mail of office.mails) {
    if (/[\r\n]/.test(`${mail.to}${mail.subject}`)) wrong.push(`a mail's head: ${JSON.stringify(mail.subject)}`);
    const calendar = JSON.stringify(mail);
    if (/\\r\\n(X-Zzqx: 1|BEGIN:VALARM)/.test(calendar.replaceAll(JSON.stringify(mail.text), ''))) wrong.push(`a mail's calendar: ${mail.subject}`);
  }
  expect(wrong).toEqual([]);
  // The server of a mailbox is what IT set.
  expect(reached.filter((host) => host !== 'posta.primjer.example')).toEqual([]);
  // Pages and jobs were asked for; that nothing was logged would prove nothing.
  expect(logged.length).toBeGreaterThan(0);
  const people = await office.within((db) => db.selectFrom('person').select(['name', 'email']).where('office_id', '=', office.office.id).execute());
  const words = [mark, ...people.flatMap((one) => [one.name, one.email]), 'Ана Анић', 'primjer.example', person.cookies.get('kabinet')!, world.code, world.linkToken, world.token];
  expect(logged.filter((line) => words.some((word) => word && line.toLowerCase().includes(word.toLowerCase()))).map((line) => line.slice(0, 300))).toEqual([]);
}, 600_000);
