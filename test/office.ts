import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, inject, test as plain } from 'vitest';
import type { z } from 'zod';
import { publicCaller, roles, type Caller, type Role } from '../src/core/caller.ts';
import { readConfig } from '../src/core/config.ts';
import { openDatabase, sql, type Database, type Tx } from '../src/core/database.ts';
import { dayIn, type Day } from '../src/core/day.ts';
import { diskFiles } from '../src/core/file.ts';
import { Kernel } from '../src/core/kernel.ts';
import type { LocaleId } from '../src/core/language.ts';
import type { OutgoingMail } from '../src/core/mail.ts';
import type { Office, OfficeData } from '../src/core/office.ts';
import { enter, type Operation, type RunOptions } from '../src/core/operation.ts';
import { Refusal } from '../src/core/refusal.ts';
import { useSecret } from '../src/core/secret.ts';
import { modules } from '../src/modules.ts';
import { addOffice, readOfficeFiles } from '../src/modules/offices/index.ts';
import { personCaller } from '../src/modules/people/index.ts';

export type OfficeFile = 'banja-luka' | 'cetinje' | 'medias' | 'opstina' | 'skopje';
export type Logged = { name: string; nounId: string | null; caseId: string | null; personId: string | null; actor: string; data: Record<string, unknown> };

useSecret(Buffer.alloc(32, 7));
let files: readonly OfficeData[] | undefined;
const fileOf = (slug: OfficeFile): OfficeData => (files ??= readOfficeFiles()).find((file) => file.slug === slug)!;

/** An office of one test's own, on the tests' database as the unprivileged role. Nothing is sealed or sent before settle(). */
export class TestOffice {
  readonly kernel: Kernel;
  readonly office: Office;
  /** What settle() delivered, oldest first. */
  readonly mails: OutgoingMail[];
  constructor(kernel: Kernel, office: Office, mails: OutgoingMail[]) {
    this.kernel = kernel;
    this.office = office;
    this.mails = mails;
  }

  /** The person of the staff with this key, or the one with this role and the fewest others; on the day of `now`, if given. */
  async as(who: Role | (string & {}), now?: Date): Promise<Caller> {
    return this.within(async (db) => {
      const people = db.selectFrom('person').select('id').where('office_id', '=', this.office.id).where('is_active', '=', true);
      const isRole = roles.includes(who as Role);
      const row = isRole
        ? await people.where(sql<boolean>`${who} = any(roles)`).orderBy((eb) => eb.fn('cardinality', ['roles'])).orderBy('key').limit(1).executeTakeFirst()
        : await people.where('key', '=', who).executeTakeFirst();
      const caller = row && (await personCaller(db, this.office, row.id, { now }));
      if (!caller) throw new Error(`nobody in ${this.office.slug} is ${who}`);
      return caller;
    });
  }

  /** The day on the office’s calendar, which begins an hour or two before that of the clock. */
  today(): Day {
    return dayIn(this.office.jurisdiction.timeZone, new Date());
  }

  year(): number {
    return Number(this.today().slice(0, 4));
  }

  /** Somebody of the staff with this one role and no other. */
  async only(role: Role): Promise<Caller> {
    return { ...(await this.as(role)), roles: new Set([role]) };
  }

  public(locale: LocaleId = this.office.locale, address = ''): Caller {
    return publicCaller(this.office, locale, address);
  }

  petitioner(caseId: string): Caller {
    return { ...this.public(), kind: 'petitioner', caseId };
  }

  contributor(linkId: string): Caller {
    return { ...this.public(), kind: 'contributor', linkId };
  }

  system(): Caller {
    return this.kernel.system(this.office);
  }

  run<I extends z.ZodType, O extends z.ZodType>(op: Operation<I, O>, caller: Caller, input: z.input<I>, options?: RunOptions): Promise<z.output<O>> {
    return this.kernel.run(op, caller, input, options);
  }

  /** The refusal that this ends in; fails when it does not. */
  async refused(promise: Promise<unknown>, status?: Refusal['status']): Promise<Refusal> {
    const refusal = await promise.then(() => null, (error: unknown) => error);
    if (!(refusal instanceof Refusal)) throw refusal ?? new Error('it was not refused');
    if (status) expect(refusal.status, refusal.message).toBe(status);
    return refusal;
  }

  /** A transaction of this office's that sees all of it, to arrange and to look. */
  within<T>(work: (db: Tx) => Promise<T>): Promise<T> {
    return this.kernel.db.transaction().execute(async (db) => {
      await enter(db, this.system(), 'all');
      return work(db);
    });
  }

  /** Listeners and mail, done now. */
  settle(): Promise<void> {
    return this.kernel.settle(this.office);
  }

  /** The log, oldest first: of one case, or all of it. */
  events(caseId?: string): Promise<Logged[]> {
    return this.within(async (db) => {
      const rows = await db.selectFrom('event').select(['name', 'noun_id', 'case_id', 'person_id', 'actor', 'data'])
        .where('office_id', '=', this.office.id).$if(caseId !== undefined, (query) => query.where('case_id', '=', caseId!)).orderBy('xid').orderBy('id').execute();
      return rows.map((row) => ({ name: row.name, nounId: row.noun_id, caseId: row.case_id, personId: row.person_id, actor: row.actor, data: row.data as Record<string, unknown> }));
    });
  }

  /** A second office beside this one, on the same kernel. */
  async another(file: OfficeFile = 'skopje'): Promise<TestOffice> {
    return new TestOffice(this.kernel, await makeOffice(file), this.mails);
  }

  /** A second office, as new as can be: without staff. */
  async bare(file: OfficeFile = 'opstina'): Promise<TestOffice> {
    return new TestOffice(this.kernel, await makeOffice(file, false), this.mails);
  }
}

const makeOffice = (file: OfficeFile, withPeople = true): Promise<Office> => addOffice(inject('database').owner, modules, fileOf(file), `${file}-${randomBytes(6).toString('hex')}`, withPeople);

type Fixtures = { $test: { officeFile: OfficeFile; office: TestOffice }; $file: { database: Database } };

/** `test` with an office made for it alone. Another office's data: `test.override({ officeFile: 'skopje' })`. */
export const test = plain.extend<Fixtures>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads what a fixture needs from this pattern
  database: [async ({}, use) => {
    const { db } = openDatabase(inject('database').app, 8);
    await use(db);
    await db.destroy();
  }, { scope: 'file' }],
  officeFile: 'cetinje',
  office: async ({ database, officeFile }, use) => {
    const folder = path.join(os.tmpdir(), `kabinet-test-${randomBytes(6).toString('hex')}`);
    const mails: OutgoingMail[] = [];
    const mail = { keepsBodies: true, deliver: async (one: OutgoingMail) => (mails.push(one), `<${one.id}@test.example>`) };
    const kernel = new Kernel({ config: readConfig({ KABINET_DATA: folder, KABINET_LOG: 'silent' }), db: database, files: diskFiles(folder), mail, modules });
    kernel.quiet = true;
    await use(new TestOffice(kernel, await makeOffice(officeFile), mails));
    await rm(folder, { recursive: true, force: true });
  },
});
export { expect };
