import { expect, test } from './town.ts';

test('a registrar registers, stamps and gives out an incoming letter without the mouse', async ({ found }) => {
  const office = await found('cetinje');
  const registrar = await office.visitor();
  const { page, t } = registrar;
  await registrar.open('/desk');
  await registrar.typeInto('sign_in.email', office.emailOf('dragica-borilovic'));
  await registrar.typeInto('sign_in.password', office.password);
  await registrar.going(() => registrar.key('Enter'));

  registrar.keys = 0;
  await registrar.going(() => registrar.key('n'));
  expect(await registrar.focused()).toBe(t('petition.subject'));
  await registrar.type('Захтјев за мишљење о траси водовода');
  await registrar.key('Tab');
  await registrar.type('Молимо мишљење до краја мјесеца.');
  await registrar.typeInto('paper.sender_name', 'Предузеће Примјер');
  await registrar.going(() => registrar.key('Enter'));
  expect(registrar.path).toMatch(/\/registered$/);
  const registered = registrar.path;
  const entered = registrar.keys;

  // The browser's own dialog is answered with one key more.
  await page.evaluate(() => { window.print = () => { document.body.dataset['printed'] = '1'; }; });
  await registrar.key('p');
  expect(await page.evaluate(() => document.body.dataset['printed'])).toBe('1');
  await registrar.key('Enter');
  const stamped = registrar.keys;

  await registrar.going(() => registrar.key('a'));
  expect(await registrar.focused()).toContain(t('delivery.original_to'));
  const name = office.nameOf('milena-vuksanovic');
  const chosen = (): Promise<string> => page.evaluate(() => (document.activeElement as HTMLSelectElement).selectedOptions[0]?.label ?? '');
  for (const letter of name) {
    if ((await chosen()).startsWith(name)) break;
    await registrar.key(letter === ' ' ? 'Space' : letter);
  }
  expect(await chosen()).toContain(name);
  await registrar.going(() => registrar.key('Control+Enter'));
  await registrar.says('desk.done.given', { count: 1 });
  const inAll = registrar.keys;
  const own = registered.replace('/registered', '');
  for (const path of [own, `${own}/paper`, `${own}/change`, `${own}/close`, `${own}/adopt`, `/desk/labels?id=${own.split('/').pop()}`, '/desk/cases/new?direction=out', '/desk/cases?view=all']) await registrar.open(path);
  console.log(`Keys pressed besides the letter's own text: ${entered} to register, ${stamped - entered} to stamp, ${inAll - stamped} to give out; ${inAll} in all.`);
  expect(inAll).toBeLessThan(15);
}, 120_000);
