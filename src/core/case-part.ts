import type { DB } from '../../db/types.ts';
import { sql, type RawBuilder } from './database.ts';
import type { Context } from './operation.ts';
import type { Module } from './module.ts';

type CaseTable = { [T in keyof DB]: 'case_id' extends keyof DB[T] ? T : never }[keyof DB];
/** A kind of rows that a case may have: those of a table, narrowed by a condition where not all of them count. */
export type CasePart = { name: string; table: CaseTable; where?: string };

const statements = new WeakMap<readonly Module[], RawBuilder<unknown>>();
function partsOf(modules: readonly Module[]): RawBuilder<unknown> {
  const known = statements.get(modules);
  if (known) return known;
  const parts = modules.flatMap((module) => module.ofCase ?? []);
  const made = sql.join(parts.map((part) => sql`case when exists (select from ${sql.table(part.table)} x where x.office_id = c.office_id and x.case_id = c.id${sql.raw(part.where ? ` and ${part.where}` : '')}) then ${sql.lit(part.name)} end`));
  statements.set(modules, made);
  return made;
}

/** The parts that a case has, as far as the caller may see them, by name: one statement, so that only what is there is asked for. */
export async function listCaseParts({ kernel, db, office }: Pick<Context, 'kernel' | 'db' | 'office'>, caseId: string): Promise<string[]> {
  const { rows } = await sql<{ parts: string[] }>`select array_remove(array[${partsOf(kernel.modules)}], null) as parts from case_file c where c.office_id = ${office.id} and c.id = ${caseId}`.execute(db);
  return rows[0]?.parts ?? [];
}
