import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateDocs } from '../core/docs.ts';
import { rootDirectory } from '../core/root.ts';
import { modules } from '../modules.ts';
import { dutyCapabilities } from '../modules/offices/duty.ts';
import { readOfficeFiles } from '../modules/offices/index.ts';

const check = process.argv.includes('--check');
const folder = path.join(rootDirectory, 'docs/generated');
const read = (name: string): string | null => {
  try {
    return readFileSync(path.join(folder, name), 'utf8');
  } catch {
    return null;
  }
};

try {
  mkdirSync(folder, { recursive: true });
  const files = generateDocs({ modules, offices: readOfficeFiles(), dutyCapabilities });
  const stale = [
    ...[...files].filter(([name, text]) => read(name) !== text).map(([name]) => name),
    ...readdirSync(folder).filter((name) => !files.has(name)),
  ];
  if (check && stale.length > 0) throw new Error(`docs/generated is stale: ${stale.join(', ')}. Run: npm run docs`);
  for (const name of check ? [] : stale) {
    const text = files.get(name);
    if (text === undefined) rmSync(path.join(folder, name));
    else writeFileSync(path.join(folder, name), text);
  }
  process.stdout.write(`Kabinet: docs/generated ${check || stale.length === 0 ? 'is fresh' : `written: ${stale.join(', ')}`}.\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
