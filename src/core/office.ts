import { z } from 'zod';
import { sql, type Database } from './database.ts';
import { getJurisdiction, type Jurisdiction } from './jurisdiction.ts';
import { isLocaleId, type LocaleId } from './language.ts';

const Text = z.record(z.string(), z.string());
const Hours = z.object({ text: Text, week: z.array(z.tuple([z.string(), z.string()])).default([]) });
/** One file of offices/: what an office is (see offices/README.md). */
export const OfficeData = z.looseObject({
  slug: z.string(),
  jurisdiction: z.string(),
  name: Text,
  cabinet: Text,
  mayorTitle: Text,
  accent: z.tuple([z.string(), z.string()]),
  locales: z.object({ staff: z.array(z.string()), public: z.array(z.string()), primary: z.string() }),
  address: z.string(),
  place: z.string(),
  phone: z.string(),
  email: z.string(),
  web: z.string().optional(),
  hours: Hours,
  urgent: z.array(z.object({ name: Text, phone: z.string() })),
  units: z.array(z.looseObject({
    id: z.string(), parent: z.string().nullish(), code: z.string().default(''), name: Text, competences: z.record(z.string(), z.array(z.string())).optional(),
    phone: z.string().nullish(), room: z.string().nullish(), email: z.string().nullish(), head: z.string().nullish(), cabinet: z.boolean().default(false), hours: Text.nullish(),
  })),
  people: z.array(z.looseObject({
    id: z.string(), name: z.string(), gender: z.string().nullish(), title: Text, unit: z.string(), roles: z.array(z.string()), phone: z.string().nullish(), room: z.string().nullish(),
    public: z.boolean().default(false),
  })),
  bodies: z.array(z.looseObject({ id: z.string(), name: Text, kind: z.string(), email: z.string().nullish(), phone: z.string().nullish() })),
  areas: z.array(z.object({ id: z.string(), name: Text, unit: z.string(), class: z.string() })),
  classes: z.array(z.object({ code: z.string(), name: Text, retention: z.string() })),
  /** Bodies that meet: members by person id, or outside members by name and e-mail. */
  committees: z.array(z.object({
    id: z.string(), kind: z.enum(['collegium', 'commission', 'council', 'working']), name: Text, basis: Text.default({}), task: Text.default({}), from: z.string(), until: z.string().optional(), class: z.string(), unit: z.string().optional(), noticeDays: z.number(), noticeBasis: Text.default({}),
    quorumPercent: z.number().default(50), majority: z.enum(['present', 'all', 'two-thirds']).default('present'), confidential: z.boolean().default(false), place: z.string().default(''), closing: z.array(Text).default([]),
    members: z.array(z.object({ person: z.string().optional(), name: z.string().optional(), email: z.string().optional(), role: z.enum(['chair', 'deputy', 'secretary', 'member', 'guest']).default('member'), votes: z.boolean().optional(), standsFor: z.string().optional() })),
  })).optional(),
  numbering: z.object({ unit: z.string(), class: z.string(), mail: z.string().optional(), meetings: z.string().optional(), audiences: z.string().optional() }),
  /** When whoever leads usually receives citizens (1 is Monday), and which unit keeps the list; minutes. */
  audiences: z.object({ unit: z.string(), weekdays: z.array(z.number().int().min(1).max(7)), from: z.string(), until: z.string(), minutes: z.number(), pause: z.number().default(0), place: Text }).optional(),
  answerTemplates: z.array(z.object({ id: z.string(), name: Text, facts: Text, basis: Text, decision: Text, remedy: Text })),
  remedy: Text,
  publishes: z.boolean().default(false),
  duties: z.array(z.object({ id: z.string(), title: Text })),
  /** Rooms, cars and equipment of the first day. */
  /** Who keeps the calendars of mayor and deputies besides the chief: ids of `people`. */
  keepers: z.array(z.string()).optional(),
  resources: z.array(z.object({ kind: z.enum(['room', 'car', 'equipment']), name: Text, place: Text.optional(), seats: z.number().int().positive().optional() })).optional(),
  /** Up to which level files of classified papers are kept here (null: none); absent: as the jurisdiction has it. */
  classified: z.object({ filesUpTo: z.enum(['top-secret', 'secret', 'confidential', 'restricted']).nullable() }).optional(),
});
export type OfficeData = z.infer<typeof OfficeData>;

/** An office as the running system knows it. */
export type Office = {
  id: number;
  slug: string;
  hosts: string[];
  data: OfficeData;
  jurisdiction: Jurisdiction;
  locale: LocaleId;
  staffLocales: LocaleId[];
  publicLocales: LocaleId[];
};

export function officeFrom(row: { id: number; slug: string; hosts: string[]; jurisdiction: string; data: unknown }): Office {
  const data = row.data as OfficeData;
  const known = (list: string[]): LocaleId[] => list.filter(isLocaleId);
  const locale = data.locales.primary;
  if (!isLocaleId(locale)) throw new Error(`offices/${row.slug}.json: unknown locale ${locale}`);
  return {
    id: row.id, slug: row.slug, hosts: row.hosts, data, jurisdiction: getJurisdiction(row.jurisdiction), locale,
    staffLocales: known(data.locales.staff), publicLocales: known(data.locales.public),
  };
}

const patienceMs = 1000;

/** The offices of this installation, asked again after a few seconds: every request needs one. Of a thousand only those are read that changed. */
export class Offices {
  readonly #db: Database;
  #list: Office[] = [];
  #versions = new Map<number, string>();
  #readAt = 0;
  #forgottenAt = 0;
  #reading: Promise<Office[]> | undefined;
  constructor(db: Database) {
    this.#db = db;
  }
  async all(): Promise<Office[]> {
    if (Date.now() - this.#readAt <= 5000) return this.#list;
    const read = (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
    if (this.#list.length === 0 || this.#readAt === 0) return read;
    // While the database is away those known before do: whoever asks is told about it in their own language.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Office[]>((done) => (timer = setTimeout(() => done(this.#list), patienceMs)));
    return Promise.race([read.catch(() => this.#list), late]).finally(() => clearTimeout(timer));
  }
  async #read(): Promise<Office[]> {
    const began = Date.now();
    // A row that was written since bears another transaction.
    const { rows } = await sql<{ id: number; version: string }>`select id, xmin::text as version from office order by id`.execute(this.#db);
    const changed = rows.filter((row) => this.#versions.get(row.id) !== row.version).map((row) => row.id);
    const known = new Map(this.#list.map((office) => [office.id, office]));
    if (changed.length > 0) {
      const found = await this.#db.selectFrom('office').select(['id', 'slug', 'hosts', 'jurisdiction', 'data']).where((eb) => eb('id', '=', sql<number>`any(${changed}::int[])`)).execute();
      for (const row of found) known.set(row.id, officeFrom(row));
    }
    if (changed.length > 0 || rows.length !== this.#list.length) this.#list = rows.flatMap((row) => known.get(row.id) ?? []);
    this.#versions = new Map(rows.map((row) => [row.id, row.version]));
    this.#readAt = this.#forgottenAt > began ? 0 : Date.now();
    return this.#list;
  }
  /** The offices whose log waits for its seal, or whose mail may go: asked in one statement, whatever their number. */
  async waiting(): Promise<Office[]> {
    const { rows } = await sql<{ office_id: number }>`select office_id from list_waiting_offices()`.execute(this.#db);
    return this.#of(rows);
  }
  /** The offices that have work of a kind (see list_offices_due in the migrations). */
  async due(work: 'arrival' | 'mailbox' | 'import' | 'dispatch'): Promise<Office[]> {
    const { rows } = await sql<{ office_id: number }>`select office_id from list_offices_due(${work})`.execute(this.#db);
    return this.#of(rows);
  }
  async #of(rows: readonly { office_id: number }[]): Promise<Office[]> {
    const ids = new Set(rows.map((row) => row.office_id));
    return ids.size > 0 ? (await this.all()).filter((office) => ids.has(office.id)) : [];
  }
  forget(): void {
    this.#readAt = 0;
    this.#forgottenAt = Date.now();
    this.#reading = undefined;
  }
}
