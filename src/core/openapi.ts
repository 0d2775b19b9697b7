import { z } from 'zod';
import type { Operation } from './operation.ts';

type Json = Record<string, unknown>;

const schema = (type: z.ZodType, io: 'input' | 'output'): Json => {
  const made = z.toJSONSchema(type, {
    io, unrepresentable: 'any', target: 'draft-2020-12',
    override: ({ zodSchema, jsonSchema }) => {
      const kind = zodSchema._zod.def.type;
      if (kind === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      if (kind === 'custom') Object.assign(jsonSchema, { type: 'string', contentEncoding: 'base64' });
    },
  }) as Json;
  delete made['$schema'];
  return made;
};

/** The OpenAPI 3.1 document of the operations that are offered over REST. */
export function openApi(operations: readonly Operation[]): Json {
  const paths: Record<string, Json> = {};
  for (const op of operations.filter((one) => one.rest).sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const [method, path] = op.rest!.split(' ') as [string, string];
    const input = schema(op.input, 'input') as { properties?: Record<string, Json>; required?: string[] };
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    const parameters: Json[] = inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
    let requestBody: Json | undefined;
    const rest = Object.entries(input.properties ?? {}).filter(([name]) => !inPath.includes(name));
    if (op.kind === 'query') for (const [name, value] of rest) parameters.push({ name, in: 'query', required: input.required?.includes(name) ?? false, schema: value });
    else {
      parameters.push({ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 200 }, description: 'The same key gives the first answer again.' });
      if (rest.length > 0) requestBody = { required: true, content: { 'application/json': { schema: { type: 'object', properties: Object.fromEntries(rest), required: (input.required ?? []).filter((name) => !inPath.includes(name)) } } } };
    }
    paths[path] ??= {};
    paths[path][method.toLowerCase()] = {
      operationId: op.id, summary: op.summary, tags: [op.id.split('.')[0]], parameters, ...(requestBody ? { requestBody } : {}),
      ...(op.allow.includes('public') ? { security: [{}, { token: [] }] } : {}), 'x-roles': op.allow,
      responses: {
        200: { description: 'Done', content: { 'application/json': { schema: schema(op.output, 'output') } } },
        default: { description: 'Refused: 401, 403, 404, 409, 415, 422 or 429', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Kabinet', version: '1', summary: 'The operations of a mayor’s office', license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' } },
    servers: [{ url: '/api' }], security: [{ token: [] }], paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A personal or service token' } },
      schemas: {
        Problem: {
          type: 'object', required: ['type', 'title', 'status'],
          properties: { type: { type: 'string' }, title: { type: 'string' }, status: { type: 'integer' }, incident: { type: 'string' }, current: {}, errors: { type: 'array', items: { type: 'object', required: ['field', 'code', 'message'], properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } } } } },
        },
      },
    },
  };
}
