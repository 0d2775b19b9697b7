import { dayIn } from '../../src/core/day.ts';
import { sql } from '../../src/core/database.ts';
import { expect, test } from './town.ts';

const phone = { width: 390 };
const citizen = { name: 'Floarea Exemplu', email: 'floarea@exemplu.example', purpose: 'De doi ani apa de ploaie intră în curtea mea de pe strada Teilor. Rog să fiu primită.' };
const note = 'Rigola de pe strada Teilor este cuprinsă în programul de anul viitor.';
const talk = 'S-a arătat planul lucrării. Doamna cere o soluție până la primăvară.';
const promise = 'Curățarea rigolei de pe strada Teilor.';
const answer = 'Rigola se curăță până la sfârșitul lunii; lucrarea întreagă începe în martie.';

test('in Mediaș a citizen asks on an old telephone to be received, comes, is promised something, and reads the written answer', async ({ found }) => {
  const office = await found('medias');
  const zone = office.office.jurisdiction.timeZone;

  // The cabinet sets the mayor's days: each Thursday, as the office announces.
  const chief = await office.staff('corina-draghiciu');
  await chief.open('/desk/audiences/days');
  await chief.choose('audience.host', office.nameOf('radu-campean'));
  await chief.press('audience.days.do');
  await chief.sees('14:00–17:00');

  // One thing at a time, without scripts, at 390 pixels.
  const floarea = await office.visitor({ ...phone, script: false });
  await floarea.open('/');
  await floarea.open('/audience');
  await floarea.follow('public.audience.start');
  await floarea.press('public.continue');
  await floarea.says('ui.something_missing');
  await floarea.page.getByRole('radio', { name: 'Străzi și trotuare' }).check();
  await floarea.press('public.continue');
  await floarea.fill('public.audience.purpose.label', citizen.purpose);
  await floarea.press('public.continue');
  await floarea.press('public.continue');
  await floarea.fill('public.field.name', citizen.name);
  await floarea.tick('public.audience.contact.email');
  await floarea.press('public.continue');
  await floarea.says('field.email_for_reply');
  expect(await floarea.field('public.field.name').inputValue()).toBe(citizen.name);
  await floarea.fill('public.field.email', citizen.email);
  await floarea.press('public.continue');
  await floarea.sees(citizen.purpose);
  await floarea.press('public.audience.send');
  await floarea.says('public.audience.receipt');
  const code = (await floarea.page.locator('.code b').innerText()).trim();

  // The chief gives a time and asks the department, which writes what is known.
  await chief.open('/desk/audiences');
  await chief.going(() => chief.page.locator('main').getByRole('link', { name: citizen.name }).first().click());
  const path = chief.path;
  await chief.follow('audience.act.schedule');
  await chief.press('audience.do.schedule');
  await chief.open(`${path}/prepare`);
  await chief.press('audience.do.prepare');
  const head = await office.staff('doru-anghelina', phone);
  await head.open(`${path}/note`);
  await head.fill('audience.note', note);
  await head.press('audience.do.note');
  await head.sees(note);

  // She is told, and confirms by her code.
  const told = (await office.mailTo(citizen.email)).map((mail) => mail.text).join('\n');
  expect(told).toContain('14:00');
  expect(told).not.toContain('Teilor');
  const later = await office.visitor({ ...phone, script: false });
  await later.open('/audience/status');
  await later.fill('public.code', code.toLowerCase());
  await later.press('public.track.show');
  await later.press('public.audience.confirm');
  await later.says('public.audience.state.confirmed');

  // The day comes.
  const today = dayIn(zone, new Date());
  await office.within(async (db) => {
    const { rows } = await sql<{ id: string }>`update audience_day set on_day = ${today}::date where office_id = ${office.office.id} and id = (select s.day_id from audience a join audience_slot s on s.office_id = a.office_id and s.id = a.slot_id where a.office_id = ${office.office.id}) returning id`.execute(db);
    await sql`update audience set day_id = ${rows[0]!.id} where office_id = ${office.office.id}`.execute(db);
  });
  await chief.open('/desk/audiences/today');
  await chief.sees(citizen.name);
  await chief.readsPdf(chief.page.locator('main a[href*="today.pdf"]'));
  await chief.press('audience.act.arrive');

  // The mayor has her matter on the telephone: purpose, note, talk, and what was promised to her.
  const mayor = await office.staff('radu-campean', { ...phone, script: false });
  await mayor.open(path);
  await mayor.sees(note);
  await mayor.press('audience.act.begin');
  await mayor.follow('audience.act.end');
  await mayor.press('audience.do.end');
  await mayor.says('field.required');
  await mayor.fill('audience.talk', talk);
  await mayor.tick('audience.outcome.promised');
  await mayor.page.locator('[name="promises.0.text"]').fill(promise);
  await mayor.page.locator('[name="promises.0.to"]').selectOption('unit:drumuri');
  await mayor.press('audience.do.end');

  // The promise is the unit's obligation, from where it came; done when who promised accepts.
  await head.open('/desk/obligations?view=unit');
  await head.going(() => head.page.locator('main').getByRole('link', { name: promise }).first().click());
  await head.says('obligation.source.audience');

  // The answer goes out through the register and is hers to read.
  await chief.open(`${path}/answer`);
  await chief.press('audience.do.answer');
  await chief.says('field.required');
  await chief.fill('audience.answer', answer);
  await chief.press('audience.do.answer');
  await chief.sees(answer);
  const written = (await office.mailTo(citizen.email)).at(-1)!;
  expect(written.attachments.map((one) => one.name).join()).toMatch(/\.pdf$/);
  await later.open('/audience/status');
  await later.says('public.audience.state.answered');
  await later.sees(answer);
  await later.readsPdf(later.link('public.audience.answer.pdf'));

  // What people came for.
  await chief.open('/desk/audiences/statistics');
  await chief.sees('Străzi și trotuare');
});
