// Child processes of the tests and checks, which end together with this one.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './stamp.mjs';

const running = new Set();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    for (const child of running) child.kill(signal);
    if (running.size === 0) process.exit(130);
  });
}

/** Runs one of the project's tools (a JavaScript file below node_modules, or a program); `quiet` collects what it says. */
export function runTool(file, args, { quiet = false, env = {} } = {}) {
  const isScript = /^node_modules|\.m?js$/.test(file);
  const command = isScript ? [process.execPath, path.join(root, file), ...args] : [file, ...args];
  return new Promise((done) => {
    const stdio = ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'];
    const child = spawn(command[0], command.slice(1), { cwd: root, stdio, env: { ...process.env, ...env } });
    running.add(child);
    let output = '';
    child.stdout?.on('data', (text) => (output += text));
    child.stderr?.on('data', (text) => (output += text));
    const end = (code, words = '') => {
      running.delete(child);
      if (interrupted && running.size === 0) process.exit(130);
      done({ code, output: `${output}${words}`.trim() });
    };
    child.once('error', (error) => end(1, error.message));
    child.once('close', (code) => end(code ?? 1));
  });
}
