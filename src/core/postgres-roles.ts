import pg from 'pg';
import type { LocalPostgres } from './postgres.ts';

/** Three ways into one database: `owner` migrates, `app` serves requests under row-level security, `jobs` runs the queue. */
export type Databases = { owner: pg.ClientConfig; app: pg.ClientConfig; jobs: pg.ClientConfig };

const EXTENSIONS = ['pg_trgm', 'btree_gin', 'btree_gist'];
const OLDEST = 15;
const LOCK = 7_266_101;

/**
 * Makes the roles and one database on the packaged server, as often as it is called; `fresh` drops the database first.
 * The name is a plain identifier (`kabinet`, `kabinet_test`).
 */
export async function prepareDatabase(server: LocalPostgres, name = 'kabinet', { fresh = false } = {}): Promise<Databases> {
  const { host, port } = server;
  const config = (user: string, database = name): pg.ClientConfig => ({ host, port, user, database });
  const database = pg.escapeIdentifier(name);
  await withClient(config(server.user, 'postgres'), async (root) => {
    await root.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const roles = await listNames(root, `SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'kabinet\\_%'`);
    for (const role of ['kabinet_owner', 'kabinet_app', 'kabinet_jobs']) {
      const verb = roles.includes(role) ? 'ALTER' : 'CREATE';
      await root.query(`${verb} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS`);
    }
    if (fresh) await root.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    const databases = await listNames(root, 'SELECT datname AS name FROM pg_database');
    if (!databases.includes(name)) await root.query(`CREATE DATABASE ${database} OWNER kabinet_owner`);
    await root.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    await root.query(`GRANT CONNECT ON DATABASE ${database} TO kabinet_app, kabinet_jobs`);
    await root.query(`GRANT CREATE ON DATABASE ${database} TO kabinet_jobs`);
  });
  await withClient(config(server.user), async (root) => {
    for (const extension of EXTENSIONS) await root.query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
  });
  return { owner: config('kabinet_owner'), app: config('kabinet_app'), jobs: config('kabinet_jobs') };
}

/**
 * Checks a database given by address (the login owns it, the server is 15 or newer) and makes the two lesser roles in it.
 * `app` and `jobs` sign in with the same login and give up its rights as the session starts, so a connection pooler
 * must pass startup options on. Throws an Error with the SQL for an administrator when the login may not do this itself.
 */
export async function externalDatabase(url: string): Promise<Databases> {
  const { connectionString, options } = splitOptions(url);
  const as = (role?: string): pg.ClientConfig => {
    const all = [options, role && `-c role=${role}`].filter(Boolean).join(' ');
    return { connectionString, ...(all && { options: all }) };
  };
  await withClient(as(), async (login) => {
    const found = await login.query<{ version: number; database: string; login: string; encoding: string }>(
      `SELECT current_setting('server_version_num')::int AS version, current_database() AS database, current_user AS login,
              current_setting('server_encoding') AS encoding`,
    );
    const facts = found.rows[0]!;
    if (facts.version < OLDEST * 10_000) {
      throw new Error(
        `The server of DATABASE_URL is PostgreSQL ${Math.floor(facts.version / 10_000)}; Kabinet needs ${OLDEST} or newer.`,
      );
    }
    if (facts.encoding !== 'UTF8') throw new Error(`The database ${facts.database} is in ${facts.encoding}; Kabinet needs UTF8.`);
    await prepareExternal(login, facts.database, facts.login, facts.version);
  });
  return { owner: as(), app: as('kabinet_app'), jobs: as('kabinet_jobs') };
}

async function prepareExternal(client: pg.Client, name: string, user: string, version: number): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  const database = pg.escapeIdentifier(name);
  const login = pg.escapeIdentifier(user);
  // Before 16 a member may always SET ROLE; from 16 on that is a right of its own.
  const right = version >= 160_000 ? 'SET' : 'MEMBER';
  const missing: string[] = [];
  const ensure = async (isDone: string, statement: string): Promise<void> => {
    const done = async () => (await client.query<{ done: boolean }>(`SELECT ${isDone} AS done`)).rows[0]!.done;
    if (await done()) return;
    try {
      await client.query(statement);
      if (!(await done())) missing.push(statement);
    } catch {
      missing.push(statement);
    }
  };
  for (const role of ['kabinet_app', 'kabinet_jobs']) {
    const exists = `EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}')`;
    await ensure(exists, `CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS`);
    await ensure(
      `NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}' AND (rolsuper OR rolbypassrls))`,
      `ALTER ROLE ${role} NOSUPERUSER NOBYPASSRLS`,
    );
    const mayBecome = `coalesce((SELECT pg_has_role(current_user, oid, '${right}') FROM pg_roles WHERE rolname = '${role}'), false)`;
    await ensure(mayBecome, `GRANT ${role} TO ${login}`);
    const mayConnect = `coalesce((SELECT has_database_privilege(oid, current_database(), 'CONNECT') FROM pg_roles WHERE rolname = '${role}'), false)`;
    await ensure(mayConnect, `GRANT CONNECT ON DATABASE ${database} TO ${role}`);
  }
  const mayCreate = (role: string) =>
    `coalesce((SELECT has_database_privilege(oid, current_database(), 'CREATE') FROM pg_roles WHERE rolname = '${role}'), false)`;
  await ensure(mayCreate('kabinet_jobs'), `GRANT CREATE ON DATABASE ${database} TO kabinet_jobs`);
  await ensure(`has_schema_privilege(current_user, 'public', 'CREATE')`, `ALTER DATABASE ${database} OWNER TO ${login}`);
  for (const extension of EXTENSIONS) {
    await ensure(`EXISTS (SELECT FROM pg_extension WHERE extname = '${extension}')`, `CREATE EXTENSION ${extension}`);
  }
  if (missing.length > 0) {
    const statements = missing.map((statement) => `  ${statement};`).join('\n');
    throw new Error(
      `The login ${user} of DATABASE_URL may not prepare the database ${name} itself. ` +
        `An administrator must run once, connected to ${name}:\n${statements}\nThen start Kabinet again.`,
    );
  }
}

/** Takes `options` out of the address: pg would let it win over the option that sets the role. */
function splitOptions(url: string): { connectionString: string; options: string } {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new Error('DATABASE_URL is not an address: postgresql://login:password@server:5432/database is expected.');
  }
  const options = parsed.searchParams.get('options') ?? '';
  parsed.searchParams.delete('options');
  return { connectionString: options ? parsed.href : url, options };
}

async function withClient(config: pg.ClientConfig, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function listNames(client: pg.Client, query: string): Promise<string[]> {
  return (await client.query<{ name: string }>(query)).rows.map((row) => row.name);
}
