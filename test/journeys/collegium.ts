import { extractText, getDocumentProxy } from 'unpdf';
import { addDays, dayIn } from '../../src/core/day.ts';
import { sql } from '../../src/core/database.ts';
import { textIn } from '../../src/core/message.ts';
import { newId } from '../../src/core/id.ts';
import { makeDemonstration } from '../../src/core/sign.ts';
import { expect, test, type TownOffice } from './town.ts';
import { pdfPaper, type Visitor } from './visitor.ts';

const phone = { width: 390 };
const point = 'Распоред за зимско одржување на улиците';
const proposed = 'Се усвојува распоредот; Секторот за комунални работи ги известува претпријатијата.';
const secret = 'Преговори за земјиштето крај реката';
const discussion = 'Дискутирано е за приоритетот на болниците и училиштата.';
const remark = 'На точка 3 говорев и за автобуските линии.';

const committeeName = (office: TownOffice): string => textIn(office.office.data.committees!.find((one) => one.kind === 'collegium')!.name, office.office.locale);
const textOf = async (bytes: Buffer): Promise<string> => (await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: true })).text.replaceAll(/\s+/g, ' ');

async function propose(visitor: Visitor, title: string, more: { proposed?: string; paper?: string; confidential?: boolean } = {}): Promise<string> {
  await visitor.open('/desk/proposals/new');
  await visitor.choose('committee.one', committeeName(visitor.home));
  await visitor.fill('agenda.point_title', title);
  await visitor.fill('agenda_proposal.reason', title);
  await visitor.fill('agenda.proposed', more.proposed ?? title);
  if (more.paper) await visitor.attach('agenda.paper.add', [pdfPaper(more.paper)]);
  if (more.confidential) await visitor.tick('agenda_proposal.confidential');
  await visitor.press('agenda_proposal.act.submit');
  await visitor.says('meeting.done.submitted');
  return visitor.path;
}
async function accept(keeper: Visitor, path: string): Promise<void> {
  await keeper.open(path);
  await keeper.press('agenda_proposal.act.accept');
}

/** Plans a sitting some days ahead, puts all that waits on its agenda, and convenes it. */
async function convene(keeper: Visitor, days: number, change?: (keeper: Visitor) => Promise<void>): Promise<string> {
  const { office } = keeper.home;
  await keeper.open('/desk/meetings/new');
  await keeper.choose('committee.one', committeeName(keeper.home));
  await keeper.fill('meeting.day', addDays(dayIn(office.jurisdiction.timeZone, new Date()), days));
  await keeper.press('meeting.plan.do');
  await keeper.says('meeting.done.planned');
  for (const box of await keeper.page.locator('#backlog ~ * [name=proposalIds], section:has(#backlog) [name=proposalIds]').all()) await box.check();
  await keeper.press('agenda.place');
  await change?.(keeper);
  await keeper.press('meeting.convene');
  return keeper.path;
}
/** The office's certificate, with which it seals. */
const certified = (office: TownOffice): Promise<unknown> => office.within((db) => {
  const { subject, issuer, fingerprint, chain, sealedKey, validFrom, validUntil } = makeDemonstration('Колегиум', new Date(Date.now() - 86_400_000), new Date(Date.now() + 86_400_000));
  return db.insertInto('certificate').values({ office_id: office.office.id, id: newId(), subject, issuer, fingerprint, chain, sealed_key: sealedKey, valid_from: validFrom, valid_until: validUntil, at: new Date() }).execute();
});
/** The hour of the sitting has come. */
const comes = (office: TownOffice, path: string): Promise<unknown> => office.within((db) => sql`update meeting set starts_at = now() - interval '1 minute', ends_at = now() + interval '1 hour' where office_id = ${office.office.id} and id = ${path.split('/')[3]}`.execute(db));
async function openSitting(keeper: Visitor, path: string): Promise<void> {
  await keeper.open(`${path}/attendance`);
  await keeper.press('attendance.save');
  await keeper.press('sitting.open');
}

test('in Skopje a collegium goes from the proposals of units to adopted minutes, and the next one hears what became of its conclusions', async ({ found }) => {
  const office = await found('skopje');
  const t = office.words();
  await certified(office);

  // Units propose, one of them in confidence; the secretary accepts.
  const clerk = await office.staff('valentina-risteska');
  const first = await propose(clerk, point, { proposed, paper: 'распоред.pdf' });
  const finance = await office.staff('trajce-velkov');
  const second = await propose(finance, secret, { confidential: true });
  const keeper = await office.staff('jasmina-kadriu');
  await accept(keeper, first);
  await accept(keeper, second);

  // Convened in time, with one pack; who may not see the confidential point sees neither title nor paper.
  const sitting = await convene(keeper, 7);
  await keeper.sees(point);
  await keeper.sees(secret);
  const invited = (await office.mailTo(office.emailOf('bojan-stamenkov'))).map((mail) => `${mail.subject}\n${mail.text}`).join('\n');
  expect(invited).not.toBe('');
  expect(invited).not.toContain(secret);
  const head = await office.staff('bojan-stamenkov', phone);
  await head.open(sitting);
  await head.sees(point);
  await head.misses(secret);
  await head.press('meeting.reply.send');
  const pack = await textOf(await head.readsPdf(head.link('meeting.pack.open')));
  expect(pack).toContain(point);
  expect(pack).not.toContain(secret);
  await head.open(`/desk/search?q=${encodeURIComponent('земјиштето')}`);
  await head.misses(secret);

  // The hour comes: who is there, point by point, notes as they fall, a vote by names, a conclusion with its owner.
  await comes(office, sitting);
  await openSitting(keeper, sitting);
  const all = ((await keeper.page.locator('ol.points li').allInnerTexts()).length);
  expect(all).toBeGreaterThan(2);
  await keeper.page.locator('form.next button').first().click();
  await keeper.page.waitForLoadState();
  for (let passed = 0; passed < all && !(await keeper.page.locator('#point').innerText()).includes(point); passed++) await keeper.going(() => keeper.page.locator('main form.next button[value=done]').click());
  await keeper.sees(proposed);
  await keeper.fill('sitting.notes', discussion);
  await keeper.press('sitting.notes.save');
  await keeper.page.locator('summary', { hasText: t('vote.open') }).click();
  await keeper.press('vote.open');
  for (const row of await keeper.page.locator('form.voters tbody tr').all()) await row.locator('input[value=for]').check();
  await keeper.press('vote.enter_and_close');
  await keeper.choose('conclusion.owner', office.unitName('komunalni'));
  await keeper.press('conclusion.record');
  await keeper.sees(t('minutes.conclusion', { number: '1/1' }));

  // On the wall and on a member's telephone stands what is being talked about, and never what is confidential.
  const wall = await office.staff('goran-zdraveski');
  await wall.open(`${sitting}/screen`);
  expect(await wall.page.locator('body').innerText()).toContain(point);
  await head.open(`${sitting}/now`);
  await head.sees(point);
  for (let passed = 0; passed < all; passed++) {
    const done = keeper.page.locator('main form.next button[value=done]');
    if ((await done.count()) === 0) break;
    await keeper.going(() => done.click());
  }
  await keeper.press('sitting.close');

  // At once it is somebody's obligation.
  await head.open('/desk/obligations?view=unit');
  await head.going(() => head.page.locator('main table').getByRole('link').first().click());
  await head.sees(proposed);
  const obligation = head.path;
  await head.fill('obligation.report', 'Претпријатијата се известени.');
  await head.press('obligation.finish');

  // The minutes are issued as PDF and DOCX; a remark is taken.
  await keeper.open(`${sitting}/minutes`);
  await keeper.press('minutes.issue');
  const issued = await textOf(await keeper.readsPdf(keeper.page.locator('main .head .actions a', { hasText: 'PDF' })));
  for (const words of [discussion, proposed, office.nameOf('elica-todorovska-panova')]) expect(issued).toContain(words);
  expect(issued).not.toContain(secret);
  await head.open(`${sitting}/minutes`);
  await head.fill('remark.text', remark);
  await head.press('remark.add');
  await keeper.open(`${sitting}/minutes`);
  await keeper.sees(remark);
  await keeper.going(() => keeper.page.locator('main form.settle button[value=taken]').click());

  // The giver accepts what was reported.
  const mayor = await office.staff('elica-todorovska-panova', { ...phone, script: false });
  await mayor.open(obligation);
  await mayor.going(() => mayor.page.locator('main form:has(input[name=act][value=accept]) button').first().click());

  // The next sitting begins with what became of the conclusions, and adopts the minutes.
  await accept(keeper, await propose(clerk, 'Набавка на садници'));
  const next = await convene(keeper, 14);
  await keeper.sees(t('agenda.verification', { number: 1 }));
  await keeper.sees(t('agenda.minutes', { number: 1 }));
  await comes(office, next);
  await openSitting(keeper, next);
  await keeper.going(() => keeper.page.locator('form.next button').first().click());
  await keeper.sees(proposed);
  await keeper.sees('Претпријатијата се известени.');
  await keeper.press('verification.save');
  await keeper.going(() => keeper.page.locator('main form.next button[value=done]').click());
  await keeper.press('minutes.adopt');
  await keeper.open(`${sitting}/minutes`);
  await keeper.sees(t('minutes.state.adopted'));
  const sealed = await keeper.readsPdf(keeper.page.locator('main .head .actions a', { hasText: 'PDF' }));
  expect(sealed.includes('/ETSI.CAdES.detached')).toBe(true);
  expect(await textOf(sealed)).toContain(remark);

  // How much of what the collegium concluded was carried out.
  await wall.open('/desk/obligations/report');
  await wall.sees(office.unitName('komunalni'));
});
