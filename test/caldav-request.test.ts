import { createToken } from '../src/modules/people/token.server.ts';
import { clientScopes } from '../src/modules/calendar/client.server.ts';
import { Client } from './client.ts';
import { expect, test, type TestOffice } from './office.ts';

/** A calendar program of somebody of the staff. */
class Program extends Client {
  token = '';
  email = '';
  home = '';
  calendar = '';
  static async of(office: TestOffice, key: string): Promise<Program> {
    const program = new Program(office);
    const caller = await office.as(key);
    program.token = (await office.run(createToken, caller, { name: 'телефон', days: 30, scopes: [...clientScopes] })).token;
    program.email = (await office.within((db) => db.selectFrom('person').select('email').where('office_id', '=', office.office.id).where('id', '=', caller.personId).executeTakeFirstOrThrow())).email!;
    program.says = { authorization: `Basic ${Buffer.from(`${program.email}:${program.token}`).toString('base64')}` };
    program.home = `/dav/calendars/${caller.personId}/`;
    return program;
  }
  dav(method: string, path: string, body = '', headers: Record<string, string> = {}) {
    return this.send(path, { method, body: body || null, headers: { 'content-type': 'application/xml; charset=utf-8', ...headers } });
  }
  put(path: string, ics: string, headers: Record<string, string> = {}) {
    return this.send(path, { method: 'PUT', body: ics, headers: { 'content-type': 'text/calendar; charset=utf-8', ...headers } });
  }
}

test('discovery', async ({ office }) => {
  const program = await Program.of(office, 'mayor');
  const anon = new Client(office);
  expect((await anon.send('/.well-known/caldav', { method: 'PROPFIND' })).location).toBe('/dav/');
  expect((await anon.send('/dav/', { method: 'PROPFIND' })).status).toBe(401);
  const root = await program.dav('PROPFIND', '/dav/', '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:current-user-principal/><c:calendar-home-set/><x:foo xmlns:x="urn:x"/></d:prop></d:propfind>', { depth: '0' });
  console.log(root.status, root.html);
  const home = await program.dav('PROPFIND', program.home, '<d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:displayname/><d:resourcetype/><d:current-user-privilege-set/><d:sync-token/></d:prop></d:propfind>', { depth: '1' });
  console.log(home.status, home.html);
  const [, calendar] = /<d:href>(\/dav\/calendars\/[^<]+\/[0-9a-f-]+\/)<\/d:href>/.exec(home.html)!;
  const ics = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:proba-1\r\nDTSTAMP:20261101T000000Z\r\nDTSTART;TZID=Europe/Podgorica:20261123T100000\r\nDTEND;TZID=Europe/Podgorica:20261123T110000\r\nSUMMARY:Састанак\r\nX-OWN:да\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT10M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
  const put = await program.put(`${calendar}proba-1.ics`, ics, { 'if-none-match': '*' });
  console.log(put.status, put.html);
  const got = await program.get(`${calendar}proba-1.ics`);
  console.log(got.status, got.headers.get('etag'), got.html);
  console.log((await program.dav('REPORT', calendar!, '<d:sync-collection xmlns:d="DAV:"><d:sync-token/><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>')).html);
  console.log((await program.dav('REPORT', calendar!, '<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="20261101T000000Z" end="20261201T000000Z"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>', { depth: '1' })).html);
  const again = await program.put(`${calendar}proba-1.ics`, ics.replace('T110000', 'T120000'), { 'if-match': got.headers.get('etag')! });
  console.log(again.status, again.html);
  expect((await program.put(`${calendar}proba-1.ics`, ics, { 'if-match': got.headers.get('etag')! })).status).toBe(412);
  expect((await program.send(`${calendar}proba-1.ics`, { method: 'DELETE' })).status).toBe(204);
  expect((await program.get(`${calendar}proba-1.ics`)).status).toBe(404);
  const re = await program.put(`${calendar}proba-1.ics`, ics);
  console.log(re.status, re.html);
});
