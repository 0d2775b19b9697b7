import { z } from 'zod';
import { sql } from '../../core/database.ts';
import type { LocalText } from '../../core/language.ts';
import { textIn } from '../../core/message.ts';
import type { Context } from '../../core/operation.ts';

export const Known = z.object({
  partyId: z.string().nullable(), personId: z.string().nullable(), name: z.string(), role: z.string(), contact: z.string(), hasPhoto: z.boolean(),
  matters: z.array(z.object({ id: z.string(), reference: z.string(), subject: z.string(), openedAt: z.date(), isClosed: z.boolean() })), mattersTotal: z.number(),
  meetings: z.array(z.object({ engagementId: z.string(), title: z.string(), startsAt: z.date() })),
  promises: z.array(z.object({ id: z.string(), text: z.string(), owner: z.string(), dueOn: z.string().nullable(), state: z.string(), isLate: z.boolean() })),
});
export type Known = z.infer<typeof Known>;
const few = 6;

/** What is known of those to be met, as far as the caller may see it: their matters, earlier meetings, and what was promised and is not done. */
export async function readKnown({ db, office, caller, now, today }: Context, asked: { partyIds: readonly string[]; personIds: readonly string[]; exceptEngagementId: string }): Promise<Known[]> {
  const known: Known[] = [];
  if (asked.partyIds.length > 0) {
    const parties = await db.selectFrom('party').select(['id', 'name', 'kind', 'note', 'email', 'phone', 'place', 'photo_sha256']).where('office_id', '=', office.id).where('id', 'in', [...asked.partyIds]).execute();
    const ids = parties.map((one) => one.id);
    const list = sql`${ids}::uuid[]`;
    const matters = (await sql<{ party: string; id: string; reference: string; subject: string; opened_at: Date; closed_at: Date | null; total: number }>`select * from (
      select m.party, c.id, c.reference, c.subject, c.opened_at, c.closed_at, count(*) over (partition by m.party)::int as total, row_number() over (partition by m.party order by c.opened_at desc) as place
      from (select p.id as party, p.id as one from party p where p.office_id = ${office.id} and p.id = any(${list}) union all select p.merged_into, p.id from party p where p.office_id = ${office.id} and p.merged_into = any(${list})) m
      join case_file c on c.office_id = ${office.id} and c.party_id = m.one and c.kind <> 'reserved') x where place <= ${few}`.execute(db)).rows;
    const meetings = (await sql<{ party: string; engagement_id: string; title: string; starts_at: Date }>`select * from (
      select p.party_id as party, e.id as engagement_id, e.title, e.starts_at, row_number() over (partition by p.party_id order by e.starts_at desc) as place from participant p join engagement e on e.office_id = p.office_id and e.id = p.engagement_id
      where p.office_id = ${office.id} and p.party_id = any(${list}) and e.state <> 'cancelled' and e.starts_at < ${now} and e.id <> ${asked.exceptEngagementId}::uuid) x where place <= ${few}`.execute(db)).rows;
    const promises = (await sql<{ party: string; id: string; text: string; owner: string | null; due_on: string | null; state: string }>`select * from (
      select c.party_id as party, o.id, coalesce(nullif(o.title, ''), o.text) as text, p.name as owner, to_char(o.due_on, 'YYYY-MM-DD') as due_on, o.state, row_number() over (partition by c.party_id order by o.due_on nulls last) as place
      from obligation o join case_file c on c.office_id = o.office_id and c.id = o.case_id left join person p on p.office_id = o.office_id and p.id = o.owner_id
      where o.office_id = ${office.id} and c.party_id = any(${list}) and o.state in ('open', 'reported')) x where place <= ${few}`.execute(db)).rows;
    for (const party of parties) {
      const own = matters.filter((one) => one.party === party.id);
      known.push({
        partyId: party.id, personId: null, name: party.name, role: [party.note.split('\n')[0]!.slice(0, 160), party.place].filter(Boolean).join(', '), contact: [party.phone, party.email].filter(Boolean).join(' · '), hasPhoto: party.photo_sha256 !== null,
        matters: own.map((one) => ({ id: one.id, reference: one.reference, subject: one.subject, openedAt: one.opened_at, isClosed: one.closed_at !== null })), mattersTotal: own[0]?.total ?? 0,
        meetings: meetings.filter((one) => one.party === party.id).map((one) => ({ engagementId: one.engagement_id, title: one.title, startsAt: one.starts_at })),
        promises: promises.filter((one) => one.party === party.id).map((one) => ({ id: one.id, text: one.text, owner: one.owner ?? '', dueOn: one.due_on, state: one.state, isLate: one.due_on !== null && one.due_on < today })),
      });
    }
  }
  if (asked.personIds.length > 0) {
    const people = await db.selectFrom('person').select(['id', 'name', 'title', 'unit_id', 'phone']).where('office_id', '=', office.id).where('id', 'in', [...asked.personIds]).execute();
    for (const person of people) known.push({
      partyId: null, personId: person.id, name: person.name, role: [textIn(person.title as LocalText, caller.locale), textIn(office.data.units.find((unit) => unit.id === person.unit_id)?.name, caller.locale)].filter(Boolean).join(', '),
      contact: person.phone ?? '', hasPhoto: false, matters: [], mattersTotal: 0, meetings: [], promises: [],
    });
  }
  return known;
}
