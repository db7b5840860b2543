import { parseDocument } from 'yaml';
import { z } from 'zod';
import { Fault } from '../../errors.ts';
import type { Expression } from './expression.ts';
import {
  ANSWER_SCOPE,
  ATTRIBUTES,
  BASE_SCOPE,
  body,
  expression,
  HEADER_SCOPE,
  ITEM_SCOPE,
  type OperationName,
  REQUEST_SCOPES,
  template,
} from './scopes.ts';
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
const OPERATIONS = Object.keys(REQUEST_SCOPES) as [OperationName, ...OperationName[]];
const READS: readonly OperationName[] = ['check', 'find', 'search', 'list', 'groupSearch'];
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header')
  .refine((name) => !OUR_HEADERS.includes(name.toLowerCase()), 'is a header that only the HTTP client may set');
const STATUSES = ['invited', 'active', 'suspended', 'gone'] as const;

/** What every operation has: the request it makes. */
function operation<Extra extends z.ZodRawShape>(name: OperationName, extra: Extra) {
  const scope = REQUEST_SCOPES[name];
  const fields = z.strictObject({
    request: requestLine(name),
    query: z.record(z.string(), template(scope)).default({}),
    headers: z.record(headerName, template(scope)).default({}),
    body: body(scope).optional(),
    encoding: z.enum(['json', 'form']).default('json'),
    /** `any` accepts a good status with an answer that is not JSON. */
    answer: z.enum(['json', 'any']).default('json'),
    ...extra,
  });
  return fields.refine(({ request, body }) => !(request.method === 'GET' && body), {
    path: ['body'],
    message: 'a GET request has no body; parameters go to query',
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
function change(name: OperationName) {
  const skipWhen = expression(REQUEST_SCOPES[name]).optional();
  return operation(name, { lookFirst: z.boolean().default(false), skipWhen });
}

const read = expression(ANSWER_SCOPE);
const statusMap = z.record(z.string(), z.enum(STATUSES));

const operations = z.strictObject({
  check: operation('check', {}),
  find: operation('find', { item: read }),
  search: operation('search', {
    items: read,
    next: read.optional(),
    /** `contains` for an API that looks for a part of the address, or that cannot ignore letter case otherwise. */
    match: z.enum(['exact', 'contains']).default('exact'),
  }),
  list: operation('list', { items: read, next: read.optional() }).optional(),
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
  groupSearch: operation('groupSearch', { items: read }).optional(),
  groupCreate: operation('groupCreate', { item: read }).optional(),
  grant: change('grant').optional(),
  revoke: change('revoke').optional(),
});

const schema = z
  .strictObject({
    name: z.string().min(1),
    baseUrl: template(BASE_SCOPE),
    headers: z.record(headerName, template(HEADER_SCOPE)).default({}),
    idempotencyHeader: headerName.optional(),
    limits: z
      .strictObject({
        timeoutSeconds: z.number().positive().max(300).default(10),
        concurrency: z.int().positive().default(8),
        perSecond: z.number().positive().optional(),
        maxResponseBytes: z.int().positive().default(5_000_000),
      })
      .prefault({}),
    account: z.strictObject({
      id: expression(ITEM_SCOPE),
      email: expression(ITEM_SCOPE),
      status: z.preprocess(
        (value) => (typeof value === 'string' ? { value } : value),
        z.strictObject({ value: expression(ITEM_SCOPE), map: statusMap.optional() }),
      ),
      attributes: z.partialRecord(z.enum(ATTRIBUTES as [string, ...string[]]), expression(ITEM_SCOPE)).default({}),
      groups: expression(ITEM_SCOPE).optional(),
    }),
    group: z.strictObject({ id: expression(ITEM_SCOPE), name: expression(ITEM_SCOPE) }).optional(),
    operations,
    onSuspend: z.array(change('onSuspend')).default([]),
    onResume: z.array(change('onResume')).default([]),
    errors: z
      .array(
        z.strictObject({
          on: z.array(z.enum(OPERATIONS)).min(1).optional(),
          when: expression(ANSWER_SCOPE),
          means: z.enum(['gone', 'exists', 'busy', 'down', 'refused', 'done']),
        }),
      )
      .default([]),
  })
  .superRefine(crossCheck);

/** A checked description of one HTTP API, with every expression compiled. */
export type RestDescription = z.output<typeof schema>;

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

type Unchecked = Pick<RestDescription, 'account' | 'group' | 'operations' | 'onSuspend' | 'onResume' | 'errors'>;

function crossCheck({ account, group, operations: ops, onSuspend, onResume, errors }: Unchecked, ctx: z.RefinementCtx) {
  const fault = (path: PropertyKey[], message: string) => ctx.addIssue({ code: 'custom', path, message });
  const has = (name: keyof typeof ops) => ops[name] !== undefined;
  if (!has('suspend') && !has('erase')) fault(['operations'], 'needs suspend or erase: nobody could ever leave');
  for (const [one, other] of pairs) if (has(one) && !has(other)) fault(['operations', other], `is needed with ${one}`);
  if (has('grant') && !account.groups) fault(['account', 'groups'], 'is needed with grant');
  if (has('groupSearch') && !group) fault(['group'], 'is needed with groupSearch');
  if (onSuspend.length > 0 && !has('suspend')) fault(['onSuspend'], 'needs operations.suspend');
  if (onResume.length > 0 && !has('resume')) fault(['onResume'], 'needs operations.resume');
  if (!ops.invite.item && !ops.invite.followedBy.includes('search')) {
    fault(['operations', 'invite'], 'needs `item` (the answer carries the account) or `followedBy: [search]`');
  }
  if (ops.search.match === 'contains' && !ops.search.next) {
    fault(['operations', 'search', 'next'], 'is needed with `match: contains`: the account may be on a later page');
  }
  if (ops.invite.followedBy.includes('update') && !has('update'))
    fault(['operations', 'update'], 'is needed by invite.followedBy');
  for (const [index, { on, means }] of errors.entries()) {
    if (means === 'done' && (on ?? OPERATIONS).some((name) => READS.includes(name) || name === 'invite')) {
      fault(['errors', index, 'on'], '`done` must name the writes it holds for; a read or an invite has to answer');
    }
  }
}

const pairs = [
  ['suspend', 'resume'],
  ['resume', 'suspend'],
  ['grant', 'revoke'],
  ['revoke', 'grant'],
  ['groupCreate', 'groupSearch'],
] as const;

/** Reads a description from YAML or JSON text, or from an object; throws Fault `config_invalid` that lists all faults. */
export function parseDescription(source: unknown): RestDescription {
  const parsed = schema.safeParse(typeof source === 'string' ? parseText(source) : source);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new Fault('config_invalid', `the description of a REST target is not valid:\n${faults.join('\n')}`);
}

function parseText(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'silent' });
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => `  ${error.message.split('\n')[0]}`);
    throw new Fault('config_invalid', `the description of a REST target is not YAML:\n${faults.join('\n')}`);
  }
  return document.toJS();
}
