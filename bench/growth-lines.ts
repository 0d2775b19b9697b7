import type { Seat, Side } from './growth-measure.ts';

type Ask = (side: Side, seat: Seat, index: number) => Promise<unknown>;
/** What is asked of every size; `aside` is not on the way of daily work and may grow with the office. */
export type GrowthLine = { name: string; count: number; ask: Ask; aside?: true };

const at = <T>(list: readonly T[], index: number): T => list[(index * 7919) % list.length]!;
type Who = 'chief' | 'registrar' | 'clerk';
const page = (who: Who, path: (seat: Seat, index: number) => string): Ask => (side, seat, index) => side.ask(seat, { path: path(seat, index), headers: { cookie: seat.cookies[who] } });
const post = (path: string, body: (index: number) => unknown): Ask => (side, seat, index) =>
  side.ask(seat, { path, method: 'POST', headers: { authorization: `Bearer ${seat.token}`, 'content-type': 'application/json' }, body: JSON.stringify(body(index)) });
const sender = (index: number): string => `Sender ${index} ${Math.random().toString(36).slice(2, 8)}`;
const subjects = ['Дупка пред влез', 'Улично светло не работи', 'Бучава по полноќ', 'Барање за паркинг', 'Пристап до документи'];

export const lines: readonly GrowthLine[] = [
  { name: 'register a petition (REST)', count: 10, ask: post('/api/petitions', (index) => ({ kind: 'request', subject: at(subjects, index), text: `${at(subjects, index)}. Ве молиме за одговор.`, place: 'Центар', name: sender(index), address: `Street ${index}`, replyBy: 'post', locale: 'mk', channel: 'letter' })) },
  { name: 'register other mail (REST)', count: 10, ask: post('/api/cases', (index) => ({ direction: 'in', channel: 'post', subject: at(subjects, index), name: sender(index), address: `Street ${index}` })) },
  { name: 'case, petition', count: 8, ask: page('registrar', (seat, index) => `/desk/petitions/${at(seat.petitions, index)}`) },
  { name: 'case, paper', count: 8, ask: page('registrar', (seat, index) => `/desk/cases/${at(seat.papers, index)}`) },
  { name: 'case, own, of a clerk', count: 8, ask: page('clerk', (seat, index) => (seat.own.length > 0 ? `/desk/petitions/${at(seat.own, index)}` : '/desk/petitions')) },
  { name: 'list, open', count: 6, ask: page('chief', () => '/desk/petitions') },
  { name: 'list, open, of a clerk', count: 6, ask: page('clerk', () => '/desk/petitions') },
  { name: 'list, late', count: 6, ask: page('chief', () => '/desk/petitions?view=late') },
  { name: 'search, a word of many', count: 6, ask: page('registrar', (_, index) => `/desk/search?q=${at(['parking', 'ulica', 'petok'], index)}`) },
  { name: 'search, the same, by a clerk', count: 6, ask: page('clerk', (_, index) => `/desk/search?q=${at(['parking', 'ulica', 'petok'], index)}`) },
  { name: 'search, a word of few', count: 6, ask: page('registrar', (seat, index) => `/desk/search?q=${at(seat.words, index)}`) },
  { name: 'search, a word nobody wrote', count: 6, ask: page('registrar', (_, index) => `/desk/search?q=${at(['zzqqyx', 'wwkkvvz', 'qqxxyyz'], index)}`) },
  { name: 'search, a reference', count: 6, ask: page('registrar', (seat, index) => `/desk/search?q=${encodeURIComponent(at(seat.references, index))}`) },
  { name: 'list, settled, that hold a word', count: 4, ask: page('chief', () => '/desk/petitions?view=settled&q=parking') },
  { name: 'register (book)', count: 6, ask: page('registrar', () => '/desk/register') },
  { name: 'register (book), an earlier year', count: 6, ask: page('registrar', (_, index) => `/desk/register?year=${2018 + (index % 8)}`) },
  { name: 'other mail', count: 6, ask: page('registrar', () => '/desk/cases') },
  { name: 'delivery book', count: 6, ask: page('registrar', () => '/desk/deliveries?view=all') },
  { name: 'rokovnik', count: 6, ask: page('registrar', () => '/desk/rokovnik') },
  { name: 'party', count: 6, ask: page('registrar', (seat, index) => `/desk/directory/${at(seat.parties, index)}`) },
  { name: 'directory', count: 6, ask: page('registrar', () => '/desk/directory?q=petrov') },
  { name: 'arrivals', count: 6, ask: page('registrar', () => '/desk/arrivals') },
  { name: 'archive book', count: 6, ask: page('registrar', () => '/desk/archive') },
  { name: 'day, registrar', count: 4, ask: page('registrar', () => '/desk') },
  { name: 'day, clerk', count: 4, ask: page('clerk', () => '/desk') },
  { name: 'menu, counted anew', count: 5, ask: (side, seat, index) => side.ask(seat, { path: '/desk/search', headers: { cookie: at(seat.others, index) } }) },
  { name: 'calendar, week', count: 5, ask: page('chief', () => '/desk/calendar?view=week') },
  { name: 'health', count: 20, ask: (side, seat) => side.ask(seat, { path: '/health' }) },
  { name: 'register by sender', count: 2, aside: true, ask: page('registrar', () => '/desk/register?sender=petrov&year=2025') },
  { name: 'duties', count: 2, aside: true, ask: page('chief', () => '/desk/duties') },
  { name: 'dashboard', count: 2, aside: true, ask: page('chief', () => '/desk/dashboard') },
  { name: 'archive plan', count: 2, aside: true, ask: page('registrar', () => '/desk/archive/plan') },
  { name: 'to put away', count: 2, aside: true, ask: page('registrar', () => '/desk/archive/waiting') },
];
