import { createServer } from 'node:net';
import { serve } from '@hono/node-server';
import type { Page } from 'playwright-core';
import { addDays, dayIn } from '../../src/core/day.ts';
import { translator } from '../../src/core/message.ts';
import { addPart, changePack, makePack } from '../../src/modules/briefing/pack-work.server.ts';
import { listCalendars } from '../../src/modules/calendar/calendar.server.ts';
import { addToCalendar } from '../../src/modules/calendar/engagement.server.ts';
import { personCaller } from '../../src/modules/people/index.ts';
import type { OfficeFile } from '../office.ts';
import { expect, test, type TownOffice } from './town.ts';

/** The site once more, on a port that can be closed while a phone looks at it. */
async function openDoor(office: TownOffice): Promise<{ address: string; close(): Promise<void> }> {
  const port = await new Promise<number>((done) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => { const { port: free } = probe.address() as { port: number }; probe.close(() => done(free)); });
  });
  const server = serve({ fetch: office.town.site.fetch, port });
  const close = (): Promise<void> => new Promise((done) => {
    server.close(() => done());
    (server as { closeAllConnections?(): void }).closeAllConnections?.();
  });
  return { address: `http://${office.office.slug}.localhost:${port}`, close };
}

type Story = { office: OfficeFile; chief: string; mayor: string; other: string; title: string; point: string; secret: string };
const stories: readonly Story[] = [
  { office: 'cetinje', chief: 'vesko-radulovic', mayor: 'andrija-vukmirovic', other: 'vesko-radulovic', title: 'Sastanak o vodovodu', point: 'Rok mora biti pisan', secret: 'Razgovor o ostavci' },
  { office: 'skopje', chief: 'goran-zdraveski', mayor: 'elica-todorovska-panova', other: 'goran-zdraveski', title: 'Состанок за водоводот', point: 'Рокот мора да биде писмен', secret: 'Разговор за оставка' },
];

/** Tomorrow's engagements: one with a pack that a phone may keep, one that is confidential. */
async function prepare(office: TownOffice, story: Story): Promise<{ packId: string; secretId: string }> {
  const { kernel } = office.town;
  const chief = await office.within(async (db) => personCaller(db, office.office, (await db.selectFrom('person').select('id').where('office_id', '=', office.office.id).where('key', '=', story.chief).executeTakeFirstOrThrow()).id));
  const calendar = (await kernel.run(listCalendars, chief!, {})).calendars.find((one) => one.role === 'mayor')!;
  const startsOn = addDays(dayIn(office.office.jurisdiction.timeZone, new Date()), 1);
  const add = async (title: string, startsTime: string, visibility: 'internal' | 'confidential') => kernel.run(makePack, chief!, { engagementId: (await kernel.run(addToCalendar, chief!, { calendarId: calendar.id, kind: 'meeting', title, startsOn, startsTime, visibility, nevertheless: true })).id });
  const pack = await add(story.title, '09:00', 'internal');
  await kernel.run(changePack, chief!, { id: pack.id, version: 1, aim: story.point, summary: '', isKept: true });
  await kernel.run(addPart, chief!, { id: pack.id, kind: 'point', text: story.point });
  return { packId: pack.id, secretId: (await add(story.secret, '11:00', 'confidential')).id };
}

async function signIn(page: Page, office: TownOffice, address: string, key: string): Promise<void> {
  await page.goto(`${address}/desk/sign-in`);
  await page.fill('[name=email]', office.emailOf(key));
  await page.fill('[name=password]', office.password);
  await Promise.all([page.waitForURL(`${address}/desk`), page.keyboard.press('Enter')]);
}
const keptPaths = (page: Page): Promise<string[]> => page.evaluate(async () => ((await caches.has('pocket')) ? (await (await caches.open('pocket')).keys()).map((request) => new URL(request.url).pathname) : []));
const untilKept = async (page: Page): Promise<void> => void (await page.waitForSelector('[data-pocket][data-done="kept"]', { timeout: 30_000 }));

for (const story of stories)
  test(`a phone reads tomorrow’s pack with the server gone, and forgets it: ${story.office}`, async ({ found }) => {
    const office = await found(story.office);
    const t = translator(office.office.locale);
    const { packId, secretId } = await prepare(office, story);
    const first = await openDoor(office);
    const context = await office.town.browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
    try {
      const page = await context.newPage();
      await signIn(page, office, first.address, story.mayor);
      await page.goto(`${first.address}/desk/pocket`);
      await untilKept(page);
      expect(await page.locator('main').innerText()).toContain(story.secret);
      const paths = await keptPaths(page);
      expect(paths).toContain(`/desk/pocket/${packId}`);
      expect(paths).toContain(`/desk/pocket/${packId}/pdf`);
      expect(paths.filter((path) => path.includes(secretId))).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);

      await first.close();
      await page.goto(`${first.address}/desk/pocket`);
      const day = await page.locator('main').innerText();
      expect(day).toContain(story.title);
      // What is confidential was not kept, not even its name.
      expect(day).not.toContain(story.secret);
      await page.waitForSelector('[data-pocket].off');
      await page.getByRole('link', { name: story.title }).click();
      await page.waitForURL(/\/desk\/pocket\/[\w-]{36}$/);
      expect(await page.locator('main').innerText()).toContain(story.point);
      const pdf = await page.evaluate(async (path) => { const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer()); return String.fromCharCode(...bytes.slice(0, 5)); }, `/desk/pocket/${packId}/pdf`);
      expect(pdf).toBe('%PDF-');
      // The desk's own page of the pack leads to the kept one; everything else says calmly that it is not here.
      await page.goto(`${first.address}/desk/packs/${packId}`);
      expect(await page.locator('main').innerText()).toContain(story.point);
      await page.goto(`${first.address}/desk/petitions`);
      expect(await page.locator('main').innerText()).toContain(t('pocket.offline.body'));

      // After a day and a half without contact nothing is left.
      await page.evaluate(async () => {
        const cache = await caches.open('pocket');
        const state = (await (await cache.match('/desk/pocket/.state'))!.json()) as { contactAt: number };
        await cache.put('/desk/pocket/.state', new Response(JSON.stringify({ ...state, contactAt: state.contactAt - 37 * 3_600_000 })));
      });
      await expect(page.goto(`${first.address}/desk/pocket`)).rejects.toThrow();
      expect(context.pages()).toHaveLength(1);
    } finally {
      await context.close();
      await first.close().catch(() => {});
    }

    // Signing out, another person, an ended session: each time the device forgets.
    const second = await openDoor(office);
    const phone = await office.town.browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
    try {
      const page = await phone.newPage();
      const keep = async (): Promise<void> => {
        await signIn(page, office, second.address, story.mayor);
        await page.goto(`${second.address}/desk/pocket`);
        await untilKept(page);
        expect(await keptPaths(page)).toContain(`/desk/pocket/${packId}`);
      };
      await keep();
      await page.goto(`${second.address}/desk`);
      await page.evaluate(() => document.querySelector<HTMLFormElement>('form[action="/desk/sign-out"]')!.submit());
      await page.waitForURL(/sign-in/);
      expect(await keptPaths(page)).toEqual([]);

      await keep();
      await phone.clearCookies({ name: 'kabinet' });
      await page.goto(`${second.address}/desk/pocket`);
      expect(new URL(page.url()).pathname).toBe('/desk/sign-in');
      expect(await keptPaths(page)).toEqual([]);

      await keep();
      const other = await office.town.browser.newContext();
      const stranger = await other.newPage();
      await signIn(stranger, office, second.address, story.other);
      await phone.clearCookies();
      await phone.addCookies(await other.cookies());
      await other.close();
      await page.goto(`${second.address}/desk`);
      expect((await keptPaths(page)).filter((path) => path.includes(packId))).toEqual([]);
    } finally {
      await phone.close();
      await second.close();
    }
  }, 180_000);
