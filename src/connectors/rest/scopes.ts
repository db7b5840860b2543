import { z } from 'zod';
import { compileExpression, type Expression, type Scope } from './expression.ts';
import { compileBody, compileTemplate, expressionsOf, type Template } from './template.ts';

/** The attribute names of the mapping; a description may use no others. */
export const ATTRIBUTES: readonly string[] = [
  'userName',
  'givenName',
  'familyName',
  'displayName',
  'title',
  'department',
  'employeeNumber',
  'manager',
  'phone',
  'language',
  'externalId',
];

const SETTINGS = { settings: 'map<string, dyn>', secrets: 'map<string, string>' };
const WRITE = { ...SETTINGS, idempotencyKey: 'string' };
const ONE = { ...WRITE, id: 'string', item: 'dyn' };
const ACCOUNT = { email: 'string', attributes: 'map<string, dyn>' };
const GROUP = { group: 'map<string, string>' };

/** What the request of each operation may name. `item` is the account as the target has it before the request. */
export const REQUEST_SCOPES = {
  check: SETTINGS,
  find: { ...SETTINGS, id: 'string' },
  search: { ...SETTINGS, email: 'string', cursor: 'dyn' },
  list: { ...SETTINGS, cursor: 'dyn' },
  invite: { ...WRITE, ...ACCOUNT, groups: 'list<string>' },
  update: { ...ONE, ...ACCOUNT },
  suspend: ONE,
  resume: ONE,
  erase: ONE,
  onSuspend: ONE,
  onResume: ONE,
  groupSearch: { ...SETTINGS, ...GROUP },
  groupCreate: { ...WRITE, ...GROUP },
  grant: { ...ONE, ...GROUP },
  revoke: { ...ONE, ...GROUP },
} satisfies Record<string, Scope>;

export type OperationName = keyof typeof REQUEST_SCOPES;

/** What an expression over an answer may name. */
export const ANSWER_SCOPE: Scope = { status: 'int', headers: 'map<string, string>', body: 'dyn', cursor: 'dyn' };
/** What an expression over one object of an answer may name. */
export const ITEM_SCOPE: Scope = { item: 'dyn' };
export const BASE_SCOPE: Scope = { settings: 'map<string, dyn>' };
export const HEADER_SCOPE: Scope = SETTINGS;

// YAML reads an unquoted {{ id }} as a map inside a map
const NEEDS_QUOTES = 'must be text; put quotes around a value that starts with "{{"';

/** A text which is a CEL expression. */
export function expression(scope: Scope) {
  return z.string(NEEDS_QUOTES).transform((text, ctx) => attempt(ctx, () => known(compileExpression(text, scope))));
}

/** A text with `{{ expressions }}` in it. */
export function template(scope: Scope) {
  return z.string(NEEDS_QUOTES).transform((text, ctx) => attempt(ctx, () => checked(compileTemplate(text, scope))));
}

/** A request body: any JSON value whose texts are templates. */
export function body(scope: Scope) {
  return z.json().transform((value, ctx) =>
    attempt(ctx, () => {
      const compiled = compileBody(value, scope);
      for (const found of expressionsIn(compiled)) known(found);
      return compiled;
    }),
  );
}

/** Every expression anywhere inside a compiled part of a description. */
export function expressionsIn(value: unknown): Expression[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isExpression(value)) return [value];
  return Object.values(value).flatMap(expressionsIn);
}

function isExpression(value: object): value is Expression {
  return 'evaluate' in value && 'reads' in value;
}

function checked(found: Template): Template {
  for (const part of expressionsOf(found)) known(part);
  return found;
}

function known(found: Expression): Expression {
  for (const name of found.reads) {
    const [variable, attribute] = name.split('.', 2);
    if (variable === 'attributes' && attribute !== undefined && !ATTRIBUTES.includes(attribute)) {
      throw new Error(`there is no attribute "${attribute}"; known are ${ATTRIBUTES.join(', ')}`);
    }
  }
  return found;
}

function attempt<T>(ctx: z.RefinementCtx, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
}
