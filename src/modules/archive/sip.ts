import { latinFromCyrillic } from '../../core/language.ts';
import { sha256 } from '../../core/secret.ts';
import { element as e, xmlFile, type Markup } from '../../core/xml.ts';

export type SipDocument = { id: string; title: string; fileName: string; mediaType: string; sha256: string; size: number; at: Date; form: string | null; lasting: { sha256: string; size: number } | null };
export type SipEvent = { id: string; name: string; at: Date; by: string };
export type SipCase = {
  id: string; number: number; reference: string; subject: string; classCode: string; className: string; unit: string; party: string; access: string; openedOn: string; closedOn: string; papers: { reference: string; direction: string; subject: string; on: string; text: string }[];
  documents: SipDocument[]; events: SipEvent[];
};
export type Sip = {
  id: string; label: string; at: Date; language: string; office: { id: string; name: string }; version: string; consent: { reference: string; on: string }; consentPaper: { fileName: string; mediaType: string; sha256: string; size: number } | null; cases: SipCase[];
};
/** A file of the package: its own bytes, or (null) those of the store under its hash. */
export type SipFile = { path: string; at: Date; size: number; sha256: string; mediaType: string; bytes: Uint8Array | null };

const namespaces = {
  'xmlns:mets': 'http://www.loc.gov/METS/', 'xmlns:csip': 'https://DILCIS.eu/XML/METS/CSIPExtensionMETS', 'xmlns:sip': 'https://DILCIS.eu/XML/METS/SIPExtensionMETS', 'xmlns:xlink': 'http://www.w3.org/1999/xlink', 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  'xsi:schemaLocation': 'http://www.loc.gov/METS/ http://www.loc.gov/standards/mets/mets.xsd http://www.w3.org/1999/xlink http://www.loc.gov/standards/mets/xlink.xsd https://DILCIS.eu/XML/METS/CSIPExtensionMETS https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd https://DILCIS.eu/XML/METS/SIPExtensionMETS https://earksip.dilcis.eu/schema/DILCISExtensionSIPMETS.xsd',
};
const profile = 'https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-2-0.xml';
const iso = (at: Date): string => at.toISOString();
/** A name that every file system and every archive's software takes. */
const safe = (name: string): string => latinFromCyrillic(name).replaceAll('đ', 'dj').replaceAll('Đ', 'Dj').normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[^A-Za-z0-9.-]+/g, '_').replaceAll(/^[_.-]+|_+$/g, '').slice(-80) || 'x';
const padded = (n: number, digits = 3): string => String(n).padStart(digits, '0');

const own = (path: string, at: Date, bytes: Uint8Array, mediaType = 'application/xml'): SipFile => ({ path, at, size: bytes.length, sha256: sha256(bytes), mediaType, bytes });
const checks = (file: SipFile) => ({ MIMETYPE: file.mediaType, SIZE: file.size, CREATED: iso(file.at), CHECKSUM: file.sha256, CHECKSUMTYPE: 'SHA-256' });
const place = (path: string) => ({ LOCTYPE: 'URL', 'xlink:type': 'simple', 'xlink:href': path });

const group = (id: string, use: string, files: readonly { file: SipFile; id: string; href: string; dmd?: string }[], attributes: Record<string, string> = {}): Markup =>
  e('mets:fileGrp', { ID: id, USE: use, ...attributes }, files.map((one) => e('mets:file', { ID: one.id, ...checks(one.file), DMDID: one.dmd }, e('mets:FLocat', place(one.href)))));

const header = (sip: Sip, agents: Markup[] = []): Markup =>
  e('mets:metsHdr', { CREATEDATE: iso(sip.at), LASTMODDATE: iso(sip.at), RECORDSTATUS: 'NEW', 'csip:OAISPACKAGETYPE': 'SIP' },
    e('mets:agent', { ROLE: 'CREATOR', TYPE: 'OTHER', OTHERTYPE: 'SOFTWARE' }, e('mets:name', {}, 'Kabinet'), e('mets:note', { 'csip:NOTETYPE': 'SOFTWARE VERSION' }, sip.version)), agents);

const agency = (role: string, sip: Sip): Markup => e('mets:agent', { ROLE: role, TYPE: 'ORGANIZATION' }, e('mets:name', {}, sip.office.name), e('mets:note', { 'csip:NOTETYPE': 'IDENTIFICATIONCODE' }, `LOCAL:${sip.office.id}`));

function dublinCore(sip: Sip, file: SipCase): Uint8Array {
  const dc = (name: string, value: string): Markup | null => (value ? e(`dc:${name}`, {}, value) : null);
  return xmlFile(e('metadata', { 'xmlns:dc': 'http://purl.org/dc/elements/1.1/', 'xmlns:dcterms': 'http://purl.org/dc/terms/' },
    dc('title', file.subject), dc('identifier', file.reference), dc('identifier', `archive-book:${file.number}`), dc('subject', `${file.classCode} ${file.className}`.trim()), dc('creator', file.unit), dc('contributor', file.party), dc('publisher', sip.office.name), dc('type', 'Collection'),
    dc('language', sip.language), e('dcterms:created', {}, file.openedOn), e('dcterms:dateSubmitted', {}, sip.consent.on), e('dcterms:temporal', {}, `${file.openedOn}/${file.closedOn}`), dc('rights', file.access),
    file.papers.map((paper) => dc('description', `${paper.reference} (${paper.direction}, ${paper.on}): ${paper.subject}`))));
}

const identifier = (kind: string, value: string): Markup[] => [e(`premis:${kind}IdentifierType`, {}, 'local'), e(`premis:${kind}IdentifierValue`, {}, value)];
const linked = (kind: 'Agent' | 'Object', value: string): Markup => e(`premis:linking${kind}Identifier`, {}, e(`premis:linking${kind}IdentifierType`, {}, 'local'), e(`premis:linking${kind}IdentifierValue`, {}, value));

type Placed = { file: SipFile; document: SipDocument; of: SipCase; isCopy: boolean };
function premis(sip: Sip, placed: readonly Placed[]): Uint8Array {
  const objects = sip.cases.map((file) => e('premis:object', { 'xsi:type': 'premis:intellectualEntity' }, e('premis:objectIdentifier', {}, identifier('object', file.id)), e('premis:originalName', {}, file.reference)));
  const files = placed.map(({ file, document, of, isCopy }) => e('premis:object', { 'xsi:type': 'premis:file' },
    e('premis:objectIdentifier', {}, identifier('object', file.path)),
    e('premis:objectCharacteristics', {}, e('premis:fixity', {}, e('premis:messageDigestAlgorithm', {}, 'SHA-256'), e('premis:messageDigest', {}, file.sha256)), e('premis:size', {}, file.size),
      e('premis:format', {}, e('premis:formatDesignation', {}, e('premis:formatName', {}, file.mediaType), isCopy || document.form === 'pdfa' ? e('premis:formatVersion', {}, isCopy ? 'PDF/A-3' : 'PDF/A') : null))),
    e('premis:originalName', {}, document.fileName),
    e('premis:relationship', {}, e('premis:relationshipType', {}, isCopy ? 'derivation' : 'structural'), e('premis:relationshipSubType', {}, isCopy ? 'has source' : 'is part of'),
      e('premis:relatedObjectIdentifier', {}, e('premis:relatedObjectIdentifierType', {}, 'local'), e('premis:relatedObjectIdentifierValue', {}, isCopy ? placed.find((one) => one.document.id === document.id && !one.isCopy)!.file.path : of.id)))));
  const events = sip.cases.flatMap((file) => file.events.map((event) => e('premis:event', {}, e('premis:eventIdentifier', {}, identifier('event', event.id)), e('premis:eventType', {}, event.name), e('premis:eventDateTime', {}, iso(event.at)), linked('Agent', event.by ? 'office' : 'software'), linked('Object', file.id))));
  const agent = (id: string, name: string, type: string): Markup => e('premis:agent', {}, e('premis:agentIdentifier', {}, identifier('agent', id)), e('premis:agentName', {}, name), e('premis:agentType', {}, type));
  return xmlFile(e('premis:premis', { 'xmlns:premis': 'http://www.loc.gov/premis/v3', 'xmlns:xsi': namespaces['xmlns:xsi'], version: '3.0', 'xsi:schemaLocation': 'http://www.loc.gov/premis/v3 http://www.loc.gov/standards/premis/v3/premis.xsd' },
    objects, files, events, agent('office', sip.office.name, 'organization'), agent('software', `Kabinet ${sip.version}`, 'software')));
}

/** The METS of a representation: its files, under the path from its own folder. */
function representationMets(sip: Sip, name: string, placed: readonly Placed[]): Uint8Array {
  const files = placed.map(({ file }, index) => ({ file, id: `ID-${name}-file-${index + 1}`, href: file.path.slice(`representations/${name}/`.length) }));
  return xmlFile(e('mets:mets', { ...namespaces, OBJID: name, LABEL: `${sip.label}: ${name}`, TYPE: 'Mixed', PROFILE: profile, 'csip:CONTENTINFORMATIONTYPE': 'MIXED' },
    header(sip), e('mets:fileSec', { ID: `ID-${name}-fileSec` }, group(`ID-${name}-data`, 'Data', files)),
    e('mets:structMap', { ID: `ID-${name}-structMap`, TYPE: 'PHYSICAL', LABEL: 'CSIP' }, e('mets:div', { ID: `ID-${name}-div`, LABEL: name }, e('mets:div', { ID: `ID-${name}-div-data`, LABEL: 'Data' }, e('mets:fptr', { FILEID: `ID-${name}-data` }))))));
}

/** What was written in the case and is in no document: a web form, an entry, each under its number. */
function writtenPapers(file: SipCase): Uint8Array | null {
  const written = file.papers.filter((paper) => paper.text);
  return written.length === 0 ? null : Buffer.from(written.map((paper) => `${paper.reference} (${paper.direction}, ${paper.on})\n${paper.subject}\n\n${paper.text}\n`).join('\n----\n\n'));
}

/** All files of the package in their order, METS.xml last, below one folder of the package's name. The same cases give the same bytes. */
export function composeSip(sip: Sip): { root: string; files: SipFile[] } {
  const kept = (path: string, document: { mediaType: string; sha256: string; size: number }, at: Date): SipFile => ({ path, at, size: document.size, sha256: document.sha256, mediaType: document.mediaType, bytes: null });
  const folder = (file: SipCase): string => `${padded(file.number, 5)}-${safe(file.reference)}`;
  const placeDocuments = (of: SipCase): Placed[] => of.documents.flatMap((document, index) => {
    const name = `${padded(index + 1)}-${safe(document.fileName)}`;
    const original: Placed = { of, document, isCopy: false, file: kept(`representations/rep1/data/${folder(of)}/${name}`, document, document.at) };
    const copy: Placed[] = document.lasting ? [{ of, document, isCopy: true, file: kept(`representations/rep2/data/${folder(of)}/${name}.pdf`, { ...document.lasting, mediaType: 'application/pdf' }, document.at) }] : [];
    return [original, ...copy];
  });
  const placed: Placed[] = sip.cases.flatMap((of) => {
    const bytes = writtenPapers(of);
    if (!bytes) return placeDocuments(of);
    const file = own(`representations/rep1/data/${folder(of)}/000-papers.txt`, sip.at, bytes, 'text/plain');
    return [{ of, isCopy: false, file, document: { id: `${of.id}-papers`, title: 'papers', fileName: 'papers.txt', mediaType: file.mediaType, sha256: file.sha256, size: file.size, at: sip.at, form: null, lasting: null } }, ...placeDocuments(of)];
  });
  const descriptions = sip.cases.map((file, index) => ({ id: `ID-dmd-${index + 1}`, file: own(`metadata/descriptive/dc-${padded(file.number, 5)}.xml`, sip.at, dublinCore(sip, file)) }));
  const preservation = own('metadata/preservation/premis.xml', sip.at, premis(sip, placed));
  const representations = (['rep1', 'rep2'] as const).flatMap((name) => {
    const part = placed.filter((one) => one.isCopy === (name === 'rep2'));
    return part.length > 0 ? [{ name, part, mets: own(`representations/${name}/METS.xml`, sip.at, representationMets(sip, name, part)) }] : [];
  });
  const before = [...descriptions.map((one) => one.file), preservation, ...representations.flatMap((one) => [...one.part.map(({ file }) => file), one.mets])];
  const consent = sip.consentPaper ? [kept(`documentation/consent-${safe(sip.consentPaper.fileName)}`, sip.consentPaper, sip.at)] : [];
  const list = own('documentation/checksums-sha256.txt', sip.at, Buffer.from([...before, ...consent].map((file) => `${file.sha256}  ${file.path}\n`).join('')), 'text/plain');
  const documentation = [...consent, list];
  const amd = e('mets:amdSec', { ID: 'ID-amd' }, e('mets:digiprovMD', { ID: 'ID-premis', CREATED: iso(sip.at), STATUS: 'CURRENT' }, e('mets:mdRef', { ...place(preservation.path), MDTYPE: 'PREMIS', MDTYPEVERSION: '3.0', ...checks(preservation) })));
  const root = xmlFile(e('mets:mets', { ...namespaces, OBJID: sip.id, LABEL: sip.label, TYPE: 'Mixed', PROFILE: profile, 'csip:CONTENTINFORMATIONTYPE': 'MIXED' },
    header(sip, [agency('ARCHIVIST', sip), agency('CREATOR', sip), e('mets:altRecordID', { TYPE: 'SUBMISSIONAGREEMENT' }, `${sip.consent.reference}, ${sip.consent.on}`)]),
    descriptions.map(({ id, file }) => e('mets:dmdSec', { ID: id, CREATED: iso(sip.at), STATUS: 'CURRENT' }, e('mets:mdRef', { ...place(file.path), MDTYPE: 'DC', ...checks(file) }))), amd,
    e('mets:fileSec', { ID: 'ID-fileSec' }, group('ID-documentation', 'Documentation', documentation.map((file, index) => ({ file, id: `ID-documentation-${index + 1}`, href: file.path }))),
      representations.map(({ name, mets }) => group(`ID-${name}`, `Representations/${name}`, [{ file: mets, id: `ID-${name}-mets`, href: mets.path }], { 'csip:CONTENTINFORMATIONTYPE': 'MIXED' }))),
    e('mets:structMap', { ID: 'ID-structMap', TYPE: 'PHYSICAL', LABEL: 'CSIP' }, e('mets:div', { ID: 'ID-div', LABEL: sip.id },
      e('mets:div', { ID: 'ID-div-metadata', LABEL: 'Metadata', ADMID: 'ID-premis', DMDID: descriptions.map((one) => one.id).join(' ') }), e('mets:div', { ID: 'ID-div-documentation', LABEL: 'Documentation' }, e('mets:fptr', { FILEID: 'ID-documentation' })),
      representations.map(({ name, mets }) => e('mets:div', { ID: `ID-div-${name}`, LABEL: `Representations/${name}` }, e('mets:mptr', { ...place(mets.path), 'xlink:title': `ID-${name}` })))))));
  return { root: sip.id, files: [...before, ...documentation, own('METS.xml', sip.at, root)] };
}
