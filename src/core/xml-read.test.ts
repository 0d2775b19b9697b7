import fc from 'fast-check';
import { expect, test } from 'vitest';
import { element } from './xml.ts';
import { readXml, XmlError } from './xml-read.ts';

const refused = (text: string): boolean => {
  try {
    readXml(text);
    return false;
  } catch (error) {
    if (error instanceof XmlError) return true;
    throw error;
  }
};

test('names carry their namespaces, whichever prefix a program likes', () => {
  const texts = ['<propfind xmlns="DAV:"><prop><displayname/></prop></propfind>', '<D:propfind xmlns:D="DAV:"><D:prop><D:displayname></D:displayname></D:prop></D:propfind>', '<?xml version="1.0"?>\n<!-- x --><a:propfind xmlns:a=\'DAV:\'><a:prop><b:displayname xmlns:b="DAV:"/></a:prop></a:propfind>\n'];
  for (const text of texts) expect(readXml(text)).toMatchObject({ name: '{DAV:}propfind', children: [{ name: '{DAV:}prop', children: [{ name: '{DAV:}displayname', text: '' }] }] });
  expect(readXml('<a b="&lt;&#x416;&quot;">x &amp; <![CDATA[<y>]]></a>')).toMatchObject({ attributes: { b: '<Ж"' }, text: 'x & <y>' });
});

test('nothing is declared, nothing grows, nothing is fetched', () => {
  const bomb = `<!DOCTYPE a [<!ENTITY b "${'x'.repeat(100)}"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>`;
  for (const text of [bomb, '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', '<a>&b;</a>', '<a>&#0;</a>', '<a', '<a><b></a></b>', '<a/><b/>', 'x<a/>', '<x:a/>', '<a b=c/>', '', '<a>'.repeat(100), `<a>${'<b/>'.repeat(30_000)}</a>`, `<a>${'x'.repeat(1_100_000)}</a>`]) expect(refused(text), text.slice(0, 60)).toBe(true);
});

test('what is written is read as it was, and nothing makes the reader throw otherwise', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '').toWellFormed());
  fc.assert(fc.property(words, words, (value, text) => {
    expect(readXml(element('a', { b: value.replaceAll('>', '') }, text).markup)).toMatchObject({ attributes: { b: value.replaceAll('>', '') }, text });
  }));
  const seed = '<d:propfind xmlns:d="DAV:"><d:prop><d:getetag/>x &amp; y</d:prop></d:propfind>';
  fc.assert(fc.property(fc.nat(seed.length), fc.nat(9), fc.string({ unit: fc.constantFrom(...'<>/&;"= !?[]-:ax'), maxLength: 8 }), (at, cut, more) => void refused(seed.slice(0, at) + more + seed.slice(at + cut)), ), { numRuns: 2000 });
});
