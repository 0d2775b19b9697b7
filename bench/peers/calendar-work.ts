import { must, type Got, type Web } from './web.ts';

/** One of the two: who asks, where the calendar stands, and where all of it is had in one text. */
export type Side = { web: Web; calendar: string; whole: string };
export type CalendarWork = {
  name: string;
  /** Measured by several at once too. */
  isTogether?: boolean;
  /** What must happen first and does not count; what it gives is given on. */
  before?: (side: Side, index: number) => Promise<string>;
  ask: (side: Side, index: number, state: string) => Promise<unknown>;
};

const xml = { 'content-type': 'application/xml; charset=utf-8', depth: '1' };
const spaces = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"';
const stamp = (at: Date): string => at.toISOString().replace(/[-:]|\.\d{3}/g, '');
const expect = (is: boolean, what: string, { text }: Got): void => {
  if (!is) throw new Error(`${what}: ${text.slice(0, 400)}`);
};

/** Any month of the last seven years, the same ones for both. */
function monthAt(index: number): [string, string] {
  const now = new Date();
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ((index * 37) % 84), 1));
  return [stamp(from), stamp(new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1)))];
}

const query = (inner: string): string => `<?xml version="1.0"?><c:calendar-query ${spaces}><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">${inner}</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>`;
const sync = (token: string): string => `<?xml version="1.0"?><d:sync-collection ${spaces}><d:sync-token>${token}</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>`;
const state = `<?xml version="1.0"?><d:propfind ${spaces}><d:prop><s:getctag/><d:sync-token/></d:prop></d:propfind>`;

function event(index: number): { name: string; text: string } {
  const name = `bench-put-${index % 20}`;
  const at = new Date(Date.UTC(2026, 5, 1 + (index % 20), 8 + (index % 8)));
  return { name, text: ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//Bench//EN', 'BEGIN:VEVENT', `UID:${name}`, `DTSTAMP:${stamp(new Date())}`, `DTSTART:${stamp(at)}`, `DTEND:${stamp(new Date(at.getTime() + 1_800_000))}`, `SUMMARY:Talk about the road, number ${index}`, 'LOCATION:Great Hall', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n') };
}
const put = async ({ web, calendar }: Side, index: number): Promise<Got> => {
  const { name, text } = event(index);
  return must(await web.ask({ method: 'PUT', path: `${calendar}${name}.ics`, headers: { 'content-type': 'text/calendar; charset=utf-8' }, body: text }), 201, 204);
};
const report = async ({ web, calendar }: Side, body: string, method = 'REPORT', headers = xml): Promise<Got> => must(await web.ask({ method, path: calendar, headers, body }), 207);
const responses = ({ text }: Got): number => text.match(/<(?:\w+:)?response[ >]/g)?.length ?? 0;
const tokenIn = ({ text }: Got): string => /<(?:\w+:)?sync-token[^>]*>([^<]+)</.exec(text)?.[1] ?? '';

/** What calendar programs ask; the answers are looked at, so that nothing fast and wrong is counted. */
export const calendarWorks = (size: number): CalendarWork[] => [
  {
    name: 'month, calendar-query with texts', isTogether: true,
    ask: async (side, index) => {
      const [from, until] = monthAt(index);
      const got = await report(side, query(`<c:time-range start="${from}" end="${until}"/>`));
      expect(responses(got) >= 1 && got.text.includes('BEGIN:VEVENT'), 'a month', got);
    },
  },
  {
    name: 'nothing changed? (PROPFIND)', isTogether: true,
    ask: async (side) => {
      const got = await report(side, state, 'PROPFIND', { ...xml, depth: '0' });
      expect(tokenIn(got) !== '', 'the state', got);
    },
  },
  {
    name: 'sync-collection after one change',
    async before(side, index) {
      const token = tokenIn(await report(side, state, 'PROPFIND', { ...xml, depth: '0' }));
      await put(side, index);
      return token;
    },
    ask: async (side, _, token) => {
      const got = await report(side, sync(token));
      expect(responses(got) === 1, 'one change', got);
    },
  },
  { name: 'PUT of one event', ask: put },
  {
    name: 'first sync, names and tags of all',
    ask: async (side) => {
      const got = await report(side, sync(''));
      expect(responses(got) >= size * 0.95, 'all names', got);
    },
  },
  {
    name: 'whole calendar, calendar-query with texts',
    ask: async (side) => {
      const got = await report(side, query(''));
      expect(responses(got) >= size * 0.95, 'all texts', got);
    },
  },
  {
    name: 'calendar as one text (GET)',
    ask: async ({ web, whole }) => {
      const got = must(await web.ask({ path: whole }), 200);
      expect(got.text.includes('BEGIN:VEVENT'), 'a text', got);
    },
  },
];
