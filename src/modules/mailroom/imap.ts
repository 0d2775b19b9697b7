import { ImapFlow } from 'imapflow';

/** A mailbox with what opens it. */
export type Door = { id: string; host: string; port: number; security: 'tls' | 'starttls' | 'none'; user: string; password: string; folder: string; doneFolder: string };

/** A connection to the mailbox, not yet opened. It never falls back to plain text where TLS was asked for. */
export function imapOf(door: Door): ImapFlow {
  const client = new ImapFlow({
    host: door.host, port: door.port, secure: door.security === 'tls', ...(door.security === 'tls' ? {} : { doSTARTTLS: door.security === 'starttls' }), auth: { user: door.user, pass: door.password }, logger: false,
    connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 120_000, maxIdleTime: 60_000, autoIdleDelay: 1000, maxLiteralSize: 64 * 1024 * 1024, maxResponseSize: 80 * 1024 * 1024,
    clientInfo: { name: 'Kabinet' },
  });
  // Whoever waits for a command is told of a broken connection by that command; without a listener it would end the process.
  client.on('error', () => {});
  return client;
}

/** The key of a sentence about what a mail server did not allow. */
export function imapError(error: unknown): string {
  const { authenticationFailed, code, mailboxMissing, serverResponseCode, message = '' } = error as { authenticationFailed?: boolean; code?: string; mailboxMissing?: boolean; serverResponseCode?: string; message?: string };
  if (authenticationFailed) return 'sign_in';
  if (mailboxMissing || serverResponseCode === 'NONEXISTENT' || serverResponseCode === 'TRYCREATE') return 'folder';
  if (/certificate|tls|ssl/i.test(`${code} ${message}`)) return 'tls';
  return ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'CONNECT_TIMEOUT', 'ECONNRESET', 'EAI_AGAIN', 'NoConnection', 'ConnectionClosed', 'GREETING_TIMEOUT'].includes(code ?? '') ? 'connection' : 'other';
}

/** Opens the mailbox and closes it again: what is wrong ('' nothing), how many messages wait, which folders there are. */
export async function tryMailbox(door: Door): Promise<{ error: string; unseen: number; folders: string[] }> {
  const client = imapOf(door);
  try {
    await client.connect();
    const folders = (await client.list()).map((one) => one.path).slice(0, 200);
    if (!folders.some((one) => one === door.folder || one.toUpperCase() === door.folder.toUpperCase() && one.toUpperCase() === 'INBOX')) return { error: 'folder', unseen: 0, folders };
    const status = await client.status(door.folder, { unseen: true });
    if (!status || (door.doneFolder && !folders.includes(door.doneFolder))) return { error: 'folder', unseen: 0, folders };
    return { error: '', unseen: status.unseen ?? 0, folders };
  } catch (error) {
    return { error: imapError(error), unseen: 0, folders: [] };
  } finally {
    await client.logout().catch(() => client.close());
  }
}
