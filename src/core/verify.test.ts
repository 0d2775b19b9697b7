import { expect, test } from '../../test/office.ts';
import { registerPaper } from '../modules/registry/paper.server.ts';
import { getCase } from '../modules/registry/case.server.ts';
import type { Tx } from './database.ts';
import { verifyOffice } from './verify.ts';

test('what lies beside the papers is proven like them: evidence, approved plans, pictures and kept packs; and nothing of it is erased while it is named', async ({ office }) => {
  const { kernel, office: home } = office;
  const chief = await office.as('chief');
  const paper = await office.run(registerPaper, chief, { subject: 'Молба', name: 'Ана Анић' });
  const partyId = (await office.run(getCase, chief, { id: paper.id })).party!.id;
  const [calendarId, engagementId, planId, obligationId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const base = { office_id: home.id };
  const at = new Date();
  const keep = async (db: Tx, words: string): Promise<{ sha256: string; size: number }> => {
    const bytes = new Uint8Array(Buffer.from(words));
    const sha256 = await kernel.files.put(home.id, bytes);
    await db.insertInto('file').values({ ...base, sha256, size: bytes.length, media_type: 'text/plain' }).execute();
    return { sha256, size: bytes.length };
  };
  const kept = await office.within(async (db) => {
    const [evidence, plan, picture, pack, destroyed] = [await keep(db, 'доказ'), await keep(db, 'план'), await keep(db, 'слика'), await keep(db, 'припрема'), await keep(db, 'уништено')];
    await db.insertInto('obligation').values({ ...base, id: obligationId, source: 'order', text: 'Провјерити', given_by: chief.personId, state: 'open', at }).execute();
    const proof = { ...base, obligation_id: obligationId, name: 'dokaz.txt', media_type: 'text/plain', at };
    await db.insertInto('obligation_evidence').values([{ ...proof, ...evidence, id: crypto.randomUUID() }, { ...proof, ...destroyed, id: crypto.randomUUID(), destroyed_at: at }]).execute();
    await db.insertInto('plan').values({ ...base, id: planId, period: 'week', from_on: '2026-03-09', until_on: '2026-03-15', version: 1, calendars: [], state: 'approved', prepared_at: at }).execute();
    await db.insertInto('plan_copy').values({ ...base, plan_id: planId, audience: 'internal', content: '{}', sha256: plan.sha256 }).execute();
    await db.updateTable('party').set({ photo_sha256: picture.sha256 }).where('office_id', '=', home.id).where('id', '=', partyId).execute();
    await db.insertInto('calendar').values({ ...base, id: calendarId, kind: 'office', name: 'Сала', at }).execute();
    await db.insertInto('engagement').values({ ...base, id: engagementId, calendar_id: calendarId, uid: engagementId, kind: 'meeting', title: 'Састанак', starts_at: at, ends_at: at, time_zone: 'Europe/Podgorica', created_at: at, changed_at: at, visibility: 'private' }).execute();
    await db.insertInto('pack').values({ ...base, id: crypto.randomUUID(), engagement_id: engagementId, recurrence_at: at, sha256: pack.sha256, at, changed_at: at }).execute();
    return { named: [evidence.sha256, plan.sha256, picture.sha256, pack.sha256], destroyed: destroyed.sha256 };
  });
  const isNeeded = (hash: string) => office.within(async (db) => (await db.selectNoFrom((eb) => eb.fn<boolean>('is_file_needed', [eb.val(hash)]).as('needed')).executeTakeFirstOrThrow()).needed);
  for (const hash of kept.named) expect(await isNeeded(hash)).toBe(true);
  expect(await isNeeded(kept.destroyed)).toBe(false);
  await kernel.files.remove(home.id, kept.destroyed);
  const whole = await verifyOffice(kernel, home);
  expect([whole.faults, whole.files]).toEqual([[], 4]);
  for (const hash of kept.named) await kernel.files.remove(home.id, hash);
  expect((await verifyOffice(kernel, home)).faults).toEqual([
    `engagement ${engagementId}: the file of the pack is missing`, `obligation ${obligationId}: the file of dokaz.txt is missing`, `party ${partyId}: the file of the picture is missing`, 'plan of the week 2026-03-09: the file of the internal version is missing',
  ]);
});
