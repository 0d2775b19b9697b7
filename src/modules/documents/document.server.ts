import { z } from 'zod';
import { filesAtMost, sniffUpload, type Sniffed, type Upload } from '../../core/file.ts';
import { id } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong, type FieldErrors } from '../../core/refusal.ts';

export type DocumentKind = 'received' | 'scan' | 'message' | 'answer' | 'notice' | 'contribution' | 'added' | 'letter' | 'proof' | 'note' | 'package';
/** An upload in an operation's input: a name and the bytes, or base64 over REST. */
export const UploadInput = z.object({
  name: z.string().min(1).max(300),
  bytes: z.union([z.instanceof(Uint8Array), z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')))]),
});
export const UploadList = z.array(UploadInput).default([]);

/** The uploads with their true types; refuses with a message at `field` for the first that cannot be taken. */
export async function takeUploads(uploads: readonly Upload[], field = 'files'): Promise<Sniffed[]> {
  const errors: FieldErrors = {};
  if (uploads.length > filesAtMost) errors[field] = { key: 'field.files_many', args: { max: filesAtMost } };
  const taken: Sniffed[] = [];
  for (const upload of uploads) {
    const found = await sniffUpload(upload);
    if ('key' in found) errors[field] ??= found;
    else taken.push(found);
  }
  if (errors[field]) throw wrong(errors);
  return taken;
}

export type NewDocument = { caseId: string; entryId?: string | null; kind: DocumentKind; title?: string; file: Sniffed; isOpen?: boolean };

/** Keeps a file and its record on a case. */
export async function addDocument(context: Context, document: NewDocument): Promise<string> {
  const { db, office, kernel, now, caller } = context;
  const sha256 = await kernel.files.put(office.id, document.file.bytes);
  await db.insertInto('file').values({ office_id: office.id, sha256, size: document.file.bytes.length, media_type: document.file.mediaType })
    .onConflict((conflict) => conflict.doNothing()).execute();
  const documentId = context.newId();
  await db.insertInto('document').values({
    office_id: office.id, id: documentId, case_id: document.caseId, entry_id: document.entryId ?? null, kind: document.kind, title: document.title ?? document.file.name,
    file_name: document.file.name, sha256, media_type: document.file.mediaType, size: document.file.bytes.length, is_open: document.isOpen ?? false, created_by: caller.personId, at: now,
  }).execute();
  return documentId;
}

export const DocumentRow = z.object({
  id: z.string(), kind: z.string(), title: z.string(), fileName: z.string(), mediaType: z.string(), size: z.number(), isOpen: z.boolean(), at: z.date(), destroyedAt: z.date().nullable(),
});
export type DocumentRow = z.infer<typeof DocumentRow>;

/** The documents of a case that the caller may see, oldest first. */
export async function listDocuments({ db, office }: Pick<Context, 'db' | 'office'>, caseId: string): Promise<DocumentRow[]> {
  const rows = await db.selectFrom('document').select(['id', 'kind', 'title', 'file_name', 'media_type', 'size', 'is_open', 'at', 'destroyed_at']).where('office_id', '=', office.id).where('case_id', '=', caseId)
    .orderBy('at').orderBy('id').execute();
  return rows.map((row) => ({ id: row.id, kind: row.kind, title: row.title, fileName: row.file_name, mediaType: row.media_type, size: row.size, isOpen: row.is_open, at: row.at, destroyedAt: row.destroyed_at }));
}

export const getDocument = operation({
  id: 'document.get', kind: 'query', rest: 'GET /documents/{id}', allow: ['staff', 'petitioner'],
  summary: 'A document of a case with its content in base64; as easy to reach as its case and no easier.',
  input: z.object({ id: id() }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run({ db, office, kernel }, input) {
    const row = await db.selectFrom('document').select(['file_name', 'media_type', 'sha256', 'destroyed_at']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    if (row.destroyed_at) throw notNow('error.document_destroyed');
    const bytes = await kernel.files.get(office.id, row.sha256);
    return { fileName: row.file_name, mediaType: row.media_type, content: Buffer.from(bytes).toString('base64') };
  },
});
