import { z } from 'zod';
import { sql } from '../../core/database.ts';
import { sniffUpload, type Upload } from '../../core/file.ts';
import { id } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { shrinkPicture } from '../../core/picture.ts';
import { notFound, wrong } from '../../core/refusal.ts';
import { keepers } from './party.server.ts';

const dotsAtMost = 480;
const taken = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif']);
const Picture = z.object({ name: z.string().min(1).max(300), bytes: z.union([z.instanceof(Uint8Array), z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')))]) });
const Done = z.object({ id: z.string() });
export const photographers = [...keepers, 'spokesperson', 'adviser', 'clerk'] as const;

const find = async ({ db, office }: Context, partyId: string) => {
  const row = await db.selectFrom('party').select(['id', 'photo_sha256']).where('office_id', '=', office.id).where('id', '=', partyId).forUpdate().executeTakeFirst();
  if (!row) throw notFound();
  return row;
};
/** The bytes of a picture that nothing names any more leave the store. */
async function letGo({ db, office, kernel }: Context, hash: string | null): Promise<void> {
  if (!hash) return;
  await db.selectFrom('file').select('sha256').where('office_id', '=', office.id).where('sha256', '=', hash).forUpdate().execute();
  const { needed } = (await sql<{ needed: boolean }>`select is_file_needed(${hash}) as needed`.execute(db)).rows[0]!;
  if (!needed) await kernel.files.remove(office.id, hash);
}

export const setPhoto = operation({
  id: 'party.set_photo', kind: 'command', rest: 'POST /parties/{id}/photo', allow: [...photographers],
  summary: 'A picture by which who leads knows whom they meet: kept small and upright, and without what the camera wrote beside it.',
  input: z.object({ id: id(), photo: Picture }),
  output: Done,
  async run(context, input) {
    const { db, office, kernel } = context;
    const before = await find(context, input.id);
    const file = await sniffUpload(input.photo as Upload);
    if ('key' in file) throw wrong({ photo: file });
    if (!taken.has(file.mediaType)) throw wrong({ photo: { key: 'field.photo' } });
    const picture = await shrinkPicture(file.bytes, dotsAtMost).catch(() => null);
    if (!picture) throw wrong({ photo: { key: 'field.photo' } });
    const hash = await kernel.files.put(office.id, picture);
    await db.insertInto('file').values({ office_id: office.id, sha256: hash, size: picture.length, media_type: 'image/jpeg' }).onConflict((conflict) => conflict.doNothing()).execute();
    await db.updateTable('party').set({ photo_sha256: hash }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    if (before.photo_sha256 !== hash) await letGo(context, before.photo_sha256);
    context.record({ name: 'party.photographed', nounId: input.id });
    return { id: input.id };
  },
});

export const dropPhoto = operation({
  id: 'party.drop_photo', kind: 'command', rest: 'DELETE /parties/{id}/photo', allow: [...photographers],
  summary: 'Takes the picture of a party away.',
  input: z.object({ id: id() }),
  output: Done,
  async run(context, input) {
    const { db, office } = context;
    const before = await find(context, input.id);
    await db.updateTable('party').set({ photo_sha256: null }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    await letGo(context, before.photo_sha256);
    context.record({ name: 'party.photo_dropped', nounId: input.id });
    return { id: input.id };
  },
});

export const getPhoto = operation({
  id: 'party.get_photo', kind: 'query', rest: 'GET /parties/{id}/photo', allow: ['staff'],
  summary: 'The picture of a party in base64, for whoever may see the party.',
  input: z.object({ id: id() }),
  output: z.object({ mediaType: z.string(), content: z.string() }),
  async run({ db, office, kernel }, input) {
    const row = await db.selectFrom('party').select('photo_sha256').where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row?.photo_sha256) throw notFound();
    return { mediaType: 'image/jpeg', content: Buffer.from(await kernel.files.get(office.id, row.photo_sha256)).toString('base64') };
  },
});
