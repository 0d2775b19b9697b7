import { zipSync } from 'fflate';
import { docxType, fillDocx, type DocxValues } from '../../core/docx.ts';
import type { MinutesData } from '../../core/pdf.ts';

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);
type Look = 'Title' | 'Subtitle' | 'Heading1' | 'Heading2' | 'Meta' | 'Conclusion' | 'Normal';
const line = (text: string, look: Look = 'Normal'): string => `<w:p><w:pPr><w:pStyle w:val="${look}"/></w:pPr><w:r><w:t xml:space="preserve">${escaped(text)}</w:t></w:r></w:p>`;
const style = (id: Look, name: string, run: string, paragraph = '', next = 'Normal'): string =>
  `<w:style w:type="paragraph" ${id === 'Normal' ? 'w:default="1" ' : ''}w:styleId="${id}"><w:name w:val="${name}"/>${id === 'Normal' ? '' : `<w:basedOn w:val="Normal"/><w:next w:val="${next}"/>`}<w:qFormat/><w:pPr>${paragraph}</w:pPr><w:rPr>${run}</w:rPr></w:style>`;
const size = (points: number): string => `<w:sz w:val="${points * 2}"/><w:szCs w:val="${points * 2}"/>`;

/** The usual form of minutes: its labels in the office's language, the rest in braces; whoever opens it sees headings and styles that can be changed. */
export function usualForm(labels: MinutesData['labels'] & { signatures: [string, string] }): Uint8Array<ArrayBuffer> {
  const body = [
    line('{office}', 'Meta'), line('{cabinet}', 'Meta'), line('{number}, {date}', 'Meta'), line('{marking}', 'Meta'), line('{body}', 'Subtitle'), line('{title}', 'Title'), line('{subtitle}', 'Subtitle'),
    line('{#facts}'), line('{label}: {value}'), line('{/facts}'),
    line(labels.attendance, 'Heading1'), line('{#attendance}'), line('{label}: {names}'), line('{/attendance}'), line('{quorum}'), line('{opening}'),
    line(labels.agenda, 'Heading1'), line('{#agenda}'), line('{number} {title}'), line('{/agenda}'),
    line(labels.course, 'Heading1'), line('{#points}'), line('{number} {title}', 'Heading2'), line('{#meta}'), line('{line}', 'Meta'), line('{/meta}'), line('{#texts}'), line('{line}'), line('{/texts}'), line('{#lines}'), line('{line}'), line('{/lines}'),
    line('{#conclusions}'), line('{title}', 'Conclusion'), line('{text}'), line('{#owners}'), line('{line}', 'Meta'), line('{/owners}'), line('{/conclusions}'), line('{/points}'), line('{closing}'),
    line('{#remarks}'), line('{by}', 'Conclusion'), line('{text}'), line('{answer}', 'Meta'), line('{/remarks}'),
    line(''), line(`${labels.signatures[0]}: ______________________   {keeper}`), line(''), line(`${labels.signatures[1]}: ______________________   {chair}`),
  ].join('');
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const spacing = (before: number, after: number, more = ''): string => `${more.includes('keepNext') ? '<w:keepNext/>' : ''}<w:spacing w:before="${before}" w:after="${after}"/>${more.includes('center') ? '<w:jc w:val="center"/>' : ''}`;
  const styles = [
    style('Normal', 'Normal', `<w:rFonts w:ascii="Noto Serif" w:hAnsi="Noto Serif" w:cs="Noto Serif"/>${size(10.5)}`, spacing(0, 100)), style('Title', 'Title', `<w:b/>${size(17)}`, spacing(60, 60, 'center'), 'Subtitle'),
    style('Subtitle', 'Subtitle', size(11), spacing(0, 160, 'center')), style('Heading1', 'heading 1', `<w:b/>${size(11)}`, spacing(320, 120, 'keepNext')), style('Heading2', 'heading 2', `<w:b/>${size(11)}`, spacing(240, 80, 'keepNext')),
    style('Meta', 'Meta', `<w:color w:val="57564F"/>${size(9)}`, spacing(0, 60)), style('Conclusion', 'Conclusion', `<w:b/>${size(10)}`, spacing(120, 40, 'keepNext')),
  ].join('');
  const parts = {
    '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${docxType}.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/_rels/document.xml.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    'word/styles.xml': `${head}<w:styles ${w}>${styles}</w:styles>`,
    'word/document.xml': `${head}<w:document ${w}><w:body>${body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>`,
  };
  return new Uint8Array(zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, new TextEncoder().encode(text)]))));
}

const lines = (all: readonly string[]): DocxValues[] => all.filter(Boolean).map((one) => ({ line: one }));
/** The minutes as a DOCX that can be worked on; what a text says is text, whatever signs are in it. */
export function minutesDocx(paper: MinutesData, quorum: string): Promise<Uint8Array<ArrayBuffer>> {
  const [keeper, chair] = paper.signatories;
  const paragraphs = (text: string | undefined): DocxValues[] => lines((text ?? '').split(/\n+/));
  return fillDocx(usualForm({ ...paper.labels, signatures: [keeper?.label ?? '', chair?.label ?? ''] }), {
    office: paper.office.name, cabinet: paper.office.cabinet ?? '', number: paper.number, date: paper.date, marking: paper.marking ?? '', body: paper.body, title: paper.title, subtitle: paper.subtitle, quorum, opening: paper.opening ?? '', closing: paper.closing ?? '',
    facts: paper.facts.filter((fact) => fact.value).map((fact) => ({ label: fact.label, value: fact.value })), attendance: paper.attendance.map((group) => ({ label: group.label, names: group.names.join('; ') })), agenda: paper.agenda.map((one) => ({ ...one })),
    points: paper.points.map((point) => ({
      number: point.number, title: point.title, meta: lines([point.meta ?? '']), texts: paragraphs(point.text), lines: lines([...(point.rows ?? []).map((row) => row.filter(Boolean).join(' · ')), ...point.lines]),
      conclusions: point.conclusions.map((one) => ({ title: one.title, text: one.text, owners: lines(one.owners) })),
    })),
    remarks: (paper.remarks ?? []).map((one) => ({ by: one.by, text: one.text, answer: one.answer ? `${paper.labels.answer}: ${one.answer}` : '' })), keeper: keeper?.name ?? '', chair: chair?.name ?? '',
  });
}
