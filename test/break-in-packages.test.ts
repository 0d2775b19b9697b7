import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
// What may be handed on together with a work under EUPL-1.2: permissive ones, and MPL-2.0, which its appendix names.
const fitting = new Set(['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'MPL-2.0', 'OFL-1.1', 'Zlib', 'CC0-1.0', 'EUPL-1.1+', 'PostgreSQL', 'Unlicense']);
/** Findings that were looked at and do not concern us: the number of the advisory, and why. */
const accepted: Record<string, string> = {};

describe('packages', () => {
  test('that run have licences that go with ours, and are fixed by the hash of their contents', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { license?: string; dev?: boolean; integrity?: string; optional?: boolean; os?: string[]; cpu?: string[] }> };
    const wrong: string[] = [];
    for (const [name, found] of Object.entries(packages).filter(([key, one]) => key && !one.dev)) {
      const licence = (found.license ?? '').replaceAll(/[()]/g, '');
      const suits = licence.includes(' OR ') ? licence.split(' OR ').some((one) => fitting.has(one)) : licence.split(' AND ').every((one) => fitting.has(one));
      if (!suits) wrong.push(`${name}: ${licence || 'no licence'}`);
      // Those of other machines' processors stand in the lock without a hash: docs/asvs.md says so.
      const isElsewhere = found.optional && (found.os ?? found.cpu ?? []).length > 0 && !existsSync(path.join(root, name));
      if (!isElsewhere && !found.integrity?.startsWith('sha512-')) wrong.push(`${name}: not fixed`);
    }
    expect(wrong).toEqual([]);
  });

  test('that run have no known holes, as far as the registry answers', (context) => {
    const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8', timeout: 30_000 });
    let report: { vulnerabilities?: Record<string, { severity: string; via: (string | { source: number; title: string })[] }> } = {};
    try {
      report = JSON.parse(stdout || '{}') as typeof report;
    } catch {
      // What is no JSON is no answer.
    }
    if (!report.vulnerabilities) {
      context.skip('the registry answers no audit');
      return;
    }
    const open = Object.entries(report.vulnerabilities).flatMap(([name, one]) => one.via.flatMap((via) => (typeof via === 'string' || accepted[via.source] ? [] : [`${name}: ${via.title} (${via.source}, ${one.severity})`])));
    expect(open).toEqual([]);
  }, 60_000);
});

/** The numbers of `2.1.1–12 4.1.5`, of `4.1.5, 2.1.1–2.1.12`. */
const numbersIn = (text: string): string[] => text.split(/[\s,]+/).flatMap((part) => {
  const [, section, first, last] = /^(\d+\.\d+)\.(\d+)(?:[–-](?:\1\.)?(\d+))?$/.exec(part) ?? [];
  if (!section) return [`${part}?`];
  return Array.from({ length: Number(last ?? first) - Number(first) + 1 }, (_, place) => `${section}.${Number(first) + place}`);
});

test('docs/asvs.md has each requirement of level 1 and 2 once, in its chapter, with what shows it or that it is open', () => {
  const { level1, level2 } = JSON.parse(read('test/asvs.json')) as Record<'level1' | 'level2', string>;
  const asked = [...numbersIn(level1), ...numbersIn(level2)];
  expect(new Set(asked).size).toBe(259);
  const found: string[] = [];
  const wrong: string[] = [];
  const counts: Record<string, number> = {};
  let chapter = '';
  for (const line of read('docs/asvs.md').split('\n')) {
    chapter = /^## V(\d+) /.exec(line)?.[1] ?? chapter;
    const [numbers, held, shown] = line.split('|').slice(1, -1).map((cell) => cell.trim());
    if (!/^\d/.test(numbers ?? '')) continue;
    const here = numbersIn(numbers!);
    found.push(...here);
    const state = held!.startsWith('does not apply') ? 'does not apply' : (/\*\*(open in part|open)\*\*$/.exec(held!)?.[1] ?? (held!.includes('**open') ? 'unclear' : 'held'));
    counts[state] = (counts[state] ?? 0) + here.length;
    if (here.some((one) => !one.startsWith(`${chapter}.`)) || line.split('|').length !== 5) wrong.push(`${numbers}: stands wrongly`);
    if (state === 'unclear' || (state === 'held' && !/`(src|test|deploy)\/[^`]+`/.test(shown!))) wrong.push(`${numbers}: ${state}, shown by ${shown}`);
    for (const [, file] of held!.concat(shown!).matchAll(/`((?:src|test|deploy|docs)\/[^`*]+)`/g)) if (!existsSync(path.join(root, file!))) wrong.push(`${numbers}: ${file}`);
  }
  process.stdout.write(`asvs: ${JSON.stringify(counts)}\n`);
  expect(wrong).toEqual([]);
  expect(found.filter((one, place) => found.indexOf(one) !== place), 'twice').toEqual([]);
  expect(asked.filter((one) => !found.includes(one)), 'missing').toEqual([]);
  expect(found.filter((one) => !asked.includes(one)), 'not of level 1 or 2').toEqual([]);
});

test('no code of ours is made from text, asks a shell, or uses weak hashes or chance', () => {
  const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'));
  const wrong = files.filter((file) => /\beval\(|new Function\(|dangerouslySetInnerHTML|innerHTML\s*=|\bexec(Sync)?\(['"`]|shell: true|createHash\(['"](?!sha256|sha384|sha512)|Math\.random/.test(read(`src/${file}`)));
  expect(files.length).toBeGreaterThan(300);
  expect(wrong).toEqual([]);
});

test('every test that docs/asvs.md and SECURITY.md name is there', () => {
  const missing: string[] = [];
  const text = `${read('docs/asvs.md')}\n${read('SECURITY.md')}`;
  const named = [...text.matchAll(/`((?:test|src)\/[\w./*-]+\.(?:test\.)?ts)`(?: „([^“]+)“)?/g)];
  for (const [, file, name] of named) {
    const folder = path.dirname(file!);
    const files = file!.includes('*') ? readdirSync(path.join(root, folder)).filter((one) => one.endsWith('.test.ts')).map((one) => `${folder}/${one}`) : [file!];
    if (files.length === 0 || files.some((one) => !existsSync(path.join(root, one)))) missing.push(file!);
    else if (name && !files.some((one) => read(one).includes(name))) missing.push(`${file}: ${name}`);
  }
  expect(named.length).toBeGreaterThan(60);
  expect(missing).toEqual([]);
});
