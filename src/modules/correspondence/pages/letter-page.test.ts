import { deskClient, accountOf, type Client } from '../../../../test/client.ts';
import { expect, test, type TestOffice } from '../../../../test/office.ts';
import { assigned } from '../../../../test/petition.ts';
import { getLetter } from '../letter-list.server.ts';
import { changeLetter, submitLetter, withdrawLetter, writeLetter } from '../letter.server.ts';

const keyOf = (office: TestOffice, id: string | null): Promise<string> => office.within(async (db) => (await db.selectFrom('person').select('key').where('office_id', '=', office.office.id).where('id', '=', id!).executeTakeFirstOrThrow()).key!);

/** A draft on a case, with its writer at the desk, and a form as the browser would post it. */
async function begun(office: TestOffice) {
  const told = await assigned(office);
  const letter = { caseId: told.id, subject: 'Допис', body: 'Први текст.', recipients: [{ name: 'Одбор', address: 'Липова 4', way: 'post' as const }], signerId: told.chief.personId! };
  const { id } = await office.run(writeLetter, told.clerk, letter);
  const key = await keyOf(office, told.clerk.personId);
  const client = await deskClient(office, key);
  const form = (more: Record<string, string | File> = {}): Record<string, string | File> => ({
    version: '1', subject: 'Уписани предмет', body: 'Уписани текст.', locale: office.office.locale, signerId: told.chief.personId!, 'recipients.0.name': 'Уписани прималац', 'recipients.0.address': 'Липова 9', 'recipients.0.way': 'courier', ...more,
  });
  return { ...told, key, client, letter, letterId: id, path: `/desk/letters/${id}`, form };
}
type Begun = Awaited<ReturnType<typeof begun>>;
const isKept = (html: string): void => {
  for (const typed of ['Уписани предмет', 'Уписани текст.', 'Уписани прималац', 'Липова 9']) expect(html).toContain(typed);
  expect(html).toMatch(/<option value="courier" selected/);
};
const post = ({ client, path, form }: Begun, more: Record<string, string | File>): ReturnType<Client['post']> => client.post(path, form(more));

test('what is typed stays where something is missing, at the letter and at its file', async ({ office }) => {
  const told = await begun(office);
  const missing = await post(told, { act: 'submit', signerId: '' });
  expect(missing.status).toBe(422);
  isKept(missing.html);
  const noFile = await post(told, { act: 'file' });
  expect(noFile.status).toBe(422);
  isKept(noFile.html);
  const bad = await post(told, { act: 'file', file: new File(['%PDF-1.7 nothing'], 'a.pdf'), pdf: 'words' });
  expect(bad.status).toBe(422);
  isKept(bad.html);
  expect(bad.html).toMatch(/value="words" checked|checked="" value="words"|name="pdf"[^>]*checked=""[^>]*value="words"/);
  // What came with the file was saved with it: the next attempt is no conflict with oneself.
  const { version } = await office.run(getLetter, told.clerk, { id: told.letterId });
  expect(bad.html).toContain(`name="version" value="${version}"`);
  expect((await post(told, { act: 'save', version: String(version) })).status).toBe(303);
});

test('what is typed stays where somebody else was faster, also when the letter may no longer be changed', async ({ office }) => {
  const told = await begun(office);
  await office.run(changeLetter, told.chief, { ...told.letter, body: 'Текст другога.', id: told.letterId, version: 1 });
  const both = await post(told, { act: 'save' });
  expect(both.status).toBe(409);
  isKept(both.html);
  expect(both.html).toContain('Текст другога.');
  expect(both.html).toContain('name="version" value="2"');
  await office.run(submitLetter, told.chief, { ...told.letter, id: told.letterId, version: 2 });
  const late = await post(told, { act: 'save', version: '2' });
  expect(late.status).toBe(409);
  expect(late.html).toContain('Уписани предмет');
  expect(late.html).toContain('Уписани текст.');
  // The form of a button alone leaves nothing empty behind.
  const other = await begun(office);
  const recalled = await other.client.post(other.path, { act: 'recall' });
  expect(recalled.status).toBe(409);
  expect(recalled.html).toContain('Први текст.');
});

test('a comment typed to a letter on which somebody else has acted is shown to be copied', async ({ office }) => {
  const told = await begun(office);
  await office.run(withdrawLetter, told.clerk, { id: told.letterId });
  const chief = await deskClient(office, await keyOf(office, told.chief.personId));
  const late = await chief.post(told.path, { act: 'refuse', version: '1', comment: 'Навести рок.' });
  expect(late.status).toBe(409);
  expect(late.html).toContain('Навести рок.');
});

test('a session that ends in the middle keeps the letter until its writer is back, with the version that was seen', async ({ office }) => {
  const told = await begun(office);
  told.client.cookies.clear();
  const asked = await post(told, { act: 'save' });
  expect(asked.location).toContain('/desk/sign-in');
  const next = new URL(asked.location, 'http://x').searchParams.get('next')!;
  expect(next).toContain('held=');
  await told.client.post('/desk/sign-in', await accountOf(office, told.key));
  await office.run(changeLetter, told.chief, { ...told.letter, body: 'Текст другога.', id: told.letterId, version: 1 });
  const back = await told.client.get(next);
  isKept(back.html);
  expect(back.html).toContain('name="version" value="1"');
});
