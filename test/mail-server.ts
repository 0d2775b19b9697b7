import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';

const freePort = (): Promise<number> => new Promise((done) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address() as net.AddressInfo;
    probe.close(() => done(port));
  });
});
const answers = (port: number): Promise<boolean> => new Promise((done) => {
  const socket = net.connect(port, '127.0.0.1').once('data', () => (socket.destroy(), done(true))).once('error', () => done(false));
});

/** A real mail server (Debian's Dovecot) with one user, mail in a folder of its own, on a port of its own. */
export class MailServer {
  readonly port: number;
  readonly folder: string;
  readonly user = 'pisarnica';
  readonly password = 'lozinka';
  readonly #process: ChildProcess;
  constructor(port: number, folder: string, process: ChildProcess) {
    this.port = port;
    this.folder = folder;
    this.#process = process;
  }

  static async start(): Promise<MailServer> {
    const { ensureDovecot } = (await import('../scripts/dovecot.mjs' as string)) as { ensureDovecot(): string };
    const program = ensureDovecot();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet-imap-'));
    const port = await freePort();
    // As root it needs somebody else to be; as anybody else it is that person throughout.
    const isRoot = process.getuid!() === 0;
    const name = isRoot ? 'dovecot' : os.userInfo().username;
    const [uid, gid] = isRoot ? ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim()) as [string, string] : [String(process.getuid!()), String(process.getgid!())];
    const group = spawnSync('id', ['-gn', name], { encoding: 'utf8' }).stdout.trim();
    const mail = path.join(folder, 'mail');
    fs.mkdirSync(path.join(mail, 'cur'), { recursive: true });
    for (const one of ['new', 'tmp']) fs.mkdirSync(path.join(mail, one));
    fs.chmodSync(folder, 0o755);
    if (isRoot) for (const one of [mail, ...['cur', 'new', 'tmp'].map((part) => path.join(mail, part))]) fs.chownSync(one, Number(uid), Number(gid));
    const file = path.join(folder, 'dovecot.conf');
    fs.writeFileSync(file, `
protocols = imap
base_dir = ${folder}/run
state_dir = ${folder}/state
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
log_path = ${folder}/log
default_internal_user = ${name}
default_internal_group = ${group}
default_login_user = ${isRoot ? 'dovenull' : name}
first_valid_uid = 1
mail_location = maildir:${mail}
passdb {
  driver = static
  args = password=lozinka
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/home
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
mail_max_userip_connections = 50
`);
    const started = spawn(program, ['-F', '-c', file], { stdio: 'ignore' });
    const server = new MailServer(port, folder, started);
    for (let turn = 0; turn < 100; turn++) {
      if (started.exitCode !== null) break;
      if (await answers(port)) return server;
      await pause(50);
    }
    throw new Error(`Dovecot did not start: ${fs.existsSync(`${folder}/log`) ? fs.readFileSync(`${folder}/log`, 'utf8') : ''}`);
  }

  /** What somebody else's mail program does in the mailbox. */
  async within<T>(work: (client: ImapFlow) => Promise<T>): Promise<T> {
    const client = new ImapFlow({ host: '127.0.0.1', port: this.port, secure: false, doSTARTTLS: false, auth: { user: this.user, pass: this.password }, logger: false });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.logout();
    }
  }
  async deliver(message: string | Uint8Array, folder = 'INBOX'): Promise<void> {
    const bytes = typeof message === 'string' ? Buffer.from(message.replace(/\r?\n/g, '\r\n')) : Buffer.from(message);
    await this.within((client) => client.append(folder, bytes));
  }
  async unseen(folder = 'INBOX'): Promise<number> {
    return this.within(async (client) => ((await client.status(folder, { unseen: true })) || { unseen: -1 }).unseen ?? -1);
  }
  async empty(): Promise<void> {
    await this.within(async (client) => {
      const lock = await client.getMailboxLock('INBOX');
      await client.messageDelete('1:*').catch(() => {});
      lock.release();
    });
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.#process.once('exit', done));
    this.#process.kill('SIGTERM');
    await Promise.race([ended, pause(3000)]);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A message of an invented sender, with headers of one's choice. */
export function letterOf(more: { from?: string; subject?: string; text?: string; id?: string | null; headers?: string[]; type?: string } = {}): string {
  const id = more.id === undefined ? `<${randomBytes(8).toString('hex')}@primjer.example>` : more.id;
  return [
    `From: ${more.from ?? 'Ana Anic <ana@primjer.example>'}`, 'To: pisarnica@ured.example', ...(more.subject === '' ? [] : [`Subject: ${more.subject ?? 'Mrak u ulici'}`]), ...(id ? [`Message-ID: ${id}`] : []), 'Date: Mon, 02 Nov 2026 09:00:00 +0100',
    ...(more.headers ?? []), 'MIME-Version: 1.0', `Content-Type: ${more.type ?? 'text/plain; charset=utf-8'}`, '', more.text ?? 'Kod skole je mrak.', '',
  ].join('\n');
}
