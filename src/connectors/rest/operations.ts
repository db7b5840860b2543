import { z } from 'zod';
import type { Expression } from './expression.ts';
import { ANSWER_SCOPE, body, expression, type OperationName, REQUEST_SCOPES, template } from './scopes.ts';
import type { BodyTemplate, Template } from './template.ts';

const OUR_HEADERS = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'cookie',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** The names of all operations. */
export const OPERATIONS = Object.keys(REQUEST_SCOPES) as [OperationName, ...OperationName[]];
/** The operations that only read. */
export const READS: readonly OperationName[] = ['check', 'find', 'search', 'list', 'groupSearch'];
/** The name of a header that a description may set. */
export const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header')
  .refine((name) => !OUR_HEADERS.includes(name.toLowerCase()), 'is a header that only the HTTP client may set');

/** What every operation has: the request it makes. */
function operation<Extra extends z.ZodRawShape>(name: OperationName, extra: Extra) {
  const scope = REQUEST_SCOPES[name];
  return z.strictObject({
    request: requestLine(name),
    query: z.record(z.string(), template(scope)).default({}),
    headers: z.record(headerName, template(scope)).default({}),
    body: body(scope).optional(),
    encoding: z.enum(['json', 'form']).default('json'),
    /** `any` accepts a good status with an answer that is not JSON. */
    answer: z.enum(['json', 'any']).default('json'),
    ...extra,
  });
}

function requestLine(name: OperationName) {
  return z
    .string('must be text such as "GET /users/{{ id }}"')
    .regex(/^[A-Z]+ \/[^?#\\]*$/, 'must be a method and a path, such as "GET /users/{{ id }}"; parameters go to query')
    .transform((line) => ({ method: line.slice(0, line.indexOf(' ')), path: line.slice(line.indexOf(' ') + 1) }))
    .pipe(z.object({ method: z.enum(METHODS), path: template(REQUEST_SCOPES[name]) }));
}

/**
 * A write to one account. `lookFirst` reads the account before it, for a target that says "done" for accounts which are
 * not there; so does naming `item`. `skipWhen` leaves a change that is not needed.
 */
export function change(name: OperationName) {
  const { secrets: _, ...visible } = REQUEST_SCOPES[name];
  return operation(name, { lookFirst: z.boolean().default(false), skipWhen: expression(visible).optional() });
}

const read = expression(ANSWER_SCOPE);
/** Reads each account of a list by `find`, for an API whose lists show only a part of an account. */
const readEach = z.boolean().default(false);

/**
 * A side effect: one more request after a suspend or a resume. Named by its request where it has no name, because that is
 * what a human recognises it by.
 */
export function sideEffect(name: 'onSuspend' | 'onResume') {
  return change(name)
    .extend({ name: z.string().trim().min(1).max(200).optional(), whileHeld: z.boolean().default(false) })
    .transform((effect) => ({
      ...effect,
      name: effect.name ?? `${effect.request.method} ${effect.request.path.source}`,
    }));
}

/** All operations of a description. */
export const operations = z.strictObject({
  check: operation('check', {}),
  find: operation('find', { item: read }),
  search: operation('search', {
    items: read,
    next: read.optional(),
    /** `contains` for an API that looks for a part of the address, or that cannot ignore letter case otherwise. */
    match: z.enum(['exact', 'contains']).default('exact'),
    readEach,
  }),
  list: operation('list', { items: read, next: read.optional(), readEach }).optional(),
  invite: operation('invite', {
    item: read.optional(),
    /** Looks for the address before the invite, where the target would take the same one twice. */
    lookFirst: z.boolean().default(false),
    /** `search` where the answer carries no id, `update` where an invite takes nothing but the address. */
    followedBy: z.array(z.enum(['search', 'update'])).default([]),
  }),
  update: change('update').optional(),
  suspend: change('suspend').optional(),
  resume: change('resume').optional(),
  erase: change('erase').optional(),
  anonymise: change('anonymise').optional(),
  groupSearch: operation('groupSearch', { items: read }).optional(),
  groupCreate: operation('groupCreate', { item: read }).optional(),
  grant: change('grant').optional(),
  revoke: change('revoke').optional(),
});

/** One request of a description, whichever operation it belongs to. */
export type Operation = {
  readonly request: { readonly method: (typeof METHODS)[number]; readonly path: Template };
  readonly query: Readonly<Record<string, Template>>;
  readonly headers: Readonly<Record<string, Template>>;
  readonly body?: BodyTemplate | undefined;
  readonly encoding: 'json' | 'form';
  readonly answer: 'json' | 'any';
};

/** A write to one account. */
export type Change = Operation & { readonly lookFirst: boolean; readonly skipWhen?: Expression | undefined };
