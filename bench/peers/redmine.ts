import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { rootDirectory } from '../../src/core/root.ts';
import { dependenciesOf, ensurePackages, ensureProgram, unpackPackage } from '../debian.ts';
import { hitsAPage, rowsAPage, type Ground, type Peer, type Running } from './peer.ts';
import { must, openWeb, startProgram } from './web.ts';

const unpacked = path.join(rootDirectory, '.cache/debian/redmine');
const source = path.join(unpacked, 'usr/share/redmine');
const workers = os.availableParallelism();
const threads = 5;
const apiKey = '0123456789abcdef0123456789abcdef01234567';
const password = 'kabinet-bench-2026';
const found = /<dt class="issue/g;

/** Ruby's environment with nothing of ours in it: another Ruby's gems or a Bundler's settings would lead it astray. */
const environment = (app: string): NodeJS.ProcessEnv => ({
  PATH: '/usr/local/bin:/usr/bin:/bin', HOME: app, LANG: 'C.UTF-8', TZ: 'UTC', BUNDLE_GEMFILE: path.join(app, 'Gemfile'), RAILS_ENV: 'production', REDMINE_INSTANCE: 'bench', REDMINE_LANG: 'en', SCHEMA: '/dev/null', RUBYOPT: '-W0',
});

function run(app: string, ...command: string[]): void {
  const done = spawnSync(command[0]!, command.slice(1), { cwd: app, env: environment(app), encoding: 'utf8', maxBuffer: 64e6, timeout: 300_000 });
  if (done.status !== 0) throw new Error(`Redmine: ${command.join(' ')}: ${done.error?.message ?? `${done.stdout}\n${done.stderr}`.trim().split('\n').slice(-8).join('\n')}`);
}

/** A copy of Debian's Redmine with one instance that works on the ground's database. */
function makeApp({ folder, server, database, role }: Ground): string {
  const app = path.join(folder, 'redmine');
  const instance = path.join(app, 'instances/bench');
  rmSync(app, { recursive: true, force: true });
  cpSync(source, app, { recursive: true, verbatimSymlinks: true, filter: (from) => !['instances', 'Gemfile.lock', 'database.yml'].includes(path.basename(from)) || from.includes('locales') });
  for (const one of ['config', 'log', 'tmp/cache', 'files']) mkdirSync(path.join(instance, one), { recursive: true });
  mkdirSync(path.join(app, 'tmp'), { recursive: true });
  const settings = `production:\n  adapter: postgresql\n  host: ${server.host}\n  port: ${server.port}\n  database: ${database}\n  username: ${role}\n  encoding: utf8\n  pool: ${threads}\n`;
  for (const one of [app, instance]) writeFileSync(path.join(one, 'config/database.yml'), settings);
  writeFileSync(path.join(instance, 'config/secret_key.txt'), randomBytes(32).toString('hex'));
  writeFileSync(path.join(app, 'config/additional_environment.rb'), 'config.log_level = :warn\n');
  // The Gemfile looks for adapters below /usr/share/redmine, and asks for what only tests need.
  const gems = readFileSync(path.join(app, 'Gemfile'), 'utf8').replaceAll('/usr/share/redmine', app).replace(/^group :test do[\s\S]*?^end$/m, '');
  writeFileSync(path.join(app, 'Gemfile'), gems);
  writeFileSync(path.join(app, 'Gemfile.local'), "gem 'puma'\n");
  writeFileSync(path.join(app, 'puma.rb'), `workers ${workers}\nthreads ${threads}, ${threads}\npreload_app!\n`);
  run(app, 'bundle', 'lock', '--local');
  return app;
}

const salt = 'bench';
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

// What the desk of an office would set up: one project, its clerk as its manager, the sender as a field of its own; then the letters, closed ones with the note of who closed them.
const setUp: readonly string[] = [
  `insert into settings (name, value, updated_on) values ('rest_api_enabled', '1', now()), ('login_required', '1', now()), ('search_results_per_page', '${hitsAPage}', now()), ('per_page_options', '${rowsAPage}', now()), ('notified_events', E'--- []\\n', now()), ('default_language', 'en', now())`,
  `insert into projects (id, name, description, identifier, is_public, status, lft, rgt, created_on, updated_on) values (1, 'Office', '', 'office', false, 1, 1, 2, now(), now())`,
  `insert into projects_trackers (project_id, tracker_id) values (1, 3)`,
  `insert into enabled_modules (project_id, name) values (1, 'issue_tracking')`,
  `insert into users (id, login, hashed_password, salt, firstname, lastname, admin, status, language, type, mail_notification, must_change_passwd, passwd_changed_on, created_on, updated_on) values (10, 'clerk', '${sha1(salt + sha1(password))}', '${salt}', 'Office', 'Clerk', false, 1, 'en', 'User', 'none', false, now(), now(), now())`,
  `insert into email_addresses (user_id, address, is_default, notify, created_on, updated_on) values (10, 'clerk@example.org', true, false, now(), now())`,
  `insert into members (id, user_id, project_id, created_on, mail_notification) values (1, 10, 1, now(), false)`,
  `insert into member_roles (id, member_id, role_id) values (1, 1, (select id from roles where name = 'Manager'))`,
  `insert into tokens (user_id, action, value, created_on, updated_on) values (10, 'api', '${apiKey}', now(), now())`,
  `insert into custom_fields (id, type, name, field_format, is_required, is_for_all, is_filter, position, searchable, editable, visible, multiple, format_store) values (1, 'IssueCustomField', 'Sender', 'string', false, true, true, 1, false, true, true, false, E'--- {}\\n')`,
  `insert into custom_fields_trackers (custom_field_id, tracker_id) values (1, 3)`,
];
const fillUp: readonly string[] = [
  `insert into issues (id, tracker_id, project_id, subject, description, status_id, priority_id, author_id, lock_version, created_on, updated_on, start_date, done_ratio, root_id, lft, rgt, is_private, closed_on)
    select n, 3, 1, left(subject, 255), body, case when is_open then 1 else 5 end, 2, 10, case when is_open then 0 else 1 end, at, at, at::date, 0, n, 1, 2, false, case when not is_open then at end from bench.letter`,
  `insert into custom_values (customized_type, customized_id, custom_field_id, value) select 'Issue', n, 1, name || ' <' || email || '>' from bench.letter`,
  `insert into journals (id, journalized_id, journalized_type, user_id, notes, created_on, private_notes) select n, n, 'Issue', 10, '', at, false from bench.letter where not is_open`,
  `insert into journal_details (journal_id, property, prop_key, old_value, value) select n, 'attr', 'status_id', '1', '5' from bench.letter where not is_open`,
  `select setval(pg_get_serial_sequence(t, 'id'), (select coalesce(max(m), 1) from (select max(id) as m from issues union all select max(id) from journals union all select max(id) from users) x)) from unnest(array['issues', 'journals', 'users', 'projects', 'members', 'member_roles', 'custom_fields']) t`,
];

export const redmine: Peer = {
  key: 'redmine',
  name: 'Redmine',
  prepare() {
    ensureProgram('puma', 'puma', 'ruby-pg', 'ruby-bundler');
    // The package itself is only unpacked: its scripts want a database of their own, and fail where Ruby brings another Bundler than Debian's.
    if (existsSync('/usr/bin/apt-cache')) ensurePackages(() => ['ruby-rails', 'ruby-rails-observers', 'ruby-sanitize', 'ruby-roadie-rails', 'ruby-pg', 'ruby-rbpdf', 'ruby-rqrcode'].every((one) => existsSync(`/usr/share/doc/${one}`)), ...dependenciesOf('redmine', ['dbconfig-common', 'redmine-sqlite', 'debconf', 'ruby']), 'ruby-pg', 'puma');
    if (!existsSync(source)) unpackPackage('redmine', unpacked);
    if (!existsSync(source)) throw new Error('This bench needs Redmine 5 (Debian: apt-get download redmine).');
  },
  async fill(ground) {
    const app = makeApp(ground);
    ground.say('Redmine: schema');
    run(app, 'bundle', 'exec', 'rake', 'db:migrate');
    run(app, 'bundle', 'exec', 'rake', 'redmine:load_default_data');
    const client = new pg.Client({ host: ground.server.host, port: ground.server.port, user: ground.role, database: ground.database, options: '-c synchronous_commit=off' });
    await client.connect();
    try {
      for (const [index, text] of [...setUp, ...fillUp].entries()) {
        if (index === setUp.length) ground.say('Redmine: issues');
        await client.query(text);
      }
      await client.query('vacuum (analyze)');
    } finally {
      await client.end();
    }
  },
  async start(ground): Promise<Running> {
    const app = makeApp(ground);
    const program = await startProgram('bundle', ['exec', 'puma', '-C', 'puma.rb', '-b', `tcp://127.0.0.1:${ground.port}`, '-e', 'production'], { cwd: app, env: environment(app), port: ground.port });
    const web = openWeb(ground.port);
    const stop = async (): Promise<void> => {
      web.close();
      await program.stop();
    };
    try {
      const cookie = { cookie: await signIn(web) };
      const api = { 'x-redmine-api-key': apiKey, 'content-type': 'application/json' };
      const rowsOf = (text: string, row: RegExp): number => text.match(row)?.length ?? 0;
      return {
        version: versionOf(),
        settings: [
          `Redmine: Debian's package on Puma with ${workers} workers of ${threads} threads each, preloaded, RAILS_ENV=production, log level warn, one database connection a thread; e-mail off and no event notified.`,
          'Redmine: pages by the session cookie of a manager of the one project, REST by API key; sender as a text field of the issue; searches subject, description and notes (ILIKE without an index: it has no full-text search).',
          `Redmine: ${rowsAPage} rows of a list, ${hitsAPage} of a search; stylesheets and scripts are not asked for.`,
        ],
        pid: program.pid,
        async register(letter) {
          const body = JSON.stringify({ issue: { project_id: 1, tracker_id: 3, subject: letter.subject.slice(0, 255), description: letter.body, custom_fields: [{ id: 1, value: `${letter.name} <${letter.email}>` }] } });
          const { text } = must(await web.ask({ method: 'POST', path: '/issues.json', headers: api, body }), 201);
          return { text, rows: /"issue":\{"id":\d+/.test(text) ? 1 : 0 };
        },
        page: async ({ n }) => ({ text: must(await web.ask({ path: `/issues/${n}`, headers: cookie }), 200).text, rows: 1 }),
        async list() {
          const { text } = must(await web.ask({ path: `/projects/office/issues?set_filter=1&per_page=${rowsAPage}`, headers: cookie }), 200);
          return { text, rows: rowsOf(text, /<tr id="issue-/g) };
        },
        async search(word) {
          const { text } = must(await web.ask({ path: `/search?q=${encodeURIComponent(word)}&issues=1&all_words=1`, headers: cookie }), 200);
          return { text, rows: rowsOf(text, found) };
        },
        stop,
      };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};

function versionOf(): string {
  const text = readFileSync(path.join(source, 'lib/redmine/version.rb'), 'utf8');
  const [major, minor, tiny] = ['MAJOR', 'MINOR', 'TINY'].map((name) => new RegExp(`${name}\\s*=\\s*(\\d+)`).exec(text)?.[1]);
  const said = (command: string, ...args: string[]): string => spawnSync(command, args, { encoding: 'utf8', env: environment('/tmp') }).stdout?.trim() ?? '';
  return `Redmine ${major}.${minor}.${tiny}, ${said('ruby', '-e', 'print "Ruby #{RUBY_VERSION}"')}, ${said('puma', '--version')}`;
}

/** Signs the clerk in as a browser does; gives the cookie. */
async function signIn(web: ReturnType<typeof openWeb>): Promise<string> {
  const cookieOf = (set: string[] | undefined): string => (set ?? []).map((one) => one.split(';')[0]).join('; ');
  const form = must(await web.ask({ path: '/login' }), 200);
  const token = /name="authenticity_token" value="([^"]+)"/.exec(form.text)?.[1] ?? '';
  const body = new URLSearchParams({ authenticity_token: token, username: 'clerk', password }).toString();
  const done = must(await web.ask({ method: 'POST', path: '/login', headers: { cookie: cookieOf(form.headers['set-cookie']), 'content-type': 'application/x-www-form-urlencoded' }, body }), 302);
  return cookieOf(done.headers['set-cookie']);
}
