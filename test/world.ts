import { listParties } from '../src/modules/directory/party.server.ts';
import { askForContribution } from '../src/modules/requests/completion.server.ts';
import { saveDraft } from '../src/modules/requests/draft.server.ts';
import { saveView } from '../src/modules/requests/list.server.ts';
import { getPetition } from '../src/modules/requests/case.server.ts';
import { listPublications, publishPetition } from '../src/modules/requests/publication.server.ts';
import { assignPetition } from '../src/modules/requests/work.server.ts';
import { createToken } from '../src/modules/people/token.server.ts';
import { setSubstitute } from '../src/modules/people/substitute.server.ts';
import { openSession } from '../src/modules/people/session.server.ts';
import { operation } from '../src/core/operation.ts';
import { z } from 'zod';
import type { TestOffice } from './office.ts';
import { answered, assigned, submitted } from './petition.ts';
import * as audiences from './examples/audiences.ts';
import * as briefing from './examples/briefing.ts';
import * as calendar from './examples/calendar.ts';
import * as contributions from './examples/contributions.ts';
import * as meetings from './examples/meetings.ts';
import * as obligations from './examples/obligations.ts';
import * as plan from './examples/plan.ts';
import * as archive from './examples/archive.ts';
import * as classified from './examples/classified.ts';
import * as correspondence from './examples/correspondence.ts';
import * as dispatch from './examples/dispatch.ts';
import * as distribution from './examples/distribution.ts';
import * as exchange from './examples/exchange.ts';
import * as mailroom from './examples/mailroom.ts';
import * as registry from './examples/registry.ts';

const png = new Uint8Array(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'));
const open = operation({ id: 'probe.open', kind: 'command', allow: ['staff'], summary: 'A session.', input: z.object({}), output: z.object({ token: z.string() }), run: (context) => openSession(context, context.caller.personId!, 'password') });

/** One of everything that an office has: ids, and the secrets that open them. */
async function makeCore(office: TestOffice, more: { subject?: string } = {}) {
  const text = 'Мрак је код школе.';
  const told = await assigned(office, { files: [{ name: 'slika.png', bytes: png }], text, ...more });
  const other = await submitted(office, { subject: 'Друго', text: 'Нешто друго.' });
  const { chief, clerk } = told;
  await office.run(assignPetition, chief, { id: told.id, unitId: told.unitId, personId: clerk.personId!, resolution: 'Одговорити.' });
  const published = await assigned(office, { mayPublish: true, text });
  await answered(office, published);
  await office.run(publishPetition, chief, { id: published.id, title: 'Мрак', question: 'Мрак је.', answer: 'Биће свјетла.' });
  const shown = await office.run(getPetition, chief, { id: told.id });
  const bodyId = (await office.run(listParties, chief, { kind: 'body' })).parties.find((one) => one.email)!.id;
  const dueOn = new Date(Date.now() + 8 * 86_400_000).toISOString().slice(0, 10);
  const asked = await office.run(askForContribution, clerk, { id: told.id, of: `body:${bodyId}`, question: 'Када?', dueOn });
  const link = await office.within((db) => db.selectFrom('mail').select('body').where('office_id', '=', office.office.id).where('body', 'like', '%/contribute/%').executeTakeFirstOrThrow());
  const viewId = (await office.run(saveView, chief, { name: 'Мој', query: 'view=mine' })).id;
  const deputy = await office.as('deputy');
  const token = await office.run(createToken, chief, { name: 'Извоз', scopes: '*' });
  const substituteId = (await office.run(setSubstitute, chief, { substituteId: deputy.personId!, fromOn: dueOn, untilOn: dueOn })).id;
  const session = await office.run(open, chief, {});
  const draft = await office.run(saveDraft, office.public(), { values: { subject: 'Недовршено' }, files: [] });
  const passkeyId = `passkey-${office.office.id}`;
  await office.within((db) => db.insertInto('passkey').values({ office_id: office.office.id, id: passkeyId, person_id: chief.personId!, public_key: Buffer.from('x'), name: 'Кључ' }).execute());
  const publicationId = (await office.run(listPublications, office.public(), {})).publications[0]!.id;
  return {
    today: office.today(), caseId: told.id, reference: told.reference, code: told.code, otherId: other.id, otherReference: other.reference, answeredId: published.id, publicationId, documentId: shown.documents[0]!.id, partyId: shown.party!.id, bodyId,
    contributionId: asked.contributionId, linkToken: /\/contribute\/([\w-]+)/.exec(link.body)![1]!, obligationId: shown.obligations[0]!.id, personId: clerk.personId!, deputyId: deputy.personId!, viewId, tokenId: token.id, token: token.token,
    substituteId, sessionToken: session.token, draftCode: draft.draft.code, passkeyId, unitId: told.unitId, dueOn,
  };
}
type Core = Awaited<ReturnType<typeof makeCore>>;
export type World = Core & Record<string, string>;
export type Examples = Record<string, (world: World) => Record<string, unknown>>;
export type Extend = (office: TestOffice, world: World) => Promise<Record<string, string>>;

/** One of everything that an office has: ids, and the secrets that open them. */
export async function makeWorld(office: TestOffice, more: { subject?: string } = {}): Promise<World> {
  let world: World = await makeCore(office, more);
  for (const part of [registry, distribution, dispatch, mailroom, correspondence, archive, classified, exchange, obligations, contributions, calendar, briefing, plan, meetings, audiences]) {
    const made = await part.extend(office, world);
    // A name that two modules use would make one's examples refused for the wrong reason.
    const twice = Object.keys(made).filter((key) => key in world && world[key] !== made[key]);
    if (twice.length > 0) throw new Error(`made twice for the examples: ${twice.join(', ')}`);
    world = { ...world, ...made };
  }
  return world;
}

