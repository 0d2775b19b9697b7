import { hash } from '@node-rs/argon2';
import { openDatabase } from '../core/database.ts';
import type { Kernel } from '../core/kernel.ts';
import { addOffice, readOfficeFiles } from '../modules/offices/index.ts';
import { tellYear } from './tell.ts';
import type pg from 'pg';

export const demoPassword = 'kabinet-demo-2026';

/** Adds the five offices, with their demonstration year unless `empty`; answers with the number of letters told. */
export async function seedOffices(kernel: Kernel, owner: pg.ClientConfig, options: { empty: boolean; progress?: (text: string) => void }): Promise<number> {
  const files = readOfficeFiles();
  const offices = [];
  for (const data of files) offices.push(await addOffice(owner, kernel.modules, data, data.slug, !options.empty));
  kernel.offices.forget();
  if (options.empty) return 0;
  const passwordHash = await hash(demoPassword, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const { db } = openDatabase(owner, 1);
  await db.updateTable('person').set({ password_hash: passwordHash }).execute();
  await db.destroy();
  kernel.quiet = true;
  const shares = new Map<number, number>();
  const told = await Promise.all(offices.map(async (office) => {
    const count = await tellYear(kernel, office, new Date(), (share) => {
      shares.set(office.id, share);
      options.progress?.(`${Math.round(([...shares.values()].reduce((a, b) => a + b, 0) / offices.length) * 100)} %`);
    });
    await kernel.settle(office);
    return count;
  }));
  kernel.quiet = false;
  return told.reduce((a, b) => a + b, 0);
}

