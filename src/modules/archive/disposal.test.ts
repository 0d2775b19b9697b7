import { unzipSync } from 'fflate';
import { addDays } from '../../core/day.ts';
import { zipStream } from '../../core/zip.ts';
import { sha256 } from '../../core/secret.ts';
import { verifyOffice } from '../../core/verify.ts';
import { expect, test, type TestOffice } from '../../../test/office.ts';
import { deskClient } from '../../../test/client.ts';
import { closed } from '../../../test/archive.ts';
import { getObligation } from '../obligations/obligation-view.server.ts';
import { reportProgress } from '../obligations/obligation-work.server.ts';
import { getCase, reopenCase, restrictCase } from '../registry/case.server.ts';
import { searchAll } from '../requests/search.server.ts';
import { putInArchive, listArchive } from './archive.server.ts';
import { carryOutDisposal } from './destruction.server.ts';
import { consentDisposal, getConsent, getDisposal, listCandidates, listDisposals, proposeDisposal, refuseDisposal, submitDisposal } from './disposal.server.ts';
import { lendFromArchive } from './lending.server.ts';
import { makePackage } from './package.server.ts';

type Closed = Parameters<typeof closed>[1];
async function archived(office: TestOffice, ...cases: NonNullable<Closed>[]): Promise<string[]> {
  const ids: string[] = [];
  for (const one of cases) ids.push(await closed(office, one));
  await office.run(putInArchive, await office.as('chief'), { ids });
  await office.settle();
  return ids;
}
const commission = async (office: TestOffice): Promise<string[]> => Promise.all(['chief', 'registrar', 'clerk'].map(async (role) => (await office.as(role)).personId!));
/** A list to which the archive has consented, made by the registrar. */
async function consented(office: TestOffice, kind: 'destroy' | 'hand_over', ids: string[]): Promise<string> {
  const registrar = await office.as('registrar');
  const { id } = await office.run(proposeDisposal, registrar, { kind, ids, commission: await commission(office) });
  await office.run(submitDisposal, registrar, { id });
  await office.run(consentDisposal, registrar, { id, reference: '07-215/26', on: '2026-01-15', files: [{ name: 'saglasnost.txt', bytes: new Uint8Array(Buffer.from('Сагласни смо.')) }] });
  return id;
}
const has = (office: TestOffice, hash: string): Promise<boolean> => office.kernel.files.get(office.office.id, hash).then(() => true, () => false);

test('only what is past its period and about which nothing is open may be proposed for destruction, and never what is permanent', async ({ office }) => {
  const [chief, registrar, clerk] = [await office.as('chief'), await office.as('registrar'), await office.as('clerk')];
  const [past, permanent, young, lent, open] = await archived(office, {}, { classCode: '011' }, { now: new Date(Date.now() - 100 * 86_400_000) }, {}, {}) as [string, string, string, string, string];
  await office.run(lendFromArchive, registrar, { id: lent, readerId: clerk.personId!, purpose: 'Увид', dueOn: addDays(office.today(), 30) });
  await office.run(reopenCase, chief, { id: open, reason: 'Поново.' });
  const of = (kind: 'destroy' | 'hand_over') => office.run(listCandidates, registrar, { kind }).then(({ items }) => items.map((one) => one.caseId));
  expect([await of('destroy'), await of('hand_over')]).toEqual([[past], [permanent]]);
  const propose = async (kind: 'destroy' | 'hand_over', ids: string[]) => office.run(proposeDisposal, registrar, { kind, ids, commission: await commission(office) });
  for (const id of [permanent, young, lent, open]) expect((await office.refused(propose('destroy', [past, id]), 409)).said.key).toBe('error.archive.not_due');
  await office.refused(propose('hand_over', [past]), 409);
  await office.refused(office.run(proposeDisposal, registrar, { kind: 'destroy', ids: [past], commission: (await commission(office)).slice(1) }), 422);
  const { id, number, count } = await propose('destroy', [past]);
  expect([number, count, (await of('destroy')).length]).toEqual([1, 1, 0]);
  expect((await office.refused(propose('destroy', [past]), 409)).said.key).toBe('error.archive.not_due');
  await office.run(refuseDisposal, registrar, { id, reason: 'Архив тражи допуну.' });
  expect(await of('destroy')).toEqual([past]);
  await office.refused(office.run(submitDisposal, registrar, { id }), 409);
});

test('a list is carried out by another person than who made it, after the consent, with its number typed', async ({ office }) => {
  const [chief, mayor, registrar] = [await office.as('chief'), await office.as('mayor'), await office.as('registrar')];
  const [id] = await archived(office, {}) as [string];
  const own = await office.run(proposeDisposal, chief, { kind: 'destroy', ids: [id], commission: await commission(office) });
  await office.refused(office.run(carryOutDisposal, mayor, { id: own.id, confirmation: '07-215/26' }), 409);
  await office.run(submitDisposal, registrar, { id: own.id });
  await office.refused(office.run(consentDisposal, registrar, { id: own.id, reference: '07-215/26', on: '2999-01-01' }), 422);
  await office.run(consentDisposal, registrar, { id: own.id, reference: '07-215/26', on: '2026-01-15' });
  expect((await office.refused(office.run(carryOutDisposal, chief, { id: own.id, confirmation: '07-215/26' }), 409)).said.key).toBe('error.archive.same_person');
  expect(Object.keys((await office.refused(office.run(carryOutDisposal, mayor, { id: own.id, confirmation: '07-216/26' }), 422)).fields)).toEqual(['confirmation']);
  await office.run(carryOutDisposal, mayor, { id: own.id, confirmation: ' 07-215/26 ' });
  await office.refused(office.run(carryOutDisposal, mayor, { id: own.id, confirmation: '07-215/26' }), 409);
});

test('what is destroyed is gone from the store, the texts and the search; its line, its log and another’s same file stay, and the office is whole', async ({ office }) => {
  const [chief, mayor] = [await office.as('chief'), await office.as('mayor')];
  const shared = { name: 'isto.txt', bytes: new Uint8Array(Buffer.from('исти садржај')) };
  const [one, two, kept] = await archived(office, { text: 'Лабудово језеро' }, { file: shared }, { file: shared, classCode: '011' }) as [string, string, string];
  await office.run(restrictCase, chief, { id: two, access: 'confidential' });
  const documents = await office.within((db) => db.selectFrom('document').select(['case_id', 'sha256', 'lasting_sha256']).where('office_id', '=', office.office.id).execute());
  const of = (id: string) => documents.find((document) => document.case_id === id)!;
  const list = await office.run(proposeDisposal, chief, { kind: 'destroy', ids: [one, two], commission: await commission(office) });
  await office.run(submitDisposal, chief, { id: list.id });
  await office.run(consentDisposal, chief, { id: list.id, reference: 'A-1', on: '2026-01-15' });
  expect((await office.run(searchAll, chief, { query: 'подат' })).hits.length).toBeGreaterThan(0);
  expect(await office.run(carryOutDisposal, mayor, { id: list.id, confirmation: 'a-1' })).toMatchObject({ count: 2 });
  expect(await has(office, of(one).sha256)).toBe(true);
  await office.settle();
  expect([await has(office, of(one).sha256), await has(office, of(one).lasting_sha256!), await has(office, of(kept).sha256), await has(office, of(two).sha256)]).toEqual([false, false, true, true]);
  const shown = await office.run(getCase, chief, { id: one });
  expect([shown.subject, shown.entries.map((entry) => entry.body)]).toEqual(['Захтјев за податке', ['']]);
  expect(shown.history.map((event) => event.name)).toContain('archive.destroyed');
  expect(shown.documents.map((document) => document.destroyedAt instanceof Date)).toEqual([true]);
  const { html } = await (await deskClient(office, 'dragica-borilovic')).get(`/desk/cases/${one}`);
  expect([html.includes('<s>dopis.txt</s>'), html.includes(`/desk/documents/${shown.documents[0]!.id}`)]).toEqual([true, false]);
  expect((await office.run(searchAll, chief, { query: 'подат' })).hits.map((hit) => hit.caseId ?? hit.id)).not.toContain(one);
  expect((await office.run(listArchive, chief, { state: 'destroyed' })).items.map((item) => [item.caseId, item.disposal?.number])).toEqual([[two, 1], [one, 1]]);
  expect((await office.refused(office.run(reopenCase, chief, { id: one, reason: 'Поново.' }), 409)).said.key).toBe('error.case_disposed');
  expect((await verifyOffice(office.kernel, office.office)).faults).toEqual([]);
});

/** A strict reading of what composeSip writes: elements in order with their attributes; throws where tags do not match. */
function elements(bytes: Uint8Array): { name: string; attributes: Record<string, string> }[] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const open: string[] = [];
  let at = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(text)![0].length;
  const token = /<\/([\w:]+)>|<([\w:]+)((?: [\w:]+="[^"<]*")*)(\/?)>|[^<]+/y;
  while (at < text.length) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match) throw new Error(`not well formed at ${at}: ${text.slice(at, at + 60)}`);
    at = token.lastIndex;
    if (match[1] && open.pop() !== match[1]) throw new Error(`</${match[1]}> closes another`);
    if (match[2]) {
      found.push({ name: match[2], attributes: Object.fromEntries([...match[3]!.matchAll(/ ([\w:]+)="([^"]*)"/g)].map((one) => [one[1]!, one[2]!])) });
      if (!match[4]) open.push(match[2]);
    } else if (!match[1] && /&(?!(lt|gt|amp|quot|#\d+);)/.test(match[0])) throw new Error(`a bare & at ${at}`);
  }
  if (open.length > 0) throw new Error(`${open.join()} is open`);
  return found;
}

test('a package for the archive is whole: every file in its METS with size and hash, ids once, references lead somewhere; the same bytes twice', async ({ office }) => {
  const [chief, mayor, registrar] = [await office.as('chief'), await office.as('mayor'), await office.as('registrar')];
  const ids = await archived(office, { classCode: '011', text: 'Одлука <1> & "друга"' }, { classCode: '010', file: { name: 'план č&š.txt', bytes: new Uint8Array(Buffer.from('план')) } });
  await office.refused(office.run(makePackage, chief, { id: (await office.run(proposeDisposal, registrar, { kind: 'hand_over', ids: [ids[0]!], commission: await commission(office) })).id }), 409);
  await office.run(refuseDisposal, registrar, { id: (await office.run(listDisposals, registrar, {})).disposals[0]!.id, reason: 'Погрешно.' });
  const id = await consented(office, 'hand_over', ids);
  const bytesOf = async () => {
    const made = await office.run(makePackage, chief, { id });
    return { ...made, bytes: new Uint8Array(await new Response(zipStream(made.entries)).arrayBuffer()) };
  };
  const { fileName, metsSha256, bytes } = await bytesOf();
  const files = unzipSync(bytes);
  const root = fileName.replace('.zip', '');
  expect(Object.keys(files).every((path) => path.startsWith(`${root}/`) && /^[\w./-]+$/.test(path))).toBe(true);
  const inside = new Map(Object.entries(files).map(([path, content]) => [path.slice(root.length + 1), content]));
  expect(sha256(inside.get('METS.xml')!)).toBe(metsSha256);
  const described = new Set<string>(['METS.xml']);
  for (const folder of ['', 'representations/rep1/', 'representations/rep2/']) {
    const mets = elements(inside.get(`${folder}METS.xml`)!);
    const known = mets.flatMap((one) => (one.attributes['ID'] ? [one.attributes['ID']] : []));
    expect(new Set(known).size).toBe(known.length);
    expect(known.every((one) => /^[A-Za-z_][\w.-]*$/.test(one))).toBe(true);
    for (const one of mets) for (const name of ['FILEID', 'DMDID', 'ADMID']) for (const to of one.attributes[name]?.split(' ') ?? []) expect(known).toContain(to);
    const checked = mets.filter((one) => one.attributes['CHECKSUM']);
    for (const [index, one] of mets.entries()) {
      const href = one.attributes['xlink:href'];
      if (!href) continue;
      const content = inside.get(`${folder}${href}`);
      expect(content, href).toBeDefined();
      const carrier = one.attributes['CHECKSUM'] ? one : mets[index - 1]!;
      if (one.name !== 'mets:mptr') expect([carrier.attributes['CHECKSUM'], carrier.attributes['SIZE'], carrier.attributes['CHECKSUMTYPE']]).toEqual([sha256(content!), String(content!.length), 'SHA-256']);
      described.add(`${folder}${href}`);
    }
    expect(checked.length).toBeGreaterThan(0);
    expect(mets[0]).toMatchObject({ name: 'mets:mets', attributes: { PROFILE: 'https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-2-0.xml', TYPE: 'Mixed' } });
    expect(mets.find((one) => one.name === 'mets:metsHdr')!.attributes['csip:OAISPACKAGETYPE']).toBe('SIP');
    expect(mets.find((one) => one.name === 'mets:structMap')!.attributes).toMatchObject({ TYPE: 'PHYSICAL', LABEL: 'CSIP' });
  }
  expect([...described].sort()).toEqual([...inside.keys()].sort());
  const premis = elements(inside.get('metadata/preservation/premis.xml')!).map((one) => one.name);
  expect([premis.filter((name) => name === 'premis:object').length, premis.includes('premis:event'), premis.includes('premis:agent')]).toEqual([2 + 2 * 3, true, true]);
  expect([...inside].filter(([path]) => path.endsWith('/000-papers.txt')).map(([, content]) => new TextDecoder().decode(content).includes('Тијело дописа о путу.'))).toEqual([true, true]);
  expect(elements(inside.get('metadata/descriptive/dc-00001.xml')!).map((one) => one.name)).toContain('dc:identifier');
  expect(new TextDecoder().decode(inside.get('documentation/checksums-sha256.txt')).trim().split('\n').length).toBe(inside.size - 2);
  expect(Buffer.from((await bytesOf()).bytes).equals(Buffer.from(bytes))).toBe(true);

  await office.run(carryOutDisposal, chief, { id, confirmation: '07-215/26' });
  expect((await office.run(getDisposal, mayor, { id })).items.map((item) => item.state)).toEqual(['handed_over', 'handed_over']);
  expect(Buffer.from((await office.run(getConsent, registrar, { id })).content, 'base64').toString()).toBe('Сагласни смо.');
  expect(Buffer.from((await bytesOf()).bytes).equals(Buffer.from(bytes))).toBe(true);
  await office.settle();
  expect((await verifyOffice(office.kernel, office.office)).faults).toEqual([]);
});

test('what was told on a destroyed case loses its words and its files with it', async ({ office }) => {
  const [chief, mayor, clerk] = [await office.as('chief'), await office.as('mayor'), await office.as('clerk')];
  const [id] = await archived(office, {}) as [string];
  const order = async (caseId: string | null, name: string) => {
    const obligationId = await office.within(async (db) => {
      const made = crypto.randomUUID();
      await db.insertInto('obligation').values({ office_id: office.office.id, id: made, case_id: caseId, source: 'order', text: 'Провјерити', owner_id: clerk.personId, given_by: mayor.personId, state: 'open', involved: [clerk.personId!], at: new Date() }).execute();
      return made;
    });
    await office.run(reportProgress, clerk, { id: obligationId, report: 'Осјетљиве ријечи', files: [{ name: 'dokaz.txt', bytes: new Uint8Array(Buffer.from(name)) }] });
    await office.within((db) => db.updateTable('obligation').set({ state: 'done', ended_at: new Date() }).where('office_id', '=', office.office.id).where('id', '=', obligationId).execute());
    return obligationId;
  };
  const [gone, stays] = [await order(id, 'доказ један'), await order(null, 'доказ два')];
  const list = await consented(office, 'destroy', [id]);
  await office.run(carryOutDisposal, chief, { id: list, confirmation: '07-215/26' });
  await office.settle();
  const hashes = await office.within((db) => db.selectFrom('obligation_evidence').select(['obligation_id', 'sha256']).where('office_id', '=', office.office.id).execute());
  for (const [obligationId, kept] of [[gone, false], [stays, true]] as const) {
    expect(await has(office, hashes.find((one) => one.obligation_id === obligationId)!.sha256)).toBe(kept);
    expect((await office.run(getObligation, mayor, { id: obligationId })).story.map((line) => line.text)).toEqual([kept ? 'Осјетљиве ријечи' : '']);
  }
});
