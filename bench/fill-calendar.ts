import pg from 'pg';
import type { Office } from '../src/core/office.ts';

/** Ten years of a mayor's calendar, four fifths behind and one ahead: single engagements of every kind, and series whose occurrences are as many again as eight a week. */
export const engagementsUsual = 30_000;
const inSeriesUsual = 4000;

const steps: readonly string[] = [
  // Single ones, some eight to twelve a working day; a third is confidential or private, a few last for days.
  `with mayor as (select k.id, k.person_id from calendar k join person p on p.office_id = k.office_id and p.id = k.person_id where k.office_id = $1 and 'mayor' = any(p.roles) limit 1),
    told as (select n, now() - interval '8 years' + (n * interval '3650 days' / $2::int) as around, (array['meeting', 'audience', 'visit', 'event', 'interview', 'private', 'other'])[1 + n % 7] as kind, n % 400 = 0 as is_long from generate_series(1, $2::int) n),
    made as (insert into engagement (office_id, id, calendar_id, uid, kind, title, detail, place, starts_at, ends_at, is_all_day, time_zone, travel_before_min, state, visibility, created_at, changed_at)
      select $1, uuidv7(around - now()), m.id, 'bench-' || n, kind, 'Engagement about the school in street ' || n, repeat('What is to be said there. ', 8), 'Great Hall', a, a + case when is_long then interval '4 days' else interval '45 minutes' end, is_long, 'Europe/Skopje',
        case when n % 5 = 0 then 20 else 0 end, case when n % 15 = 0 then 'tentative' else 'confirmed' end, (array['public', 'internal', 'internal', 'confidential', 'private'])[1 + n % 5], around, around
      from told t, mayor m, lateral (select date_trunc('day', around) + interval '7 hours' + (n % 40) * interval '15 minutes' as a) s returning *),
    people as (insert into participant (office_id, id, engagement_id, name, role) select office_id, uuidv7(), id, 'Guest ' || g, 'required' from made, generate_series(1, 2) g)
    insert into occurrence (office_id, engagement_id, calendar_id, recurrence_at, starts_at, ends_at, busy_from, busy_until, state)
      select office_id, id, calendar_id, starts_at, starts_at, ends_at, starts_at - make_interval(mins => travel_before_min), ends_at, state from made`,
  // Series: one row each, and an occurrence every week.
  `with mayor as (select k.id from calendar k join person p on p.office_id = k.office_id and p.id = k.person_id where k.office_id = $1 and 'mayor' = any(p.roles) limit 1),
    made as (insert into engagement (office_id, id, calendar_id, uid, kind, title, starts_at, ends_at, time_zone, rule, state, visibility, created_at, changed_at)
      select $1, uuidv7(), m.id, 'bench-series-' || n, 'meeting', 'Every week ' || n, a, a + interval '30 minutes', 'Europe/Skopje', 'FREQ=WEEKLY', 'confirmed', 'internal', a, a
      from mayor m, generate_series(1, ceil($2::int / 520.0)::int) n, lateral (select date_trunc('week', now() - interval '8 years') + (n % 5) * interval '1 day' + (8 + n % 9) * interval '1 hour' as a) s returning *)
    insert into occurrence (office_id, engagement_id, calendar_id, recurrence_at, starts_at, ends_at, busy_from, busy_until, state)
      select office_id, id, calendar_id, w, w, w + interval '30 minutes', w, w + interval '30 minutes', 'confirmed' from made, generate_series(starts_at, starts_at + interval '3640 days', interval '7 days') w`,
];

/** Fills the mayor's calendar, once; a series has 520 of the occurrences that are `inSeries`. */
export async function fillCalendar(owner: pg.ClientConfig, office: Office, singles = engagementsUsual - inSeriesUsual, inSeries = inSeriesUsual): Promise<void> {
  const client = new pg.Client({ ...owner, options: '-c synchronous_commit=off' });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from engagement where office_id = $1 and uid like 'bench-%'`, [office.id]);
    if (rows[0]!.n > 0) return;
    // An office that was filled before it had calendars has none yet.
    await client.query(`insert into calendar (office_id, id, kind, person_id, at) select $1, uuidv7(), 'person', id, now() from person where office_id = $1 and roles && array['mayor', 'deputy'] on conflict do nothing`, [office.id]);
    await client.query('begin');
    await client.query(steps[0]!, [office.id, singles]);
    await client.query(steps[1]!, [office.id, inSeries]);
    await client.query('commit');
    for (const table of ['engagement', 'occurrence', 'participant', 'calendar']) await client.query(`vacuum analyze ${table}`);
  } finally {
    await client.end();
  }
}
