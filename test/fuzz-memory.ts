// A process that reads the same again and again, and says how much memory is held after each round: run with --expose-gc.
import fs from 'node:fs';
import path from 'node:path';
import { readers } from './fuzz-parsers.ts';

const collect = (globalThis as { gc?: () => void }).gc!;
const [rounds, folders] = [Number(process.argv[2]), process.argv.slice(3)];
// What unfolds takes its time: read once in its own test, not again and again.
const kept = folders.flatMap((folder) => fs.readdirSync(folder).filter((name) => /\.(eml|ics|xml)$/.test(name)).map((name) => new Uint8Array(fs.readFileSync(path.join(folder, name))))).filter((bytes) => bytes.length < 100_000);
const held: { heap: number; rss: number }[] = [];
for (let round = 0; round < rounds; round++) {
  for (const reader of readers) for (const bytes of [...reader.seeds, ...kept]) for (let time = 0; time < 3; time++) await Promise.resolve(reader.read(bytes.slice())).catch(() => undefined);
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  held.push({ heap: heapUsed + external, rss });
}
process.stdout.write(JSON.stringify(held));
