import { z } from 'zod';
import { compileExpression, type Expression, type Scope } from './expression.ts';
import { compileBody, compileTemplate } from './template.ts';

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
  anonymise: ONE,
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
  return z.string(NEEDS_QUOTES).transform((text, ctx) => attempt(ctx, () => compileExpression(text, scope)));
}

/** A text with `{{ expressions }}` in it. */
export function template(scope: Scope) {
  return z.string(NEEDS_QUOTES).transform((text, ctx) => attempt(ctx, () => compileTemplate(text, scope)));
}

/** A request body: any JSON value whose texts are templates. */
export function body(scope: Scope) {
  return z.json().transform((value, ctx) => attempt(ctx, () => compileBody(value, scope)));
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

/** The attributes that a compiled part of a description reads, as `attributes.name`. */
export function attributesRead(part: unknown): string[] {
  const reads = expressionsIn(part).flatMap((expression) => expression.reads);
  const names = reads.filter((name) => name.startsWith('attributes.')).map((name) => name.split('.')[1] ?? '');
  return [...new Set(names)];
}

function attempt<T>(ctx: z.RefinementCtx, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
}
