// One file, so that all journeys share a browser and no kind of page is checked twice.
import './cetinje.ts';
import './banja-luka.ts';
import './skopje.ts';
import './medias.ts';
import './keyboard.ts';
import './year-closing.ts';
import './morning.ts';
import './audience.ts';
import './collegium.ts';
import './plan.ts';
import './pocket.ts';
import './accidents.ts';
import { expect, test } from './town.ts';

test('every page that anybody came to keeps to WCAG 2.2 AA, wide and narrow, light and dark', async ({ town }) => {
  const { pages, kinds, faults } = await town.mirror.look(town.browser);
  console.log(`Pages looked at: ${pages}, of ${kinds} kinds.`);
  expect(faults).toEqual([]);
}, 300_000);
