import pg from 'pg';
import { addDays, type Day } from '../src/core/day.ts';
import { fold, searchText } from '../src/core/fold.ts';
import { newId } from '../src/core/id.ts';
import { findClockRule } from '../src/core/jurisdiction.ts';
import type { Office } from '../src/core/office.ts';
import { sha256 } from '../src/core/secret.ts';
import { chance, readYear, type Scenario } from '../src/demo/year.ts';

type Row = Record<string, unknown>;
type Person = { id: string; unit_id: string | null; roles: string[] };
type Letter = { scenario: Scenario; subject: string; place: string; text: string; folded: string };

const batch = 1000;
const demoOffices = ['skopje', 'cetinje', 'banja-luka', 'medias', 'opstina'];
const openStates = [
  'registered',
  'assigned',
  'assigned',
  'drafting',
  'drafting',
  'awaiting_approval',
  'approved',
  'awaiting_completion',
];
const settledStates = ['closed', 'closed', 'closed', 'closed', 'answered', 'answered', 'forwarded', 'dismissed', 'withdrawn'];
/** Of all cases, those still open. */
const openShare = 0.03;
const columns = {
  party: 'office_id, id, kind, name, folded, email, phone, address, place, created_at',
  case_file:
    'office_id, id, book, year, number, reference, kind, subject, class_code, unit_id, handled_by, party_id, involved, entries, opened_at, closed_at',
  petition:
    'office_id, id, kind, state, channel, body, place, area, reply_by, locale, tracking_hash, tracking_sealed, text_key, approver_id, registered_at, answered_at, settled_at, version',
  entry: 'office_id, id, case_id, sub, reference, direction, channel, party_id, subject, body, at, enclosures',
  clock: 'office_id, case_id, rule, started_on, warn_on, target_on, legal_on, stopped_on, pauses, extensions',
  answer:
    'office_id, id, case_id, state, facts, basis, decision, remedy, comment, version, drafted_by, approved_by, sent_at, updated_at',
  obligation: 'office_id, id, case_id, source, text, owner_id, unit_id, due_on, state, report, at, ended_at',
  document: 'office_id, id, case_id, entry_id, kind, title, file_name, sha256, media_type, size, version, is_open, at',
  event: 'office_id, id, at, name, noun_id, case_id, person_id, actor, data',
} as const;

/** Fills an office with cases as a year of work leaves them, by the owner's connection: what is measured later is reading and registering. */
export async function fillOffice(
  owner: pg.ClientConfig,
  office: Office,
  cases: number,
  say: (text: string) => void,
  years = 5,
): Promise<void> {
  const client = new pg.Client({ ...owner, options: '-c synchronous_commit=off' });
  await client.connect();
  try {
    const { rows: people } = await client.query<Person>('select id, unit_id, roles from person where office_id = $1', [
      office.id,
    ]);
    const bytes = `bench`;
    await client.query(
      `insert into file (office_id, sha256, size, media_type) values ($1, $2, $3, 'application/pdf') on conflict do nothing`,
      [office.id, sha256(bytes), bytes.length],
    );
    const make = caseMaker(office, people, cases, years);
    for (let from = 0; from < cases; from += batch) {
      const tables: Record<keyof typeof columns, Row[]> = {
        party: [],
        case_file: [],
        petition: [],
        entry: [],
        clock: [],
        answer: [],
        obligation: [],
        document: [],
        event: [],
      };
      const found: Row[] = [];
      for (let index = from; index < Math.min(cases, from + batch); index++) make(index, tables, found);
      await client.query('begin');
      for (const year of new Set(tables.case_file.map((row) => row['year'])))
        await client.query(
          `insert into book_year (office_id, book, year, opened_on) values ($1, 'main', $2::int, make_date($2::int, 1, 1)) on conflict do nothing`,
          [office.id, year],
        );
      for (const [table, list] of Object.entries(columns))
        await client.query(`insert into ${table} (${list}) select ${list} from jsonb_populate_recordset(null::${table}, $1)`, [
          JSON.stringify(tables[table as keyof typeof columns]),
        ]);
      await client.query(
        `insert into search_entry (office_id, id, noun, case_id, title, detail, folded, vector, at)
        select office_id, id, noun, case_id, title, detail, folded, setweight(to_tsvector('simple', folded), 'A') || setweight(to_tsvector('simple', words), 'B'), at
        from jsonb_to_recordset($1) as r (office_id int, id uuid, noun text, case_id uuid, title text, detail text, folded text, words text, at timestamptz)`,
        [JSON.stringify(found)],
      );
      await client.query('commit');
      say(`${Math.min(cases, from + batch)} of ${cases} cases`);
    }
    await client.query(
      'update book_year b set last_number = (select max(number) from case_file c where c.office_id = b.office_id and c.book = b.book and c.year = b.year) where office_id = $1',
      [office.id],
    );
    // One seal over all that was filled in: the sealer goes on from here.
    await client.query(
      `insert into event_seal (office_id, position, event_id, xid, hash) select office_id, 1, id, xid, '\\x00' from event where office_id = $1 order by xid desc, id desc limit 1`,
      [office.id],
    );
    await client.query('vacuum (analyze)');
    await client.query('checkpoint').catch(() => {});
  } finally {
    await client.end();
  }
}

/** Closes what an earlier run registered, so that each run measures the same open cases. */
export async function closeRegistered(owner: pg.ClientConfig, office: Office): Promise<void> {
  const client = new pg.Client(owner);
  await client.connect();
  try {
    await client.query(
      `with done as (select c.id from case_file c join party s on s.office_id = c.office_id and s.id = c.party_id where c.office_id = $1 and c.closed_at is null and s.name like 'Sender %'),
        p as (update petition set state = 'closed', settled_at = now() where office_id = $1 and id in (select id from done)),
        k as (update clock set stopped_on = current_date where office_id = $1 and case_id in (select id from done))
        update case_file set closed_at = now() where office_id = $1 and id in (select id from done)`,
      [office.id],
    );
    // A petition that was registered to be measured is no petition of the quarter: it would be counted by the figures of each later run.
    await client.query(`update petition set registered_at = registered_at - interval '5 years' where office_id = $1 and registered_at > now() - interval '1 year'
      and id in (select c.id from case_file c join party s on s.office_id = c.office_id and s.id = c.party_id where c.office_id = $1 and s.name like 'Sender %')`, [office.id]);
    await client.query('vacuum (analyze) petition, clock, case_file, entry, search_entry, event');
  } finally {
    await client.end();
  }
}

function caseMaker(office: Office, people: readonly Person[], cases: number, years: number) {
  const random = chance(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const told = demoOffices.map((slug) => readYear(slug)).filter((year) => year !== null);
  const letters = told.flatMap((year) =>
    year.petitions.flatMap((scenario) =>
      scenario.variants.map((variant): Letter => ({ scenario, ...variant, folded: searchText(variant.text) })),
    ),
  );
  const names = told.flatMap((year) =>
    year.parties.filter((party) => party.kind === 'person').map((party) => party.name.split(' ')),
  );
  const units = office.data.units.map((unit) => unit.id);
  const answers = letters.map((letter) => letter.scenario.answer).filter((answer) => answer !== undefined);
  const works = people.filter((person) => person.roles.some((role) => ['clerk', 'adviser', 'head'].includes(role)));
  const chief = people.find((person) => person.roles.includes('chief'))!;
  const numbers = new Map<number, number>();
  const parties: { id: string; name: string; folded: string }[] = [];
  const begin = Date.now() - years * 365 * 86_400_000;
  const day = (at: Date): Day => at.toISOString().slice(0, 10);
  const key = (text: string): string => `\\x${sha256(text)}`;

  return (index: number, tables: Record<keyof typeof columns, Row[]>, found: Row[]): void => {
    const at = new Date(begin + ((Date.now() - begin) * (index + 1)) / (cases + 1));
    const id = newId(at);
    const office_id = office.id;
    if (parties.length < cases / 5 && (random() < 0.21 || parties.length === 0)) {
      const name = `${pick(names)[0]} ${pick(names).at(-1)} ${random() < 0.3 ? pick(names).at(-1) : ''}`.trim();
      const party = { id: newId(at), name, folded: fold(name) };
      parties.push(party);
      const address = `${pick(letters).place} ${Math.ceil(random() * 200)}`;
      const contact = {
        email: `person${parties.length}@example.org`,
        phone: `+389 70 ${100_000 + parties.length}`,
        address,
        place: office.data.place,
      };
      tables.party.push({ office_id, id: party.id, kind: 'person', name, folded: party.folded, ...contact, created_at: at });
      found.push({
        office_id,
        id: party.id,
        noun: 'party',
        case_id: null,
        title: name,
        detail: '',
        folded: searchText(name),
        words: searchText(`${address} ${contact.email} ${contact.phone}`),
        at,
      });
    }
    const party = random() < 0.03 ? null : pick(parties);
    const letter = pick(letters);
    const other = pick(letters);
    const place = `${letter.place} ${Math.ceil(random() * 150)}`;
    const subject = random() < 0.5 ? letter.subject : `${letter.subject}, ${place}`;
    const year = at.getUTCFullYear();
    const number = (numbers.get(year) ?? 0) + 1;
    numbers.set(year, number);
    const reference = `08-${100 + (index % 40)}/${String(year).slice(2)}-${number}/1`;
    const isOpen = index > cases * (1 - openShare);
    // What was settled two months ago lies in the archive.
    const state = isOpen
      ? pick(openStates)
      : index < cases * (1 - openShare * 2) && random() < 0.98
        ? 'closed'
        : pick(settledStates);
    const unit = state === 'registered' ? null : pick(units);
    const handler = unit && random() < 0.8 ? pick(works) : null;
    const answered = !isOpen && (state === 'closed' || state === 'answered');
    const later = (days: number): Date => new Date(Math.min(Date.now(), at.getTime() + days * 86_400_000));
    const settled = later(2 + random() * 18);
    tables.case_file.push({
      office_id,
      id,
      book: 'main',
      year,
      number,
      reference,
      kind: 'petition',
      subject,
      class_code: '08',
      unit_id: unit,
      handled_by: handler?.id ?? null,
      party_id: party?.id ?? null,
      involved: [unit, handler?.id, unit ? chief.id : null].filter(Boolean),
      entries: answered ? 2 : 1,
      opened_at: at,
      closed_at: state === 'closed' ? settled : null,
    });
    tables.petition.push({
      office_id,
      id,
      kind: letter.scenario.kind,
      state,
      channel: pick(['web', 'letter', 'phone', 'counter', 'email']),
      body: `${letter.text}\n\n${place}. ${other.text.slice(0, 200)}`,
      place,
      area: pick(office.data.areas)?.id ?? null,
      reply_by: 'post',
      locale: office.locale,
      tracking_hash: key(id),
      tracking_sealed: '\\x00',
      text_key: key(`${letter.text}${place}`),
      approver_id: ['awaiting_approval', 'approved', 'answered', 'closed'].includes(state) ? chief.id : null,
      registered_at: at,
      answered_at: answered ? settled : null,
      settled_at: isOpen ? null : settled,
      version: 4,
    });
    const rule = findClockRule(office.jurisdiction, 'petition.reply', day(at));
    const on = day(at);
    // What is open for long was extended or stood still; one in ten of those is late.
    const isOld = isOpen && addDays(on, 15) < day(new Date());
    const legalOn = isOld ? addDays(day(new Date()), Math.floor(random() * 30) - 3) : addDays(on, 15);
    tables.clock.push({
      office_id,
      case_id: id,
      rule,
      started_on: on,
      warn_on: addDays(legalOn, -5),
      target_on: addDays(legalOn, -1),
      legal_on: legalOn,
      stopped_on: isOpen ? null : day(settled),
      pauses: [],
      extensions: [],
    });
    const first = newId(at);
    tables.entry.push({
      office_id,
      id: first,
      case_id: id,
      sub: 1,
      reference,
      direction: 'in',
      channel: 'web',
      party_id: party?.id ?? null,
      subject,
      body: '',
      at,
      enclosures: 0,
    });
    const kept = {
      office_id,
      case_id: id,
      sha256: sha256('bench'),
      media_type: 'application/pdf',
      size: 5,
      version: 1,
      is_open: true,
    };
    if (random() < 0.4)
      tables.document.push({
        ...kept,
        id: newId(at),
        entry_id: first,
        kind: 'received',
        title: 'scan',
        file_name: 'scan.pdf',
        at,
      });
    const event = (name: string, when: Date, by: string | null): void =>
      void tables.event.push({
        office_id,
        id: newId(when),
        at: when,
        name,
        noun_id: id,
        case_id: id,
        person_id: by,
        actor: by ? 'person' : 'public',
        data: {},
      });
    event('petition.registered', at, null);
    if (unit) {
      event('petition.assigned', later(1), chief.id);
      tables.obligation.push({
        office_id,
        id: newId(at),
        case_id: id,
        source: 'resolution',
        text: letter.scenario.resolution,
        owner_id: handler?.id ?? null,
        unit_id: unit,
        due_on: addDays(on, 12),
        state: isOpen ? 'open' : 'done',
        report: '',
        at: later(1),
        ended_at: isOpen ? null : settled,
      });
    }
    if (answered) {
      const answer = pick(answers);
      const second = newId(settled);
      tables.answer.push({
        office_id,
        id: newId(settled),
        case_id: id,
        state: 'sent',
        ...answer,
        comment: '',
        version: 2,
        drafted_by: handler?.id ?? null,
        approved_by: chief.id,
        sent_at: settled,
        updated_at: settled,
      });
      tables.entry.push({
        office_id,
        id: second,
        case_id: id,
        sub: 2,
        reference: `${reference.slice(0, -1)}2`,
        direction: 'out',
        channel: 'post',
        party_id: party?.id ?? null,
        subject,
        body: '',
        at: settled,
        enclosures: 0,
      });
      tables.document.push({
        ...kept,
        id: newId(settled),
        entry_id: second,
        kind: 'answer',
        title: 'answer',
        file_name: 'answer.pdf',
        at: settled,
      });
      for (const name of ['answer.drafted', 'answer.submitted', 'answer.approved', 'petition.answered'])
        event(name, settled, handler?.id ?? chief.id);
      found.push({
        office_id,
        id: newId(settled),
        noun: 'answer',
        case_id: id,
        title: subject,
        detail: reference,
        folded: searchText(subject),
        words: searchText(answer.decision),
        at: settled,
      });
    }
    if (state === 'closed') event('petition.closed', settled, chief.id);
    found.push({
      office_id,
      id,
      noun: 'petition',
      case_id: id,
      title: subject,
      detail: place,
      folded: searchText(subject),
      words: `${searchText(`${party?.name ?? ''} ${place}`)} ${letter.folded} ${searchText(other.text.slice(0, 200))}`,
      at,
    });
  };
}
