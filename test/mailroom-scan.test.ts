import fs from 'node:fs';
import path from 'node:path';
import { getCase } from '../src/modules/registry/index.ts';
import { searchAll } from '../src/modules/requests/search.server.ts';
import { listArrivals } from '../src/modules/mailroom/arrival.server.ts';
import { joinByHand, registerByHand } from '../src/modules/mailroom/register.server.ts';
import { readScans, scanFolder, takeScans } from '../src/modules/mailroom/scan-folder.ts';
import { suggest } from '../src/modules/mailroom/suggestion.ts';
import { getArrival } from '../src/modules/mailroom/tray.server.ts';
import { holdsReference } from '../src/modules/mailroom/matter.server.ts';
import { deskClient } from './client.ts';
import { expect, test, type TestOffice } from './office.ts';
import { submitted } from './petition.ts';
import { pdfOf, scanOf } from './scan.ts';

const letter = ['Mjesna zajednica Donji Kraj', 'Broj: 03-17/26', 'Datum: 14.01.2026.', '', 'Predmet: Popravka ulične rasvjete', '', 'Molimo da se popravi rasvjeta kod škole.', 'Више пута смо се обраћали службама.'];
function lay(office: TestOffice, name: string, bytes: Uint8Array): string {
  const folder = scanFolder(office.kernel, office.office);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), bytes);
  return folder;
}
const arrivals = async (office: TestOffice) => (await office.run(listArrivals, await office.as('registrar'), { view: 'all' })).arrivals.toReversed();

test('what the scanner has finished is taken once, read in both scripts, and found by its words when it is registered', async ({ office }) => {
  const registrar = await office.as('registrar');
  const picture = await scanOf({ rows: letter });
  const folder = lay(office, 'skan-1.pdf', await pdfOf(picture));
  lay(office, 'uputstvo.exe', new Uint8Array(Buffer.from('MZ\0\0')));
  expect(await takeScans(office.kernel, office.office, 20)).toBe(2);
  expect(fs.readdirSync(folder).sort()).toEqual(['done', 'refused']);
  lay(office, 'skan-2.pdf', fs.readFileSync(path.join(folder, 'done', 'skan-1.pdf')));
  await takeScans(office.kernel, office.office, 20);
  expect(fs.readdirSync(path.join(folder, 'done')).sort()).toEqual(['skan-1.pdf', 'skan-2.pdf']);
  expect(await readScans(office.kernel, office.office)).toBe(1);
  const [arrival, ...more] = await arrivals(office);
  expect(more).toEqual([]);
  expect(arrival).toMatchObject({ source: 'scanner', name: 'skan-1.pdf', state: 'waiting', isRead: true, subject: 'Popravka ulične rasvjete', senderName: 'Mjesna zajednica Donji Kraj' });
  const shown = await office.run(getArrival, registrar, { id: arrival!.id });
  expect(shown).toMatchObject({ pages: 1, suggestion: { senderReference: '03-17/26', senderDatedOn: '2026-01-14' } });
  expect(shown.text).toMatch(/обраћали службама/);
  const { id } = await office.run(registerByHand, registrar, { id: arrival!.id, as: 'paper', subject: arrival!.subject, name: arrival!.senderName, senderReference: '03-17/26', senderDatedOn: '2026-01-14' });
  expect((await office.run(getCase, registrar, { id })).documents).toMatchObject([{ kind: 'scan', fileName: 'skan-1.pdf' }]);
  expect((await office.run(searchAll, registrar, { query: 'obraćali službama' })).hits.map((hit) => hit.caseId)).toContain(id);
}, 60_000);

test('a file that still grows is left; none is taken before it is kept', async ({ office }) => {
  const folder = lay(office, 'raste.pdf', new Uint8Array(Buffer.from('%PDF-1.4\n')));
  const taking = takeScans(office.kernel, office.office, 300);
  setTimeout(() => fs.appendFileSync(path.join(folder, 'raste.pdf'), 'jos'), 100);
  expect(await taking).toBe(0);
  expect(fs.readdirSync(folder)).toEqual(['raste.pdf']);
});

test('a picture that no machine reads waits without words; a broken one too', async ({ office }) => {
  lay(office, 'slika.tif', new Uint8Array(Buffer.from('49492a00080000000000', 'hex')));
  lay(office, 'polomljen.pdf', new Uint8Array(Buffer.from('%PDF-1.7\nnije pdf')));
  await takeScans(office.kernel, office.office, 20);
  await readScans(office.kernel, office.office);
  expect((await arrivals(office)).map((one) => [one.name, one.state, one.isRead]).sort()).toEqual([['polomljen.pdf', 'waiting', true], ['slika.tif', 'waiting', true]]);
}, 60_000);

test('the number of a case on a scan proposes that case', async ({ office }) => {
  const { id, reference } = await submitted(office);
  lay(office, 'dopuna.png', await scanOf({ rows: ['Dopuna', `Vaš broj: ${reference}`, 'U prilogu dostavljam traženo.'] }));
  await takeScans(office.kernel, office.office, 20);
  await readScans(office.kernel, office.office);
  const [arrival] = await arrivals(office);
  expect(arrival!.likely).toMatchObject({ id, reference });
  const joined = await office.run(joinByHand, await office.as('registrar'), { id: arrival!.id, caseId: id });
  expect(joined.id).toBe(id);
  expect((await office.events(id)).map((event) => event.name)).toContain('case.paper_came');
}, 60_000);

test('a scan with the label of a case joins it by itself; another office’s label does not', async ({ office }) => {
  const { id } = await submitted(office);
  const other = await office.another('skopje');
  const { id: foreign } = await submitted(other);
  lay(office, 'a.pdf', await pdfOf(await scanOf({ rows: ['Dopuna predmeta'], qr: `https://cetinje.example/c/${id}`, degrees: 1.5 })));
  lay(office, 'b.png', await scanOf({ rows: ['Tudji predmet'], qr: `https://cetinje.example/c/${foreign}` }));
  await takeScans(office.kernel, office.office, 20);
  await readScans(office.kernel, office.office);
  expect((await arrivals(office)).map((one) => [one.name, one.state, one.caseId]).sort()).toEqual([['a.pdf', 'joined', id], ['b.png', 'waiting', null]]);
}, 60_000);

test('forty scans are worked through one after the other: each answer leads to the next', async ({ office }) => {
  for (const name of ['a', 'b', 'c']) lay(office, `${name}.tif`, new Uint8Array(Buffer.from(`49492a00080000000000${Buffer.from(name).toString('hex')}`, 'hex')));
  await takeScans(office.kernel, office.office, 20);
  await readScans(office.kernel, office.office);
  const desk = await deskClient(office, 'dragica-borilovic');
  const [first] = (await office.run(listArrivals, await office.as('registrar'), {})).arrivals;
  expect((await desk.get('/desk/arrivals')).html).toContain(`/desk/arrivals/${first!.id}`);
  const wrong = await desk.post(`/desk/arrivals/${first!.id}`, { act: 'paper', subject: '', name: 'Ана' });
  expect(wrong.status).toBe(422);
  expect(wrong.html).toContain('subject-error');
  const second = await desk.post(`/desk/arrivals/${first!.id}`, { act: 'paper', subject: 'Молба', name: 'Ана' });
  expect(second.location).toMatch(/^\/desk\/arrivals\/.{36}$/);
  expect((await desk.get(second.location)).status).toBe(200);
  const third = await desk.post(second.location, { act: 'aside', reason: 'Реклама' });
  expect((await desk.post(third.location, { act: 'join', reference: 'нема га' })).status).toBe(422);
  expect((await desk.post(third.location, { act: 'petition', subject: 'Жалба', name: 'Ана' })).location).toBe('/desk/arrivals');
  expect((await desk.post(third.location, { act: 'paper', subject: 'Поново', name: 'Ана' })).status).toBe(409);
  expect((await desk.get(`/desk/arrivals?view=all`)).html.match(/data-row/g)).toHaveLength(3);
}, 30_000);

test('what a letter says of itself is found in its words', () => {
  expect(suggest('ROMÂNIA\nPrimăria Exemplu\nNr.: 1234/12.02.2026\nObiect: Solicitare de sprijin\n', '2026-03-01')).toEqual({ subject: 'Solicitare de sprijin', name: '', senderReference: '1234/12.02.2026', senderDatedOn: '2026-02-12' });
  expect(suggest('Здружение Сонце\nБр. 09-12/3 од 01.02.2026\nПредмет: Покана\n', '2026-03-01')).toEqual({ subject: 'Покана', name: 'Здружение Сонце', senderReference: '09-12/3', senderDatedOn: '2026-02-01' });
  expect(suggest('', '2026-03-01')).toEqual({ subject: '', name: '', senderReference: '', senderDatedOn: '' });
});

test('a number is found whole, in either script', () => {
  expect(holdsReference('Re: допуна уз 01-031/26-5', '01-031/26-5')).toBe(true);
  expect(holdsReference('број 01-031/26-51', '01-031/26-5')).toBe(false);
  expect(holdsReference('101-031/26-5', '01-031/26-5')).toBe(false);
  expect(holdsReference('br. 01 - 031/26-5.', '01-031/26-5')).toBe(true);
});
