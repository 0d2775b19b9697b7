import { writeLetter, submitLetter } from '../../src/modules/correspondence/letter.server.ts';
import { addTemplate } from '../../src/modules/correspondence/template.server.ts';
import { addDemonstration } from '../../src/modules/correspondence/certificate.server.ts';
import { takeFile } from '../../src/modules/correspondence/letter-file.server.ts';
import { plainDocx } from '../../src/core/docx.ts';
import { PDFDocument } from '@cantoo/pdf-lib';
import type { Examples, Extend } from '../world.ts';

const docx = () => ({ name: 'dopis.docx', bytes: plainDocx(['Поштовани,', 'Текст.']) });
const page = async (): Promise<Uint8Array<ArrayBuffer>> => {
  const document = await PDFDocument.create();
  document.addPage();
  return new Uint8Array(await document.save());
};
const to = [{ name: 'Ана Анић', address: 'Липова 4', way: 'post' as const }];

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, world) => {
  const chief = await office.as('chief');
  const templateId = (await office.run(addTemplate, chief, { name: 'Образац', kind: 'docx', locale: office.office.locale, file: docx() })).id;
  const letter = { caseId: world.caseId, subject: 'Допис', body: 'Текст.', recipients: to, signerId: world.deputyId };
  const letterId = (await office.run(writeLetter, chief, letter)).id;
  await office.run(takeFile, chief, { id: letterId, version: 1, file: docx() });
  const pdfLetterId = (await office.run(writeLetter, chief, letter)).id;
  await office.run(takeFile, chief, { id: pdfLetterId, version: 1, file: { name: 'dopis.pdf', bytes: await page() } });
  const submitted = await office.run(writeLetter, chief, letter);
  await office.run(submitLetter, chief, { id: submitted.id, version: 1, ...letter });
  const certificateId = (await office.run(addDemonstration, office.system(), {})).id;
  return { templateId, letterId, pdfLetterId, submittedLetterId: submitted.id, certificateId };
};

export const examples: Examples = {
  'template.add': () => ({ name: 'Образац', locale: 'en', body: 'Поштовани {addressee},' }), 'template.change': (w) => ({ id: w['templateId'], name: 'Образац', locale: 'en' }), 'template.retire': (w) => ({ id: w['templateId'] }), 'template.list': () => ({}), 'template.add_usual': () => ({}), 'template.read_file': (w) => ({ id: w['templateId'] }),
  'letter.write': (w) => ({ caseId: w.caseId, subject: 'Допис', signerId: w.deputyId, templateId: w['templateId'] }), 'letter.change': (w) => ({ id: w['letterId'], version: 2, subject: 'Други', signerId: w.deputyId }),
  'letter.submit': (w) => ({ id: w['letterId'], version: 2, subject: 'Допис', body: 'Текст.', recipients: to, signerId: w.deputyId }), 'letter.recall': (w) => ({ id: w['submittedLetterId'] }), 'letter.withdraw': (w) => ({ id: w['letterId'] }),
  'letter.approve': (w) => ({ id: w['submittedLetterId'], version: 2 }), 'letter.refuse': (w) => ({ id: w['submittedLetterId'], version: 2, comment: 'Допунити.' }), 'letter.list': () => ({}), 'letter.count': () => ({}), 'letter.of_case': (w) => ({ caseId: w.caseId }), 'letter.get': (w) => ({ id: w['letterId'] }),
  'letter.sources': (w) => ({ caseId: w.caseId }), 'letter.preview': (w) => ({ id: w['letterId'] }), 'letter.read_docx': (w) => ({ id: w['letterId'] }), 'letter.take_file': (w) => ({ id: w['letterId'], version: 2, file: docx() }), 'letter.drop_file': (w) => ({ id: w['pdfLetterId'], version: 2 }), 'letter.read_file': (w) => ({ id: w['letterId'] }), 'letter.follow_dispatch': (w) => ({ caseId: w.caseId }),
  'certificate.add': () => ({ file: { name: 'a.p12', bytes: new Uint8Array([1]) }, password: 'x' }), 'certificate.retire': (w) => ({ id: w['certificateId'] }), 'certificate.list': () => ({}), 'certificate.ending': () => ({}), 'certificate.add_demonstration': () => ({}),
};
