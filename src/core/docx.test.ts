import { strToU8, unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { fillDocx, plainDocx, readDocxTemplate, readDocxText } from './docx.ts';

const documentOf = (bytes: Uint8Array): string => new TextDecoder().decode(unzipSync(bytes)['word/document.xml']);
const with_ = (extra: Record<string, string>): Uint8Array => zipSync({ ...unzipSync(plainDocx(['Поштовани {прималац},'])), ...Object.fromEntries(Object.entries(extra).map(([name, text]) => [name, strToU8(text)])) });

test('the names in braces are found and filled; what a value says is text, whatever signs are in it', async () => {
  const read = await readDocxTemplate(plainDocx(['{прималац}', 'број {број} од {датум}']), 'a.docx');
  if ('key' in read) throw new Error(read.key);
  expect(read.tags).toEqual(['прималац', 'број', 'датум']);
  const nasty = '{број} <w:p/> & "навод" #let x = 1\nдруги ред';
  const filled = await fillDocx(read.bytes, { прималац: nasty, број: '1/26', датум: '' });
  const xml = documentOf(filled);
  expect(xml).toContain('{број} &lt;w:p/&gt; &amp;');
  expect(xml).not.toContain('<w:p/>');
  expect(xml.match(/1\/26/g)).toHaveLength(1);
  expect(readDocxText(filled, 'a.docx')).toBe('{број} <w:p/> & "навод" #let x = 1\nдруги ред\n\nброј 1/26 од');
});

const relations = (type: string, part: string): Record<string, string> => ({
  'word/_rels/document.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${part}"/></Relationships>`,
});
const partOf = (root: string, words: string): string => `<w:${root} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:t>${words}</w:t></w:r></w:p></w:${root}>`;

test('names in headers and footers are found and filled as those in the text are; in notes they are refused', async () => {
  for (const [root, part] of [['hdr', 'header1.xml'], ['ftr', 'footer2.xml']] as const) {
    const kind = root === 'hdr' ? 'header' : 'footer';
    const read = await readDocxTemplate(with_({ ...relations(kind, part), [`word/${part}`]: partOf(root, 'Број {број}, {непознато}') }), 'a.docx');
    if ('key' in read) throw new Error(read.key);
    expect(read.tags).toEqual(['прималац', 'број', 'непознато']);
    const filled = await fillDocx(read.bytes, { прималац: 'Ана', број: '1/26', непознато: '' });
    expect(new TextDecoder().decode(unzipSync(filled)[`word/${part}`])).toContain('1/26');
    expect(await readDocxTemplate(with_({ ...relations(kind, part), [`word/${part}`]: partOf(root, 'Број {број') }), 'a.docx')).toMatchObject({ key: 'field.docx_braces' });
  }
  // A header that nothing names would not be filled.
  expect(await readDocxTemplate(with_({ 'word/header1.xml': partOf('hdr', '{датум}') }), 'a.docx')).toMatchObject({ key: 'field.docx_braces' });
  expect(await readDocxTemplate(with_({ ...relations('footnotes', 'footnotes.xml'), 'word/footnotes.xml': partOf('footnotes', '{датум}') }), 'a.docx')).toMatchObject({ key: 'field.docx_notes' });
});

test('words come back as paragraphs and lists', () => {
  const listed = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr><w:r><w:t>прво</w:t></w:r></w:p>';
  const bytes = with_({ 'word/document.xml': `<w:document><w:body><w:p><w:r><w:t>Увод &amp; &#1040;</w:t></w:r></w:p>${listed}${listed.replace('прво', 'друго')}<w:p><w:r><w:t xml:space="preserve">Крај</w:t></w:r></w:p><w:p/></w:body></w:document>` });
  expect(readDocxText(bytes, 'a.docx')).toBe('Увод & А\n\n- прво\n- друго\n\nКрај');
});

test.each([
  ['no archive', new Uint8Array(Buffer.from('PK\u0003\u0004 nothing')), 'field.docx_unreadable'],
  ['no document', zipSync({ 'a.txt': strToU8('x') }), 'field.docx_unreadable'],
  ['macros', with_({ 'word/vbaProject.bin': 'x' }), 'field.docx_active'],
  ['an embedded object', with_({ 'word/embeddings/oleObject1.bin': 'x' }), 'field.docx_active'],
  ['a template from elsewhere', with_({ 'word/_rels/settings.xml.rels': '<Relationships><Relationship Id="r1" Type="http://x/attachedTemplate" Target="https://evil.example/t.dotm" TargetMode="External"/></Relationships>' }), 'field.docx_active'],
  ['a picture from elsewhere', with_({ 'word/_rels/document.xml.rels': '<Relationships><Relationship Id="r1" Type="http://x/image" Target="https://evil.example/a.png" TargetMode="External"/></Relationships>' }), 'field.docx_active'],
  ['entities', with_({ 'word/document.xml': '<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document/>' }), 'field.docx_unreadable'],
  ['a brace that is not closed', plainDocx(['Поштовани {прималац']), 'field.docx_braces'],
])('%s is refused', async (_, bytes, key) => {
  expect(await readDocxTemplate(bytes, 'a.docx')).toMatchObject({ key, args: { name: 'a.docx' } });
});

test('an ordinary link may stay', async () => {
  const bytes = with_({ 'word/_rels/document.xml.rels': '<Relationships><Relationship Id="r1" Type="http://x/hyperlink" Target="https://primjer.example" TargetMode="External"/></Relationships>' });
  expect(await readDocxTemplate(bytes, 'a.docx')).toMatchObject({ tags: ['прималац'] });
});

test('a bomb is not unpacked: neither many megabytes nor many parts', async () => {
  const began = performance.now();
  const large = zipSync({ ...unzipSync(plainDocx(['x'])), 'word/media/a.xml': new Uint8Array(45 * 1024 * 1024) }, { level: 9 });
  expect(large.length).toBeLessThan(1024 * 1024);
  expect(await readDocxTemplate(large, 'a.docx')).toMatchObject({ key: 'field.docx_unreadable' });
  const many = zipSync({ ...unzipSync(plainDocx(['x'])), ...Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`word/x${index}.xml`, new Uint8Array(1)])) });
  expect(await readDocxTemplate(many, 'a.docx')).toMatchObject({ key: 'field.docx_unreadable' });
  // An archive that says less than it holds is cut at what it says.
  const lying = Buffer.from(large);
  for (let at = lying.indexOf('PK\u0001\u0002', 0, 'latin1'); at >= 0; at = lying.indexOf('PK\u0001\u0002', at + 4, 'latin1')) lying.writeUInt32LE(10, at + 24);
  expect(readDocxText(new Uint8Array(lying), 'a.docx')).toBeDefined();
  expect(performance.now() - began).toBeLessThan(20_000);
});
