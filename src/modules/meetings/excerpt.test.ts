import { expect, test } from '../../../test/office.ts';
import { getCase } from '../registry/case.server.ts';
import { placeProposals } from './agenda.server.ts';
import { markAttendance } from './attendance.server.ts';
import { listCommittees } from './committee.server.ts';
import { excerptConclusion } from './conclusion-excerpt.server.ts';
import { listConclusions, recordConclusion } from './conclusion.server.ts';
import { conveneMeeting } from './convene.server.ts';
import { planMeeting } from './meeting.server.ts';
import { acceptProposal, draftProposal, submitProposal } from './proposal.server.ts';
import { readProposal } from './proposal-list.server.ts';
import { closeSitting, openPoint, openSitting, settlePoint } from './sitting.server.ts';
import { readSitting } from './sitting-read.server.ts';

const now = new Date('2026-03-02T08:00:00Z');
const held = new Date('2026-03-11T09:00:00Z');

test('what was concluded on a proposal goes into its case as an excerpt, and to who carries it out; the confidential one by no word', async ({ office }) => {
  const [chief, clerk, registrar] = [await office.as('chief'), await office.as('clerk'), await office.as('registrar')];
  const committee = (await office.run(listCommittees, chief, {})).committees.find((one) => one.kind === 'collegium')!;
  const { id } = await office.run(planMeeting, chief, { committeeId: committee.id, onDay: '2026-03-11', time: '10:00' }, { now });
  const propose = async (title: string, isConfidential: boolean) => {
    const who = isConfidential ? chief : clerk;
    const made = await office.run(draftProposal, who, { committeeId: committee.id, title, reason: 'Образложење.', proposed: `Усваја се: ${title}`, isConfidential }, { now });
    await office.run(submitProposal, who, { id: made.id }, { now });
    await office.run(acceptProposal, chief, { id: made.id }, { now });
    return made.id;
  };
  const proposals = [await propose('План зимске службе', false), await propose('Тајни споразум', true)];
  await office.run(placeProposals, chief, { id, proposalIds: proposals }, { now });
  await office.run(conveneMeeting, chief, { id }, { now });
  const view = await office.run(readSitting, chief, { id });
  await office.run(markAttendance, chief, { id, marks: view.attendance.map((one) => ({ id: one.id, state: 'present' as const })) }, { now: held });
  await office.run(openSitting, chief, { id }, { now: held });
  const conclusions: string[] = [];
  for (const item of view.items) {
    await office.run(openPoint, chief, { id: item.id }, { now: held });
    if (item.proposalId) conclusions.push((await office.run(recordConclusion, chief, { id: item.id, text: item.proposed, owners: `person:${registrar.personId}`, dueOn: '2026-03-20' }, { now: held })).id);
    await office.run(settlePoint, chief, { id: item.id, as: 'done' }, { now: held });
  }
  await office.refused(office.run(excerptConclusion, chief, { id: conclusions[0]! }, { now: held }), 409);
  await office.run(closeSitting, chief, { id }, { now: held });
  office.mails.length = 0;
  await office.settle();
  await office.settle();
  const { caseId } = await office.run(readProposal, chief, { id: proposals[0]! });
  expect(caseId).not.toBe(view.caseId);
  const found = (await office.run(listConclusions, chief, { id: caseId })).conclusions;
  expect(found).toMatchObject([{ text: 'Усваја се: План зимске службе', reference: '1/1' }]);
  // The unit that proposed is not called to the sitting; it has the excerpt among the papers of its own case.
  expect((await office.run(getCase, clerk, { id: caseId })).documents.map((one) => one.id)).toContain(found[0]!.excerptId);
  expect((await office.events(caseId)).some((one) => one.name === 'case.paper_added')).toBe(true);
  expect(await office.run(readProposal, chief, { id: proposals[0]! })).toMatchObject({ state: 'settled' });
  const secret = (await office.run(readProposal, chief, { id: proposals[1]! })).caseId;
  expect((await office.run(listConclusions, chief, { id: secret })).conclusions).toHaveLength(1);
  await office.refused(office.run(listConclusions, registrar, { id: secret }), 404);
  const words = office.mails.map((one) => `${one.subject} ${one.text}`).join('\n');
  expect(words).toMatch(/План зимске службе|План зимске/);
  expect(words).not.toMatch(/Тајни|споразум/);
  expect(office.mails.filter((one) => one.text.includes('/desk/obligations/'))).toHaveLength(2);
});
