import { unzipSync } from 'fflate';
import { parse } from 'csv-parse/sync';
import { queueMail } from '../src/core/mail.ts';
import { submitLetter, writeLetter } from '../src/modules/correspondence/letter.server.ts';
import { addTemplate } from '../src/modules/correspondence/template.server.ts';
import { changeBox } from '../src/modules/archive/box.server.ts';
import { giveDelivery } from '../src/modules/distribution/delivery.server.ts';
import { putForward } from '../src/modules/distribution/bring-forward.server.ts';
import { giveResolution } from '../src/modules/distribution/resolution.server.ts';
import { changeParty } from '../src/modules/directory/party.server.ts';
import { keepArrival } from '../src/modules/mailroom/arrival.server.ts';
import { addPaperToCase, registerPaper } from '../src/modules/registry/paper.server.ts';
import { reserveNumbers } from '../src/modules/registry/book.server.ts';
import { pages } from '../src/routes.ts';
import { deskClient } from './client.ts';
import { expect, test } from './office.ts';
import { makeWorld } from './world.ts';

const mark = 'zzqx';
const markup = `"><img src=x onerror=${mark}(1)><script>${mark}(2)</script>{{7*7}}${mark} #eval("1") $x$ *a* @b`;
const formulas = [`=cmd|' /C calc'!A0${mark}`, `@SUM(1+1)${mark}`, `+1+1${mark}`, `-2+3${mark}`, `\t=1+1${mark}`, `＝1+1${mark}`];
const paths = ['../../../etc/passwd.txt', String.raw`..\..\windows\system32\a.txt`, '/etc/cron.d/a.txt', 'C:\\a.txt', 'CON.txt', 'a\r\nX-Evil: 1.txt', '\u202Etxt.evil.txt', '.txt', `${'a'.repeat(250)}.txt`, 'isti.txt', 'isti.txt', 'ISTI.txt', 'a"b;filename=evil.html.txt'];
const bones = (html: string): string => html.replaceAll(/="[^"]*"/g, '=""').replaceAll(/>[^<]*</g, '><');

test('what papers, letters, deliveries and arrivals say stays text: in pages, lists as files, packages, headers and mails', async ({ office }) => {
  const world = await makeWorld(office);
  const chief = await office.as('vesko-radulovic');
  const me = `person:${chief.personId}`;
  const made: string[] = [];
  for (const [place, said] of [...formulas, markup].entries()) {
    const files = place === 0 ? paths.map((name, index) => ({ name, bytes: new Uint8Array(Buffer.from(`текст ${index}`)) })) : [];
    const short = said.slice(0, 60);
    const paper = await office.run(registerPaper, chief, { subject: said, text: said, name: said, address: said, town: said.slice(0, 100), phone: short, senderReference: short, valueNoted: said.slice(0, 120), files: files.slice(0, 10) });
    if (files.length > 10) await office.run(addPaperToCase, chief, { id: paper.id, subject: said, files: files.slice(10) });
    made.push(paper.id);
    await office.run(giveDelivery, chief, { id: paper.id, original: me, purpose: 'resolution', copies: [`person:${world.deputyId}`], note: said });
    await office.run(giveResolution, chief, { id: paper.id, text: said, to: [me], dueOn: world.dueOn });
    await office.run(putForward, chief, { id: paper.id, dueOn: world.dueOn!, awaited: said, note: said });
    const letter = { caseId: paper.id, subject: said, body: said, recipients: [{ name: said, address: said, way: 'post' as const }], signerId: chief.personId! };
    const { id } = await office.run(writeLetter, chief, letter);
    await office.run(submitLetter, chief, { ...letter, id, version: 1 });
    await office.run(keepArrival, office.system(), { source: 'scanner', mailboxId: null, key: `${place}`, name: paths[place]!.slice(0, 200), mediaType: 'text/plain', bytes: new Uint8Array(Buffer.from(said)), size: 5, senderName: said, senderEmail: said, subject: said, words: said, reason: '' });
    await office.run(reserveNumbers, chief, { book: 'main', count: 1, purpose: said });
  }
  await office.run(addTemplate, chief, { name: markup.slice(0, 80), locale: office.office.locale, subject: markup.slice(0, 100), body: markup }).catch(() => null);
  await office.run(changeBox, await office.as('registrar'), { id: world['boxId']!, label: formulas[0]!, place: formulas[1]! });
  await office.run(changeParty, chief, { id: world.partyId, name: formulas[0]!, note: markup });
  await office.within((db) => queueMail(db, office.office.id, new Date(), { to: 'ana@primjer.example', subject: `Тема\r\nBcc: evil@x.example`, body: 'Текст', locale: 'sr-Cyrl', caseId: made[0]! }));

  const client = await deskClient(office, 'vesko-radulovic');
  const got = async (path: string) => client.site.request(`http://${client.host}${path}`, { headers: { host: client.host, cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ') } }, { incoming: { socket: { remoteAddress: client.address } } });
  const wrong: string[] = [];
  const lists = pages.filter((page) => page.get && page.audience === 'desk' && !page.path.includes(':') && !/sign|passkey|language/.test(page.path)).map((page) => page.path);
  const cases = pages.filter((page) => page.get && /^\/desk\/cases\/:id(\/[a-z-]+(\.pdf)?)?$/.test(page.path) && !page.path.endsWith('label.pdf'));
  const query = encodeURIComponent(markup);
  const visited = [...lists, ...lists.filter((path) => !path.endsWith('.pdf')).flatMap((path) => [`${path}?view=all`, `${path}?view=${query}&q=${query}&query=${query}&state=${query}&after=${query}&year=${query}&book=${query}&unit=${query}&party=${query}&kind=${query}&way=${query}&ids=${query}&case=${query}&on=${query}&page=${query}&from=${query}&limit=${query}`]), ...cases.flatMap((page) => [made[0]!, made.at(-1)!].map((id) => page.path.replace(':id', id)))];
  for (const path of visited) {
    const response = await got(path);
    const text = await response.text();
    if (response.status >= 500) wrong.push(`${path.slice(0, 60)}: ${response.status}`);
    if (response.headers.get('content-type')?.startsWith('text/html') && (bones(text).includes(mark) || text.includes(`49${mark}`) || /\s(?:style|on\w+)="/.test(text) || /(?:href|src)="\s*javascript:/i.test(text))) wrong.push(`${path.slice(0, 60)}: markup`);
    if (response.headers.get('x-evil')) wrong.push(`${path.slice(0, 60)}: header`);
  }
  let cells = 0;
  for (const path of lists) {
    const csv = await got(`${path}?as=csv&view=all`);
    if (!csv.headers.get('content-disposition')?.includes('.csv')) continue;
    const rows = parse(await csv.text(), { bom: true, delimiter: ';', relax_column_count: true }) as string[][];
    for (const cell of rows.flat()) {
      if (cell.includes(mark)) cells++;
      if (/^\s*[=+\-@＝]/.test(cell) && !/^-?\d+(,\d+)?$/.test(cell)) wrong.push(`${path}: ${cell}`);
    }
    const book = unzipSync(new Uint8Array(await (await got(`${path}?as=xlsx&view=all`)).arrayBuffer()));
    for (const [name, bytes] of Object.entries(book)) if (/sheet\d*\.xml$/.test(name) && /<f[ >]/.test(Buffer.from(bytes).toString())) wrong.push(`${path}: a formula in ${name}`);
  }
  expect(cells).toBeGreaterThan(40);
  for (const id of made) {
    const zip = await got(`/desk/cases/${id}/folder.zip`);
    expect(zip.status).toBe(200);
    expect(zip.headers.get('content-disposition')).not.toMatch(/[\r\n]|\.\.|\//);
    const names = Object.keys(unzipSync(new Uint8Array(await zip.arrayBuffer())));
    for (const name of names) if (name.split('/').some((part) => part === '..' || part === '.' || /[\\:*?"<>|\r\n\u0000-\u001f\u202a-\u202e\u2066-\u2069]/.test(part) || /^(con|nul|aux|prn)\./i.test(part) || /[ .]$/.test(part) || part.length > 160) || name.startsWith('/')) wrong.push(`in the folder: ${JSON.stringify(name)}`);
    if (new Set(names.map((name) => name.toLowerCase())).size < names.length) wrong.push('two files of one name in the folder');
  }
  const documents = await office.within((db) => db.selectFrom('document').select(['id', 'file_name']).where('office_id', '=', office.office.id).where('case_id', '=', made[0]!).execute());
  expect(documents).toHaveLength(paths.length);
  for (const { id, file_name: name } of documents) {
    const served = await got(`/desk/documents/${id}`);
    expect(served.status, name).toBe(200);
    const disposition = served.headers.get('content-disposition')!;
    if (served.headers.get('x-evil') || /[\r\n]|etc\/|\.\.[/\\]|\u202e/.test(decodeURIComponent(disposition)) || (disposition.match(/"/g)?.length ?? 0) !== 2) wrong.push(`served: ${disposition}`);
  }
  await office.settle();
  for (const mail of office.mails) if (/[\r\n]/.test(`${mail.to}${mail.subject}`)) wrong.push(`a mail: ${JSON.stringify(mail.subject)}`);
  expect(wrong).toEqual([]);
}, 180_000);
