import { readdirSync, readFileSync } from 'node:fs';

type Stat = { parent: number; own: number; ended: number };

/** All processes of this machine by number: parent, processor time of its own and of its children that have ended, in ms (Linux; empty elsewhere). */
function processes(): Map<number, Stat> {
  const found = new Map<number, Stat>();
  if (process.platform !== 'linux') return found;
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
      found.set(Number(name), { parent: fields[1]!, own: (fields[11]! + fields[12]!) * 10, ended: (fields[13]! + fields[14]!) * 10 });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

const within = (all: ReadonlyMap<number, Stat>, root: number): number[] => {
  const tree = [root];
  for (const one of tree) for (const [pid, { parent }] of all) if (parent === one && !tree.includes(pid)) tree.push(pid);
  return tree;
};

/** A process and everything that came of it and still runs. */
export const treeOf = (root: number): number[] => within(processes(), root);

/** Processor time in ms that a process and all its descendants have taken so far, also those that have ended and been waited for. */
export function treeTime(root: number): number {
  const all = processes();
  return within(all, root).reduce((sum, pid) => sum + (all.get(pid)?.own ?? 0) + (all.get(pid)?.ended ?? 0), 0);
}

/** Proportional memory (PSS) of a process tree, in bytes; NaN where the system does not tell. */
export function treeMemory(root: number): number {
  try {
    return treeOf(root).reduce((sum, pid) => sum + Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024, 0);
  } catch {
    return Number.NaN;
  }
}
