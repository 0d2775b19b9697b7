import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const read = (path: string): Json => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Json;

const text = z.string().trim().min(1);
const L = z.record(z.enum(['cnr', 'sr', 'mk', 'sq', 'ro', 'en']), text.optional());
const lists = z.record(z.enum(['cnr', 'sr', 'mk', 'sq', 'ro', 'en']), z.array(text).min(1).optional());
const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const email = z.string().regex(/^[^@\s]+@[^@\s]+\.example$/);
const roles = [
  'mayor', 'deputy', 'chief', 'registrar', 'clerk', 'adviser', 'head', 'protocol', 'spokesperson', 'citizens', 'council', 'quality',
  'it', 'auditor',
] as const;

const office = z.object({
  slug: id,
  jurisdiction: z.enum(['ME', 'BA-RS', 'MK', 'RO']),
  name: L, cabinet: L, mayorTitle: L,
  accent: z.tuple([z.string().regex(/^#[0-9a-f]{6}$/), z.string().regex(/^#[0-9a-f]{6}$/)]),
  locales: z.object({ staff: z.array(text).min(1), public: z.array(text).min(1), primary: text }),
  address: text, place: text, phone: text, email, web: z.string().regex(/^https:\/\/[^/]+\.example$/),
  hours: z.object({ text: L, week: z.array(z.tuple([z.string().regex(/^\d\d:\d\d$/), z.string().regex(/^\d\d:\d\d$/)])).length(5) }),
  urgent: z.array(z.object({ name: L, phone: text })).min(3),
  units: z.array(z.object({
    id, parent: id.nullable(), code: text, name: L, competences: lists, phone: text, room: text, email, head: id,
    hours: L.optional(), cabinet: z.boolean().optional(),
  })).min(9),
  people: z.array(z.object({
    id, name: text, gender: z.enum(['f', 'm']), title: L, unit: id, roles: z.array(z.enum(roles)).min(1), phone: text, room: text,
    public: z.boolean().optional(),
  })).min(15),
  bodies: z.array(z.object({
    id, name: L, kind: z.enum(['enterprise', 'institution', 'state', 'municipality', 'council']), email, phone: text,
  })).min(10),
  areas: z.array(z.object({ id, name: L, unit: id, class: text })).min(10).max(12),
  classes: z.array(z.object({ code: text, name: L, retention: z.string().regex(/^(\d+|permanent)$/) })).min(12),
  numbering: z.object({ unit: text, class: text }),
  answerTemplates: z.array(z.object({ id, name: L, facts: L, basis: L, decision: L, remedy: L })).min(5),
  remedy: L,
  publishes: z.boolean(),
  duties: z.array(z.object({ id: z.string(), title: L })),
});

const answer = z.object({ facts: text, basis: text, decision: text, remedy: text });
const asked = z.object({ question: text, reply: text });
const demo = z.object({
  parties: z.array(z.object({
    name: text, kind: z.enum(['person', 'organisation']), gender: z.enum(['f', 'm']).optional(), email: email.optional(),
    phone: text.optional(), address: text, place: text,
  })).min(80),
  petitions: z.array(z.object({
    kind: z.enum(['petition', 'proposal', 'complaint', 'question', 'request']), area: id, unit: id,
    variants: z.array(z.object({ subject: text, place: text, text: z.string().min(60) })).length(3),
    resolution: text, answer: answer.optional(),
    contribution: asked.extend({ of: id }).optional(), completion: asked.optional(),
    forward: z.object({ body: id, reason: text }).optional(), dissatisfied: text.optional(),
  })).min(50),
});

const own: Record<string, { prefix: string; own: string; also: string[]; duties: number }> = {
  cetinje: { prefix: 'CT', own: 'cnr', also: ['sq', 'en'], duties: 14 },
  'banja-luka': { prefix: 'BL', own: 'sr', also: ['en'], duties: 26 },
  opstina: { prefix: 'OM', own: 'mk', also: ['sq', 'en'], duties: 19 },
  medias: { prefix: 'MS', own: 'ro', also: ['en'], duties: 14 },
  skopje: { prefix: 'SK', own: 'mk', also: ['sq', 'en'], duties: 25 },
};

/** SHA-256 of the folded names of officials in the public source pages; hashed so that the names themselves stay out of the project. */
const officials = new Set([
  '2aa5677e174530848ab9d45f', '8837fdac8dba99ae27acd8a1', '738a33f268e916df12b4e3e3', 'be914960d3f2dd0470405a86',
  '3955fabb772a51bc5fbf9a7e', 'b0a0f866dc54e98ad5c393f5', 'b68f3f534c23abc5f374daf3', '51c2c2505774c7582c9755c5',
]);

const latin: Record<string, string> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', ђ: 'dj', ѓ: 'gj', е: 'e', ж: 'z', з: 'z', ѕ: 'dz', и: 'i', ј: 'j', к: 'k', л: 'l', љ: 'lj',
  м: 'm', н: 'n', њ: 'nj', о: 'o', п: 'p', р: 'r', с: 's', т: 't', ћ: 'c', ќ: 'kj', у: 'u', ф: 'f', х: 'h', ц: 'c', ч: 'c', џ: 'dz', ш: 's',
};
const fold = (word: string): string => word.toLowerCase().replace(/[\u0400-\u04ff]/g, (c) => latin[c] ?? c).replace(/đ/g, 'dj')
  .normalize('NFD').replace(/\p{M}/gu, '');
const hash = (pair: string): string => createHash('sha256').update(pair).digest('hex').slice(0, 24);

function strings(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(strings);
}

function namesOfficial(value: Json): boolean {
  const seen = new Set<string>();
  for (const line of strings(value)) {
    const words = fold(line).match(/\p{L}+/gu) ?? [];
    words.forEach((word, i) => {
      const next = words[i + 1];
      if (next) seen.add([word, next].sort().join(' '));
    });
  }
  return [...seen].some((pair) => officials.has(hash(pair)));
}

const issues = (error?: z.ZodError): string[] => (error?.issues ?? []).map((i) => `${i.path.join('.')}: ${i.message}`);
const exists = (path: string): boolean => existsSync(new URL(path, import.meta.url));

for (const [slug, rule] of Object.entries(own)) {
  if (!exists(`./${slug}.json`)) continue;
  const raw = read(`./${slug}.json`);
  const parsed = office.safeParse(raw);

  describe(`office ${slug}`, () => {
    it('has the shape of an office', () => {
      expect(issues(parsed.error)).toEqual([]);
    });
    if (!parsed.success) return;
    const o = parsed.data;
    const units = new Set(o.units.map((u) => u.id));
    const people = new Set(o.people.map((p) => p.id));
    const classes = new Set(o.classes.map((c) => c.code));

    it('refers only to what exists, and names nothing twice', () => {
      expect(o.slug).toBe(slug);
      expect(o.units.filter((u) => u.parent && !units.has(u.parent)).map((u) => u.id)).toEqual([]);
      expect(o.units.filter((u) => !people.has(u.head)).map((u) => `${u.id}: ${u.head}`)).toEqual([]);
      expect(o.people.filter((p) => !units.has(p.unit)).map((p) => p.id)).toEqual([]);
      expect(o.areas.filter((a) => !units.has(a.unit) || !classes.has(a.class)).map((a) => a.id)).toEqual([]);
      expect(classes.has(o.numbering.class)).toBe(true);
      expect(o.units.map((u) => u.code)).toContain(o.numbering.unit);
      const every = { units: o.units, people: o.people, bodies: o.bodies, areas: o.areas, answerTemplates: o.answerTemplates };
      for (const rows of Object.values(every)) expect(new Set(rows.map((r) => r.id)).size).toBe(rows.length);
      expect([...units].filter((u) => o.bodies.some((b) => b.id === u))).toEqual([]);
      expect(o.units.some((u) => u.cabinet)).toBe(true);
      expect([...o.locales.staff, ...o.locales.public]).toContain(o.locales.primary);
    });

    it('staffs every role that a case needs', () => {
      const count = (role: string) => o.people.filter((p) => p.roles.some((r) => r === role)).length;
      expect(count('mayor')).toBe(1);
      expect(count('chief')).toBe(1);
      expect(roles.filter((role) => count(role) === 0)).toEqual([]);
    });

    it('speaks all its languages', () => {
      const shown = [o.name, o.cabinet, o.mayorTitle, o.hours.text, ...o.urgent.map((u) => u.name), ...o.areas.map((a) => a.name)];
      for (const l of shown) for (const source of [rule.own, ...rule.also]) expect(l, JSON.stringify(l)).toHaveProperty(source);
      const staff = [...o.units, ...o.bodies, ...o.classes].map((x) => x.name).concat(o.people.map((p) => p.title));
      for (const l of staff) for (const source of [rule.own, 'en']) expect(l, JSON.stringify(l)).toHaveProperty(source);
      for (const u of o.units) expect(u.competences.en?.length, u.id).toBe(u.competences[rule.own as 'mk']?.length);
      for (const t of o.answerTemplates) for (const l of [t.name, t.facts, t.basis, t.decision, t.remedy]) expect(l).toHaveProperty(rule.own);
      expect(o.remedy).toHaveProperty(rule.own);
    });

    it('carries every duty of its mission', () => {
      const ids = Array.from({ length: rule.duties }, (_, i) => `${rule.prefix}-${String(i + 1).padStart(2, '0')}`);
      expect(o.duties.map((d) => d.id).sort()).toEqual(ids);
      for (const d of o.duties) for (const source of [rule.own, 'en']) expect(d.title, d.id).toHaveProperty(source);
    });

    it('keeps Serbian, Montenegrin and Macedonian sources in Cyrillic', () => {
      if (!['cnr', 'sr', 'mk'].includes(rule.own)) return;
      for (const d of o.duties) expect(d.title[rule.own as 'mk']).not.toMatch(/[a-zčćšžđ]{3}/);
    });

    it('names no real official', () => {
      expect(namesOfficial(raw)).toBe(false);
    });

    const year = exists(`../demo/${slug}.json`) ? read(`../demo/${slug}.json`) : undefined;
    it.skipIf(year === undefined)('has a demonstration year that fits it', () => {
      const shape = demo.safeParse(year);
      expect(issues(shape.error)).toEqual([]);
      if (!shape.success) return;
      const areas = new Set(o.areas.map((a) => a.id));
      const bodies = new Set(o.bodies.map((b) => b.id));
      for (const p of shape.data.petitions) {
        const subject = p.variants[0]?.subject ?? '';
        expect(areas, subject).toContain(p.area);
        expect(units, subject).toContain(p.unit);
        if (p.contribution) expect([...units, ...bodies], subject).toContain(p.contribution.of);
        if (p.forward) expect(bodies, subject).toContain(p.forward.body);
        expect(Boolean(p.answer) !== Boolean(p.forward), subject).toBe(true);
        expect(strings(p).join(' '), subject).not.toMatch(/\{\{(?!(subject|place|reference|receivedOn)\}\})/);
      }
      expect(new Set(shape.data.parties.map((p) => p.name)).size).toBe(shape.data.parties.length);
      const letters = shape.data.petitions.flatMap((p) => p.variants.map((v) => v.text));
      expect(new Set(letters).size).toBe(letters.length);
      expect(namesOfficial(year ?? null)).toBe(false);
    });
  });
}

it('counts 98 duties across the five offices', () => {
  expect(Object.values(own).reduce((sum, rule) => sum + rule.duties, 0)).toBe(98);
});
