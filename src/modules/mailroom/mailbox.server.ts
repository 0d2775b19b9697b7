import { z } from 'zod';
import type { Allow } from '../../core/caller.ts';
import { choice, id, line, optionalLine, say } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, wrong } from '../../core/refusal.ts';
import { openBytes, sealBytes } from '../../core/secret.ts';
import { tryMailbox, type Door } from './imap.ts';

export const securities = ['tls', 'starttls', 'none'] as const;
/** What a new message becomes: a paper of the book, a petition, or it lies in the tray until somebody looks. */
export const registering = ['tray', 'paper', 'petition'] as const;
const keepers: readonly Allow[] = ['it', 'chief'];

const fields = {
  name: line(100), host: line(200), port: z.coerce.number(say('field.number')).int(say('field.number')).min(1, say('field.number')).max(65_535, say('field.number')), security: choice(securities), userName: line(200),
  folder: optionalLine(200), doneFolder: optionalLine(200), registersAs: choice(registering).default('tray'), classCode: optionalLine(20),
};
const password = z.string().max(500, say('field.too_long', { max: 500 }));
type Fields = z.output<z.ZodObject<typeof fields>>;

const belongs = (mailboxId: string): string => `mailbox ${mailboxId}`;
const columnsOf = (input: Fields) => ({
  name: input.name, host: input.host.toLowerCase(), port: input.port, security: input.security, user_name: input.userName, folder: input.folder || 'INBOX', done_folder: input.doneFolder, registers_as: input.registersAs, class_code: input.classCode,
});
function checkClass({ office }: Context, code: string): void {
  if (code && !office.data.classes.some((one) => one.code === code)) throw wrong({ classCode: { key: 'field.choose' } });
}

export const MailboxRow = z.object({
  id: z.string(), name: z.string(), host: z.string(), port: z.number(), security: z.string(), userName: z.string(), folder: z.string(), doneFolder: z.string(), registersAs: z.enum(registering), classCode: z.string(),
  isActive: z.boolean(), readAt: z.date().nullable(), error: z.string(),
});

const select = ({ db, office }: Pick<Context, 'db' | 'office'>) => db.selectFrom('mailbox').select([
  'id', 'name', 'host', 'port', 'security', 'user_name as userName', 'folder', 'done_folder as doneFolder', 'registers_as as registersAs', 'class_code as classCode', 'is_active as isActive', 'read_at as readAt', 'error',
]).where('office_id', '=', office.id);

export const listMailboxes = operation({
  id: 'mailbox.list', kind: 'query', rest: 'GET /mailboxes', allow: keepers,
  summary: 'The mailboxes that the office reads, with how the last reading went; never their passwords.',
  input: z.object({}),
  output: z.object({ mailboxes: z.array(MailboxRow) }),
  async run(context) {
    const rows = await select(context).orderBy('is_active', 'desc').orderBy('name').execute();
    return { mailboxes: rows.map((row) => ({ ...row, registersAs: row.registersAs as Fields['registersAs'] })) };
  },
});

export const addMailbox = operation({
  id: 'mailbox.add', kind: 'command', rest: 'POST /mailboxes', allow: keepers,
  summary: 'A mailbox to be read over IMAP from now on; its password is kept sealed and never shown again.',
  input: z.object({ ...fields, password: password.min(1, say('field.required')) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    checkClass(context, input.classCode);
    const { db, office, caller, now } = context;
    const mailboxId = context.newId();
    await db.insertInto('mailbox').values({ office_id: office.id, id: mailboxId, ...columnsOf(input), sealed_password: sealBytes(Buffer.from(input.password), belongs(mailboxId)), made_by: caller.personId, at: now }).execute();
    context.record({ name: 'mailbox.added', nounId: mailboxId });
    return { id: mailboxId };
  },
});

export const changeMailbox = operation({
  id: 'mailbox.change', kind: 'command', rest: 'POST /mailboxes/{id}', allow: keepers,
  summary: 'Changes a mailbox; to another server or user its password does not go along: it has to be given anew.',
  input: z.object({ id: id(), ...fields, password: password.default('') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    checkClass(context, input.classCode);
    const { db, office } = context;
    const before = await db.selectFrom('mailbox').select(['host', 'port', 'user_name', 'security']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!before) throw notFound();
    const after = columnsOf(input);
    const elsewhere = before.host !== after.host || before.port !== after.port || before.user_name !== after.user_name || (before.security !== 'none' && after.security === 'none');
    if (elsewhere && !input.password) throw wrong({ password: { key: 'field.password_again' } });
    await db.updateTable('mailbox').set({ ...after, error: '', is_active: true, ...(input.password ? { sealed_password: sealBytes(Buffer.from(input.password), belongs(input.id)) } : {}) }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    context.record({ name: 'mailbox.changed', nounId: input.id });
    return { id: input.id };
  },
});

export const retireMailbox = operation({
  id: 'mailbox.retire', kind: 'command', rest: 'POST /mailboxes/{id}/retire', allow: keepers,
  summary: 'A mailbox that is read no more; what came by it stays.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await context.db.updateTable('mailbox').set({ is_active: false }).where('office_id', '=', context.office.id).where('id', '=', input.id).returning('id').executeTakeFirst();
    if (!row) throw notFound();
    context.record({ name: 'mailbox.retired', nounId: row.id });
    return { id: row.id };
  },
});

export const testMailbox = operation({
  id: 'mailbox.test', kind: 'query', allow: keepers,
  summary: 'Signs in to a mailbox and opens its folder: what is wrong, or how many messages wait.',
  input: z.object({ id: id() }),
  output: z.object({ error: z.string(), unseen: z.number(), folders: z.array(z.string()) }),
  async run(context, input) {
    const door = await findDoor(context, input.id);
    if (!door) throw notFound();
    return tryMailbox(door);
  },
});

/** What the reader needs to open a mailbox; null where it is not there. The password leaves this process only towards that server. */
async function findDoor({ db, office }: Context, mailboxId: string): Promise<Door | null> {
  const row = await db.selectFrom('mailbox').selectAll().where('office_id', '=', office.id).where('id', '=', mailboxId).executeTakeFirst();
  if (!row) return null;
  return { id: row.id, host: row.host, port: row.port, security: row.security as Door['security'], user: row.user_name, password: openBytes(row.sealed_password, belongs(row.id)).toString(), folder: row.folder, doneFolder: row.done_folder };
}

export const openMailboxes = operation({
  id: 'mailbox.open', kind: 'query', allow: [],
  summary: 'The mailboxes to be read, for the reader alone.',
  input: z.object({}),
  output: z.object({ doors: z.array(z.custom<Door>()) }),
  async run(context) {
    const rows = await context.db.selectFrom('mailbox').select('id').where('office_id', '=', context.office.id).where('is_active', '=', true).orderBy('at').execute();
    const doors: Door[] = [];
    for (const row of rows) doors.push((await findDoor(context, row.id))!);
    return { doors };
  },
});

const noteEveryMs = 3_600_000;

/** Whether a reading is worth a line in the log: something came, something broke or is whole again, or an hour has passed. */
export const isNews = (last: { readAt: Date | null; error: string }, reading: { kept: number; error: string }, now: Date): boolean =>
  reading.kept > 0 || reading.error !== last.error || (reading.error === '' && (last.readAt === null || now.getTime() - last.readAt.getTime() > noteEveryMs));

export const noteReading = operation({
  id: 'mailbox.note', kind: 'command', allow: [],
  summary: 'How the reading of a mailbox went.',
  input: z.object({ id: id(), kept: z.int32().min(0), error: optionalLine(300) }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { db, office, now } = context;
    const row = await db.updateTable('mailbox').set({ error: input.error, ...(input.error ? {} : { read_at: now }) }).where('office_id', '=', office.id).where('id', '=', input.id).returning('id').executeTakeFirst();
    if (!row) throw notFound();
    context.record({ name: input.error ? 'mailbox.failed' : 'mailbox.read', nounId: row.id, data: { kept: input.kept } });
    return { id: row.id };
  },
});

export const findReading = operation({
  id: 'mailbox.reading', kind: 'query', allow: [],
  summary: 'How the last noted reading of a mailbox went.',
  input: z.object({ id: id() }),
  output: z.object({ readAt: z.date().nullable(), error: z.string() }),
  async run({ db, office }, input) {
    const row = await db.selectFrom('mailbox').select(['read_at as readAt', 'error']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row) throw notFound();
    return row;
  },
});
