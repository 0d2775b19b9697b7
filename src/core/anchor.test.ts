import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '../../test/office.ts';
import { submitted } from '../../test/petition.ts';
import { checkAnchors, keepAnchors, ownAnchors, readAnchors } from './anchor.ts';

test('the ends of the logs are written once a day, read back, and fit while the log grows', async ({ office }) => {
  await submitted(office);
  await office.settle();
  const { kernel } = office;
  // Of all offices of these tests only this one is looked at.
  const own = { db: kernel.db, config: kernel.config, offices: { all: async () => [office.office] } } as unknown as typeof kernel;
  const folder = path.join(kernel.config.dataDirectory, 'anchors');
  await keepAnchors(own, new Date('2026-03-01T10:00:00Z'));
  const first = ownAnchors(kernel.config.dataDirectory);
  expect(first).toMatchObject([{ office: office.office.slug, at: '2026-03-01T10:00:00.000Z' }]);
  await submitted(office);
  await office.settle();
  await keepAnchors(own, new Date('2026-03-01T18:00:00Z'));
  expect(ownAnchors(kernel.config.dataDirectory)).toEqual(first);
  await keepAnchors(own, new Date('2026-03-02T10:00:00Z'));
  expect(fs.readdirSync(folder)).toEqual(['2026-03-01.json', '2026-03-02.json']);
  const all = readAnchors(folder);
  expect(all[1]!.position).toBeGreaterThan(all[0]!.position);
  expect(await checkAnchors(own, all)).toEqual([]);
  expect(await checkAnchors(own, [{ ...all[0]!, position: 100_000 }, { ...all[0]!, hash: 'ff' }, { ...all[0]!, office: 'elsewhere' }])).toEqual([
    expect.stringContaining('event 100000 and what followed were removed'), expect.stringContaining('is another'), expect.stringContaining('the office is gone'),
  ]);
  fs.writeFileSync(path.join(folder, 'x.txt'), '{}');
  expect(() => readAnchors(path.join(folder, 'x.txt'))).toThrow(/no anchors/);
});
