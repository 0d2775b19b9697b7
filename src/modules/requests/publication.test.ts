import fc from 'fast-check';
import { expect, test } from '../../../test/office.ts';
import { answered, assigned } from '../../../test/petition.ts';
import { getPublication, listPublications, proposePublication, publishPetition, waitingTimes, withdrawPublication, withoutPerson } from './publication.server.ts';

const text = 'Зовем се Ђурђа Његовановић, станујем у Липова 4, пишите на djurdja@primjer.example или 067 000 111. Мрак је код школе.';

test('an answered letter is published without its writer, with consent, until it is withdrawn', async ({ office }) => {
  const told = await assigned(office, { text, mayPublish: true });
  await office.refused(office.run(publishPetition, told.clerk, { id: told.id, title: 'Мрак', question: 'Мрак је.', answer: 'Биће свјетла.' }), 409);
  await answered(office, told);
  const proposed = await office.run(proposePublication, told.clerk, { id: told.id });
  expect(proposed.question).toMatch(/Мрак је код школе\./);
  expect(JSON.stringify(proposed)).not.toMatch(/Ђурђ|Његован|djurdja|067 000|Липова 4/);
  const publish = (more: object) => office.run(publishPetition, told.clerk, { id: told.id, ...proposed, ...more });
  for (const [field, named] of [['title', 'Писмо Ђурђе Његовановић'], ['question', 'Пишем ја, Djurdja'], ['answer', 'Поштована Đurđo'], ['answer', 'тел. +382 67 000 111'], ['question', 'a@b.example']] as const)
    expect(Object.entries((await office.refused(publish({ [field]: named }), 422)).fields).map(([name, said]) => `${name} ${said.key}`)).toEqual([`${field} field.names_person`]);
  await publish({});
  await publish({ title: 'Мрак код школе' });
  const { publications } = await office.run(listPublications, office.public(), { query: 'школе' });
  expect(publications).toMatchObject([{ title: 'Мрак код школе' }]);
  expect(JSON.stringify(publications)).not.toMatch(/Ђурђ|djurdja|067 000/);
  expect((await office.run(getPublication, office.public(), { id: publications[0]!.id })).question).toBe(proposed.question);
  await office.run(withdrawPublication, told.clerk, { id: told.id });
  expect((await office.run(listPublications, office.public(), {})).publications).toEqual([]);
  await office.refused(office.run(getPublication, office.public(), { id: publications[0]!.id }), 404);
  await office.refused(office.run(withdrawPublication, told.clerk, { id: told.id }), 404);
});

test('without consent nothing is published', async ({ office }) => {
  const told = await assigned(office, { text });
  await answered(office, told);
  expect((await office.refused(office.run(publishPetition, told.clerk, { id: told.id, title: 'x', question: 'x', answer: 'x' }), 409)).said.key).toBe('error.no_consent');
});

test('what was cleaned is clean: cleaning again changes nothing', () => {
  const party = { name: 'Đorđe Љиљанић', email: 'dj@primjer.example', phone: '067 111 222', address: 'Ulica lipa 4' };
  const word = fc.constantFrom('Đorđe', 'Ђорђу', 'Љиљанића', 'Ulica lipa 4', 'x@y.example', '067 111 222', 'мрак', ',', '.', '\n', '[…]', ' ', 'Đ', 'улица');
  fc.assert(fc.property(fc.array(word, { maxLength: 14 }), (words) => {
    const once = withoutPerson(words.join(' '), party);
    expect(withoutPerson(once, party)).toBe(once);
    expect(once).not.toMatch(/Đorđ|Ђорђ|Љиљанић|Ulica lipa 4|067 111/);
  }));
});

test('waiting times are counts only', async ({ office }) => {
  const now = new Date('2026-03-20T08:00:00Z');
  const told = await assigned(office, {}, new Date('2026-03-02T08:00:00Z'));
  await answered(office, told, new Date('2026-03-12T08:00:00Z'));
  const { months, open } = await office.run(waitingTimes, office.public(), {}, { now });
  expect(months[0]).toEqual({ month: '2026-03', arrived: 1, answered: 1, inTime: 1, medianDays: 10 });
  expect(open).toBe(0);
});
