import { z } from 'zod';
import { ACCESS_ROUTES } from './access.ts';
import { CONNECTION_ROUTES } from './connections.ts';
import { EVENT_ROUTES } from './events.ts';
import { OPERATION_ROUTES } from './operations.ts';
import { PEOPLE_ROUTES } from './people.ts';
import type { Described } from './route.ts';

/** Every route of the JSON API. */
export const ROUTES: readonly Described[] = [
  ...OPERATION_ROUTES,
  ...ACCESS_ROUTES,
  ...CONNECTION_ROUTES,
  ...PEOPLE_ROUTES,
  ...EVENT_ROUTES,
];

type Json = Record<string, unknown>;

const Problem = z.looseObject({
  status: z.number(),
  title: z.string(),
  detail: z.string(),
  code: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
const PROBLEMS: Record<string, string> = {
  401: 'No key, or one that is not known',
  404: 'Not found, or another tenant’s',
  409: 'The state of things forbids it; `code` says which',
  422: 'Not valid; `errors` names each place',
};
const HEADERS = [
  {
    name: 'Gangway-Tenant',
    in: 'header',
    description: 'Name or id of the tenant; needed where there are several',
    schema: { type: 'string' },
  },
];
const IDEMPOTENCY = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key and body within 24 hours get the same answer, and nothing is made twice',
  schema: { type: 'string', maxLength: 255 },
};

/** The OpenAPI 3.1 document of the JSON API, made of the schemas that judge what comes in. */
export function openApi(): Json {
  const paths: Record<string, Json> = {};
  for (const route of ROUTES) {
    paths[route.path] ??= {};
    (paths[route.path] as Json)[route.method] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Gangway', version: 'v1', summary: 'The JSON API for operators; docs/api.md tells more' },
    servers: [{ url: '/api/v1' }],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'The key of the file admin-key, or one of a technical user',
        },
      },
      schemas: { Problem: schemaOf(Problem, 'output') },
    },
  };
}

/** The same file as the one part of a form. */
const FORM = {
  'multipart/form-data': {
    schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
  },
};

function operation({ method, path, summary, query, body, upload, status, answer, types = [] }: Described): Json {
  const parameters = [
    ...pathNames(path).map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...queryParameters(query),
    ...(path.startsWith('/tenants') ? [] : HEADERS),
    ...(method === 'post' ? [IDEMPOTENCY] : []),
  ];
  const sent = body && { content: { 'application/json': { schema: schemaOf(body, 'input') } } };
  const file = upload && { required: true, content: { ...contentOf(upload), ...FORM } };
  return {
    operationId: operationId(method, path),
    summary,
    tags: [path.split('/')[1]],
    parameters,
    ...((sent ?? file) && { requestBody: sent ?? file }),
    responses: { [status]: answered(answer, types), ...problems() },
  };
}

function answered(answer: z.ZodType | null, types: readonly string[]): Json {
  if (answer === null) return { description: 'Done' };
  const json = { 'application/json': { schema: schemaOf(answer, 'output') } };
  return { description: 'Done', content: { ...json, ...contentOf(types) } };
}

function contentOf(types: readonly string[]): Json {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }]));
}

function problems(): Json {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    Object.entries(PROBLEMS).map(([status, description]) => [status, { description, content }]),
  );
}

/** Each name that some form of the query knows, once. */
function queryParameters(query: z.ZodType | undefined): Json[] {
  if (!query) return [];
  const found = new Map<string, Json>();
  const whole = schemaOf(query, 'input');
  const forms = whole['anyOf'] as Json[] | undefined;
  for (const form of forms ? flat(forms) : [whole]) {
    const required = forms ? [] : ((form['required'] as string[] | undefined) ?? []);
    for (const [name, schema] of Object.entries((form['properties'] as Json | undefined) ?? {})) {
      const before = found.get(name)?.['schema'] as Json | undefined;
      const both = before && JSON.stringify(before) !== JSON.stringify(schema) ? { anyOf: [before, schema] } : schema;
      found.set(name, { name, in: 'query', required: required.includes(name), schema: both });
    }
  }
  return [...found.values()];
}

function flat(forms: Json[]): Json[] {
  return forms.flatMap((form) => (form['anyOf'] ? flat(form['anyOf'] as Json[]) : [form]));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  // what JSON Schema cannot say (a rule in code) is left out: the server says it in its problem
  const { $schema, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return json;
}

function pathNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));
}

function operationId(method: string, path: string): string {
  const words = path.replace(/[{}]/g, '').split(/[/-]/).filter(Boolean);
  return [method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}
