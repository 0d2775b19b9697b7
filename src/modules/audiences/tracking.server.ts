import { z } from 'zod';
import { textIn } from '../../core/message.ts';
import { normaliseTrackingCode } from '../../core/number.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, wrong } from '../../core/refusal.ts';
import { hashToken, openText } from '../../core/secret.ts';
import { actsIn } from '../../core/lifecycle.ts';
import { lifecycle, states } from './audience.ts';
import { findAudience, type Audience } from './audience.server.ts';

export const findAudienceByCode = operation({
  id: 'audience.find_by_code', kind: 'query', rest: 'GET /audiences/tracking/{code}', allow: ['public', 'petitioner'], asOffice: true,
  summary: 'The case of an audience code, typed in any case, with or without dashes, in either script.',
  input: z.object({ code: z.string().max(200) }), output: z.object({ caseId: z.string() }),
  async run({ db, office }, input) {
    const code = normaliseTrackingCode(input.code);
    if (!code) throw wrong({ code: { key: 'field.code_shape' } });
    const row = await db.selectFrom('audience').select('case_id').where('office_id', '=', office.id).where('code_hash', '=', hashToken(code)).executeTakeFirst();
    if (!row) throw wrong({ code: { key: 'field.code_unknown' } });
    return { caseId: row.case_id };
  },
});

async function own(context: Context): Promise<Audience> {
  const audience = context.caller.caseId ? await findAudience(context, { caseId: context.caller.caseId }) : null;
  if (!audience) throw notFound();
  return audience;
}

export const trackAudience = operation({
  id: 'audience.track', kind: 'query', rest: 'GET /audiences/tracking', allow: ['petitioner'], asOffice: true,
  summary: 'What whoever asked to be received may know: state, time and place, who receives, the answer, and what can be done now.',
  input: z.object({}),
  output: z.object({
    id: z.string(), number: z.number(), year: z.number(), reference: z.string(), code: z.string(), state: z.enum(states), topic: z.string(), purpose: z.string(), contactBy: z.string(), at: z.date(), host: z.string(), hostTitle: z.string(), place: z.string(), startsAt: z.date().nullable(),
    unit: z.string(), reason: z.string(), replyDueOn: z.string().nullable(), answer: z.string(), answeredAt: z.date().nullable(), hasAnswerFile: z.boolean(), confirmedAt: z.date().nullable(), endedAt: z.date().nullable(), acts: z.array(z.string()),
  }),
  async run(context) {
    const { db, office, caller } = context;
    const audience = await own(context);
    const row = await db.selectFrom('audience').select('code_sealed').where('office_id', '=', office.id).where('id', '=', audience.id).executeTakeFirst();
    const host = audience.hostId ? await db.selectFrom('person').select('title').where('office_id', '=', office.id).where('id', '=', audience.hostId).executeTakeFirst() : undefined;
    const told = ['redirected', 'declined'].includes(audience.state);
    return {
      id: audience.id, number: audience.number, year: audience.year, reference: audience.reference, code: row?.code_sealed ? openText(row.code_sealed) : '', state: audience.state, topic: textIn(office.data.areas.find((one) => one.id === audience.topic)?.name, caller.locale), purpose: audience.purpose, contactBy: audience.contactBy, at: audience.at,
      host: audience.slotId ? audience.host : '', hostTitle: audience.slotId && host ? textIn(host.title as Record<string, string>, caller.locale) : '', place: audience.place || office.data.address, startsAt: audience.startsAt,
      unit: audience.state === 'redirected' ? textIn(office.data.units.find((one) => one.id === audience.unitId)?.name, caller.locale) : '', reason: told ? audience.reason : '', replyDueOn: audience.replyDueOn, answer: audience.answer, answeredAt: audience.answeredAt,
      hasAnswerFile: (await answerFile(context, audience)) !== undefined, confirmedAt: audience.confirmedAt, endedAt: audience.endedAt, acts: actsIn(lifecycle, audience.state).filter((act) => ['confirm', 'ask_other', 'withdraw'].includes(act)),
    };
  },
});

const answerFile = ({ db, office }: Context, audience: Audience) => (audience.answerEntryId
  ? db.selectFrom('document').select(['file_name', 'media_type', 'sha256']).where('office_id', '=', office.id).where('case_id', '=', audience.caseId).where('entry_id', '=', audience.answerEntryId).where('kind', '=', 'letter').where('destroyed_at', 'is', null).orderBy('at').limit(1).executeTakeFirst()
  : Promise.resolve(undefined));

export const readAudienceAnswer = operation({
  id: 'audience.read_answer', kind: 'query', allow: ['petitioner'], asOffice: true,
  summary: 'The written answer as it was sent, for whoever was received.',
  input: z.object({}), output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run(context) {
    const found = await answerFile(context, await own(context));
    if (!found) throw notFound();
    return { fileName: found.file_name, mediaType: found.media_type, content: Buffer.from(await context.kernel.files.get(context.office.id, found.sha256)).toString('base64') };
  },
});
