import { z } from 'zod';
import { dayIn } from '../../core/day.ts';
import { choice, id, optionalLine } from '../../core/input.ts';
import { isLocaleId } from '../../core/language.ts';
import { trackingCode } from '../../core/number.ts';
import { operation } from '../../core/operation.ts';
import { notNow, wrong } from '../../core/refusal.ts';
import { hashToken, sealText } from '../../core/secret.ts';
import { getCaseFile, startClock } from '../registry/index.ts';
import { textKey } from './intake.server.ts';
import { channels, kinds, replyWays } from './petition.ts';

const channelOf = (channel: string): string => channels.find((one) => one === channel) ?? 'letter';

export const adoptPetition = operation({
  id: 'petition.adopt', kind: 'command', rest: 'POST /cases/{id}/adopt', allow: ['registrar', 'citizens', 'chief', 'clerk', 'adviser', 'head'],
  summary: 'Treats a registered paper as a petition under the number it has: its clock runs from the day on which it came, and the petitioner gets a tracking code.',
  input: z.object({ id: id(), kind: choice(kinds).default('request'), area: optionalLine(60), replyBy: choice(['', ...replyWays]).default(''), locale: optionalLine(20) }),
  output: z.object({ id: z.string(), reference: z.string(), code: z.string(), answerBy: z.string() }),
  async run(context, input) {
    const { db, office } = context;
    const file = await getCaseFile(context, input.id, true);
    const entry = await db.selectFrom('entry').select(['id', 'direction', 'channel', 'body', 'at', 'received_on']).where('office_id', '=', office.id).where('case_id', '=', file.id).where('sub', '=', 1).executeTakeFirst();
    if (file.kind !== 'paper' || file.closedAt || file.annulledAt || entry?.direction !== 'in') throw notNow('error.not_a_petition');
    const area = office.data.areas.find((one) => one.id === input.area) ?? null;
    if (input.area && !area) throw wrong({ area: { key: 'field.choose' } });
    const party = file.partyId ? await db.selectFrom('party').select(['name', 'email', 'address', 'locale']).where('office_id', '=', office.id).where('id', '=', file.partyId).executeTakeFirst() : undefined;
    if (input.replyBy === 'email' && !party?.email) throw wrong({ replyBy: { key: 'field.email_for_reply' } });
    if (input.replyBy === 'post' && !party?.address) throw wrong({ replyBy: { key: 'field.address_for_reply' } });
    const replyBy = input.replyBy || (party?.email ? 'email' : party?.address ? 'post' : 'pickup');
    const locale = [input.locale, party?.locale ?? ''].find(isLocaleId) ?? office.locale;
    const answerBy = await startClock(context, file.id, 'petition.reply', entry.received_on ?? dayIn(office.jurisdiction.timeZone, entry.at));
    const code = trackingCode();
    await db.insertInto('petition').values({
      office_id: office.id, id: file.id, kind: input.kind, state: file.unitId ? 'assigned' : 'registered', channel: channelOf(entry.channel), body: entry.body, place: '', area: area?.id ?? null, reply_by: replyBy, locale, is_anonymous: !party, may_publish: false,
      tracking_hash: hashToken(code), tracking_sealed: sealText(code), text_key: textKey(entry.body, file.id), registered_at: file.openedAt,
    }).execute();
    await db.updateTable('case_file').set({ kind: 'petition', ...(area ? { class_code: area.class } : {}) }).where('office_id', '=', office.id).where('id', '=', file.id).execute();
    await db.updateTable('search_entry').set({ noun: 'petition' }).where('office_id', '=', office.id).where('id', '=', file.id).execute();
    // What a petitioner sent the petitioner may see.
    await db.updateTable('document').set({ is_open: true }).where('office_id', '=', office.id).where('case_id', '=', file.id).where('entry_id', '=', entry.id).execute();
    context.record({ name: 'petition.adopted', nounId: file.id, caseId: file.id, data: { channel: entry.channel, reference: file.reference, kind: input.kind, replyBy } });
    return { id: file.id, reference: file.reference, code, answerBy };
  },
});
