import { z } from 'zod';
import { docxType, fillDocx, readDocxTemplate } from '../../core/docx.ts';
import { choice, id, line, optionalLine, optionalText } from '../../core/input.ts';
import { operation, type Context } from '../../core/operation.ts';
import { notFound, notNow, wrong, type FieldErrors } from '../../core/refusal.ts';
import { UploadInput } from '../documents/index.ts';
import { fieldName, findField, namesIn, type FieldValues } from './field.ts';
import { templateKeepers } from './letter.ts';
import { usualTemplates } from './usual-templates.ts';

export const Template = z.object({ id: z.string(), name: z.string(), kind: z.enum(['text', 'docx']), locale: z.string(), subject: z.string(), body: z.string(), fields: z.array(z.string()), at: z.date(), retiredAt: z.date().nullable() });
export type Template = z.infer<typeof Template>;
type Row = { id: string; name: string; kind: string; locale: string; subject: string; body: string; fields: string[]; at: Date; retired_at: Date | null };
const templateFrom = (row: Row): Template => ({ id: row.id, name: row.name, kind: row.kind as 'text', locale: row.locale, subject: row.subject, body: row.body, fields: row.fields, at: row.at, retiredAt: row.retired_at });

/** The fields that the names mean; an unknown one is refused at `field`, with what it was. */
function known(context: Context, names: readonly string[], field: string): string[] {
  const unknown = names.filter((name) => !findField(name));
  if (unknown.length > 0) throw wrong({ [field]: { key: 'field.template_unknown', args: { names: unknown.slice(0, 8).map((name) => `{${name.slice(0, 40)}}`).join(', '), example: `{${fieldName('addressee', context.caller.locale)}}` } } });
  return [...new Set(names.map((name) => findField(name)!))];
}

const Input = z.object({ name: line(120), kind: choice(['text', 'docx']).default('text'), locale: z.string(), subject: optionalLine(300), body: optionalText(20_000), file: UploadInput.nullish() });
type Given = z.output<typeof Input>;

async function checked(context: Context, input: Given, hasFile: boolean): Promise<{ fields: string[]; sha256?: string | null }> {
  const { office, kernel, db } = context;
  const errors: FieldErrors = {};
  if (!office.publicLocales.includes(input.locale as 'ro') && !office.staffLocales.includes(input.locale as 'ro')) errors['locale'] = { key: 'field.choose' };
  if (input.kind === 'text' && !input.body) errors['body'] = { key: 'field.required' };
  if (input.kind === 'docx' && !input.file && !hasFile) errors['file'] = { key: 'field.required' };
  if (Object.keys(errors).length > 0) throw wrong(errors);
  const fields = [...known(context, namesIn(input.subject), 'subject'), ...known(context, namesIn(input.body), 'body')];
  if (input.kind === 'text') return { fields: [...new Set(fields)], sha256: null };
  if (!input.file) return { fields };
  const read = await readDocxTemplate(input.file.bytes, input.file.name);
  if ('key' in read) throw wrong({ file: read });
  const sha256 = await kernel.files.put(office.id, read.bytes);
  await db.insertInto('file').values({ office_id: office.id, sha256, size: read.bytes.length, media_type: docxType }).onConflict((conflict) => conflict.doNothing()).execute();
  return { fields: [...new Set([...fields, ...known(context, read.tags, 'file')])], sha256 };
}

export const addTemplate = operation({
  id: 'template.add', kind: 'command', rest: 'POST /letter-templates', allow: templateKeepers,
  summary: 'Adds a template for letters: text, or a DOCX, with fields in braces from the known list.',
  input: Input,
  output: z.object({ id: z.string(), fields: z.array(z.string()) }),
  async run(context, input) {
    const { db, office, caller, now } = context;
    const { fields, sha256 } = await checked(context, input, false);
    const templateId = context.newId();
    await db.insertInto('letter_template').values({ office_id: office.id, id: templateId, name: input.name, kind: input.kind, locale: input.locale, subject: input.subject, body: input.body, sha256: sha256 ?? null, fields, made_by: caller.personId, at: now }).execute();
    context.record({ name: 'template.added', nounId: templateId, data: { kind: input.kind } });
    return { id: templateId, fields };
  },
});

export const changeTemplate = operation({
  id: 'template.change', kind: 'command', rest: 'POST /letter-templates/{id}', allow: templateKeepers,
  summary: 'Changes a template; letters that were written from it stay as they are.',
  input: Input.extend({ id: id() }),
  output: z.object({ id: z.string(), fields: z.array(z.string()) }),
  async run(context, input) {
    const { db, office } = context;
    const row = await db.selectFrom('letter_template').select(['kind', 'sha256', 'fields', 'retired_at']).where('office_id', '=', office.id).where('id', '=', input.id).forUpdate().executeTakeFirst();
    if (!row) throw notFound();
    if (row.retired_at) throw notNow();
    const found = await checked(context, { ...input, kind: row.kind as 'text' }, row.sha256 !== null);
    const fields = found.sha256 === undefined ? [...new Set([...row.fields, ...found.fields])] : found.fields;
    await db.updateTable('letter_template').set({ name: input.name, locale: input.locale, subject: input.subject, body: input.body, fields, ...(found.sha256 === undefined ? {} : { sha256: found.sha256 }) }).where('office_id', '=', office.id).where('id', '=', input.id).execute();
    context.record({ name: 'template.changed', nounId: input.id });
    return { id: input.id, fields };
  },
});

export const retireTemplate = operation({
  id: 'template.retire', kind: 'command', rest: 'POST /letter-templates/{id}/retire', allow: templateKeepers,
  summary: 'Offers a template no longer.',
  input: z.object({ id: id() }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await context.db.updateTable('letter_template').set({ retired_at: context.now }).where('office_id', '=', context.office.id).where('id', '=', input.id).where('retired_at', 'is', null).returning('id').executeTakeFirst();
    if (!row) throw notFound();
    context.record({ name: 'template.retired', nounId: input.id });
    return { id: input.id };
  },
});

export const listTemplates = operation({
  id: 'template.list', kind: 'query', rest: 'GET /letter-templates', allow: ['staff'],
  summary: 'The templates for letters, by name; on request the retired too.',
  input: z.object({ retired: z.boolean().default(false) }),
  output: z.object({ templates: z.array(Template) }),
  async run({ db, office }, input) {
    let query = db.selectFrom('letter_template').selectAll().where('office_id', '=', office.id);
    if (!input.retired) query = query.where('retired_at', 'is', null);
    return { templates: (await query.orderBy('name').limit(300).execute()).map(templateFrom) };
  },
});

export const readTemplateFile = operation({
  id: 'template.read_file', kind: 'query', rest: 'GET /letter-templates/{id}/file', allow: ['staff'],
  summary: 'The DOCX of a template as it is kept, in base64.',
  input: z.object({ id: id() }),
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  async run({ db, office, kernel }, input) {
    const row = await db.selectFrom('letter_template').select(['name', 'sha256']).where('office_id', '=', office.id).where('id', '=', input.id).executeTakeFirst();
    if (!row?.sha256) throw notFound();
    return { fileName: `${row.name}.docx`, mediaType: docxType, content: Buffer.from(await kernel.files.get(office.id, row.sha256)).toString('base64') };
  },
});

/** The DOCX of a template with its tags filled, whichever names it uses for the fields. */
export async function fillTemplate(bytes: Uint8Array, values: FieldValues): Promise<Uint8Array<ArrayBuffer>> {
  const read = await readDocxTemplate(bytes, 'template.docx');
  if ('key' in read) throw new Error(read.key);
  return fillDocx(bytes, Object.fromEntries(read.tags.map((tag) => [tag, values[findField(tag) ?? 'body'] ?? ''])));
}

export const addUsual = operation({
  id: 'template.add_usual', kind: 'command', rest: 'POST /letter-templates/usual', allow: templateKeepers,
  summary: 'Adds the usual templates of the office’s language that are not there under their name.',
  input: z.object({}),
  output: z.object({ added: z.number() }),
  async run(context) {
    const { db, office, caller, now } = context;
    const names = (await db.selectFrom('letter_template').select('name').where('office_id', '=', office.id).where('retired_at', 'is', null).execute()).map((row) => row.name);
    const missing = usualTemplates(office.locale).filter((one) => !names.includes(one.name));
    for (const one of missing) {
      const fields = known(context, namesIn(`${one.subject} ${one.body}`), 'body');
      await db.insertInto('letter_template').values({ office_id: office.id, id: context.newId(), name: one.name, kind: 'text', locale: office.locale, subject: one.subject, body: one.body, fields, made_by: caller.personId, at: now }).execute();
    }
    context.record({ name: 'template.usual_added', data: { added: missing.length } });
    return { added: missing.length };
  },
});
