import fs from 'node:fs';
import path from 'node:path';
import type { Kernel } from './kernel.ts';
import { newId } from './id.ts';
import { findSeal, listHeads, type Head } from './seal.ts';

export type Anchor = Head & { office: string; at: string };
const folder = 'anchors';

/** The end of each office's chain as it stands now: kept elsewhere, it shows later whether the newest events were cut off. */
export async function listAnchors(kernel: Pick<Kernel, 'db' | 'offices'>, now = new Date()): Promise<Anchor[]> {
  const heads = await listHeads(kernel.db);
  return (await kernel.offices.all()).flatMap((office) => {
    const head = heads.get(office.id);
    return head ? [{ office: office.slug, at: now.toISOString(), ...head }] : [];
  });
}

/** Writes the anchors of a day into <data>/anchors/<day>.json, once a day. */
export async function keepAnchors(kernel: Pick<Kernel, 'db' | 'offices' | 'config'>, now = new Date()): Promise<void> {
  const file = path.join(kernel.config.dataDirectory, folder, `${now.toISOString().slice(0, 10)}.json`);
  if (fs.existsSync(file)) return;
  const anchors = await listAnchors(kernel, now);
  if (anchors.length === 0) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // Two servers on one folder may write it at once: each beside, the later one stays.
  const beside = `${file}.${newId()}`;
  fs.writeFileSync(beside, `${JSON.stringify({ anchors }, undefined, 2)}\n`);
  fs.renameSync(beside, file);
}

/** The anchors in a file (of a day, or the backup.json of a backup), or in all files of a folder; throws for anything else. */
export function readAnchors(place: string): Anchor[] {
  if (fs.statSync(place).isDirectory()) {
    const inside = path.join(place, 'backup.json');
    if (fs.existsSync(inside)) return readAnchors(inside);
    return fs.readdirSync(place).filter((name) => name.endsWith('.json')).flatMap((name) => readAnchors(path.join(place, name)));
  }
  const { anchors } = JSON.parse(fs.readFileSync(place, 'utf8')) as { anchors?: Anchor[] };
  if (!Array.isArray(anchors) || anchors.some((one) => typeof one.position !== 'number' || typeof one.hash !== 'string')) throw new Error(`Kabinet: ${place} holds no anchors of the log.`);
  return anchors;
}

/** The anchors that an installation keeps itself. */
export const ownAnchors = (dataDirectory: string): Anchor[] => (fs.existsSync(path.join(dataDirectory, folder)) ? readAnchors(path.join(dataDirectory, folder)) : []);

/** Compares the chains with anchors kept earlier; a sentence for each that no longer fits. */
export async function checkAnchors(kernel: Pick<Kernel, 'db' | 'offices'>, anchors: readonly Anchor[]): Promise<string[]> {
  const offices = new Map((await kernel.offices.all()).map((office) => [office.slug, office]));
  const faults: string[] = [];
  for (const anchor of anchors) {
    const office = offices.get(anchor.office);
    const hash = office && (await findSeal(kernel.db, office, anchor.position));
    if (hash === anchor.hash) continue;
    const why = !office ? 'the office is gone' : hash === null ? `event ${anchor.position} and what followed were removed` : `event ${anchor.position} is another`;
    faults.push(`${anchor.office}: the log does not hold what stood on ${anchor.at.slice(0, 16).replace('T', ' ')} UTC: ${why}`);
  }
  return faults;
}
