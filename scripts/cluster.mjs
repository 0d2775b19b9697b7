// What the tests of several machines need: installed programs, or Debian's, installed when we are root. None of their services is left running.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const programs = { nginx: 'nginx-light', haproxy: 'haproxy', etcd: 'etcd-server', etcdctl: 'etcd-client', patroni: 'patroni', patronictl: 'patroni' };
// Patroni speaks to etcd by a package that it only recommends.
const speech = '/usr/lib/python3/dist-packages/etcd';
const hasSpeech = () => !find('patroni')?.startsWith('/usr/bin') || fs.existsSync(speech);
const folders = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', ...(process.env.PATH ?? '').split(path.delimiter)];
const find = (name) => folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
const postgres = '/usr/lib/postgresql/15/bin';
const hasPostgres = () => fs.existsSync(path.join(postgres, 'postgres'));
const missing = () => [...new Set([...Object.entries(programs).filter(([name]) => !find(name)).map(([, one]) => one), ...(hasPostgres() ? [] : ['postgresql-15']), ...(find('patroni') && hasSpeech() ? [] : ['python3-etcd', 'python3-psycopg2'])])];
const policy = '/usr/sbin/policy-rc.d';
const services = ['nginx', 'haproxy', 'etcd', 'patroni', 'postgresql'];

/** Finds or installs nginx, HAProxy, etcd, Patroni and PostgreSQL 15; gives their files, or throws a sentence that says what to do. */
export function ensureCluster() {
  const needed = missing();
  if (needed.length > 0 && process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    console.log(`Kabinet: installing ${needed.join(', ')} for the tests of two servers …`);
    install(needed);
  }
  if (missing().length > 0) throw new Error(`no ${missing().join(', no ')} for the tests of two servers. Install them (Debian: apt-get install ${missing().join(' ')}).`);
  return { ...Object.fromEntries(Object.keys(programs).map((name) => [name, find(name)])), postgres };
}

/** Debian starts what it installs, and at each boot: both are kept from happening. */
function install(packages) {
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const had = new Set(services.filter((name) => fs.existsSync(`/lib/systemd/system/${name}.service`)));
  const isOurs = !fs.existsSync(policy);
  if (isOurs) fs.writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    spawnSync('apt-get', ['update'], quiet);
    const done = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...packages], quiet);
    if (done.status !== 0) console.error(done.stderr.trim().split('\n').slice(-3).join('\n'));
  } finally {
    if (isOurs) fs.rmSync(policy, { force: true });
    for (const name of services) if (!had.has(name) && fs.existsSync(`/lib/systemd/system/${name}.service`)) spawnSync('systemctl', ['disable', '--quiet', name], quiet);
  }
}
