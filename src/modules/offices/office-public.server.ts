import { z } from 'zod';
import { cyrillicFromLatin, getLocale, latinFromCyrillic, type LocaleId } from '../../core/language.ts';
import { textIn } from '../../core/message.ts';
import { operation } from '../../core/operation.ts';
import { notFound } from '../../core/refusal.ts';

/** A name or a room kept in one script, in the script of the reader, where the language has two. */
export function inScript(text: string, locale: LocaleId): string {
  const { source, script } = getLocale(locale);
  if (source !== 'sr' && source !== 'cnr') return text;
  return script === 'Latn' ? latinFromCyrillic(text) : cyrillicFromLatin(text);
}

const Person = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  phone: z.string(),
  room: z.string(),
  isHead: z.boolean(),
});
const Unit = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  name: z.string(),
  isCabinet: z.boolean(),
  competences: z.array(z.string()),
  phone: z.string(),
  room: z.string(),
  hours: z.string(),
  hasEmail: z.boolean(),
  people: z.array(Person),
});
export type PublicUnit = z.infer<typeof Unit>;

export const readStructure = operation({
  id: 'office.structure',
  kind: 'query',
  rest: 'GET /structure',
  allow: ['public', 'petitioner'],
  summary: 'Units and competences of the office, with the people who are shown in public; no addresses of mail.',
  input: z.object({}),
  output: z.object({ units: z.array(Unit) }),
  async run({ db, office, caller }) {
    const locale = caller.locale;
    const people = await db
      .selectFrom('person')
      .select(['id', 'key', 'name', 'title', 'phone', 'room', 'unit_id', 'roles'])
      .where('office_id', '=', office.id)
      .where('is_public', '=', true)
      .where('is_active', '=', true)
      .orderBy('name')
      .execute();
    const units = office.data.units.map((unit) => {
      const members = people.filter((one) => one.unit_id === unit.id);
      const named = members.filter((one) => one.key === unit.head);
      const heads =
        named.length > 0
          ? named
          : members.filter((one) => ['mayor', 'deputy', 'chief', 'head'].some((role) => one.roles.includes(role)));
      const shown = [...heads, ...members.filter((one) => !heads.includes(one))].map((one) => ({
        id: one.id,
        name: inScript(one.name, locale),
        title: textIn(one.title as Record<string, string>, locale),
        phone: one.phone ?? '',
        room: inScript(one.room ?? '', locale),
        isHead: heads.includes(one),
      }));
      return {
        id: unit.id,
        parentId: unit.parent ?? null,
        name: textIn(unit.name, locale),
        isCabinet: unit.cabinet,
        competences: listIn(unit.competences, locale),
        phone: unit.phone ?? '',
        room: inScript(unit.room ?? '', locale),
        hours: unit.hours ? textIn(unit.hours, locale) : '',
        hasEmail: Boolean(unit.email),
        people: shown,
      };
    });
    return { units };
  },
});

/** A list kept by language, each line read as a text of its own. */
function listIn(lists: Record<string, string[]> | undefined, locale: LocaleId): string[] {
  const most = Math.max(0, ...Object.values(lists ?? {}).map((list) => list.length));
  return Array.from({ length: most }, (_, index) =>
    textIn(
      Object.fromEntries(
        Object.entries(lists!).flatMap(([key, list]) => (list[index] === undefined ? [] : [[key, list[index]]])),
      ),
      locale,
    ),
  ).filter(Boolean);
}

export const readContact = operation({
  id: 'office.contact',
  kind: 'query',
  allow: ['public', 'petitioner'],
  summary: 'The e-mail address of one unit or of one person who is shown in public.',
  input: z.object({ of: z.string().max(80) }),
  output: z.object({ name: z.string(), title: z.string(), email: z.string() }),
  async run({ db, office, caller }, input) {
    const [kind, which = ''] = input.of.split(':');
    if (kind === 'unit') {
      const unit = office.data.units.find((one) => one.id === which && one.email);
      if (!unit) throw notFound();
      return { name: textIn(unit.name, caller.locale), title: '', email: unit.email! };
    }
    if (kind !== 'person' || !/^[0-9a-f-]{36}$/.test(which)) throw notFound();
    const person = await db
      .selectFrom('person')
      .select(['name', 'title', 'email'])
      .where('office_id', '=', office.id)
      .where('id', '=', which)
      .where('is_public', '=', true)
      .where('is_active', '=', true)
      .executeTakeFirst();
    if (!person) throw notFound();
    return {
      name: inScript(person.name, caller.locale),
      title: textIn(person.title as Record<string, string>, caller.locale),
      email: person.email,
    };
  },
});
