import type { Tx } from '../../core/database.ts';
import { newId } from '../../core/id.ts';
import type { Module } from '../../core/module.ts';
import type { Office } from '../../core/office.ts';
import { addCertificate, addDemonstration, endingCertificate, listCertificates, retireCertificate } from './certificate.server.ts';
import { approveLetter, refuseLetter } from './chain.server.ts';
import { findField, namesIn } from './field.ts';
import { dropFile, previewLetter, readDocx, readLetterFile, takeFile } from './letter-file.server.ts';
import { followDispatch, listeners } from './letter-jobs.ts';
import { countLetters, getLetter, letterSources, lettersOfCase, listLetters } from './letter-list.server.ts';
import { changeLetter, recallLetter, submitLetter, withdrawLetter, writeLetter } from './letter.server.ts';
import { letterLifecycle } from './letter.ts';
import { addTemplate, addUsual, changeTemplate, listTemplates, readTemplateFile, retireTemplate } from './template.server.ts';
import { usualTemplates } from './usual-templates.ts';

/** The usual letters in the office's languages, so that a new office need not begin with an empty sheet. */
async function foundTemplates(db: Tx, office: Office): Promise<void> {
  const at = new Date();
  const rows = usualTemplates(office.locale).map((one) => ({
    office_id: office.id, id: newId(at), name: one.name, kind: 'text', locale: office.locale, subject: one.subject, body: one.body, fields: [...new Set(namesIn(`${one.subject} ${one.body}`).map((name) => findField(name)!))], at,
  }));
  if (rows.length > 0) await db.insertInto('letter_template').values(rows).execute();
}

export const correspondence: Module = {
  name: 'correspondence', level: 2, ofCase: [{ name: 'letter', table: 'letter' }], listeners, lifecycles: [letterLifecycle], found: foundTemplates,
  operations: [
    addTemplate, addUsual, changeTemplate, retireTemplate, listTemplates, readTemplateFile, writeLetter, changeLetter, submitLetter, recallLetter, withdrawLetter, approveLetter, refuseLetter, listLetters, countLetters, lettersOfCase, letterSources, getLetter,
    previewLetter, readDocx, takeFile, dropFile, readLetterFile, followDispatch, addCertificate, retireCertificate, listCertificates, endingCertificate, addDemonstration,
  ],
};
