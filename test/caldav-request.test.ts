import { addToCalendar, moveEngagement } from '../src/modules/calendar/engagement.server.ts';
import { listResources } from '../src/modules/calendar/resource.server.ts';
import { shareCalendar } from '../src/modules/calendar/calendar.server.ts';
import { addFeed, revokeFeed } from '../src/modules/calendar/feed.server.ts';
import { getEngagement } from '../src/modules/calendar/engagement-read.server.ts';
import { createToken, revokeToken } from '../src/modules/people/token.server.ts';
import { Program, vcalendar, vevent } from './calendar-program.ts';
import { accountOf, Client } from './client.ts';
import { expect, test } from './office.ts';

const on = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const calendarIdOf = (program: Program): string => program.calendar.split('/').at(-2)!;
const prop = (...names: string[]): string => `<?xml version="1.0" encoding="UTF-8"?><d:propfind xmlns:d="DAV:" xmlns:cal="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/" xmlns:ic="http://apple.com/ns/ical/"><d:prop>${names.map((one) => `<${one}/>`).join('')}</d:prop></d:propfind>`;

test('Apple: found by /.well-known, the principal, the home and its calendars', async ({ office }) => {
  const program = await Program.of(office, 'mayor');
  const stranger = new Client(office);
  expect(await stranger.send('/.well-known/caldav', { method: 'PROPFIND' })).toMatchObject({ status: 301, location: '/dav/' });
  const asked = await stranger.send('/dav/', { method: 'PROPFIND' });
  expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Kabinet", charset="UTF-8"']);
  const root = await program.dav('PROPFIND', '/dav/', '<?xml version="1.0" encoding="UTF-8"?><A:propfind xmlns:A="DAV:"><A:prop><A:current-user-principal/><A:principal-URL/><A:resourcetype/></A:prop></A:propfind>', { depth: '0' });
  const principal = /<d:current-user-principal><d:href>([^<]+)</.exec(root.html)![1]!;
  const home = await program.dav('PROPFIND', principal, prop('cal:calendar-home-set', 'cal:calendar-user-address-set', 'd:current-user-principal', 'd:displayname', 'cs:dropbox-home-URL', 'cs:email-address-set', 'cal:schedule-inbox-URL', 'cal:schedule-outbox-URL', 'd:principal-collection-set', 'd:supported-report-set'), { depth: '0' });
  expect(home.html).toContain(`<c:calendar-home-set><d:href>${program.home}</d:href>`);
  expect(home.html).toContain(`<d:href>mailto:${program.email}</d:href>`);
  // Scheduling is not offered, and said to be not there.
  expect(home.html).toMatch(/<c:schedule-outbox-URL\/>.*404 Not Found/);
  expect(home.headers.get('dav')).toBe('1, 3, calendar-access');
  const listed = await program.dav('PROPFIND', program.home, prop('d:resourcetype', 'd:displayname', 'd:owner', 'd:current-user-privilege-set', 'cs:getctag', 'd:sync-token', 'ic:calendar-color', 'ic:calendar-order', 'cal:supported-calendar-component-set', 'cal:max-resource-size', 'd:supported-report-set', 'd:quota-available-bytes'), { depth: '1' });
  expect(listed.html).toContain('<c:comp name="VEVENT"/>');
  expect(listed.html).toContain('<d:report><d:sync-collection/></d:report>');
  expect(listed.html).toMatch(/<x:|<d:quota-available-bytes\/>/);
  expect((await program.dav('PROPFIND', program.home, '', { depth: 'infinity' })).html).toContain('propfind-finite-depth');
  // The colour that a phone chooses stays its own.
  const colour = '<?xml version="1.0"?><A:propertyupdate xmlns:A="DAV:"><A:set><A:prop><D:calendar-color xmlns:D="http://apple.com/ns/ical/">#FF2968FF</D:calendar-color></A:prop></A:set></A:propertyupdate>';
  expect((await program.dav('PROPPATCH', program.calendar, colour)).html).toMatch(/calendar-color\/><\/d:prop><d:status>HTTP\/1\.1 200/);
  expect((await program.dav('PROPFIND', program.calendar, prop('ic:calendar-color'), { depth: '0' })).html).toContain('#FF2968FF');
  const refused = '<A:propertyupdate xmlns:A="DAV:"><A:set><A:prop><A:getetag>x</A:getetag><D:calendar-order xmlns:D="http://apple.com/ns/ical/">1</D:calendar-order></A:prop></A:set></A:propertyupdate>';
  expect((await program.dav('PROPPATCH', program.calendar, refused)).html).toMatch(/calendar-order.*424.*getetag.*403/s);
  expect((await program.dav('MKCALENDAR', `${program.home}novi/`)).status).toBe(403);
});

test('DAVx5: asks for the tags of a time, takes the texts by name, then synchronises by token', async ({ office }) => {
  const program = await Program.of(office, 'mayor');
  const named = ['prvi', 'drugi', 'са размаком'];
  for (const [index, name] of named.entries()) expect((await program.put(`${program.calendar}${encodeURIComponent(name)}.ics`, vcalendar(vevent(`uid-${index}`, name, `2026-11-2${index}T10:00`, `2026-11-2${index}T11:00`)), { 'if-none-match': '*' })).status).toBe(201);
  const query = (from: string, until: string) => program.dav('REPORT', program.calendar, `<CAL:calendar-query xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"><prop><getetag/></prop><CAL:filter><CAL:comp-filter name="VCALENDAR"><CAL:comp-filter name="VEVENT"><CAL:time-range start="${from}" end="${until}"/></CAL:comp-filter></CAL:comp-filter></CAL:filter></CAL:calendar-query>`, { depth: '1' });
  expect((await query('20261120T000000Z', '20261121T235959Z')).html.match(/<d:getetag>/g)).toHaveLength(2);
  expect((await query('20270101T000000Z', '20280101T000000Z')).html).not.toContain('<d:response>');
  expect((await query('нешто', '20280101T000000Z')).status).toBe(400);
  const multiget = await program.dav('REPORT', program.calendar, `<CAL:calendar-multiget xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav"><prop><getcontenttype/><getetag/><CAL:calendar-data/></prop>${['prvi.ics', `${encodeURIComponent('са размаком')}.ics`, 'nema.ics'].map((one) => `<href>${program.calendar}${one}</href>`).join('')}</CAL:calendar-multiget>`);
  expect(multiget.html.match(/<c:calendar-data>/g)).toHaveLength(2);
  expect(multiget.html).toMatch(/nema\.ics<\/d:href><d:status>HTTP\/1\.1 404/);
  const start = await program.sync();
  expect(start.changed.toSorted()).toEqual(named.map((one) => `${one}.ics`).toSorted());
  expect((await program.sync(start.token)).changed).toEqual([]);
  const { headers } = await program.get(`${program.calendar}prvi.ics`);
  expect((await program.put(`${program.calendar}prvi.ics`, vcalendar(vevent('uid-0', 'Измијењен', '2026-11-20T10:00', '2026-11-20T12:00')), { 'if-match': headers.get('etag')! })).status).toBe(204);
  expect((await program.send(`${program.calendar}drugi.ics`, { method: 'DELETE' })).status).toBe(204);
  expect(await program.sync(start.token)).toMatchObject({ status: 207, changed: ['prvi.ics'], gone: ['drugi.ics'] });
  for (const wrong of ['http://drugi.example/1', 'urn:kabinet:sync:999999-aaaaaaaaaaaa', start.token.replace(/-.*/, '-000000000000')]) expect(await program.sync(wrong), wrong).toMatchObject({ status: 403, html: expect.stringContaining('<d:valid-sync-token/>') });
  // Entered again under the same name and UID, it is a new one.
  expect((await program.put(`${program.calendar}drugi.ics`, vcalendar(vevent('uid-1', 'Опет', '2026-11-21T10:00', '2026-11-21T11:00')))).status).toBe(201);
  const again = await program.sync(start.token);
  expect(again.changed).toContain('drugi.ics');
  expect(again.gone).not.toContain('drugi.ics');
});

test('Thunderbird: ctag and a list of tags; a stale tag, a second name for one UID and what is no engagement are refused by their condition', async ({ office }) => {
  const program = await Program.of(office, 'mayor');
  const ctag = async (): Promise<string> => /<s:getctag>([^<]+)</.exec((await program.dav('PROPFIND', program.calendar, prop('cs:getctag'), { depth: '0' })).html)![1]!;
  const before = await ctag();
  const one = vcalendar(vevent('tb', 'Посјета', '2026-11-20T10:00', '2026-11-20T11:00'));
  const made = await program.put(`${program.calendar}tb.ics`, one, { 'if-none-match': '*' });
  expect(await ctag()).not.toBe(before);
  // What was taken to the letter is given back to the letter, under the tag that was told.
  expect(await program.get(`${program.calendar}tb.ics`)).toMatchObject({ html: one, headers: expect.any(Headers) });
  expect((await program.get(`${program.calendar}tb.ics`)).headers.get('etag')).toBe(made.headers.get('etag'));
  expect((await program.get(`${program.calendar}tb.ics`, { 'if-none-match': made.headers.get('etag')! })).status).toBe(304);
  expect((await program.send(`${program.calendar}tb.ics`, { method: 'HEAD' })).html).toBe('');
  expect((await program.put(`${program.calendar}tb.ics`, one, { 'if-none-match': '*' })).status).toBe(412);
  expect((await program.put(`${program.calendar}tb.ics`, one, { 'if-match': '"0-0"' })).status).toBe(412);
  expect((await program.send(`${program.calendar}tb.ics`, { method: 'DELETE', headers: { 'if-match': '"0-0"' } })).status).toBe(412);
  expect((await program.put(`${program.calendar}nema.ics`, one, { 'if-match': '*' })).status).toBe(412);
  const conditions = async (name: string, ics: string, type = 'text/calendar'): Promise<string> => /<c:([\w-]+)\/>/.exec((await program.put(`${program.calendar}${name}`, ics, { 'content-type': type })).html)?.[1] ?? '';
  expect(await conditions('drugo-ime.ics', one)).toBe('no-uid-conflict');
  expect(await conditions('tb.ics', one.replace('UID:tb', 'UID:drugi'))).toBe('no-uid-conflict');
  expect(await conditions('x.ics', 'ништа')).toBe('valid-calendar-data');
  expect(await conditions('x.ics', one, 'image/png')).toBe('supported-calendar-data');
  expect(await conditions('x.ics', vcalendar('BEGIN:VTODO', 'UID:z', 'END:VTODO'))).toBe('supported-calendar-component');
  expect(await conditions('x.ics', one.replace('BEGIN:VEVENT', 'METHOD:REQUEST\r\nBEGIN:VEVENT'))).toBe('valid-calendar-object-resource');
  expect(await conditions('x.ics', one.replace('SUMMARY', 'RRULE:FREQ=SECONDLY\r\nSUMMARY').replaceAll('UID:tb', 'UID:s'))).toBe('valid-calendar-object-resource');
  expect(await conditions('x.ics', one.replace('SUMMARY', `X-A:${'x'.repeat(1_100_000)}\r\nSUMMARY`))).toBe('max-resource-size');
  expect((await program.put(program.calendar, one)).status).toBe(405);
  expect((await program.dav('PROPFIND', program.calendar, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', { depth: '0' })).status).toBe(400);
  expect((await program.dav('LOCK', program.calendar)).status).toBe(405);
});

test('free and busy, words of a filter, and a report that is not known', async ({ office }) => {
  const program = await Program.of(office, 'mayor');
  await program.put(`${program.calendar}a.ics`, vcalendar(vevent('a', 'Мост', '2026-11-20T10:00', '2026-11-20T11:00')));
  await program.put(`${program.calendar}b.ics`, vcalendar(vevent('b', 'Слободно', '2026-11-20T12:00', '2026-11-20T13:00', 'TRANSP:TRANSPARENT')));
  const busy = await program.dav('REPORT', program.calendar, '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav"><C:time-range start="20261120T000000Z" end="20261121T000000Z"/></C:free-busy-query>');
  expect(busy.html.match(/^FREEBUSY[^\r]*/gm)).toEqual(['FREEBUSY;FBTYPE=BUSY:20261120T090000Z/20261120T100000Z']);
  const found = (filter: string) => program.dav('REPORT', program.calendar, `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR">${filter}</C:comp-filter></C:filter></C:calendar-query>`).then(({ html }) => [...html.matchAll(/\/(\w+)\.ics</g)].map((one) => one[1]).sort());
  expect(await found('<C:comp-filter name="VEVENT"><C:prop-filter name="UID"><C:text-match collation="i;octet">b</C:text-match></C:prop-filter></C:comp-filter>')).toEqual(['b']);
  expect(await found('<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match negate-condition="yes">мост</C:text-match></C:prop-filter></C:comp-filter>')).toEqual(['b']);
  expect(await found('<C:comp-filter name="VTODO"/>')).toEqual([]);
  expect((await program.dav('REPORT', program.calendar, '<D:version-tree xmlns:D="DAV:"/>')).html).toContain('supported-report');
});

test('only a token opens the calendars, only the own name with it, and not a minute longer than it stands', async ({ office }) => {
  const program = await Program.of(office, 'mayor');
  const as = (user: string, password: string) => new Client(office).send(program.calendar, { method: 'PROPFIND', headers: { depth: '0', authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` } });
  const account = await accountOf(office, 'andrija-vukmirovic');
  expect((await as(account.email, account.password)).status).toBe(401);
  expect((await as('drugi@primjer.example', program.token)).status).toBe(401);
  expect((await as(program.email.toUpperCase(), program.token)).status).toBe(207);
  // A token for reading the register is none for calendars; that of a calendar opens nothing else.
  const other = await office.run(createToken, await office.as('mayor'), { name: 'Извоз', days: 1, scopes: ['petition.list'] });
  expect((await as(program.email, other.token)).status).toBe(403);
  expect((await new Client(office).rest('/petitions', undefined, program.token)).status).toBe(403);
  const chief = await Program.of(office, 'chief');
  expect((await chief.dav('PROPFIND', program.home, '', { depth: '0' })).status).toBe(404);
  const tokenId = await office.within((db) => db.selectFrom('token').select('id').where('office_id', '=', office.office.id).where('person_id', '=', program.personId).where('name', '=', 'Телефон').executeTakeFirstOrThrow());
  await office.run(revokeToken, await office.as('mayor'), { id: tokenId.id });
  expect((await as(program.email, program.token)).status).toBe(401);
});

test('who keeps the mayor’s calendar writes in it under the own name; private ones are a taken time; a share that ends is noticed', async ({ office }) => {
  const [mayor, chief] = [await Program.of(office, 'mayor'), await Program.of(office, 'chief')];
  const id = calendarIdOf(mayor);
  const there = (await chief.calendars()).find((one) => one.path.includes(id))!;
  expect(there.writes).toBe(true);
  await mayor.put(`${mayor.calendar}ljekar.ics`, vcalendar(vevent('ljekar', 'Љекар', '2026-11-20T08:00', '2026-11-20T09:00', 'CLASS:PRIVATE', 'LOCATION:Дом здравља')));
  await mayor.put(`${mayor.calendar}sastanak.ics`, vcalendar(vevent('sastanak', 'Састанак', '2026-11-20T10:00', '2026-11-20T11:00')));
  const seen = await chief.dav('PROPFIND', there.path, prop('d:getetag', 'cal:calendar-data'), { depth: '1' });
  expect(seen.html).toContain('SUMMARY:Састанак');
  expect(seen.html).not.toMatch(/Љекар|Дом здравља|ljekar/);
  expect(seen.html).toMatch(/SUMMARY:(Zauzeto|Заузето)/);
  const busy = /<d:href>([^<]*busy-[^<]*)</.exec(seen.html)![1]!;
  expect((await chief.get(busy)).html).toMatch(/DTSTART:20261120T070000Z/);
  expect((await chief.send(busy, { method: 'DELETE' })).status).toBe(403);
  expect((await chief.put(`${there.path}ljekar.ics`, vcalendar(vevent('ljekar', 'Проба', '2026-11-20T08:00', '2026-11-20T09:00')))).html).toContain('no-uid-conflict');
  expect((await chief.put(`${there.path}novi.ics`, vcalendar(vevent('novi', 'Унио шеф', '2026-11-21T08:00', '2026-11-21T09:00')))).status).toBe(201);
  const made = await office.within((db) => db.selectFrom('engagement').select(['id', 'created_by', 'calendar_id', 'source']).where('office_id', '=', office.office.id).where('uid', '=', 'novi').executeTakeFirstOrThrow());
  expect(made).toMatchObject({ created_by: chief.personId, calendar_id: id, source: 'client' });
  // Said to be private later, it becomes a taken time for who keeps the calendar: the token does not tell, everything is read anew.
  const { token } = await chief.sync('', there.path);
  await mayor.put(`${mayor.calendar}sastanak.ics`, vcalendar(vevent('sastanak', 'Састанак', '2026-11-20T10:00', '2026-11-20T11:00', 'CLASS:PRIVATE')));
  expect(await chief.sync(token, there.path)).toMatchObject({ status: 403, html: expect.stringContaining('valid-sync-token') });
  // A clerk of another unit has the own calendar alone; a share to read gives one more, to be written in by nobody.
  const clerk = await Program.of(office, 'adviser');
  const own = (await clerk.calendars()).length;
  await office.run(shareCalendar, await office.as('mayor'), { id, personId: clerk.personId, may: 'read', seesPrivate: true });
  const shared = (await clerk.calendars()).find((one) => one.path.includes(id))!;
  expect(own).toBeLessThanOrEqual((await clerk.calendars()).length);
  if (!shared.writes) expect((await clerk.put(`${shared.path}upad.ics`, vcalendar(vevent('upad', 'Упад', '2026-11-21T08:00', '2026-11-21T09:00')))).status).toBe(403);
  expect((await clerk.dav('PROPFIND', shared.path, prop('cal:calendar-data'), { depth: '1' })).html).toContain('Љекар');
});

test('a room that is given to another is refused in words; what a sitting has fixed is not moved by a phone', async ({ office }) => {
  const chief = await office.as('chief');
  const program = await Program.of(office, 'mayor');
  const calendarId = calendarIdOf(program);
  const room = (await office.run(listResources, chief, {})).resources.find((one) => one.kind === 'room')!;
  const engage = async (title: string, time: string) => (await office.run(addToCalendar, chief, { calendarId, kind: 'meeting', title, startsOn: on(5), startsTime: time, endsTime: `${String(Number(time.slice(0, 2)) + 1).padStart(2, '0')}:00`, resourceIds: [room.id], nevertheless: true })).id;
  const first = await engage('Прва сједница', '10:00');
  await engage('Друга сједница', '12:00');
  const path = `${program.calendar}${encodeURIComponent(`${first}@${office.office.slug}`)}.ics`;
  const text = (await program.get(path)).html;
  const moved = text.replace(/(DTSTART[^:]*:\d{8}T)10/, '$112').replace(/(DTEND[^:]*:\d{8}T)11/, '$113');
  const refused = await program.put(path, moved);
  expect(refused.status).toBe(409);
  expect(refused.html).toContain('Друга сједница');
  expect((await program.get(path)).html).toContain('T100000');
  await office.within((db) => db.updateTable('engagement').set({ source: 'meeting' }).where('office_id', '=', office.office.id).where('id', '=', first).execute());
  expect((await program.put(path, moved.replace(/T12/, 'T15').replace(/T13/, 'T16'))).status).toBe(409);
  expect((await program.send(path, { method: 'DELETE' })).status).toBe(409);
  expect((await program.put(path, text.replace(/SUMMARY:.*/, 'SUMMARY:Нови наслов'))).status).toBe(204);
});

test('a guest of the staff sees the meeting in the own calendar, answers there, and moves nothing', async ({ office }) => {
  const chief = await office.as('chief');
  const [mayor, guest] = [await Program.of(office, 'mayor'), await Program.of(office, 'deputy')];
  const { id } = await office.run(addToCalendar, chief, { calendarId: calendarIdOf(mayor), kind: 'meeting', title: 'Договор', startsOn: on(5), startsTime: '10:00', endsTime: '11:00', participants: [`person:${guest.personId}`] });
  await office.settle();
  const start = await guest.sync();
  expect(start.changed).toEqual([`${id}@${office.office.slug}.ics`]);
  const path = `${guest.calendar}${encodeURIComponent(start.changed[0]!)}`;
  const text = (await guest.get(path)).html;
  expect(text.replace(/\r\n[ \t]/g, '')).toMatch(/ATTENDEE;[^\r]*PARTSTAT=NEEDS-ACTION/);
  expect((await guest.put(path, text.replace(/(DTSTART[^:]*:\d{8}T)10/, '$112').replace(/(DTEND[^:]*:\d{8}T)11/, '$113'))).status).toBe(409);
  expect((await guest.put(path, text.replace(/\r\n[ \t]/g, '').replace('PARTSTAT=NEEDS-ACTION', 'PARTSTAT=ACCEPTED'))).status).toBe(204);
  const reply = async () => (await office.run(getEngagement, chief, { id })).participants[0]!.reply;
  expect(await reply()).toBe('accepted');
  // Moved at the desk, the guest's program hears of it.
  const { token } = await guest.sync();
  await office.run(moveEngagement, chief, { id, startsOn: on(6), startsTime: '10:00' });
  await office.settle();
  expect((await guest.sync(token)).changed).toEqual(start.changed);
  expect((await guest.send(path, { method: 'DELETE' })).status).toBe(204);
  expect(await reply()).toBe('declined');
  expect((await guest.sync()).changed).toEqual([]);
});

test('a link to follow shows what its maker may see, private ones never with words; it ends at once; the public one says public words only', async ({ office }) => {
  const program = await Program.of(office, 'mayor');
  const id = calendarIdOf(program);
  const chief = await office.as('chief');
  await program.put(`${program.calendar}p.ics`, vcalendar(vevent('p', 'Љекар', `${on(2)}T08:00`, `${on(2)}T09:00`, 'CLASS:PRIVATE')));
  await office.run(addToCalendar, chief, { calendarId: id, kind: 'meeting', title: 'Унутрашњи', startsOn: on(2), startsTime: '10:00' });
  await office.run(addToCalendar, chief, { calendarId: id, kind: 'event', title: 'Отварање, радни наслов', publicTitle: 'Отварање моста', detail: 'Не говорити о цијени', visibility: 'public', startsOn: on(2), startsTime: '12:00', nevertheless: true });
  const mine = await office.run(addFeed, await office.as('mayor'), { scope: 'person', name: 'Таблет' });
  const reader = new Client(office);
  const read = await reader.get(`/feed/${mine.token}.ics`);
  expect(read.headers.get('content-type')).toContain('text/calendar');
  expect(read.html).toContain('SUMMARY:Унутрашњи');
  expect(read.html).not.toContain('Љекар');
  expect((await reader.get(`/feed/${mine.token}.ics`, { 'if-none-match': read.headers.get('etag')! })).status).toBe(304);
  const busy = await office.run(addFeed, await office.as('mayor'), { scope: 'person', name: 'Домаћин', detail: 'busy' });
  expect((await reader.get(`/feed/${busy.token}.ics`)).html).not.toMatch(/Унутрашњи|Отварање|цијени/);
  await office.run(revokeFeed, await office.as('mayor'), { id: mine.id });
  expect((await reader.get(`/feed/${mine.token}.ics`)).status).toBe(404);
  const open = (await reader.get('/calendar.ics')).html;
  expect(open).toContain('SUMMARY:Отварање моста');
  expect(open).not.toMatch(/Унутрашњи|Љекар|радни наслов|цијени/);
});
