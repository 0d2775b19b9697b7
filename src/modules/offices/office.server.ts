import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { systemCaller } from '../../core/caller.ts';
import { openDatabase } from '../../core/database.ts';
import type { Module } from '../../core/module.ts';
import { OfficeData, officeFrom, type Office } from '../../core/office.ts';
import { enter } from '../../core/operation.ts';
import { rootDirectory } from '../../core/root.ts';
import type pg from 'pg';

/** The office files that come with the system, by slug. */
export function readOfficeFiles(): OfficeData[] {
  const directory = path.join(rootDirectory, 'offices');
  return readdirSync(directory).filter((file) => file.endsWith('.json')).sort().map((file) => {
    const parsed = OfficeData.safeParse(JSON.parse(readFileSync(path.join(directory, file), 'utf8')));
    if (!parsed.success) throw new Error(`offices/${file}: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`);
    return parsed.data;
  });
}

/** Adds an office from its data, with units and people; the owner's connection, as an administrator does it from the command line. */
export async function addOffice(owner: pg.ClientConfig, modules: readonly Module[], data: OfficeData, slug = data.slug, withPeople = true): Promise<Office> {
  const { db } = openDatabase(owner, 1);
  try {
    return await db.transaction().execute(async (tx) => {
      const kept: OfficeData = withPeople ? { ...data, slug } : { ...data, slug, people: [] };
      const row = await tx.insertInto('office').values({ slug, hosts: [], jurisdiction: data.jurisdiction, data: JSON.stringify(kept) }).returningAll().executeTakeFirstOrThrow();
      const office = officeFrom(row);
      await enter(tx, systemCaller(office), 'all');
      for (const module of modules) await module.found?.(tx, office);
      return office;
    });
  } finally {
    await db.destroy();
  }
}
