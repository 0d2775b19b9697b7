import type { ReactElement } from 'react';
import { openApi } from '../../../core/openapi.ts';
import { definePage } from '../../../core/page.ts';
import { PublicPage } from '../../../ui/frame.tsx';

type Schema = { type?: string | string[]; format?: string; enum?: unknown[]; anyOf?: Schema[]; items?: Schema; properties?: Record<string, Schema>; required?: string[]; maxLength?: number; default?: unknown; $ref?: string };
type Described = { operationId: string; summary: string; tags: string[]; parameters: { name: string; in: string; required: boolean; schema: Schema; description?: string }[]; requestBody?: { content: { 'application/json': { schema: Schema } } }; 'x-roles': string[]; responses: { 200: { content: { 'application/json': { schema: Schema } } } } };

/** A schema in a word or two: `string`, `array of object`, `"a" | "b"`. */
function word(schema: Schema | undefined): string {
  if (!schema) return '';
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(word))].join(' | ');
  if (schema.type === 'array') return `array of ${word(schema.items)}`;
  return `${Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'any')}${schema.format ? ` (${schema.format})` : ''}`;
}

const Fields = ({ title, rows }: { title: string; rows: readonly (readonly [string, string, string])[] }): ReactElement | null =>
  rows.length === 0 ? null : (
    <><h4>{title}</h4><dl className="facts">{rows.map(([name, kind, note]) => [<dt key={`t${name}`}><code>{name}</code></dt>, <dd key={`d${name}`}>{kind} {note && <span className="meta">{note}</span>}</dd>])}</dl></>
  );

/** The REST interface in words, made from the same document that /api/openapi.json serves. */
export const apiPage = definePage({
  path: '/api-docs', audience: 'public',
  get(page) {
    const document = openApi([...page.kernel.operations.values()]) as { paths: Record<string, Record<string, Described>> };
    const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, described]) => ({ path, method: method.toUpperCase(), ...described })));
    const nouns = [...new Set(operations.map((one) => one.tags[0]!))].sort();
    return page.html(
      <PublicPage title="REST">
        <div className="apidocs" lang="en">
          <h1>REST interface</h1>
          <p className="lead">Every operation that a page offers is offered under <code>/api</code>, with the same permissions and refusals. The document for machines is <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1).</p>
          <p className="read">Sign in with a personal or service token: <code>Authorization: Bearer …</code>. A command may carry <code>Idempotency-Key</code>: the same key gives the first answer again. A refusal is a problem document (RFC 9457) with status 401, 403, 404, 409, 422 or 429; wrong input names each field.</p>
          <nav aria-label="Nouns" className="views">{nouns.map((noun) => <a key={noun} href={`#${noun}`}>{noun}</a>)}</nav>
          {nouns.map((noun) => (
            <section key={noun} className="sec sp" aria-labelledby={noun}>
              <h2 id={noun}>{noun}</h2>
              {operations.filter((one) => one.tags[0] === noun).map((one) => {
                const body = one.requestBody?.content['application/json'].schema;
                const result = one.responses[200].content['application/json'].schema;
                return (
                  <details key={one.operationId} className="operation">
                    <summary><b>{one.method}</b> <code>/api{one.path}</code> <span className="meta">{one.operationId}</span></summary>
                    <p>{one.summary}</p>
                    <p className="meta">Allowed: {one['x-roles'].join(', ') || 'the system only'}</p>
                    <Fields title="Parameters" rows={one.parameters.map((parameter) => [parameter.name, word(parameter.schema), `${parameter.in}${parameter.required ? ', required' : ''}`] as const)} />
                    <Fields title="Body" rows={Object.entries(body?.properties ?? {}).map(([name, schema]) => [name, word(schema), body?.required?.includes(name) ? 'required' : ''] as const)} />
                    <Fields title="Answer" rows={Object.entries(result.properties ?? {}).map(([name, schema]) => [name, word(schema), ''] as const)} />
                  </details>
                );
              })}
            </section>
          ))}
        </div>
      </PublicPage>,
    );
  },
});
