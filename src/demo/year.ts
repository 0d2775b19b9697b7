import { readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { rootDirectory } from '../core/root.ts';

const Scenario = z.object({
  kind: z.enum(['petition', 'proposal', 'complaint', 'question', 'request']), area: z.string(), unit: z.string(),
  variants: z.array(z.object({ subject: z.string(), place: z.string(), text: z.string(), from: z.string().optional() })).min(1), resolution: z.string(),
  answer: z.object({ facts: z.string(), basis: z.string(), decision: z.string(), remedy: z.string() }).optional(),
  contribution: z.object({ of: z.string(), question: z.string(), reply: z.string() }).optional(), completion: z.object({ question: z.string(), reply: z.string() }).optional(),
  forward: z.object({ body: z.string(), reason: z.string() }).optional(), dissatisfied: z.string().optional(),
});
const Sender = z.object({ name: z.string(), kind: z.enum(['person', 'organisation']), email: z.string().optional(), phone: z.string().optional(), address: z.string().optional(), place: z.string().optional() });
const Year = z.object({ parties: z.array(Sender), petitions: z.array(Scenario) });
export type Scenario = z.infer<typeof Scenario>;
export type Sender = z.infer<typeof Sender>;

/** The demonstration year of an office, or null where there is none. */
export function readYear(slug: string): z.infer<typeof Year> | null {
  const file = path.join(rootDirectory, 'demo', `${slug}.json`);
  return existsSync(file) ? Year.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

/** A small repeatable source of chance (mulberry32), so that two first starts tell the same year. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
