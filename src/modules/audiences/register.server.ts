import { z } from 'zod';

import { sql } from '../../core/database.ts';
import { partsOf } from '../../core/day.ts';
import type { Sniffed } from '../../core/file.ts';
import { check, choice, day, id, line, optionalEmail, optionalId, optionalLine, optionalText, say, text } from '../../core/input.ts';
import { isLocaleId } from '../../core/language.ts';
import { textIn, translator } from '../../core/message.ts';
import { trackingCode } from '../../core/number.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong } from '../../core/refusal.ts';
import { hashToken, sealText } from '../../core/secret.ts';
import { findOrAddParty, hasParty } from '../directory/index.ts';
import { takeUploads, UploadList } from '../documents/index.ts';
import { getCaseFile, involve, openPaper } from '../registry/index.ts';
import { channels, contactWays, needs, receptionUnit, registrars, type Channel, type State } from './audience.ts';
import { findAudience } from './audience.server.ts';
import { notify } from './notice.server.ts';

export const purposeAtMost = 4000;
const needList = () => z.union([z.string().transform((one) => (one ? one.split(',') : [])), z.array(z.string())]).default([]).pipe(z.array(choice(needs)).max(needs.length));
const peopleCount = () => z.union([z.literal('').transform(() => 1), z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(50, say('field.number'))]).default(1);
const wishes = { wishedHostId: optionalId(), wishedOn: z.union([z.literal(''), day()]).default(''), wished: optionalLine(300), people: peopleCount(), companions: optionalLine(300), needs: needList() };
const contact = {
  name: line(200), organisation: check(), email: optionalEmail(), phone: optionalLine(60), address: optionalLine(300), town: optionalLine(100), contactBy: choice(contactWays), locale: optionalLine(20),
};
const common = { topic: optionalLine(60), purpose: text(purposeAtMost), ...wishes, ...contact, files: UploadList };
const Registered = z.object({ id: z.string(), caseId: z.string(), reference: z.string(), number: z.number(), year: z.number(), code: z.string() });
type Registered = z.infer<typeof Registered>;

type Asked = Omit<z.output<z.ZodObject<typeof common>>, 'files' | 'organisation'> & { organisation: boolean; files: Sniffed[]; channel: Channel; partyId: string | null; confidential: boolean; state: State; caseId?: string };

const paperChannels = { web: 'web', phone: 'phone', counter: 'counter', centre: 'counter', letter: 'letter', email: 'email' } as const;

/** Whoever leads and receives: the mayor and the deputies. */
export const listHosts = ({ db, office }: Pick<Context, 'db' | 'office'>) =>
  db.selectFrom('person').select(['id', 'name', 'title', 'roles']).where('office_id', '=', office.id).where('is_active', '=', true).where(sql<boolean>`roles && array['mayor', 'deputy']`).orderBy(sql`not 'mayor' = any (roles)`).orderBy('name').execute();

async function checkWishes(context: Context, asked: { topic: string; wishedHostId: string | null }): Promise<void> {
  if (asked.topic && !context.office.data.areas.some((one) => one.id === asked.topic)) throw wrong({ topic: { key: 'field.choose' } });
  if (asked.wishedHostId && !(await listHosts(context)).some((host) => host.id === asked.wishedHostId)) throw wrong({ wishedHostId: { key: 'field.choose' } });
}
/** What the way of telling needs: an address to tell it to. */
function checkContact(asked: { contactBy: string; email: string; phone: string; address: string }): void {
  if (asked.contactBy === 'email' && !asked.email) throw wrong({ email: { key: 'field.email_for_reply' } });
  if (asked.contactBy === 'phone' && !asked.phone) throw wrong({ phone: { key: 'field.phone_for_reply' } });
  if (asked.contactBy === 'post' && !asked.address) throw wrong({ address: { key: 'field.address_for_reply' } });
}

/** The next number of the year; its counter is locked until the commit. */
async function takeNumber({ db, office }: Context, year: number): Promise<number> {
  const row = await db.insertInto('audience_year').values({ office_id: office.id, year, last_number: 1 })
    .onConflict((conflict) => conflict.columns(['office_id', 'year']).doUpdateSet({ last_number: sql`audience_year.last_number + 1` })).returning('last_number').executeTakeFirstOrThrow();
  return row.last_number;
}

/** Opens the case and enters who asks: numbers last. */
async function register(context: Context, asked: Asked): Promise<Registered> {
  const { db, office, caller, now, today } = context;
  await checkWishes(context, asked);
  const area = office.data.areas.find((one) => one.id === asked.topic);
  const locale = isLocaleId(asked.locale) ? asked.locale : caller.kind === 'person' ? office.locale : caller.locale;
  const t = translator(office.locale);
  const code = trackingCode();
  const audienceId = context.newId();
  const unit = asked.confidential ? null : receptionUnit(office);
  const partyId = asked.caseId ? asked.partyId : (asked.partyId ?? (await findOrAddParty(context, { name: asked.name, kind: asked.organisation ? 'organisation' : 'person', email: asked.email, phone: asked.phone, address: asked.address, place: asked.town, locale })));
  const file = asked.caseId ? { id: asked.caseId, reference: (await getCaseFile(context, asked.caseId)).reference } : await openPaper(context, {
    direction: 'in', channel: paperChannels[asked.channel], subject: area ? t('audience.subject', { topic: textIn(area.name, office.locale) }) : t('audience.subject.plain'), body: asked.purpose, partyId, receivedOn: today, sender: asked.name, files: asked.files,
    fileKind: asked.channel === 'letter' ? 'scan' : 'received', classCode: office.data.numbering.audiences ?? '', unitId: unit, access: asked.confidential ? 'confidential' : 'office',
  });
  if (asked.caseId) await involve(context, asked.caseId, [unit]);
  // Whoever is asked for sees what is confidential as well.
  if (asked.confidential && asked.wishedHostId) await involve(context, file.id, [asked.wishedHostId]);
  const { year } = partsOf(today);
  const number = await takeNumber(context, year);
  await db.insertInto('audience').values({
    office_id: office.id, id: audienceId, number, year, case_id: file.id, party_id: partyId, wished_host_id: asked.wishedHostId, topic: asked.topic, unit_id: null, purpose: asked.purpose, wished: asked.wished, wished_on: asked.wishedOn || null,
    people: asked.people, companions: asked.companions, needs: asked.needs.join(','), channel: asked.channel, state: asked.state, locale, contact_by: asked.contactBy, code_hash: hashToken(code), code_sealed: sealText(code), registered_by: caller.personId, at: now,
  }).execute();
  context.record({ name: 'audience.asked', nounId: audienceId, caseId: file.id, data: { channel: asked.channel, number: `${number}/${year}`, contactBy: asked.contactBy } });
  return { id: audienceId, caseId: file.id, reference: file.reference, number, year, code };
}

export const askAudience = operation({
  id: 'audience.ask', kind: 'command', rest: 'POST /audiences/ask', allow: ['public'], asOffice: true,
  summary: 'A citizen asks to be received: about what, by whom, with which wishes; answers with the number and the code to follow it.',
  input: z.object(common), output: Registered,
  async run(context, input) {
    checkContact(input);
    return register(context, { ...input, files: await takeUploads(input.files), channel: 'web', partyId: null, confidential: false, state: 'asked' });
  },
});

export const registerAudience = operation({
  id: 'audience.register', kind: 'command', rest: 'POST /audiences', allow: registrars,
  summary: 'Registers somebody who asks to be received: by telephone, at the counter or through the citizens’ information centre.',
  input: z.object({ ...common, name: optionalLine(200), contactBy: choice(contactWays).default('phone'), channel: choice(channels).default('phone'), partyId: optionalId(), confidential: check() }),
  output: Registered,
  async run(context, input) {
    if (input.partyId && !(await hasParty(context, input.partyId))) throw wrong({ partyId: { key: 'field.choose' } });
    if (!input.partyId) {
      if (!input.name) throw wrong({ name: { key: 'field.required' } });
      checkContact(input);
    }
    return register(context, { ...input, files: await takeUploads(input.files), state: 'waiting' });
  },
});

const channelOf = (channel: string | undefined): Channel => (channel === 'email' || channel === 'phone' || channel === 'counter' ? channel : channel === 'web' ? 'web' : 'letter');
export const adoptAudience = operation({
  id: 'audience.adopt', kind: 'command', rest: 'POST /cases/{caseId}/audience', allow: registrars,
  summary: 'Takes a registered letter or message as a request to be received, under the same number.',
  input: z.object({ caseId: id(), topic: optionalLine(60), purpose: optionalText(purposeAtMost), ...wishes, contactBy: choice(contactWays).default('post') }),
  output: Registered,
  async run(context, input) {
    const { db, office } = context;
    const file = await getCaseFile(context, input.caseId, true);
    if (file.kind !== 'paper') throw notFound();
    if (file.closedAt || file.annulledAt || file.isDisposed) throw notNow('error.case_closed');
    if (!file.partyId) throw notNow('error.audience_no_party');
    if (await findAudience(context, { caseId: file.id })) throw notNow('error.audience_known');
    const entry = await db.selectFrom('entry').select(['body', 'channel']).where('office_id', '=', office.id).where('case_id', '=', file.id).orderBy('sub').limit(1).executeTakeFirst();
    const party = await db.selectFrom('party').select(['name', 'email', 'phone', 'address', 'place', 'locale']).where('office_id', '=', office.id).where('id', '=', file.partyId).executeTakeFirst();
    const [email, phone, address] = [party?.email ?? '', party?.phone ?? '', party?.address ?? ''];
    checkContact({ contactBy: input.contactBy, email, phone, address });
    return register(context, {
      ...input, purpose: input.purpose || entry?.body.slice(0, purposeAtMost) || file.subject, name: party?.name ?? '', organisation: false, email, phone, address, town: party?.place ?? '', locale: party?.locale ?? '', files: [],
      channel: channelOf(entry?.channel), partyId: file.partyId, confidential: file.access === 'confidential', state: 'waiting', caseId: file.id,
    });
  },
});

export const confirmReceipt = operation({
  id: 'audience.tell_received', kind: 'command', allow: [],
  summary: 'Tells who asked to be received, and left an e-mail address, the number and what happens next.',
  input: z.object({ id: id() }), output: z.object({ told: z.boolean() }),
  async run(context, input) {
    const audience = await findAudience(context, input);
    if (!audience) throw notFound();
    const told = await notify(context, audience, 'received');
    context.record({ name: told ? 'audience.receipt_sent' : 'audience.checked', nounId: audience.id, caseId: told ? audience.caseId : null });
    return { told };
  },
});

