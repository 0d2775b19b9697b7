import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import pg from 'pg';
import { inject, vi } from 'vitest';
import { roles } from '../../core/caller.ts';
import { log } from '../../core/log.ts';
import { closePdf } from '../../core/pdf.ts';
import { deskClient } from '../../../test/client.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { assigned } from '../../../test/petition.ts';
import { createToken } from '../people/token.server.ts';
import { registerClassified, regradeClassified } from './classified.server.ts';
import { grantClearance } from './clearance.server.ts';
import { nameReader } from './reader.server.ts';
import { openClassified, openClassifiedDocument, readClassifiedBook } from './view.server.ts';

// In both scripts, and as it would stand in a dump: plain, hexadecimal, base64.
const planted = ['zvrkolin42', 'жвркобан'];
const forms = planted.flatMap((word) => [word, Buffer.from(word).toString('hex'), ...[0, 1, 2].map((shift) => Buffer.from('\0'.repeat(shift) + word).toString('base64').slice(shift === 0 ? 0 : 4, -4))]);
const tells = (text: string): string[] => forms.filter((form) => text.toLowerCase().includes(form.toLowerCase()));
// Planted in an ordinary letter: the search below does find what lies open.
const control = 'obicnarijec77';
const secret = planted.join(' ');

async function paper(): Promise<Uint8Array<ArrayBuffer>> {
  const document = await PDFDocument.create();
  document.addPage([200, 200]);
  document.setTitle(planted[0]!);
  return new Uint8Array(await document.save({ useObjectStreams: false }));
}

async function everything(officeId: number): Promise<string[]> {
  const client = new pg.Client(inject('database').owner);
  await client.connect();
  const tables = (await client.query<{ name: string }>(`select table_schema || '.' || table_name as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`)).rows;
  const found: string[] = [];
  let controls = 0;
  for (const { name } of tables)
    for (const row of (await client.query<{ text: string }>(`select t::text as text from ${name} t`)).rows) {
      for (const form of tells(row.text)) found.push(`${name}: ${form}`);
      controls += Number(row.text.includes(control));
    }
  expect(controls).toBeGreaterThan(1);
  expect((await client.query(`select 1 from classified_paper where office_id = $1`, [officeId])).rowCount).toBe(2);
  await client.end();
  return found;
}

async function stored(office: TestOffice): Promise<string[]> {
  const folder = office.kernel.config.dataDirectory;
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const texts = await Promise.all(names.map((one) => readFile(path.join(one.parentPath, one.name), 'utf8')));
  expect(texts.some((text) => text.includes(control))).toBe(true);
  return texts.flatMap((text, index) => tells(text).map((form) => `${names[index]!.name}: ${form}`));
}

test('a word planted everywhere in a classified paper is found nowhere but before its readers', async ({ office }) => {
  const logged: string[] = [];
  for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) vi.spyOn(log, level).mockImplementation((...words: unknown[]) => void logged.push(JSON.stringify(words)));
  await plantAndSearch(office);
  expect(logged.length).toBeGreaterThan(0);
  expect(tells(logged.join('\n'))).toEqual([]);
  vi.restoreAllMocks();
}, 120_000);

async function plantAndSearch(office: TestOffice): Promise<void> {
  const told = await assigned(office, { subject: control, files: [{ name: 'a.txt', bytes: new Uint8Array(Buffer.from(control)) }] });
  const [mayor, registrar] = [await office.as('mayor'), await office.as('dragica-borilovic')];
  const untilOn = new Date(Date.now() + 400 * 86_400_000).toISOString().slice(0, 10);
  for (const personId of [registrar.personId!, told.chief.personId!]) await office.run(grantClearance, mayor, { personId, level: 'secret', untilOn });
  const words = { level: 'restricted' as const, subject: secret, sender: secret, senderReference: secret, note: secret, basis: secret, receivedOn: '2026-03-02', readers: [told.chief.personId!], need: secret };
  const { id } = await office.run(registerClassified, registrar, { ...words, files: [{ name: `${secret}.pdf`, bytes: await paper() }] }, { key: 'entered' });
  const raised = await office.run(registerClassified, registrar, words);
  await office.run(regradeClassified, registrar, { id: raised.id, level: 'secret', basis: secret });
  await office.run(nameReader, registrar, { id, personId: told.chief.personId!, need: secret });
  await office.run(readClassifiedBook, registrar, {});
  const { documents } = await office.run(openClassified, told.chief, { id }, { key: 'seen' });
  await office.run(openClassifiedDocument, told.chief, { id: documents[0]!.id });
  await office.refused(office.run(registerClassified, registrar, { ...words, files: [{ name: `${secret}.txt`, bytes: new Uint8Array(Buffer.from(secret)) }] }), 422);

  // Whoever reads sees it; a form posted after the session's end is not kept.
  const desk = await deskClient(office, 'dragica-borilovic');
  const shown = await desk.get(`/desk/classified/${id}`);
  expect([shown.status, shown.html.includes(planted[0]!), shown.html.match(/class="stamped">INTERNO</g)!.length, /<title>[^<]*zvrk/.test(shown.html), shown.headers.get('cache-control')]).toEqual([200, true, 2, false, 'no-store']);
  expect((await desk.get('/desk/classified')).html).toContain(planted[0]);
  const opened = await desk.get(`/desk/classified/${id}/document/${documents[0]!.id}`);
  expect([opened.headers.get('content-type'), opened.headers.get('cache-control'), opened.headers.get('content-disposition')]).toEqual(['application/pdf', 'private, no-store', expect.not.stringContaining('zvrk')]);
  const form = { level: 'restricted', direction: 'in', subject: secret, sender: secret, receivedOn: 'x', note: secret };
  expect(tells((await desk.post('/desk/classified/new', form)).html)).not.toEqual([]);
  desk.cookies.delete('session');
  for (const name of desk.cookies.keys()) if (name !== 'flash') desk.cookies.delete(name);
  expect((await desk.post('/desk/classified/new', form)).location).not.toContain('held');

  await office.settle();
  expect(await everything(office.office.id)).toEqual([]);
  expect(await stored(office)).toEqual([]);
  expect(tells(JSON.stringify(office.mails))).toEqual([]);

  // Everybody else, everywhere: pages, lists, search, REST with a token of every scope.
  const pages = ['/desk', '/desk/classified', '/desk/classified/new', '/desk/classified/book.pdf', `/desk/classified/${id}`, `/desk/classified/${id}/document/${documents[0]!.id}`, '/desk/clearances', '/desk/petitions', `/desk/petitions/${told.id}`, '/desk/register', '/desk/dashboard', '/desk/directory', `/desk/search?q=${planted[0]}`, `/desk/search.json?q=${planted[0]}`, `/desk/search?q=${encodeURIComponent(planted[1]!)}`, '/outbox', '/'];
  const answers = ['/cases', '/petitions', '/register', '/parties', '/people', '/clearances', `/search?query=${planted[0]}`, `/documents/${documents[0]!.id}`];
  const people = await office.within((db) => db.selectFrom('person').select(['key', 'id', 'roles']).where('office_id', '=', office.office.id).orderBy('key').execute());
  const leaks: string[] = [];
  for (const role of roles.filter((one) => one !== 'chief' && people.some((person) => person.roles.includes(one)))) {
    const person = people.find((one) => one.roles.includes(role) && one.id !== registrar.personId && one.id !== told.chief.personId)!;
    const client = await deskClient(office, person.key!);
    for (const page of pages) {
      // What was asked for is shown again in the field of the search.
      const { html, status } = await client.get(page);
      const said = html.replaceAll(/value="[^"]*"/g, '').replaceAll(/“[^”]*”|„[^”“]*[”“]/g, '');
      if (tells(said).length > 0 && !page.includes('search?')) leaks.push(`${role} ${page}`);
      if (page.includes('search') && html.includes(id)) leaks.push(`${role} ${page}: the id`);
      if (/\/desk\/classified/.test(page) && status !== 404) leaks.push(`${role} ${page}: ${status}`);
      if (status === 500) leaks.push(`${role} ${page}: 500`);
      if (html.includes('href="/desk/classified"')) leaks.push(`${role} ${page}: the menu`);
    }
    const { token } = await office.run(createToken, (await office.as(person.key!)), { name: 'x', scopes: '*' });
    for (const answer of answers) if (tells((await client.rest(answer, undefined, token)).html.replace(/query=[^"&]*/g, '')).length > 0) leaks.push(`${role} /api${answer}`);
  }
  // The reader's own token does not reach it either, unless it names it.
  for (const [scopes, status] of [['*', 403], ['read', 403], ['classified', 200]] as const) {
    const { token } = await office.run(createToken, registrar, { name: scopes, scopes });
    const answer = await desk.rest(`/classified/${id}/open`, {}, token);
    if (answer.status !== status) leaks.push(`token ${scopes}: ${answer.status}`);
  }
  expect(leaks).toEqual([]);
  expect(tells(JSON.stringify(await office.events()))).toEqual([]);
  closePdf();
}
