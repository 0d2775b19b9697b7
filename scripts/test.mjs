// `npm test`: checks, tests on a real database, journeys in a real browser; the last line is `N passed, N failed`.
import fs from 'node:fs';
import path from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { ensureCalendarClients } from './calendar-clients.mjs';
import { ensureCluster } from './cluster.mjs';
import { ensureDovecot } from './dovecot.mjs';
import { listChecks, runChecks } from './check.mjs';
import { runTool } from './process.mjs';
import { ensureBuilt, root } from './stamp.mjs';

/** All of it, or with words given only the test files whose path holds one of them. */
export default async function test(args) {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const total = { passed: 0, failed: 0 };
  const add = ({ passed, failed }) => {
    total.passed += passed;
    total.failed += failed;
  };
  const journeys = listTests('test/journeys').filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  const browser = journeys.length > 0 ? ensureBrowser() : undefined;

  // Installed once here: test files that run side by side would stand in each other's way.
  if (words.length === 0) {
    for (const ensure of [ensureDovecot, ensureCalendarClients, ensureCluster]) {
      try {
        ensure();
      } catch (error) {
        console.error(`Kabinet: ${error.message}`);
      }
    }
  }

  ensureBuilt();
  if (args.length === 0) add(await runChecks(listChecks()));
  add(await runVitest('unit', args));
  if (journeys.length > 0 && browser) add(await runVitest('journeys', args));
  if (journeys.length > 0 && !browser) {
    for (const file of journeys) console.log(`✗ ${file}: no browser`);
    add({ passed: 0, failed: journeys.length });
  }
  if (total.passed + total.failed === 0) console.log(`No test matches ${words.join(' ')}.`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** Runs one project of vitest.config.ts and counts its tests; a file or a run that broke outside a test is one failure. */
async function runVitest(project, args) {
  const report = path.join(root, '.cache', `vitest-${project}.json`);
  fs.mkdirSync(path.dirname(report), { recursive: true });
  fs.rmSync(report, { force: true });
  const options = [
    'run',
    '--project',
    project,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  // Tests run as in development: React then warns on console.error, which fails the test.
  const { code } = await runTool('node_modules/vitest/vitest.mjs', [...options, ...args], { env: { NODE_ENV: 'test' } });
  if (!fs.existsSync(report)) return { passed: 0, failed: code === 0 ? 0 : 1 };
  const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(fs.readFileSync(report, 'utf8'));
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  );
  const failed = numFailedTests + broken.length;
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

function listTests(folder) {
  const directory = path.join(root, folder);
  if (!fs.existsSync(directory)) return [];
  const names = fs.readdirSync(directory, { recursive: true }).map(String);
  return names
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')));
}
