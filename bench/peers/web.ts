import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';

export type Sent = { method?: string; path: string; headers?: Record<string, string>; body?: string };
export type Got = { status: number; text: string; headers: http.IncomingHttpHeaders };

/** A client that keeps its connections to one server of this machine and reads every answer whole. */
export function openWeb(port: number, usual: Record<string, string> = {}) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  const ask = ({ method = 'GET', path, headers = {}, body }: Sent): Promise<Got> =>
    new Promise((done, fail) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const request = http.request({ agent, port, host: '127.0.0.1', path, method, headers: { ...length, ...usual, ...headers } }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('error', fail);
        response.once('end', () => done({ status: response.statusCode!, text: Buffer.concat(parts).toString(), headers: response.headers }));
      });
      request.once('error', (error: NodeJS.ErrnoException) => {
        // Servers close a connection that was idle for long just when it is used again.
        if (request.reusedSocket && error.code === 'ECONNRESET') done(ask({ method, path, headers, ...(body === undefined ? {} : { body }) }));
        else fail(error);
      });
      request.end(body);
    });
  return { ask, close: () => agent.destroy() };
}
export type Web = ReturnType<typeof openWeb>;

/** The answer if it has one of these states; otherwise an error with its first words. */
export function must(got: Got, ...states: number[]): Got {
  if (!states.includes(got.status)) throw new Error(`answered ${got.status}: ${got.text.replace(/<[^>]*>|\s+/g, ' ').slice(0, 300)}`);
  return got;
}

export const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => done(port));
    });
  });

let isWatched = false;
/** Calls `last` when this process ends, also by a signal. */
export function atTheEnd(last: () => void): () => void {
  if (!isWatched) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  isWatched = true;
  process.once('exit', last);
  return () => process.removeListener('exit', last);
}

export type Program = { pid: number; stop: () => Promise<void> };

/** Starts a server of its own process group, waits until it answers, and ends all of it when asked or when this process ends. */
export async function startProgram(command: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv; port: number; seconds?: number }): Promise<Program> {
  const child: ChildProcess = spawn(command, args, { cwd: options.cwd, env: options.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let isOver = false;
  for (const pipe of [child.stdout!, child.stderr!]) pipe.on('data', (text) => (said = (said + text).slice(-3000)));
  const over = new Promise<void>((done) => child.once('exit', () => ((isOver = true), done())));
  child.once('error', (error) => ((said = error.message), (isOver = true)));
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid) process.kill(-child.pid, signal);
    } catch {
      // The group has ended.
    }
  };
  const forget = atTheEnd(() => kill('SIGKILL'));
  const stop = async (): Promise<void> => {
    kill('SIGTERM');
    const timer = setTimeout(() => kill('SIGKILL'), 8000);
    if (!isOver) await over;
    clearTimeout(timer);
    kill('SIGKILL');
    forget();
  };
  const limit = Date.now() + (options.seconds ?? 90) * 1000;
  while (!(await isOpen(options.port))) {
    if (isOver || Date.now() > limit) {
      await stop();
      throw new Error(`${command} did not start:\n${said.trim().split('\n').slice(-12).join('\n')}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  return { pid: child.pid!, stop };
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => (socket.destroy(), done(true)));
    socket.once('error', () => done(false));
  });
