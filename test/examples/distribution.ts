import { listParties } from '../../src/modules/directory/party.server.ts';
import { mergeParty } from '../../src/modules/directory/party-page.server.ts';
import { giveDelivery } from '../../src/modules/distribution/delivery.server.ts';
import { putForward } from '../../src/modules/distribution/bring-forward.server.ts';
import { registerPaper, addPaperToCase } from '../../src/modules/registry/paper.server.ts';
import type { Examples, Extend } from '../world.ts';

/** Adds to the world what the examples below need; its ids are then in `w`. */
export const extend: Extend = async (office, world) => {
  const chief = await office.as('chief');
  const paper = async (subject: string) => office.run(registerPaper, chief, { subject, name: `Ана ${subject}` });
  const partyOf = async (name: string) => (await office.run(listParties, chief, { query: name })).parties[0]!.id;
  const [given, split, merged, free, resolved, waiting, routed] = await Promise.all(['Дато', 'Дијели се', 'Спаја се', 'Слободно', 'Рјешава се', 'Чека', 'Иде даље'].map(paper)) as Awaited<ReturnType<typeof paper>>[];
  const second = await office.run(addPaperToCase, chief, { id: split!.id, subject: 'Други' });
  const give = async (id: string, purpose: 'work' | 'resolution') => (await office.run(giveDelivery, chief, { id, purpose, original: `person:${chief.personId}` })).deliveries[0]!;
  const copy = async (to: string, purpose: 'information' | 'resolution' = 'information') => (await office.run(giveDelivery, chief, { id: given!.id, purpose, copies: [to] })).deliveries[0]!;
  const chiefReceiver = `person:${chief.personId}`;
  await give(given!.id, 'work');
  const [oneId, takenId] = [await partyOf('Ана Дато'), await partyOf('Ана Спаја се')];
  await office.run(mergeParty, chief, { id: oneId, otherId: takenId });
  await office.run(putForward, chief, { id: free!.id, dueOn: world.dueOn! });
  return {
    oneId, takenId, otherPartyId: await partyOf('Ана Слободно'), givenCaseId: given!.id, twinDeliveryId: await copy(`unit:${chief.unitId}`), signedDeliveryId: await copy(`person:${world.deputyId}`), returnedDeliveryId: await copy(chiefReceiver), withdrawnDeliveryId: await copy(`person:${world.personId}`),
    settledDeliveryId: await copy(chiefReceiver, 'resolution'), routedDeliveryId: await give(routed!.id, 'work'), resolutionId: await give(resolved!.id, 'resolution'), resolvedCaseId: resolved!.id, linkedCaseId: routed!.id, mergedCaseId: merged!.id, freeCaseId: free!.id, splitCaseId: split!.id, splitEntryId: second.entryId,
    forwardId: (await office.run(putForward, chief, { id: given!.id, dueOn: world.dueOn! })).id, awaitingCaseId: free!.id, waitingCaseId: waiting!.id, chiefReceiver, clerkReceiver: `person:${world.personId}`,
  };
};

export const examples: Examples = {
  'delivery.give': (w) => ({ id: w.freeCaseId, original: w.clerkReceiver, copies: w.chiefReceiver, note: 'Хитно.' }), 'delivery.receive': (w) => ({ ids: w.twinDeliveryId }), 'delivery.sign_off': (w) => ({ ids: w.signedDeliveryId, signedBy: w.deputyId }),
  'delivery.return': (w) => ({ id: w.returnedDeliveryId, reason: 'Није наше.' }), 'delivery.reroute': (w) => ({ id: w.routedDeliveryId, original: w.clerkReceiver, reason: 'Надлежни су.' }), 'delivery.withdraw': (w) => ({ id: w.withdrawnDeliveryId }), 'delivery.settle': (w) => ({ id: w.settledDeliveryId }),
  'delivery.withdraw_annulled': (w) => ({ id: w.givenCaseId }),
  'delivery.list': () => ({ view: 'all' }), 'delivery.count': () => ({}), 'delivery.whereabouts': (w) => ({ id: w.givenCaseId }),
  'resolution.give': (w) => ({ id: w.resolvedCaseId, deliveryId: w.resolutionId, text: 'На надлежност.', to: w.clerkReceiver, dueOn: w.dueOn }), 'resolution.next': () => ({}), 'obligation.list': () => ({ view: 'all' }),
  'bring_forward.put': (w) => ({ id: w.waitingCaseId, dueOn: w.dueOn, partyId: w.partyId }), 'bring_forward.take': (w) => ({ id: w.forwardId }), 'bring_forward.return_due': () => ({}), 'bring_forward.return_on_paper': (w) => ({ id: w.awaitingCaseId }), 'bring_forward.list': (w) => ({ caseId: w.givenCaseId }),
  'party.merge': (w) => ({ id: w.oneId, otherId: w.otherPartyId }), 'party.part': (w) => ({ id: w.takenId }),
  'case.link': (w) => ({ id: w.linkedCaseId, otherId: w.freeCaseId }), 'case.merge': (w) => ({ id: w.mergedCaseId, otherId: w.freeCaseId, reason: 'Иста ствар.' }), 'case.split': (w) => ({ id: w.splitCaseId, entryIds: w.splitEntryId, subject: 'Издвојено' }),
};
