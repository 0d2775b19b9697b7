import { z } from 'zod';
import { id, seenVersion } from '../../core/input.ts';
import { operation } from '../../core/operation.ts';
import { sql } from '../../core/database.ts';
import { getCaseFile } from '../registry/index.ts';
import { getHead, PackView, readPack } from './pack-view.server.ts';

// After that many days the PDF is let go: it holds copies of papers whose own time to be kept is another. It can be made again.
const daysKept = 30;
const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const papersAtMost = 200 * 1024 * 1024;

export const readPrint = operation({
  id: 'pack.read_print', kind: 'query', allow: ['staff'],
  summary: 'What the PDF of a pack is made of, as far as the caller may see it: the pack, the photographs, and the contents of its papers.',
  input: z.object({ id: id() }),
  output: z.object({ pack: PackView, photos: z.record(z.string(), Bytes), papers: z.array(z.object({ partId: z.string(), mediaType: z.string(), bytes: Bytes.nullable() })) }),
  async run(context, input) {
    const { db, office, kernel } = context;
    const pack = await readPack(context, input.id);
    const partyIds = pack.people.filter((one) => one.hasPhoto).map((one) => one.partyId!);
    const pictures = partyIds.length === 0 ? [] : await db.selectFrom('party').select(['id', 'photo_sha256']).where('office_id', '=', office.id).where('id', 'in', partyIds).where('photo_sha256', 'is not', null).execute();
    const photos: Record<string, Uint8Array> = {};
    for (const one of pictures) {
      const bytes = await kernel.files.get(office.id, one.photo_sha256!).catch(() => null);
      if (bytes) photos[one.id] = new Uint8Array(bytes);
    }
    const papers: { partId: string; mediaType: string; bytes: Uint8Array | null }[] = [];
    let size = 0;
    for (const part of pack.parts) {
      if (!part.document) continue;
      const row = await db.selectFrom('document').select('sha256').where('office_id', '=', office.id).where('id', '=', part.document.id).executeTakeFirstOrThrow();
      size += part.document.size;
      const bytes = size > papersAtMost ? null : await kernel.files.get(office.id, row.sha256).catch(() => null);
      papers.push({ partId: part.id, mediaType: part.document.mediaType, bytes: bytes && new Uint8Array(bytes) });
    }
    return { pack, photos, papers };
  },
});

export const keepPrint = operation({
  id: 'pack.keep_print', kind: 'command', allow: [],
  summary: 'Keeps the PDF of a pack as it was in this version; a later change makes it stale.',
  input: z.object({ id: id(), version: seenVersion(), bytes: Bytes }),
  output: z.object({}),
  async run(context, input) {
    const { db, office, kernel, now } = context;
    const pack = await getHead(context, input.id, true);
    if (pack.version === input.version) {
      const hash = await kernel.files.put(office.id, input.bytes);
      await db.insertInto('file').values({ office_id: office.id, sha256: hash, size: input.bytes.length, media_type: 'application/pdf' }).onConflict((conflict) => conflict.doNothing()).execute();
      await db.updateTable('pack').set({ sha256: hash, made_version: input.version, made_at: now }).where('office_id', '=', office.id).where('id', '=', pack.id).execute();
    }
    context.record({ name: 'pack.printed', nounId: pack.id });
    return {};
  },
});

export const findPrint = operation({
  id: 'pack.find_print', kind: 'query', allow: ['mayor', 'chief'],
  summary: 'The kept PDF of a pack where it is still as the pack is. It was made with everything in it: only who sees everything is given it.',
  input: z.object({ id: id() }),
  output: z.object({ bytes: Bytes.nullable() }),
  async run(context, input) {
    const { office, kernel } = context;
    const pack = await getHead(context, input.id);
    const bytes = pack.sha256 && pack.made_version === pack.version ? await kernel.files.get(office.id, pack.sha256).catch(() => null) : null;
    return { bytes: bytes && new Uint8Array(bytes) };
  },
});

export const guardPacks = operation({
  id: 'pack.guard', kind: 'command', allow: [],
  summary: 'What holds a paper, a reply or an obligation of a case that became confidential is kept on no phone any more.',
  input: z.object({ caseId: id() }), output: z.object({ packs: z.number() }),
  async run(context, input) {
    const { db, office } = context;
    await getCaseFile(context, input.caseId);
    const changed = await sql`update pack p set is_kept = false, version = version + 1 where p.office_id = ${office.id} and p.is_kept and exists (select 1 from pack_part x where x.office_id = p.office_id and x.pack_id = p.id and (
      x.document_id in (select d.id from document d where d.office_id = p.office_id and d.case_id = ${input.caseId}::uuid) or x.contribution_id in (select k.id from contribution k where k.office_id = p.office_id and k.case_id = ${input.caseId}::uuid)
      or x.obligation_id in (select o.id from obligation o where o.office_id = p.office_id and o.case_id = ${input.caseId}::uuid)))`.execute(db);
    context.record({ name: 'pack.guarded' });
    return { packs: Number(changed.numAffectedRows ?? 0) };
  },
});

export const forgetPrints = operation({
  id: 'pack.forget_prints', kind: 'command', allow: [],
  summary: 'Lets go of the PDFs of packs whose engagement is past for a month.',
  input: z.object({}), output: z.object({ forgotten: z.number() }),
  async run(context) {
    const { db, office, now, kernel } = context;
    const before = new Date(now.getTime() - daysKept * 86_400_000);
    const old = await sql<{ id: string; sha256: string }>`select p.id, p.sha256 from pack p join engagement e on e.office_id = p.office_id and e.id = p.engagement_id where p.office_id = ${office.id} and p.sha256 is not null and greatest(p.recurrence_at, case when e.rule = '' then e.ends_at else p.recurrence_at end, p.made_at) < ${before} limit 200`.execute(db);
    for (const row of old.rows) await db.updateTable('pack').set({ sha256: null, made_version: null }).where('office_id', '=', office.id).where('id', '=', row.id).execute();
    for (const hash of new Set(old.rows.map((row) => row.sha256))) {
      await db.selectFrom('file').select('sha256').where('office_id', '=', office.id).where('sha256', '=', hash).forUpdate().execute();
      const { needed } = (await sql<{ needed: boolean }>`select is_file_needed(${hash}) as needed`.execute(db)).rows[0]!;
      if (!needed) await kernel.files.remove(office.id, hash);
    }
    context.record({ name: 'pack.prints_forgotten', data: { count: old.rows.length } });
    return { forgotten: old.rows.length };
  },
});
