// Builds dist/ in about a second: src/bin and the workers for Node, src/islands and src/ui/assets for the browser.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { rolldown } from 'rolldown';
import { hashSources, root } from './stamp.mjs';

const startedAt = Date.now();
const dist = path.join(root, 'dist');
const out = path.join(root, '.cache', `build-${process.pid}`);
const assets = path.join(out, 'assets');
const manifest = {};
const isWorker = (name) => /-worker\.tsx?$/.test(name);
const isSource = (name) => /\.tsx?$/.test(name) && !/\.(test|d)\.tsx?$/.test(name);

try {
  const stamp = hashSources();
  fs.mkdirSync(assets, { recursive: true });
  await Promise.all([buildServer(), buildIslands()]);
  copyAssets();
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  fs.writeFileSync(path.join(assets, 'manifest.json'), `${JSON.stringify(sorted, undefined, 2)}\n`);
  await compressAssets();
  fs.writeFileSync(path.join(out, '.stamp'), stamp);
  replaceDist();
  console.log(`Kabinet: built in ${Date.now() - startedAt} ms.`);
} catch (error) {
  fs.rmSync(out, { recursive: true, force: true });
  console.error(`Kabinet: the build failed.\n${error.message ?? error}`);
  process.exit(1);
}

async function buildServer() {
  const input = listEntries('src/bin', isSource);
  for (const [name, file] of Object.entries(listEntries('src/core', isWorker))) input[name] = file;
  if (Object.keys(input).length === 0) return;
  await bundle(
    { input, platform: 'node', external: (id) => !id.startsWith('.') && !path.isAbsolute(id) },
    // All in one folder, so that `new URL('./pdf-worker.js', import.meta.url)` is right from every chunk.
    {
      dir: out,
      format: 'esm',
      sourcemap: true,
      sourcemapPathTransform: (source, map) => path.relative(dist, path.resolve(path.dirname(map), source)),
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
    },
  );
}

async function buildIslands() {
  const input = listEntries('src/islands', isSource);
  if (Object.keys(input).length === 0) return;
  const output = await bundle(
    { input, platform: 'browser', transform: { define: { 'process.env.NODE_ENV': '"production"' } } },
    { dir: assets, format: 'esm', minify: true, entryFileNames: '[name]-[hash].js', chunkFileNames: 'part-[name]-[hash].js' },
  );
  for (const chunk of output) if (chunk.type === 'chunk' && chunk.isEntry) manifest[`${chunk.name}.js`] = chunk.fileName;
}

async function bundle(input, output) {
  const jsx = { runtime: 'automatic', development: false };
  const build = await rolldown({ cwd: root, logLevel: 'warn', ...input, transform: { jsx, ...input.transform } });
  const result = await build.write(output);
  await build.close();
  return result.output;
}

/** Entry name → file, for the files of one folder. */
function listEntries(folder, accepts) {
  const directory = path.join(root, folder);
  const names = fs.existsSync(directory) ? fs.readdirSync(directory).filter(accepts).sort() : [];
  return Object.fromEntries(names.map((name) => [name.replace(/\.tsx?$/, ''), path.join(directory, name)]));
}

/** Copies src/ui/assets with a hash of the content in each name, and puts those names into the style sheets. */
function copyAssets() {
  const from = path.join(root, 'src', 'ui', 'assets');
  if (!fs.existsSync(from)) return;
  // Browsers and robots ask for these by their plain name.
  const isPlain = (name) => /^(favicon\.ico|robots\.txt|security\.txt)$/.test(name);
  const done = new Map();
  const copy = (name) => {
    if (done.has(name)) return done.get(name);
    let content = fs.readFileSync(path.join(from, name));
    if (name.endsWith('.css')) content = Buffer.from(rewrite(name, content.toString('utf8')));
    const { dir, name: stem, ext } = path.posix.parse(name);
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
    const target = isPlain(name) ? name : path.posix.join(dir, `${stem}-${hash}${ext}`);
    done.set(name, target);
    manifest[name] = target;
    fs.mkdirSync(path.join(assets, dir), { recursive: true });
    fs.writeFileSync(path.join(assets, target), content);
    return target;
  };
  const rewrite = (sheet, css) =>
    css.replace(/(url\(\s*|@import\s+)(['"]?)([^'")]+)\2/g, (whole, before, quote, reference) => {
      const [address, rest] = reference.split(/(?=[?#])/, 2);
      const name = path.posix.join(path.posix.dirname(sheet), address);
      if (/^([a-z]+:|\/|#)/.test(reference)) return whole;
      if (!fs.existsSync(path.join(from, name)))
        throw new Error(`src/ui/assets/${sheet} names ${reference}, which is not there.`);
      return `${before}${quote}${path.posix.relative(path.posix.dirname(sheet), copy(name))}${rest ?? ''}${quote}`;
    });
  for (const entry of fs.readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) copy(path.relative(from, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
  }
}

/** Writes `.br` and `.gz` beside every text, where they are smaller. */
async function compressAssets() {
  const brotli = promisify(zlib.brotliCompress);
  const gzip = promisify(zlib.gzip);
  const files = fs.readdirSync(assets, { recursive: true, withFileTypes: true });
  await Promise.all(
    files
      .filter(
        (entry) =>
          entry.isFile() && entry.name !== 'manifest.json' && /\.(css|js|svg|json|txt|html|webmanifest|ico)$/.test(entry.name),
      )
      .map(async (entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const content = fs.readFileSync(file);
        const quality = { [zlib.constants.BROTLI_PARAM_QUALITY]: content.length > 200_000 ? 9 : 11 };
        const [small, smaller] = await Promise.all([gzip(content, { level: 9 }), brotli(content, { params: quality })]);
        if (small.length < content.length) fs.writeFileSync(`${file}.gz`, small);
        if (smaller.length < content.length) fs.writeFileSync(`${file}.br`, smaller);
      }),
  );
}

/** Puts the new dist/ in place of the old one in two renames, so that no reader sees half a build. */
function replaceDist() {
  const old = path.join(root, '.cache', `replaced-${process.pid}`);
  if (fs.existsSync(dist)) fs.renameSync(dist, old);
  fs.renameSync(out, dist);
  fs.rmSync(old, { recursive: true, force: true });
}
