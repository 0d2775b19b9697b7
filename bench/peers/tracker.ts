import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { ensurePackages } from '../debian.ts';
import { hitsAPage, rowsAPage, type Ground, type Peer, type Running } from './peer.ts';
import { must, openWeb, startProgram } from './web.ts';

const home = '/usr/share/request-tracker5';
const workers = os.availableParallelism();

/** The site's settings as the handbook advises for production, all in a folder of ours: nothing of /etc is read or written. */
function writeSettings({ server, role, database, folder, port }: Ground): NodeJS.ProcessEnv {
  const file = path.join(folder, 'RT_SiteConfig.pm');
  const none = path.join(folder, 'RT_SiteConfig.d');
  mkdirSync(none, { recursive: true });
  const settings = {
    rtname: 'bench', Organization: 'bench', WebDomain: '127.0.0.1', WebPort: port,
    DatabaseType: 'Pg', DatabaseHost: server.host, DatabasePort: server.port, DatabaseUser: role, DatabasePassword: 'none', DatabaseName: database,
    LogToFile: 'warning', LogDir: folder, LogToFileNamed: 'rt.log', LogToSTDERR: 'warning',
    // The letter stands on the page itself, not in a request after it.
    ShowHistory: 'always',
  };
  const lines = Object.entries(settings).map(([name, value]) => `Set($${name}, ${typeof value === 'number' ? value : `'${value}'`});`);
  writeFileSync(file, `${lines.join('\n')}\nSet($LogToSyslog, undef);\nSet(%FullTextSearch, Enable => 1, Indexed => 1, Table => 'AttachmentsIndex', Column => 'ContentIndex');\n1;\n`);
  return { ...process.env, RT_SITE_CONFIG: file, RT_SITE_CONFIG_DIR: none };
}

// One case is what registering one by REST leaves, less the log of its role groups, which no page reads; a settled one has its change of state.
const filling = `
  create temp table base as select (select max(id) from principals) as p, (select max(id) from transactions) as t, (select max(id) from cachedgroupmembers) as c, (select count(*) from bench.letter)::int as n;
  create temp table person as select row_number() over (order by min(n))::int as k, email, min(name) as name, min(at) as at from bench.letter group by email;
  create temp table sender as select email, p + 2 * k - 1 as id, p + 2 * k as equivalence, name, at from person, base;
  create temp table role as select p + 2 * (select count(*) from person)::int + 4 * (l.n - 1) + r.k as id, l.n, r.name, l.at, case r.name when 'Owner' then 6 when 'Requestor' then s.id end as member
    from base, bench.letter l join sender s using (email), (values (1, 'AdminCc'), (2, 'Cc'), (3, 'Owner'), (4, 'Requestor')) as r (k, name);
  insert into principals (id, principaltype) select id, 'User' from sender union all select equivalence, 'Group' from sender union all select id, 'Group' from role;
  insert into users (id, name, password, comments, emailaddress, realname, creator, created, lastupdatedby, lastupdated)
    select id, email, '*NO-PASSWORD*', 'Autocreated when added as a watcher', email, name, 1, at, 1, at from sender;
  insert into groups (id, name, description, domain, instance, creator, created, lastupdatedby, lastupdated)
    select equivalence, 'UserEquiv', 'ACL equiv. for user ' || id, 'ACLEquivalence', id, 1, at, 1, at from sender
    union all select id, name, null, 'RT::Ticket-Role', n, 14, at, 14, at from role;
  insert into groupmembers (groupid, memberid, creator, created, lastupdatedby, lastupdated)
    select x.groupid, id, 1, at, 1, at from sender, lateral (values (equivalence), (3), (5)) as x (groupid)
    union all select id, member, 14, at, 14, at from role where member is not null;
  create temp table own as select c + row_number() over (order by id) as cached, id from base, (select equivalence as id from sender union all select id from role) g;
  insert into cachedgroupmembers (id, groupid, memberid, via, immediateparentid) select cached, id, id, cached, id from own;
  select setval('cachedgroupmembers_id_seq', (select max(id) from cachedgroupmembers));
  insert into cachedgroupmembers (groupid, memberid, via, immediateparentid)
    select o.id, x.member, o.cached, o.id from own o join (select equivalence as id, id as member from sender union all select id, member from role where member is not null) x on x.id = o.id;
  insert into cachedgroupmembers (groupid, memberid, via, immediateparentid)
    select g.groupid, s.id, c.id, g.groupid from sender s, (values (3), (5)) as g (groupid) join cachedgroupmembers c on c.groupid = g.groupid and c.memberid = g.groupid;
  insert into tickets (id, effectiveid, queue, type, owner, subject, status, starts, started, due, resolved, lastupdatedby, lastupdated, creator, created)
    select n, n, 1, 'ticket', 6, subject, case when is_open then 'new' else 'resolved' end, 'epoch', 'epoch', 'epoch', case when is_open then 'epoch'::timestamp else at end, 14, at, 14, at from bench.letter;
  insert into transactions (id, objecttype, objectid, type, creator, created) select t + l.n, 'RT::Ticket', l.n, 'Create', 14, at from bench.letter l, base;
  insert into transactions (id, objecttype, objectid, type, field, oldvalue, newvalue, creator, created)
    select t + base.n + l.n, 'RT::Ticket', l.n, 'Status', 'Status', 'new', 'resolved', 14, at from bench.letter l, base where not is_open;
  insert into attachments (id, transactionid, parent, messageid, subject, contenttype, contentencoding, content, headers, creator, created)
    select l.n, t + l.n, 0, 'rt-bench-' || l.n || '@bench', subject, 'text/plain', 'none', body,
      E'MIME-Version: 1.0\\nX-RT-Interface: REST\\nContent-Type: text/plain; charset="utf-8"\\nX-RT-Original-Encoding: utf-8\\nSubject: ' || subject || E'\\nContent-Length: ' || octet_length(body) || E'\\n', 14, at from bench.letter l, base;
  insert into attachmentsindex (id, contentindex) select n, to_tsvector(subject || ' ' || body) from bench.letter;
  -- Nobody is mailed: neither does Kabinet when the sender asked for a reply by post.
  update scrips set disabled = 1 where scripaction in (select id from scripactions where execmodule in ('Notify', 'Autoreply', 'NotifyAsComment', 'NotifyOwnerOrAdminCc'));`;
const numbered = ['principals', 'users', 'groups', 'groupmembers', 'cachedgroupmembers', 'tickets', 'transactions', 'attachments'];

async function fill(ground: Ground): Promise<void> {
  const { server, role, database, say } = ground;
  const env = writeSettings(ground);
  const setUp = (action: string, ...more: string[]): void => {
    const done = spawnSync('rt-setup-database-5', ['--action', action, '--skip-create', '--dba', role, '--dba-password', 'none', ...more], { env, cwd: '/', encoding: 'utf8', timeout: 300_000 });
    if (done.status !== 0) throw new Error(`Request Tracker: ${action}: ${done.error?.message ?? `${done.stdout}\n${done.stderr}`.trim().split('\n').slice(-8).join('\n')}`);
  };
  say('Request Tracker: schema');
  setUp('schema');
  setUp('coredata');
  setUp('insert', '--datafile', `${home}/etc/initialdata`);
  const client = new pg.Client({ host: server.host, port: server.port, user: role, database, options: '-c synchronous_commit=off -c work_mem=128MB -c maintenance_work_mem=512MB' });
  await client.connect();
  try {
    say('Request Tracker: rows');
    await client.query('create table attachmentsindex (id bigserial, contentindex tsvector)');
    await client.query(`begin; ${filling} commit`);
    // As rt-setup-fulltext-index would make them; `users` and `groups` take their numbers from the principals.
    await client.query('create index contentindex_idx on attachmentsindex using gin (contentindex)');
    for (const table of numbered) await client.query(`select setval('${table}_id_seq', (select max(id) from ${table}))`);
    await client.query('vacuum (analyze)');
  } finally {
    await client.end();
  }
}

/** An installed package's version without its Debian part. */
const versionOf = (name: string): string => /^(?:\d+:)?([^+-]+)/.exec(spawnSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? '';

const rowPattern = /<tbody class="list-item"/g;

async function start(ground: Ground): Promise<Running> {
  const { port } = ground;
  const web = openWeb(port, { referer: `http://127.0.0.1:${port}/` });
  // A keep-alive connection would hold one of two workers while the other clients wait for it.
  const how = ['--preload-app', '--workers', String(workers), '--max-requests', '1000000', '--disable-keepalive', '--listen', `127.0.0.1:${port}`, '--env', 'deployment'];
  const program = await startProgram('starman', [...how, `${home}/libexec/rt-server`], { cwd: '/', env: writeSettings(ground), port });
  const stop = async (): Promise<void> => {
    web.close();
    await program.stop();
  };
  try {
    // A session is locked while a request uses it: each request at once has one of its own.
    const free: string[] = [];
    for (let count = 0; count < 16; count++) {
      const { headers } = must(await web.ask({ path: '/NoAuth/Login.html', method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'user=root&pass=password' }), 200, 302);
      free.push(headers['set-cookie']!.at(-1)!.split(';')[0]!);
    }
    const ask = async (route: string, body?: string): Promise<string> => {
      const cookie = free.pop()!;
      try {
        const json: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
        return must(await web.ask({ path: route, headers: { cookie, ...json }, ...(body ? { method: 'POST', body } : {}) }), body ? 201 : 200).text;
      } finally {
        free.push(cookie);
      }
    };
    const listed = async (query: string, rows: number) => {
      const text = await ask(`/Search/Results.html?${new URLSearchParams({ Query: query, OrderBy: 'Created', Order: 'DESC', Rows: String(rows) }).toString()}`);
      return { text, rows: text.match(rowPattern)?.length ?? 0 };
    };
    return {
      version: `Request Tracker ${versionOf('request-tracker5')}, Starman ${versionOf('starman')}, Perl ${versionOf('perl')}`,
      settings: [
        `Starman with ${workers} preloaded workers (one a core), which never end to be made anew; connections are not kept open, since a kept one holds a worker`,
        'signed in by session cookie, also for REST 2.0 (its token is hashed by bcrypt on every request, a quarter of a second); 16 sessions, since one is locked while it is used',
        'no DevelMode, log to a file from warnings on, scrips that mail switched off, the rights of a superuser (the fewest questions to the database)',
        'ShowHistory "always": the letter stands on the page; by default it is fetched by a second request',
        'full-text search on PostgreSQL, indexed (its own table and GIN index)',
      ],
      pid: program.pid,
      async register({ subject, body, email }) {
        const text = await ask('/REST/2.0/ticket', JSON.stringify({ Queue: 'General', Subject: subject, Content: body, Requestor: email }));
        return { text, rows: Number((JSON.parse(text) as { id?: string }).id ?? 0) > 0 ? 1 : 0 };
      },
      page: async ({ n }) => ({ text: await ask(`/Ticket/Display.html?id=${n}`), rows: 1 }),
      list: () => listed(`Status = '__Active__'`, rowsAPage),
      search: (word) => listed(`Content LIKE '${word}'`, hitsAPage),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export const tracker: Peer = {
  key: 'tracker',
  name: 'Request Tracker',
  prepare: () => ensurePackages(() => [`${home}/libexec/rt-server`, `${home}/etc/schema.Pg`, '/usr/bin/starman', '/usr/share/doc/libdbd-pg-perl'].every((file) => existsSync(file)), 'request-tracker5', 'rt5-standalone', 'rt5-db-postgresql', 'starman', 'dbconfig-no-thanks', 'msmtp-mta'),
  fill,
  start,
};
