import { fold } from '../../core/fold.ts';
import { newId } from '../../core/id.ts';
import { textIn } from '../../core/message.ts';
import type { Tx } from '../../core/database.ts';
import type { Module } from '../../core/module.ts';
import type { Office } from '../../core/office.ts';
import { changeParty, listParties } from './party.server.ts';
import { dropPhoto, getPhoto, setPhoto } from './party-photo.server.ts';
import { getParty, mergeParty, partParty } from './party-page.server.ts';

/** The outside bodies with which the office works. */
async function foundBodies(db: Tx, office: Office): Promise<void> {
  if (office.data.bodies.length === 0) return;
  await db.insertInto('party').values(office.data.bodies.map((body) => ({
    office_id: office.id, id: newId(), kind: 'body', key: body.id, name: textIn(body.name, office.locale), folded: fold(textIn(body.name, office.locale)), email: body.email ?? null, phone: body.phone ?? null, created_at: new Date(),
  }))).execute();
}

export const directory: Module = { name: 'directory', level: 1, begun: ['directory'], operations: [listParties, getParty, changeParty, mergeParty, partParty, setPhoto, dropPhoto, getPhoto], found: foundBodies };
