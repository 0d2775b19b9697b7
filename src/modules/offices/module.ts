import type { Module } from '../../core/module.ts';
import type { Tx } from '../../core/database.ts';
import type { Office } from '../../core/office.ts';
import { listDuties } from './duty.server.ts';
import { readContact, readStructure } from './office-public.server.ts';

async function foundUnits(db: Tx, office: Office): Promise<void> {
  await db.insertInto('unit').values(office.data.units.map((unit, position) => ({
    office_id: office.id, id: unit.id, parent_id: unit.parent ?? null, code: unit.code, name: JSON.stringify(unit.name), cabinet: unit.cabinet, email: unit.email ?? null, position,
  }))).execute();
}

export const offices: Module = { name: 'offices', level: 1, begun: ['publishing', 'rights'], operations: [readStructure, readContact, listDuties], found: foundUnits };
