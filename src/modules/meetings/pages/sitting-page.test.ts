import { deskClient, type Client } from '../../../../test/client.ts';
import { expect, test } from '../../../../test/office.ts';
import { opened, seen } from '../../../../test/sitting.ts';
import { openVote } from '../vote.server.ts';

/** The client at the chief's desk, who keeps every sitting. */
const atDesk = async (office: Parameters<typeof opened>[0]): Promise<Client> => deskClient(office, (await office.within((db) => db.selectFrom('person').select('key').where('office_id', '=', office.office.id).where(({ eb }) => eb(eb.val('chief'), '=', eb.fn.any('roles'))).orderBy('key').executeTakeFirstOrThrow())).key!);

test('a whole sitting goes by its pages alone, without a script: points, vote, conclusion, minutes, adoption', async ({ office }) => {
  const first = await opened(office, { points: [{ title: 'Извјештај о водоводу', proposed: 'Прихвата се извјештај.' }] }, new Date(Date.now() - 7 * 86_400_000));
  const client = await atDesk(office);
  const at = `/desk/meetings/${first.id}`;
  const act = async (fields: Record<string, string> | [string, string][], path = `${at}/sitting`) => {
    const shown = await client.post(path, fields);
    expect(shown.status, shown.html.replace(/<[^>]+>/g, ' ').slice(0, 2000)).toBe(303);
    return shown;
  };
  const pages = async (path: string): Promise<string> => {
    const shown = await client.get(path);
    expect(shown.status, path).toBe(200);
    expect(shown.html, path).not.toContain('⟨');
    return shown.html;
  };
  expect(await pages(`${at}/sitting`)).toContain('name="notes"');
  await pages(`${at}/attendance`);
  await pages(`${at}/verification`);
  const second = await client.post(`${at}/notes`, { itemId: first.itemId, notes: 'Дуга расправа.', version: '0' });
  expect(JSON.parse(second.html)).toEqual({ version: 1 });
  // The other keeper's words stand beside one's own, and nothing is lost.
  const conflict = await client.post(`${at}/sitting`, { act: 'note', itemId: first.itemId, notes: 'Моје ријечи.', version: '0' });
  expect(conflict.status).toBe(409);
  expect(conflict.html).toContain('Моје ријечи.');
  expect(conflict.html).toContain('Дуга расправа.');
  await act({ act: 'vote.open', itemId: first.itemId, question: 'Ко је за?', majority: 'present' });
  expect(await pages(`${at}/screen`)).toContain('Ко је за?');
  await pages(`${at}/now`);
  const voteId = (await seen(office, first)).items[0]!.votes[0]!.id;
  expect((await client.post(`${at}/sitting`, { act: 'vote.count', voteId, for: '50', against: '0', abstain: '0' })).status).toBe(422);
  await act([['act', 'vote.enter'], ['voteId', voteId], ['then', 'close'], ...first.view.attendance.map((one): [string, string] => [`v-${one.id}`, 'for'])]);
  expect(await pages(`${at}/screen`)).toContain('class="result"');
  await act([['act', 'conclusion.record'], ['itemId', first.itemId], ['voteId', voteId], ['text', 'Прихвата се <b>извјештај</b>.'], ['owners', `person:${first.view.attendance[1]!.personId}`], ['owners', ''], ['dueIn', ''], ['dueOn', '']]);
  expect(await pages(`${at}/sitting`)).toContain('&lt;b&gt;извјештај');
  await act({ act: 'take_up', title: 'Хитно питање', after: '' });
  await act({ act: 'point.settle', itemId: first.itemId, as: 'done' });
  const urgent = (await seen(office, first)).items[1]!;
  expect(urgent).toMatchObject({ title: 'Хитно питање', state: 'open' });
  await act({ act: 'point.settle', itemId: urgent.id, as: 'deferred', reason: 'Нема материјала' });
  await act({ act: 'close' });
  await pages(`${at}/sitting`);
  expect(await pages(`${at}/minutes`)).toContain('Дуга расправа.');
  await act([['act', 'write'], ['version', '0'], ['opening', 'Почело је.'], ['closing', 'Крај.'], ['itemId', first.itemId], ['text', 'Расправа, исправљена.'], ['then', 'issue']], `${at}/minutes`);
  const read = await pages(`${at}/minutes`);
  expect(read).toContain('Расправа, исправљена.');
  const minutesId = /name="minutesId" value="([^"]+)"/.exec(read)![1]!;
  await act({ act: 'remark', minutesId, text: 'Недостаје износ.', name: '' }, `${at}/minutes`);
  await pages(`${at}/minutes?edit=1`);
  const next = await opened(office, { committeeId: first.committeeId, number: 2, points: [{ kind: 'verification', title: 'Верификација' }, { kind: 'minutes', title: 'Записник' }] });
  const there = `/desk/meetings/${next.id}/sitting`;
  expect(await pages(there)).toContain('name="verdict"');
  const conclusionId = (await seen(office, first)).items[0]!.conclusions[0]!.id;
  await act({ act: 'verify', conclusionId, verdict: 'partly', note: 'Половина', newDueOn: '' }, there);
  await act({ act: 'point.settle', itemId: next.itemId, as: 'done' }, there);
  expect(await pages(there)).toContain('previousId');
  expect((await client.post(there, { act: 'adopt', previousId: first.id })).status).toBe(409);
  const remarkId = /name="remarkId" value="([^"]+)"/.exec(await pages(`${at}/minutes`))![1]!;
  expect((await client.post(`${at}/minutes`, { act: 'settle', remarkId, as: 'refused', answer: '' })).status).toBe(422);
  await act({ act: 'settle', remarkId, as: 'taken', answer: 'Додаје се' }, `${at}/minutes`);
  await act({ act: 'adopt', previousId: first.id }, there);
  expect(await pages(`${at}/minutes`)).toContain('Недостаје износ.');
  expect((await client.get(`${at}/live`)).headers.get('content-type')).toContain('application/json');
});

test('the screen in the room never shows a confidential point', async ({ office }) => {
  const held = await opened(office, { points: [{ title: 'Тајна набавка', confidential: true }, { title: 'Јавно' }] });
  const client = await atDesk(office);
  await office.run(openVote, held.keeper, { id: held.itemId, question: 'Тајно питање' });
  const { html } = await client.get(`/desk/meetings/${held.id}/screen`);
  expect(html).not.toMatch(/Тајн[ао]/);
  expect(html).not.toContain('Tajn');
});
