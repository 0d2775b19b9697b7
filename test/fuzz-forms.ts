import type { Client, Fields } from './client.ts';

export type Field = { name: string; type: string; values: string[] };
export type Form = { page: string; action: string; method: string; isMultipart: boolean; fields: Field[] };
export type Kind = { kind: string; path: string; html: string; forms: Form[] };

const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#39': "'" };
export const unescaped = (text: string): string => text.replaceAll(/&(amp|lt|gt|quot|#x27|#39);/g, (_, name: string) => signs[name]!);
const attribute = (tag: string, name: string): string | undefined => {
  const found = new RegExp(`\\s${name}(?:="([^"]*)")?(?=[\\s/>])`, 'i').exec(tag);
  return found ? unescaped(found[1] ?? '') : undefined;
};

/** The forms of a page, each field with what it holds or offers. */
export function formsIn(html: string, page: string): Form[] {
  return [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => {
    const head = /^<form\b[^>]*>/.exec(form)![0];
    const id = attribute(head, 'id');
    // A button may stand elsewhere and name its form.
    const apart = id ? [...html.matchAll(new RegExp(`<(?:input|button|select|textarea)\\b[^>]*\\sform="${id}"[^>]*>`, 'g'))].map(([tag]) => tag).join('') : '';
    const fields = new Map<string, Field>();
    const add = (name: string | undefined, type: string, values: string[]): void => {
      if (!name) return;
      const known = fields.get(name);
      if (known) known.values.push(...values);
      else fields.set(name, { name, type, values });
    };
    const all = `${form}${apart}`;
    for (const { 0: own, 1: name, index } of all.matchAll(/<(input|button|textarea|select)\b[^>]*>/g)) {
      const inner = all.slice(index + own.length, all.indexOf(`</${name}>`, index));
      if (name === 'textarea') add(attribute(own, 'name'), 'textarea', [unescaped(inner)]);
      else if (name === 'select') add(attribute(own, 'name'), 'select', [...inner.matchAll(/<option\b[^>]*>/g)].map(([option]) => attribute(option, 'value') ?? ''));
      else add(attribute(own, 'name'), name === 'button' ? 'button' : (attribute(own, 'type') ?? 'text'), [attribute(own, 'value') ?? '']);
    }
    return { page, action: attribute(head, 'action') || page, method: (attribute(head, 'method') ?? 'get').toLowerCase(), isMultipart: attribute(head, 'enctype') === 'multipart/form-data', fields: [...fields.values()] };
  });
}

// One page of each kind is enough: ids, days, codes and numbers in an address only say which.
export const kindOf = (path: string): string => {
  const [place = '', query = ''] = path.split('?');
  const names = [...new URLSearchParams(query).keys()].sort().join('&');
  return place.replaceAll(/\/[0-9a-f]{8}-[0-9a-f-]{27,}/g, '/:id').replaceAll(/\/\d{4}-\d\d-\d\d/g, '/:day').replaceAll(/\/[\w-]{40,}/g, '/:token').replaceAll(/\/\d+/g, '/:number').replaceAll(/(unit|body|person|duty)[:/][\w-]+/g, '$1/:key') + (names ? `?${names}` : '');
};

/** The pages that links lead to from `starts`, one of each kind, as far as `most`. */
export async function crawl(client: Client, starts: readonly string[], { most, leaves }: { most: number; leaves: RegExp }): Promise<Kind[]> {
  const seen = new Map<string, Kind>();
  const asked = new Set<string>();
  const queue = [...starts];
  while (queue.length > 0 && seen.size < most) {
    const path = queue.shift()!;
    const kind = kindOf(path);
    if (asked.has(kind) || leaves.test(path)) continue;
    asked.add(kind);
    const shown = await client.get(path);
    if (shown.status >= 500) throw new Error(`${path}: ${shown.status}`);
    if (shown.status === 303 && shown.location.startsWith('/')) queue.push(shown.location);
    if (shown.status !== 200 || !/html/.test(shown.headers.get('content-type') ?? '')) continue;
    seen.set(kind, { kind, path, html: shown.html, forms: formsIn(shown.html, path) });
    for (const [, href] of shown.html.matchAll(/<a\b[^>]*\shref="(\/[^"#]*)/g)) queue.push(unescaped(href!));
  }
  return [...seen.values()];
}

/** What the form would send if nobody touched it: of choices the first, of boxes none. */
export const untouched = (form: Form): Fields => form.fields.flatMap((field): [string, string][] => (['checkbox', 'file', 'button', 'submit'].includes(field.type) && field.values.length !== 1 ? [] : field.type === 'file' ? [] : [[field.name, field.values.find((one) => one !== '') ?? '']]));
