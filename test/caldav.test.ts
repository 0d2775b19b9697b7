import fs from 'node:fs';
import path from 'node:path';
import { createDAVClient } from 'tsdav';
import { beforeAll } from 'vitest';
import { cancelInCalendar } from '../src/modules/calendar/engagement.server.ts';
import { Program, Served, vcalendar, vevent } from './calendar-program.ts';
import { expect, test, type TestOffice } from './office.ts';

type Programs = Record<'vdirsyncer' | 'khal' | 'cadaver' | 'curl', string>;
let programs: Programs;
beforeAll(async () => {
  programs = ((await import('../scripts/calendar-clients.mjs' as string)) as { ensureCalendarClients(): Programs }).ensureCalendarClients();
});

const config = (served: Served, program: Program, folder: string): string => `[general]
status_path = "${served.folder}/status-${folder}"
[pair kalendar]
a = "ovdje"
b = "tamo"
collections = [["moj", "moj", "${program.calendar.split('/').at(-2)}"]]
conflict_resolution = "b wins"
[storage ovdje]
type = "filesystem"
path = "${served.folder}/${folder}/"
fileext = ".ics"
[storage tamo]
type = "caldav"
url = "${served.url}/dav/"
username = "${program.email}"
password = "${program.token}"
`;
/** A device with vdirsyncer: its folder of .ics files, and synchronising. */
async function device(served: Served, program: Program, name: string) {
  const file = served.write(`${name}.conf`, config(served, program, name));
  const run = (...args: string[]) => served.run(programs.vdirsyncer, ['-c', file, ...args], 'y\ny\ny\n');
  const folder = path.join(served.folder, name, 'moj');
  const discovered = await run('discover');
  expect(discovered.code, discovered.said).toBe(0);
  const files = (): Record<string, string> => Object.fromEntries(fs.readdirSync(folder).map((one) => [one, fs.readFileSync(path.join(folder, one), 'utf8').replace(/\r?\n[ \t]/g, '')]));
  return {
    folder, files, run,
    async sync() {
      const done = await run('sync');
      expect(done.code, done.said).toBe(0);
      return done.said;
    },
  };
}
const engagements = (office: TestOffice) => office.within((db) => db.selectFrom('engagement').select(['id', 'uid', 'title', 'starts_at', 'ends_at', 'rule', 'series_id', 'recurrence_at', 'state', 'dropped_at', 'created_by', 'place']).where('office_id', '=', office.office.id).where('state', '<>', 'cancelled').orderBy('starts_at').execute());

test('vdirsyncer: what is made, changed and deleted on either side stands on both', async ({ office }) => {
  const served = await Served.start(office);
  try {
    const program = await Program.of(office, 'mayor');
    const [phone, laptop] = [await device(served, program, 'telefon'), await device(served, program, 'racunar')];
    // vdirsyncer guards a calendar that is emptied at once: this one stays.
    fs.writeFileSync(path.join(phone.folder, 'ostaje.ics'), vcalendar(vevent('ostaje-1', 'Остаје', '2026-12-30T10:00', '2026-12-30T11:00')));
    fs.writeFileSync(path.join(phone.folder, 'sastanak.ics'), vcalendar(vevent('sastanak-1', 'Састанак о водоводу', '2026-11-24T10:00', '2026-11-24T11:00', 'LOCATION:Велика сала', 'X-PRIMJER:чува се')));
    await phone.sync();
    expect((await engagements(office)).map((one) => [one.title, one.place, one.starts_at.toISOString()])).toEqual([['Састанак о водоводу', 'Велика сала', '2026-11-24T09:00:00.000Z'], ['Остаје', '', '2026-12-30T09:00:00.000Z']]);
    await laptop.sync();
    const name = Object.keys(laptop.files()).find((one) => laptop.files()[one]!.includes('sastanak-1'));
    expect(laptop.files()[name!]).toMatch(/SUMMARY:Састанак о водоводу[\s\S]*X-PRIMJER:чува се/);
    // Changed on the laptop, seen on the phone.
    fs.writeFileSync(path.join(laptop.folder, name!), laptop.files()[name!]!.replace('Састанак о водоводу', 'Састанак о путу').replace(/(DTSTART[^:]*:\d{8}T)10/, '$112').replace(/(DTEND[^:]*:\d{8}T)11/, '$113'));
    await laptop.sync();
    await phone.sync();
    expect(phone.files()['sastanak.ics']).toContain('SUMMARY:Састанак о путу');
    expect((await engagements(office))[0]!.starts_at.toISOString()).toBe('2026-11-24T11:00:00.000Z');
    // Cancelled at the desk, gone from both; nothing is left to do then.
    const row = (await engagements(office))[0]!;
    await office.run(cancelInCalendar, await office.as('mayor'), { id: row.id, reason: 'Одложено' });
    await phone.sync();
    await laptop.sync();
    expect([phone, laptop].map((one) => Object.values(one.files()).map((text) => /SUMMARY:(.*)/.exec(text)![1]!.trim()))).toEqual([['Остаје'], ['Остаје']]);
    expect(await phone.sync()).not.toMatch(/Copying|Deleting/);
    // Deleted on the phone, cancelled in the office.
    fs.writeFileSync(path.join(phone.folder, 'put.ics'), vcalendar(vevent('put-1', 'Пут у Подгорицу', '2026-11-25T08:00', '2026-11-25T15:00')));
    await phone.sync();
    expect(await engagements(office)).toHaveLength(2);
    fs.rmSync(path.join(phone.folder, 'put.ics'));
    await phone.sync();
    expect((await engagements(office)).map((one) => one.title)).toEqual(['Остаје']);
  } finally {
    served.stop();
  }
}, 120_000);

test('vdirsyncer: a series with one occurrence moved and one dropped comes back as it was sent', async ({ office }) => {
  const served = await Served.start(office);
  try {
    const program = await Program.of(office, 'mayor');
    const [phone, laptop] = [await device(served, program, 'telefon'), await device(served, program, 'racunar')];
    const series = vevent('kolegijum', 'Колегијум', '2026-10-12T09:00', '2026-10-12T10:30', 'RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=8', 'EXDATE;TZID=Europe/Podgorica:20261026T090000');
    const moved = vevent('kolegijum', 'Колегијум, помјерен', '2026-11-03T12:00', '2026-11-03T13:00', 'RECURRENCE-ID;TZID=Europe/Podgorica:20261102T090000');
    fs.writeFileSync(path.join(phone.folder, 'kolegijum.ics'), vcalendar(series, moved));
    await phone.sync();
    const times = () => office.within((db) => db.selectFrom('occurrence').select('starts_at').where('office_id', '=', office.office.id).orderBy('starts_at').execute());
    // Nine o'clock stays nine o'clock when the clocks go back on 25 October.
    expect((await times()).map((one) => one.starts_at.toISOString().slice(5, 16))).toEqual(['10-12T07:00', '10-19T07:00', '11-03T11:00', '11-09T08:00', '11-16T08:00', '11-23T08:00', '11-30T08:00']);
    await laptop.sync();
    const text = Object.values(laptop.files())[0]!;
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(2);
    expect(text).toMatch(/RRULE:FREQ=WEEKLY;(COUNT=8;BYDAY=MO|BYDAY=MO;COUNT=8)/);
    for (const one of ['EXDATE;TZID=Europe/Podgorica:20261026T090000', 'RECURRENCE-ID;TZID=Europe/Podgorica:20261102T090000', 'DTSTART;TZID=Europe/Podgorica:20261103T120000', 'помјерен']) expect(text).toContain(one);
    // One more falls out on the laptop; the moved one goes back to its place on the phone.
    const file = Object.keys(laptop.files())[0]!;
    fs.writeFileSync(path.join(laptop.folder, file), text.replace('EXDATE;', 'EXDATE;TZID=Europe/Podgorica:20261116T090000\r\nEXDATE;'));
    await laptop.sync();
    await phone.sync();
    expect((await times()).map((one) => one.starts_at.toISOString().slice(5, 10))).toEqual(['10-12', '10-19', '11-03', '11-09', '11-23', '11-30']);
    const back = phone.files()['kolegijum.ics']!;
    fs.writeFileSync(path.join(phone.folder, 'kolegijum.ics'), back.replace(/BEGIN:VEVENT(?:(?!END:VEVENT)[\s\S])*RECURRENCE-ID[\s\S]*?END:VEVENT\r?\n/, ''));
    await phone.sync();
    expect((await times()).map((one) => one.starts_at.toISOString().slice(5, 16))).toEqual(['10-12T07:00', '10-19T07:00', '11-02T08:00', '11-09T08:00', '11-23T08:00', '11-30T08:00']);
  } finally {
    served.stop();
  }
}, 120_000);

test('vdirsyncer: what two changed at once is a conflict that nobody loses by, and a calendar that is only read takes nothing', async ({ office }) => {
  const served = await Served.start(office);
  try {
    const program = await Program.of(office, 'mayor');
    const [phone, laptop] = [await device(served, program, 'telefon'), await device(served, program, 'racunar')];
    fs.writeFileSync(path.join(phone.folder, 'prvi.ics'), vcalendar(vevent('prvi', 'Први наслов', '2026-11-24T10:00', '2026-11-24T11:00')));
    await phone.sync();
    await laptop.sync();
    const file = Object.keys(laptop.files())[0]!;
    fs.writeFileSync(path.join(phone.folder, 'prvi.ics'), phone.files()['prvi.ics']!.replace('Први наслов', 'Са телефона'));
    fs.writeFileSync(path.join(laptop.folder, file), laptop.files()[file]!.replace('Први наслов', 'Са рачунара'));
    await phone.sync();
    expect(await laptop.sync()).toMatch(/onflict/);
    expect(laptop.files()[file]).toContain('Са телефона');
    expect((await engagements(office)).map((one) => one.title)).toEqual(['Са телефона']);
    // The mayor reads a deputy's calendar, and writes nothing into it.
    const other = (await program.calendars()).find((one) => !one.writes)!;
    const reading = await Served.start(office);
    const only = await device(reading, Object.assign(Object.create(program) as Program, { calendar: other.path }), 'citanje');
    fs.writeFileSync(path.join(only.folder, 'upad.ics'), vcalendar(vevent('upad', 'Упад', '2026-11-24T10:00', '2026-11-24T11:00')));
    const refused = await only.run('sync');
    expect(refused.code).not.toBe(0);
    expect(refused.said).toMatch(/403/);
    reading.stop();
    expect(await engagements(office)).toHaveLength(1);
  } finally {
    served.stop();
  }
}, 120_000);

test('khal reads the day as it stands in the office, and what it adds stands there', async ({ office }) => {
  const served = await Served.start(office);
  try {
    const program = await Program.of(office, 'mayor');
    const phone = await device(served, program, 'telefon');
    await program.put(`${program.calendar}pocetak.ics`, vcalendar(vevent('pocetak', 'Отварање моста', '2026-11-24T10:00', '2026-11-24T11:00', 'LOCATION:Мост')));
    await program.put(`${program.calendar}kolegijum.ics`, vcalendar(vevent('kolegijum', 'Колегијум', '2026-10-12T09:00', '2026-10-12T10:00', 'RRULE:FREQ=WEEKLY;BYDAY=MO')));
    await phone.sync();
    const file = served.write('khal.conf', `[calendars]
[[moj]]
path = ${phone.folder}
[sqlite]
path = ${served.folder}/khal.db
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Europe/Podgorica
default_timezone = Europe/Podgorica
[default]
default_calendar = moj
`);
    const khal = (...args: string[]) => served.run(programs.khal, ['-c', file, ...args]);
    const listed = await khal('list', '2026-11-23', '2026-11-25');
    expect(listed.code, listed.said).toBe(0);
    expect(listed.said).toMatch(/09:00-10:00 Колегијум/);
    expect(listed.said).toMatch(/10:00-11:00 Отварање моста/);
    const added = await khal('new', '-l', 'Ресторан', '2026-11-24', '13:00', '14:30', 'Ручак са гостима');
    expect(added.code, added.said).toBe(0);
    await phone.sync();
    expect((await engagements(office)).filter((one) => one.title === 'Ручак са гостима').map((one) => [one.place, one.starts_at.toISOString(), one.ends_at.toISOString()])).toEqual([['Ресторан', '2026-11-24T12:00:00.000Z', '2026-11-24T13:30:00.000Z']]);
  } finally {
    served.stop();
  }
}, 120_000);

test('cadaver and curl: the calendar is a folder of files; what is no calendar file is not taken', async ({ office }) => {
  const served = await Served.start(office);
  try {
    const program = await Program.of(office, 'mayor');
    await program.put(`${program.calendar}most.ics`, vcalendar(vevent('most', 'Мост', '2026-11-24T10:00', '2026-11-24T11:00')));
    served.write('.netrc', `machine 127.0.0.1 login ${program.email} password ${program.token}\n`);
    fs.chmodSync(path.join(served.folder, '.netrc'), 0o600);
    const walked = await served.run(programs.cadaver, [`${served.url}${program.calendar}`], 'ls\npropget most.ics getetag\ndelete most.ics\nls\nquit\n');
    expect(walked.said).toMatch(/most\.ics/);
    expect(walked.said).toMatch(/Deleting `?.?most\.ics.*succeeded/);
    expect(await engagements(office)).toEqual([]);
    const told = served.write('slika.txt', 'ово није календар');
    const put = await served.run(programs.curl, ['-sS', '-i', '--netrc-file', path.join(served.folder, '.netrc'), '-T', told, '-H', 'Content-Type: text/calendar', `${served.url}${program.calendar}slika.ics`]);
    expect(put.said).toMatch(/HTTP\/1\.1 403[\s\S]*valid-calendar-data[\s\S]*не може се прочитати|ne može se pročitati/);
    const options = await served.run(programs.curl, ['-sS', '-i', '-X', 'OPTIONS', '--netrc-file', path.join(served.folder, '.netrc'), `${served.url}/dav/`]);
    expect(options.said).toMatch(/dav: 1, 3, calendar-access/i);
    const large = served.write('velika.ics', `BEGIN:VCALENDAR\r\n${'X-A:0123456789\r\n'.repeat(700_000)}END:VCALENDAR\r\n`);
    expect((await served.run(programs.curl, ['-sS', '-i', '--netrc-file', path.join(served.folder, '.netrc'), '-H', 'Expect:', '-T', large, `${served.url}${program.calendar}velika.ics`])).said).toMatch(/403 Forbidden[\s\S]*max-resource-size/);
  } finally {
    served.stop();
  }
}, 120_000);

test('tsdav: the account is found from the address alone; an object is made, changed under its tag, and deleted', async ({ office }) => {
  const served = await Served.start(office);
  try {
    const program = await Program.of(office, 'mayor');
    const client = await createDAVClient({ serverUrl: served.url, credentials: { username: program.email, password: program.token }, authMethod: 'Basic', defaultAccountType: 'caldav' });
    const calendars = await client.fetchCalendars();
    const calendar = calendars.find((one) => one.url.endsWith(program.calendar))!;
    expect(calendar).toMatchObject({ components: ['VEVENT'], displayName: 'Andrija Vukmirović' });
    expect(calendar.reports).toContain('syncCollection');
    const made = await client.createCalendarObject({ calendar, filename: 'posjeta.ics', iCalString: vcalendar(vevent('posjeta', 'Посјета школи', '2026-11-24T10:00', '2026-11-24T11:00')) });
    expect(made.status).toBe(201);
    const [object] = await client.fetchCalendarObjects({ calendar, timeRange: { start: '2026-11-24T00:00:00Z', end: '2026-11-25T00:00:00Z' } });
    expect(object!.data).toContain('SUMMARY:Посјета школи');
    expect(await client.fetchCalendarObjects({ calendar, timeRange: { start: '2026-12-24T00:00:00Z', end: '2026-12-25T00:00:00Z' } })).toEqual([]);
    const changed = await client.updateCalendarObject({ calendarObject: { ...object!, data: (object!.data as string).replace('Посјета школи', 'Посјета вртићу') } });
    expect(changed.status).toBe(204);
    expect((await client.updateCalendarObject({ calendarObject: object! })).status).toBe(412);
    const [now] = await client.fetchCalendarObjects({ calendar });
    expect(now!.data).toContain('Посјета вртићу');
    expect((await client.deleteCalendarObject({ calendarObject: now! })).status).toBe(204);
    const synced = await client.smartCollectionSync({ collection: { ...calendar, objects: [now!], objectMultiGet: client.calendarMultiGet }, method: 'webdav', detailedResult: true });
    expect(synced).toBeTruthy();
    expect(await client.fetchCalendarObjects({ calendar })).toEqual([]);
  } finally {
    served.stop();
  }
}, 120_000);
