import pg from 'pg';
import { migrate } from '../src/core/migrate.ts';
import { openDatabase } from '../src/core/database.ts';
import { Offices, type Office } from '../src/core/office.ts';
import { prepareDatabase, type LocalPostgres } from '../src/core/postgres.ts';
import { addOffice, readOfficeFiles } from '../src/modules/offices/index.ts';
import { modules } from '../src/modules.ts';
import { fillOffice } from './fill.ts';
import { fillRegister } from './fill-register.ts';

/** One database to measure: so many cases in each of so many offices. */
export type Size = { name: string; offices: number; cases: number };
type Say = (text: string) => void;
type Column = { table: string; column: string; type: string };

// A quarter of the cases are petitions, the others papers, as in a register book of a town.
const petitionShare = 4;
const years = 10;
/** Petitions told one by one; the others are copies of these, moved in time, with ids, numbers, names and keys of their own. */
const block = 2500;
const version = 'growth 1';

/** Whether the database is there and holds what its size says. */
export async function isFilled(server: LocalPostgres, { name }: Size): Promise<boolean> {
  return as(server, 'postgres', async (root) => {
    const { rows } = await root.query<{ said: string | null }>(
      `select shobj_description(oid, 'pg_database') as said from pg_database where datname = $1`,
      [name],
    );
    return rows[0]?.said === version;
  });
}

/** Makes the database anew and fills it: set-wise, without triggers, the indexes afterwards. */
export async function fillSize(server: LocalPostgres, size: Size, say: Say): Promise<void> {
  const { owner } = await prepareDatabase(server, size.name, { fresh: true });
  await migrate(owner);
  const office = await addOffice(owner, modules, readOfficeFiles().find((data) => data.slug === 'skopje')!, slugOf(1));
  // The superuser may leave triggers and foreign keys unasked: what is copied was right already.
  const root = { ...owner, user: server.user, options: '-c session_replication_role=replica -c work_mem=256MB -c maintenance_work_mem=1GB -c synchronous_commit=off -c idle_in_transaction_session_timeout=0' };
  const petitions = size.cases / petitionShare;
  const first = Math.min(petitions, block);
  await fillOffice(owner, office, first, say, years);
  await as(server, size.name, async (client) => {
    const indexes = await takeIndexes(client);
    if (petitions > first) await copyPetitions(client, office, Math.ceil(petitions / first), say);
    await fillRegister(root, office, petitions, say, petitionShare - 1);
    // One seal over all that was filled in: the sealer goes on from here.
    await client.query(`delete from event_seal; insert into event_seal (office_id, position, event_id, xid, hash) select office_id, 1, id, xid, '\\x00' from event order by xid desc, id desc limit 1`);
    if (size.offices > 1) await copyOffices(client, size.offices, say);
    say(`${indexes.length} indexes`);
    for (const index of indexes) await client.query(index);
    await client.query('vacuum (analyze)');
    await client.query(`comment on database ${pg.escapeIdentifier(size.name)} is '${version}'`);
    await client.query('checkpoint');
  });
}

export const slugOf = (serial: number): string => `growth-${serial}`;

/** All offices of a database, or the first so many. */
export async function readOffices(config: pg.ClientConfig, most: number): Promise<Office[]> {
  const { db } = openDatabase(config, 1);
  try {
    return (await new Offices(db).all()).slice(0, most);
  } finally {
    await db.destroy();
  }
}

/** Runs `work` as the cluster's superuser. */
export async function as<T>(server: LocalPostgres, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const options = '-c session_replication_role=replica -c work_mem=256MB -c maintenance_work_mem=1GB -c synchronous_commit=off';
  const client = new pg.Client({ host: server.host, port: server.port, user: server.user, database, options });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Drops every index that no constraint needs; gives the statements that make them again. */
async function takeIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; made: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made from pg_index i join pg_class t on t.oid = i.indrelid
      where t.relnamespace = 'public'::regnamespace and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)`,
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map((row) => row.made);
}

async function listColumns(client: pg.Client): Promise<Map<string, Column[]>> {
  const { rows } = await client.query<Column>(
    `select c.table_name as table, c.column_name as column, c.udt_name as type from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER' order by c.table_name, c.ordinal_position`,
  );
  return Map.groupBy(rows, (row) => row.table);
}

// The last two bytes of an id are chance: a copy's number takes their place. Its version 8 keeps it apart from all originals.
const idOf = (id: string): string => `overlay(overlay(${id}::text placing lpad(to_hex(n), 4, '0') from 33) placing '8' from 15)::uuid`;
/** A word that only one sender bears. */
const wordOf = (id: string): string => `translate(right(${idOf(id)}::text, 9), '0123456789abcdef', 'abdegiklmnoprstu')`;
const people = new Set(['handled_by', 'approver_id', 'owner_id', 'drafted_by', 'approved_by', 'person_id', 'given_by', 'created_by', 'entered_by', 'by_person']);
const copied = ['party', 'case_file', 'petition', 'entry', 'clock', 'answer', 'obligation', 'document', 'event', 'search_entry'] as const;
const numberOf = (reference: string): string => `split_part(split_part(${reference}, '-', 3), '/', 1)::int`;
const regroup = (copies: number): string => `regexp_replace(reference, '-\\d+/(\\d+)$', '-' || ((${numberOf('reference')} - 1) * ${copies} + 1) || '/\\1')`;

/** `copies` times the petitions that are there, between each other in time: number 7 becomes 7 × copies and those before it. */
async function copyPetitions(client: pg.Client, office: Office, copies: number, say: Say): Promise<void> {
  const columns = await listColumns(client);
  // The originals take the first number of their group; by way of negative ones, for two rows never bear one number.
  await client.query(`update case_file set number = (1 - number) * ${copies} - 1, reference = ${regroup(copies)} where office_id = $1`, [office.id]);
  await client.query('update case_file set number = -number where office_id = $1', [office.id]);
  await client.query(`update entry set reference = ${regroup(copies)} where office_id = $1`, [office.id]);
  for (const table of copied) {
    say(`copying: ${table}`);
    const value = ({ column, type }: Column): string => {
      const name = `t.${column}`;
      const isFound = table === 'search_entry';
      if (table === 'case_file' && column === 'number') return 't.number + n';
      if (column === 'reference') return `regexp_replace(${name}, '-\\d+/(\\d+)$', '-' || (${numberOf(name)} + n) || '/\\1')`;
      if (type === 'uuid') return people.has(column) ? name : idOf(name);
      if (type === 'timestamptz') return `least(now(), ${name} + n * interval '1 second' * ${Math.floor((years * 365 * 86_400) / (block * copies))})`;
      if (type === 'bytea') return `sha256(${name} || n::text::bytea)`;
      if (table === 'party' && (column === 'name' || column === 'folded')) return `${name} || ' ' || ${wordOf('t.id')}`;
      if (table === 'party' && (column === 'email' || column === 'phone')) return `replace(${name}, ${column === 'email' ? `'person'` : `'+389'`}, ${column === 'email' ? `'person' || n || '-'` : `'+389 ' || n`})`;
      if (isFound && (column === 'title' || column === 'folded')) return `case when t.noun = 'party' then ${name} || ' ' || ${wordOf('t.id')} else ${name} end`;
      if (isFound && column === 'vector') return `t.vector || coalesce(setweight(to_tsvector('simple', case when t.noun = 'party' then ${wordOf('t.id')} else ${wordOf('c.party_id')} end), 'B'), ''::tsvector)`;
      return name;
    };
    const list = columns.get(table)!;
    const at = { party: 'created_at', case_file: 'opened_at', petition: 'registered_at', clock: 'started_on', answer: 'updated_at' }[table as string] ?? 'at';
    // In the order of time, as they would have been written.
    await client.query(`insert into ${table} (${list.map((one) => one.column).join(', ')}) select ${list.map(value).join(', ')}
      from ${table} t cross join generate_series(1, ${copies - 1}) n ${table === 'search_entry' ? `left join case_file c on c.office_id = t.office_id and c.id = t.case_id and (c.number - 1) % ${copies} = 0` : ''}
      where t.office_id = ${office.id} order by t.${at}, n`);
  }
  await client.query('update book_year b set last_number = (select max(number) from case_file c where c.office_id = b.office_id and c.book = b.book and c.year = b.year) where office_id = $1', [office.id]);
}

/** The first office, whole, as many times as offices are asked for. */
async function copyOffices(client: pg.Client, offices: number, say: Say): Promise<void> {
  const columns = await listColumns(client);
  const { rows } = await client.query<{ id: number }>(`insert into office (slug, hosts, jurisdiction, data) select 'growth-' || n, hosts, jurisdiction, jsonb_set(data, '{slug}', to_jsonb('growth-' || n)) from office cross join generate_series(2, $1) n order by n returning id`, [offices]);
  const [from, until] = [rows[0]!.id, rows.at(-1)!.id];
  for (const [table, list] of columns) {
    if (table === 'office' || !list.some((one) => one.column === 'office_id')) continue;
    const value = ({ column, type }: Column): string => {
      if (column === 'office_id') return 'n';
      if (type === 'uuid') return idOf(`t.${column}`);
      if (type === '_text' && column === 'involved') return `array(select case when x ~ '^[0-9a-f-]{36}$' then ${idOf('x')}::text else x end from unnest(t.involved) x)`;
      return `t.${column}`;
    };
    const { rowCount } = await client.query(`insert into ${table} (${list.map((one) => one.column).join(', ')}) overriding system value select ${list.map(value).join(', ')} from ${table} t cross join generate_series($1::int, $2::int) n where t.office_id = 1 order by n, t.ctid`, [from, until]);
    if (rowCount! > 100_000) say(`offices: ${table}, ${rowCount} rows`);
  }
}
