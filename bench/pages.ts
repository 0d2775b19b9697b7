import type { Role } from '../src/core/caller.ts';

/** Pages of the whole register as each role opens them; `{paper}` and the like are taken in turn from the office. */
export const pagesOfRegister: readonly (readonly [name: string, path: string, roles: readonly Role[], count?: number])[] = [
  ['day', '/desk', ['registrar', 'mayor', 'clerk'], 3],
  ['case, petition', '/desk/petitions/{petition}', ['registrar']],
  ['case, other mail', '/desk/cases/{paper}', ['registrar', 'chief']],
  ['case, own', '/desk/petitions/{own}', ['clerk']],
  ['party', '/desk/directory/{party}', ['registrar', 'clerk']],
  ['other mail', '/desk/cases', ['registrar', 'clerk']],
  ['delivery book', '/desk/deliveries?view=all', ['registrar', 'clerk']],
  ['undelivered', '/desk/deliveries?view=undelivered', ['registrar']],
  ['letters', '/desk/letters', ['registrar', 'chief', 'clerk']],
  ['dispatch', '/desk/dispatch', ['registrar']],
  ['rokovnik', '/desk/rokovnik', ['registrar', 'clerk']],
  ['obligations', '/desk/obligations', ['chief', 'clerk']],
  ['arrivals', '/desk/arrivals', ['registrar']],
  ['archive book', '/desk/archive', ['registrar']],
  ['to put away', '/desk/archive/waiting', ['registrar']],
  ['past their time', '/desk/archive/disposals/new?kind=destroy', ['registrar']],
  ['register (book)', '/desk/register', ['registrar']],
  ['register by sender', '/desk/register?sender=petrov&year=2025', ['registrar']],
  ['search', '/desk/search?q=parking', ['registrar', 'clerk']],
  ['5,000 rows as CSV', '/desk/register?as=csv&year=2025', ['registrar'], 1],
];

/** What takes the places of the paths, as SQL over one office (`$1`) and one clerk (`$2`). */
export const idsOfRegister = {
  petition: `select id from case_file where office_id = $1 and kind = 'petition' and closed_at is null order by md5(id::text) limit 60`,
  paper: `select id from case_file where office_id = $1 and kind = 'paper' and unit_id is not null order by md5(id::text) limit 60`,
  own: `select id from case_file where office_id = $1 and kind = 'petition' and handled_by = $2 order by md5(id::text) limit 60`,
  party: `select id from party where office_id = $1 and email is not null and $2::uuid is not null order by md5(id::text) limit 60`,
} as const;
