import { Client, deskClient } from '../../../test/client.ts';
import { expect, test } from '../../../test/office.ts';
import { listCommittees, putMember } from './committee.server.ts';
import { readMeeting } from './meeting-list.server.ts';

test('a sitting from its plan to the answer of a member from outside, by its pages', async ({ office }) => {
  const day = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);
  const keeper = await office.as('milena-vuksanovic');
  const { committees } = await office.run(listCommittees, keeper, {});
  const committee = committees.find((one) => one.kind === 'collegium')!;
  await office.run(putMember, keeper, { id: committee.id, name: 'Vanjski Član', email: 'vanjski@primjer.example', fromOn: '2026-01-01', isVoting: true });
  const desk = await deskClient(office, 'milena-vuksanovic');
  const wrong = await desk.post('/desk/meetings/new', { as: 'one', committeeId: committee.id, onDay: day, time: '25:00', minutes: '90', kind: 'regular', place: 'Mala sala' });
  expect(wrong.status).toBe(422);
  expect(wrong.html).toContain('Mala sala');
  const planned = await desk.post('/desk/meetings/new', { as: 'one', committeeId: committee.id, onDay: day, time: '10:00', minutes: '90', kind: 'regular' });
  const href = planned.location!;
  expect(href).toMatch(/^\/desk\/meetings\/[0-9a-f-]{36}$/);
  const id = href.split('/').at(-1)!;
  await desk.post(`${href}/agenda/new`, { kind: 'point', title: 'Улица и тротоар', minutes: '20', rapporteur: '', proposed: '' });
  const shown = await desk.get(href);
  expect(shown.html).toContain('Улица и тротоар');
  for (const path of ['/desk/meetings', '/desk/meetings?as=csv', '/desk/meetings/new?as=series', `${href}/change`, `${href}/postpone`, `${href}/cancel`, '/desk/committees', `/desk/committees/${committee.id}`, `/desk/committees/${committee.id}/change`, `/desk/committees/${committee.id}/members/new`, '/desk/proposals', '/desk/proposals/new', '/desk'])
    expect((await desk.get(path)).html, path).not.toContain('⟨');
  const { agenda } = await office.run(readMeeting, keeper, { id });
  expect((await desk.get(`${href}/agenda/${agenda[0]!.id}`)).status).toBe(200);
  expect((await desk.post(href, { act: 'down', itemId: agenda[0]!.id })).location).toBe(`${href}#item-${agenda[0]!.id}`);
  expect((await desk.post(href, { act: 'convene' })).location).toBe(href);
  // A member reads it at the own desk and answers; who is none of them has no such page.
  const member = await deskClient(office, 'igor-vukcevic');
  expect((await member.get(href)).html).toContain('Улица и тротоар');
  expect((await member.post(href, { act: 'reply', reply: 'declined', representedBy: 'Slavko', reason: 'put' })).location).toBe(href);
  expect((await (await deskClient(office, 'tamara-zvicer')).get(href)).status).toBe(404);
  expect((await member.post(href, { act: 'convene' })).status).toBe(403);

  await office.settle();
  const token = /\/sitting\/([\w-]+)/.exec(office.mails.find((one) => one.to === 'vanjski@primjer.example')!.text)![1]!;
  const outside = new Client(office);
  const page = await outside.get(`/sitting/${token}`);
  expect(page.html).toContain('Улица и тротоар');
  expect(page.html).not.toContain('⟨');
  const paper = /\/sitting\/[\w-]+\/papers\/[0-9a-f-]{36}/.exec(page.html)![0];
  expect((await outside.get(paper)).headers.get('content-type')).toBe('application/pdf');
  expect((await outside.post(`/sitting/${token}`, { reply: 'accepted' })).location).toBe(`/sitting/${token}`);
  expect((await office.run(readMeeting, keeper, { id })).called.find((one) => one.name === 'Vanjski Član')!.reply).toBe('accepted');
  expect((await outside.get(`/sitting/${'x'.repeat(43)}`)).status).toBe(404);
});
