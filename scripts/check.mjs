// What can be judged without running the product. Each check is { name, run } and counts as one test in `npm test`.
import fs from 'node:fs';
import path from 'node:path';
import { runTool } from './process.mjs';
import { ensureBuilt, root } from './stamp.mjs';

const types = {
  name: 'types',
  run: () => runTool('node_modules/typescript/bin/tsc', ['--noEmit', '--pretty', 'false', '-p', '.'], { quiet: true }),
};
const lint = {
  name: 'lint',
  run: (...more) => runTool('node_modules/oxlint/bin/oxlint', ['--type-aware', ...more], { quiet: true }),
};
const format = { name: 'format', run: (mode = '--check') => runTool('node_modules/oxfmt/bin/oxfmt', [mode], { quiet: true }) };
const docs = {
  name: 'docs',
  run: () => {
    ensureBuilt();
    return runTool('dist/docs.js', ['--check'], { quiet: true });
  },
};
const architecture = {
  name: 'architecture',
  run: () => runTool('node_modules/vitest/vitest.mjs', ['run', 'test/architecture.test.ts'], { quiet: true }),
};
const isThere = (file) => fs.existsSync(path.join(root, file));

/** The checks that `npm test` counts beside the tests themselves. */
export function listChecks() {
  return [types, lint, ...(isThere('src/bin/docs.ts') ? [docs] : [])];
}

/** Runs checks side by side, prints the words of those that fail, and returns how many passed and failed. */
export async function runChecks(checks) {
  const results = await Promise.all(checks.map(async ({ name, run }) => ({ name, ...(await run()) })));
  for (const { name, code, output } of results) {
    console.log(code === 0 ? `✓ ${name}` : `✗ ${name}\n${output}\n`);
  }
  const failed = results.filter(({ code }) => code !== 0).length;
  return { passed: results.length - failed, failed };
}

/** `check`: types, lint, format and the architecture test; `--fix` first repairs what the tools can. */
export default async function check(args) {
  if (args.includes('--fix')) {
    await lint.run('--fix');
    await format.run('--write');
  }
  const all = [types, lint, format, ...(isThere('test/architecture.test.ts') ? [architecture] : [])];
  const { failed } = await runChecks(all);
  return failed === 0 ? 0 : 1;
}
