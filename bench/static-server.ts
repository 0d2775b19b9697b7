import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startProgram, freePort, type Program } from './peers/web.ts';
import { spoken, type Load } from './pgbench.ts';
import { treeTime } from './processes.ts';

/** nginx with one worker a core over a folder of files, on a free port of this machine alone. */
export async function startNginx(program: string, folder: string, files: Record<string, string>): Promise<Program & { port: number }> {
  const root = path.join(folder, 'files');
  mkdirSync(root, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, name), text);
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/tmp-${name};`).join(' ');
  const settings = `daemon off; ${process.getuid?.() === 0 ? 'user root;' : ''} worker_processes ${os.availableParallelism()}; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 512; }
http { ${temporary} access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100; types { text/html html; text/calendar ics; } server { listen 127.0.0.1:${port}; root ${root}; } }
`;
  writeFileSync(path.join(folder, 'nginx.conf'), settings);
  const started = await startProgram(program, ['-c', path.join(folder, 'nginx.conf'), '-e', path.join(folder, 'error.log')], { cwd: folder, env: process.env, port });
  return { ...started, port };
}

export type Pressed = { port: number; host?: string; path: string; headers?: Record<string, string>; method?: string; /** Lua: the body of the n-th request. */ body?: string };

/** Asks one address again and again by wrk from one thread, each time from an address of its own; every answer must be a good one. */
export async function press(program: string, folder: string, { port, host, path: where, headers = {}, method = 'GET', body }: Pressed, { clients, seconds, main, other }: { clients: number; seconds: number; main: number; other?: number }): Promise<Load> {
  mkdirSync(folder, { recursive: true });
  const said = Object.entries({ ...(host ? { Host: `${host}:${port}` } : {}), ...headers }).map(([name, value]) => `h[${JSON.stringify(name)}] = ${JSON.stringify(value)}`).join('\n');
  // Each request from an address of its own: the limits of one address are not what is measured.
  const script = `local h = {}\n${said}\nlocal n = ${Math.floor(Math.random() * 8_000_000)}
request = function()
  n = n + 1
  h["x-forwarded-for"] = string.format("10.%d.%d.%d", math.floor(n / 65536) % 256, math.floor(n / 256) % 256, n % 256)
  return wrk.format(${JSON.stringify(method)}, nil, h, ${body ?? 'nil'})
end
`;
  const file = path.join(folder, 'press.lua');
  writeFileSync(file, script);
  const time = (): [number, number] => [treeTime(main), other ? treeTime(other) : 0];
  const before = time();
  const text = await spoken(program, ['-t', '1', '-c', String(clients), '-d', `${seconds}s`, '--timeout', '30s', '--latency', '-s', file, `http://127.0.0.1:${port}${where}`]);
  const after = time();
  const refused = /Non-2xx or 3xx responses: (\d+)|Socket errors: connect ([1-9]\d*)/.exec(text);
  const [, count = '0', took = '1'] = /(\d+) requests in ([\d.]+)s/.exec(text) ?? [];
  if (refused || Number(count) === 0) throw new Error(`${method} ${where}: ${text}`);
  return { count: Number(count), seconds: Number(took), perSecond: Number(count) / Number(took), mean: (1000 * clients * Number(took)) / Number(count), busy: after[0] - before[0], busyOther: after[1] - before[1] };
}
