import { z } from 'zod';
import { dayIn } from '../../core/day.ts';
import { id } from '../../core/input.ts';
import { textIn } from '../../core/message.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow } from '../../core/refusal.ts';

import type { ZipEntry } from '../../core/zip.ts';
import about from '../../../package.json' with { type: 'json' };
import { composeSip, type SipCase } from './sip.ts';

async function readCases({ db, office }: Pick<Context, 'db' | 'office'>, disposalId: string, until: Date): Promise<SipCase[]> {
  const { locale, jurisdiction } = office;
  const on = (at: Date): string => dayIn(jurisdiction.timeZone, at);
  const rows = await db.selectFrom('disposal_item as x').innerJoin('archive_item as i', (join) => join.onRef('i.office_id', '=', 'x.office_id').onRef('i.case_id', '=', 'x.case_id')).innerJoin('case_file as c', (join) => join.onRef('c.office_id', '=', 'x.office_id').onRef('c.id', '=', 'x.case_id'))
    .leftJoin('party as p', (join) => join.onRef('p.office_id', '=', 'c.office_id').onRef('p.id', '=', 'c.party_id'))
    .select(['c.id', 'i.number', 'c.reference', 'c.subject', 'i.class_code', 'c.unit_id', 'p.name as party', 'c.access', 'c.opened_at', 'i.closed_on']).where('x.office_id', '=', office.id).where('x.disposal_id', '=', disposalId).orderBy('i.number').execute();
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const papers = await db.selectFrom('entry').select(['case_id', 'sub', 'reference', 'direction', 'subject', 'body', 'at']).where('office_id', '=', office.id).where('case_id', 'in', ids).orderBy('case_id').orderBy('sub').execute();
  // The first paper of a petition is the petition itself.
  const letters = new Map((await db.selectFrom('petition').select(['id', 'body']).where('office_id', '=', office.id).where('id', 'in', ids).execute()).map((one) => [one.id, one.body]));
  const documents = await db.selectFrom('document').select(['id', 'case_id', 'title', 'file_name', 'media_type', 'sha256', 'size', 'at', 'lasting_form', 'lasting_sha256', 'lasting_size']).where('office_id', '=', office.id).where('case_id', 'in', ids).where('destroyed_at', 'is', null).orderBy('at').orderBy('id').execute();
  const events = await db.selectFrom('event').select(['id', 'case_id', 'name', 'at', 'person_id']).where('office_id', '=', office.id).where('case_id', 'in', ids).where('at', '<=', until).orderBy('at').orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id, number: row.number, reference: row.reference, subject: row.subject, classCode: row.class_code, className: textIn(office.data.classes.find((one) => one.code === row.class_code)?.name, locale), unit: textIn(office.data.units.find((one) => one.id === row.unit_id)?.name, locale) || textIn(office.data.name, locale),
    party: row.party ?? '', access: row.access, openedOn: on(row.opened_at), closedOn: row.closed_on ?? '',
    papers: papers.filter((one) => one.case_id === row.id).map((one) => ({ reference: one.reference, direction: one.direction, subject: one.subject, on: on(one.at), text: one.body || (one.sub === 1 ? letters.get(row.id) ?? '' : '') })),
    documents: documents.filter((one) => one.case_id === row.id).map((one) => ({
      id: one.id, title: one.title, fileName: one.file_name, mediaType: one.media_type, sha256: one.sha256, size: one.size, at: one.at, form: one.lasting_form, lasting: one.lasting_sha256 ? { sha256: one.lasting_sha256, size: one.lasting_size ?? 0 } : null,
    })),
    events: events.filter((one) => one.case_id === row.id).map((one) => ({ id: one.id, name: one.name, at: one.at, by: one.person_id ?? '' })),
  }));
}

export const makePackage = operation({
  // No path: the package is a stream, and is as large as what it holds. Only who sees the whole office gets it whole.
  id: 'disposal.package', kind: 'query', allow: ['chief', 'mayor'],
  summary: 'The package of a hand-over (E-ARK SIP): every file with its size and hash, METS and PREMIS over them; the same list gives the same bytes.',
  input: z.object({ id: id() }),
  output: z.object({ fileName: z.string(), metsSha256: z.string(), entries: z.custom<readonly ZipEntry[]>() }),
  async run({ db, office, kernel }, input) {
    const row = await db.selectFrom('disposal as d').leftJoin('file as f', (join) => join.onRef('f.office_id', '=', 'd.office_id').onRef('f.sha256', '=', 'd.consent_sha256'))
      .select(['d.id', 'd.number', 'd.kind', 'd.state', 'd.consent_reference', 'd.consent_on', 'd.consented_at', 'd.consent_sha256', 'd.consent_name', 'f.size', 'f.media_type']).where('d.office_id', '=', office.id).where('d.id', '=', input.id).executeTakeFirst();
    if (!row || row.kind !== 'hand_over') throw notFound();
    if (!row.consented_at || (row.state !== 'consented' && row.state !== 'done')) throw notNow('error.archive.no_consent');
    const sip = composeSip({
      id: `kabinet-${office.slug}-${row.number}`, label: `${textIn(office.data.name, office.locale)}, ${row.number}`, at: row.consented_at, language: office.locale, office: { id: office.slug, name: textIn(office.data.name, office.locale) }, version: about.version, consent: { reference: row.consent_reference, on: row.consent_on ?? '' },
      consentPaper: row.consent_sha256 ? { fileName: row.consent_name, mediaType: row.media_type ?? '', sha256: row.consent_sha256, size: row.size ?? 0 } : null, cases: await readCases({ db, office }, row.id, row.consented_at),
    });
    return {
      fileName: `${sip.root}.zip`, metsSha256: sip.files.at(-1)!.sha256,
      entries: sip.files.map((file) => ({ path: `${sip.root}/${file.path}`, at: file.at, read: () => file.bytes ?? kernel.files.get(office.id, file.sha256) })),
    };
  },
});
