import { existsSync } from 'node:fs';
import { PDFDict, PDFDocument, PDFName } from '@cantoo/pdf-lib';
import fc from 'fast-check';
import { unzipSync, strFromU8 } from 'fflate';
import { closePdf } from '../../core/pdf.ts';
import { translator } from '../../core/message.ts';
import { zipStream } from '../../core/zip.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { assigned } from '../../../test/petition.ts';
import { listParties } from '../directory/index.ts';
import { askForContribution } from '../requests/completion.server.ts';
import { addPaperToCase, registerPaper } from '../registry/index.ts';
import { makeBundle, streamBundle } from './case-bundle.ts';
import { exportCase } from './case-content.server.ts';
import { folderOf, safeName } from './case-folder.ts';

const png = new Uint8Array(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
const exporting = ({ kernel, office }: TestOffice) => ({ kernel, office, locale: office.locale, t: translator(office.locale), now: new Date() });
async function paper(pages: number, rotate = 0): Promise<Uint8Array<ArrayBuffer>> {
  const document = await PDFDocument.create();
  for (let page = 0; page < pages; page++) document.addPage([300, 400]).setRotation({ type: 'degrees', angle: rotate } as never);
  return new Uint8Array(await document.save());
}

test('a case of odd files becomes one PDF: what has no pages is a sheet, each page is stamped, each paper has its bookmark', async ({ office }) => {
  const registrar = await office.as('registrar');
  const locked = await PDFDocument.load(await paper(1));
  locked.encrypt({ userPassword: 'tajna', ownerPassword: 'tajna' });
  const { id } = await office.run(registerPaper, registrar, { subject: 'Пут', text: 'Пут је у рупама.', name: 'Ана Примјер', files: [{ name: 'dopis.pdf', bytes: await paper(3) }, { name: 'slika.png', bytes: png }, { name: 'lezi.pdf', bytes: await paper(1, 90) }] });
  await office.run(addPaperToCase, registrar, { id, direction: 'in', subject: 'Допуна', files: [{ name: 'kvar.pdf', bytes: Buffer.from('%PDF-1.7\nништа од овога') }, { name: 'brava.pdf', bytes: new Uint8Array(await locked.save()) }, { name: 'rijeci.txt', bytes: Buffer.from('Само ријечи.') }] });
  const content = await office.run(exportCase, registrar, { id, as: 'pdf' });
  expect(content.entries.map((entry) => entry.files.length)).toEqual([3, 3]);
  const bundle = await makeBundle(exporting(office), content);
  const made = await PDFDocument.load(await new Response((await streamBundle(bundle)).stream).arrayBuffer());
  // front, paper 1, its three files (3 + 1 + 1 pages), paper 2, its three files as a sheet each
  expect(made.getPageCount()).toBe(1 + 1 + 5 + 1 + 3);
  expect(bundle.pages).toBe(made.getPageCount());
  const outlines = made.catalog.lookup(PDFName.of('Outlines'), PDFDict);
  expect(String(outlines.get(PDFName.of('Count')))).toBe('9');
  expect((await office.events(id)).filter((event) => event.name === 'case.exported')).toHaveLength(1);
  await expect.poll(() => existsSync(bundle.folder)).toBe(false);
  closePdf();
}, 60_000);

test('the folder holds every file under its number, an index and the hashes, and no name leads out of it', async ({ office }) => {
  const registrar = await office.as('registrar');
  const { id } = await office.run(registerPaper, registrar, { subject: '../../етц/<b>Пут</b>', text: 'Пут.', name: '=1+1', files: [{ name: '../../CON.png', bytes: png }, { name: '-rf ..png', bytes: png }] });
  const content = await office.run(exportCase, registrar, { id });
  const stream = zipStream(folderOf(exporting(office), content));
  const files = unzipSync(new Uint8Array(await new Response(stream).arrayBuffer()));
  const names = Object.keys(files);
  const root = names[0]!.split('/')[0]!;
  for (const name of names) expect(name).toMatch(/^[^/\\]+\/[^/\\]+$/);
  expect(names.every((name) => name.startsWith(`${root}/`) && !name.includes('..'))).toBe(true);
  expect(names.slice(0, 3)).toEqual([`${root}/index.html`, `${root}/index.csv`, `${root}/metadata.json`]);
  expect(names.slice(3).map((name) => name.slice(root.length + 1, root.length + 4))).toEqual(['001', '002', '003']);
  const page = strFromU8(files[`${root}/index.html`]!);
  expect(page).toContain('&lt;b&gt;');
  expect(page).not.toContain('<b>');
  expect(strFromU8(files[`${root}/index.csv`]!)).toContain("'=1+1");
  const metadata = JSON.parse(strFromU8(files[`${root}/metadata.json`]!)) as { papers: { path: string; sha256?: string }[] };
  for (const one of metadata.papers) expect(files[`${root}/${one.path}`]).toBeDefined();
  expect(metadata.papers.filter((one) => one.sha256)).toHaveLength(2);
});

test('any name becomes one that every system takes', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (raw) => {
    const name = safeName(raw);
    expect(name.length).toBeGreaterThan(0);
    expect(name.length).toBeLessThan(90);
    expect(name).not.toMatch(/[\\/:*?"<>|\u0000-\u001f]|^[. ]|[. ]$|\.\./);
  }));
});

test('what was written without a file is in it too: the petition, what was asked and replied', async ({ office }) => {
  const told = await assigned(office, { text: 'Мрак је код школе.' });
  const bodyId = (await office.run(listParties, told.chief, { kind: 'body' })).parties[0]!.id;
  await office.run(askForContribution, told.clerk, { id: told.id, of: `body:${bodyId}`, question: 'Када долазите?', dueOn: new Date(Date.now() + 8 * 86_400_000).toISOString().slice(0, 10) });
  const content = await office.run(exportCase, told.chief, { id: told.id });
  expect(content.entries[0]!.text).toBe('Мрак је код школе.');
  expect(content.words).toMatchObject([{ kind: 'contribution', question: 'Када долазите?', reply: '' }]);
  expect(folderOf(exporting(office), content).some((entry) => entry.path.endsWith('.txt'))).toBe(true);
  // What opens the body's link stays in the office.
  expect(JSON.stringify(content)).not.toContain('/contribute/');
});

test('nobody takes away what they may not see', async ({ office }) => {
  const told = await assigned(office);
  const stranger = { ...(await office.only('clerk')), personId: (await office.as('deputy')).personId, marks: [] };
  await office.refused(office.run(exportCase, stranger, { id: told.id }), 404);
});
