import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { rootDirectory as root } from '../src/core/root.ts';
import { modules } from '../src/modules.ts';

const walk = (folder: string): string[] => (fs.existsSync(path.join(root, folder)) ? fs.readdirSync(path.join(root, folder), { recursive: true }).map(String) : [])
  .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/'))).filter((file) => fs.statSync(path.join(root, file)).isFile());
const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');
const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);
const sources = walk('src').filter((file) => /\.(ts|tsx)$/.test(file));
const code = sources.filter((file) => !isTest(file));

type Import = { from: string; to: string; typeOnly: boolean };
/** Imports of a file: paths of the repository, or names of packages. */
function importsOf(file: string): Import[] {
  const text = read(file);
  const found = [...text.matchAll(/^(import|export)\s+(type\s)?([^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)].map((match) => ({ to: match[4]!, typeOnly: match[2] !== undefined }));
  const lazy = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)].map((match) => ({ to: match[1]!, typeOnly: false }));
  return [...found, ...lazy].map(({ to, typeOnly }) => ({ from: file, to: to.startsWith('.') ? path.posix.join(path.posix.dirname(file), to) : to, typeOnly }));
}
const imports = code.flatMap(importsOf).filter(({ to }) => to.startsWith('src/'));

const moduleOf = (file: string): string | null => /^src\/modules\/([^/]+)\//.exec(file)?.[1] ?? null;
const rankOf = new Map(modules.map((module, index) => [module.name, index]));
/** The files that put the modules together; they alone may look past an index.ts. */
const isAssembly = (file: string): boolean => /^src\/(modules\.ts|routes\.ts|site\.tsx|bin\/|demo\/|islands\/)/.test(file);
const said = ({ from, to }: Import): string => `${from} → ${to}`;

describe('imports go downward only', () => {
  test('core knows no module and no ui', () => {
    expect(imports.filter(({ from, to }) => from.startsWith('src/core/') && !to.startsWith('src/core/')).map(said)).toEqual([]);
  });

  test('ui knows core and itself', () => {
    expect(imports.filter(({ from, to }) => from.startsWith('src/ui/') && !/^src\/(core|ui)\//.test(to)).map(said)).toEqual([]);
  });

  test('modules know core, ui and each other, not what puts them together', () => {
    expect(imports.filter(({ from, to }) => moduleOf(from) && !/^src\/(core|ui|modules)\//.test(to)).map(said)).toEqual([]);
  });

  test('a module imports from another only its index.ts', () => {
    const past = imports.filter(({ from, to }) => !isAssembly(from) && moduleOf(to) && moduleOf(from) !== moduleOf(to) && to !== `src/modules/${moduleOf(to)}/index.ts`);
    expect(past.map(said)).toEqual([]);
  });

  test('a module imports only what stands before it in modules.ts; level 2 never imports level 2', () => {
    const upward = imports.filter(({ from, to }) => moduleOf(from) && moduleOf(to) && moduleOf(from) !== moduleOf(to) && rankOf.get(moduleOf(from)!)! <= rankOf.get(moduleOf(to)!)!);
    expect(upward.map(said)).toEqual([]);
    const levels = new Map(modules.map((module) => [module.name, module.level]));
    expect(imports.filter(({ from, to }) => moduleOf(to) && moduleOf(from) !== moduleOf(to) && levels.get(moduleOf(from) ?? '') === 2 && levels.get(moduleOf(to)!) === 2).map(said)).toEqual([]);
    const order = modules.map((module) => module.level);
    expect(order).toEqual([...order].sort());
  });

  test('every folder of src/modules is in modules.ts under its name, with a manifest and a README', () => {
    const folders = fs.readdirSync(path.join(root, 'src/modules')).sort();
    expect(folders).toEqual(modules.map((module) => module.name).sort());
    for (const name of folders) for (const file of ['module.ts', 'index.ts', 'README.md']) if (name !== 'requests' || file !== 'index.ts') expect(fs.existsSync(path.join(root, 'src/modules', name, file)), `src/modules/${name}/${file}`).toBe(true);
  });

  test('what a noun is runs in the browser: noun.ts beside noun.server.ts reaches neither server code nor Node', () => {
    const pure = code.filter((file) => /^src\/modules\/.*[^r]\.ts$/.test(file) && code.includes(file.replace(/\.ts$/, '.server.ts')));
    expect(pure).toContain('src/modules/requests/petition.ts');
    const islands = code.filter((file) => file.startsWith('src/islands/'));
    const seen = new Set<string>();
    const reach = (file: string, trail: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const { to, typeOnly } of importsOf(file)) {
        if (typeOnly) continue;
        expect(/\.server\.ts$|^node:|^(pg|kysely|hono)/.test(to), `${trail} → ${to}`).toBe(false);
        if (to.startsWith('src/') && fs.existsSync(path.join(root, to)) && /\.tsx?$/.test(to)) reach(to, `${trail} → ${to}`);
      }
    };
    for (const file of [...pure, ...islands]) reach(file, file);
  });
});

describe('one way in', () => {
  // What one is; the gate, and what the queries of a page share; the log's sealer and verifier; the outbox; forms of ended sessions; who is behind a cookie or token; what the clock sweeps;
  // a new office; the demonstration's mail viewer and its cast.
  const transactions = [
    'src/core/database.ts', 'src/core/held-form.ts', 'src/core/mail.ts', 'src/core/operation.ts', 'src/core/reads.ts', 'src/core/seal.ts', 'src/core/verify.ts', 'src/demo/tell.ts', 'src/modules/offices/office.server.ts', 'src/modules/offices/pages/outbox.tsx',
    'src/modules/people/people-jobs.ts', 'src/modules/people/session.server.ts', 'src/modules/people/token.server.ts',
  ];

  test('only these open a transaction', () => {
    expect(code.filter((file) => /\.transaction\(\)|\b(transact|askOnce)(<\w+>)?\(/.test(read(file))).sort()).toEqual(transactions);
  });

  test('pages and parts do not touch the database', () => {
    const touching = code.filter((file) => /\/(pages|parts)\//.test(file) && /\b(selectFrom|insertInto|updateTable|deleteFrom|kernel\.db)\b/.test(read(file)));
    expect(touching).toEqual(['src/modules/offices/pages/outbox.tsx']);
  });

  test('only core writes events, and only through the gate', () => {
    expect(code.filter((file) => /insertInto\('event(_seal)?'\)/.test(read(file)))).toEqual(['src/core/event.ts', 'src/core/seal.ts']);
    expect(code.filter((file) => /\beventsQuery\b/.test(read(file))).sort()).toEqual(['src/core/event.ts', 'src/core/operation.ts']);
  });
});

describe('law is data', () => {
  test('no code knows a country', () => {
    const ids = fs.readdirSync(path.join(root, 'jurisdictions')).map((file) => file.replace('.json', ''));
    const countries = new RegExp(`(['"\`])(${[...ids, 'BA', 'RS', 'Montenegro', 'Romania', 'Macedonia'].join('|')})\\1`);
    expect(code.filter((file) => read(file).split('\n').some((row) => countries.test(row) && !/^\s*(\*|\/\/|\/\*\*)/.test(row)))).toEqual([]);
    const slugs = new RegExp(`(===|!==|case|includes\\() ?(['"\`])(${fs.readdirSync(path.join(root, 'offices')).filter((file) => file.endsWith('.json')).map((file) => file.replace('.json', '')).join('|')})\\2`);
    expect(code.filter((file) => slugs.test(read(file)))).toEqual([]);
  });

  test('no holiday library decides what the law says', () => {
    expect(code.filter((file) => /date-holidays/.test(read(file)))).toEqual([]);
    expect(read('package.json')).not.toMatch(/date-holidays/);
  });
});

describe('files', () => {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter((file) => file && fs.existsSync(path.join(root, file)));

  test('none is over 400 lines, generated ones and data aside', () => {
    const long = [...sources, ...walk('test'), ...walk('scripts'), ...walk('bench'), ...walk('db/migrations')].filter((file) => /\.(ts|tsx|mjs|css|sql)$/.test(file) && read(file).split('\n').length > 401);
    expect(long).toEqual([]);
  });

  test('texts name no machine and no package mirror', () => {
    const binary = /\.(woff2|png|jpg|jpeg|webp|pdf|ico|gz|br|ttf|otf)$/;
    const telling = new RegExp(['/wo' + 'rk/(main|shared)', '/tmp/br' + 'ief', '(?<![\\w.])/ro' + 'ot/', '/ho' + 'me/[a-z]', 'regis' + 'try\\.npmjs', 'arti' + 'factory', 'ver' + 'daccio'].join('|'), 'i');
    expect(listed.filter((file) => !binary.test(file) && telling.test(read(file)))).toEqual([]);
  });

  test('names avoid what says nothing', () => {
    const empty = /(^|[-./])(service|manager|helper|helpers|util|utils|handler|repository|dto|base|info|common|misc)([-.]|$)/i;
    expect(code.filter((file) => empty.test(path.basename(file)))).toEqual([]);
    const types = code.flatMap((file) => [...read(file).matchAll(/^export (?:class|type|interface|const) (\w*(?:Service|Manager|Helper|Util|Utils|Handler|Repository|DTO))\b/gm)].map((match) => `${file} ${match[1]}`));
    expect(types).toEqual([]);
  });
});

describe('operations', () => {
  const operations = modules.flatMap((module) => module.operations);

  test('are noun.verb, once each, with one sentence; a method and path belong to one', () => {
    expect(operations.filter((op) => !/^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/.test(op.id)).map((op) => op.id)).toEqual([]);
    expect(new Set(operations.map((op) => op.id)).size).toBe(operations.length);
    const paths = operations.flatMap((op) => (op.rest ? [op.rest.replaceAll(/\{\w+\}/g, '{}')] : []));
    expect(paths.filter((one, index) => paths.indexOf(one) !== index)).toEqual([]);
    expect(operations.filter((op) => op.summary.length < 10 || !/[.;)]$/.test(op.summary)).map((op) => op.id)).toEqual([]);
  });

  test('queries are read by GET, commands never', () => {
    expect(operations.filter((op) => op.rest && op.rest.startsWith('GET ') !== (op.kind === 'query')).map((op) => op.id)).toEqual([]);
  });

  test('nothing is called update, set or manage', () => {
    expect(operations.filter((op) => /\.(update|edit|manage|process|handle)/.test(op.id)).map((op) => op.id)).toEqual([]);
  });
});
