import { Fault } from '../../errors.ts';
import type { AccountStatus, ActualAccount } from '../../model/account.ts';
import type { RestDescription } from './description.ts';
import { type Expression, Mismatch } from './expression.ts';

type AccountSchema = RestDescription['account'];

/**
 * Reads one object of the target's answer. Null when its status says `gone`; Fault `target_down` when it cannot be
 * read, since an answer that we do not understand says nothing about the account.
 */
export function readAccount(schema: AccountSchema, item: unknown): ActualAccount | null {
  const context = { item };
  const status = readStatus(schema.status, context);
  if (status === 'gone') return null;
  return {
    remoteId: readId(schema.id, item),
    email: readText('email', read('account.email', schema.email, context)) ?? '',
    status,
    attributes: readAttributes(schema.attributes, context),
    groups: schema.groups ? readNames(read('account.groups', schema.groups, context)) : [],
  };
}

/** The id in an object; an object without one is unreadable. */
export function readId(expression: Expression, item: unknown): string {
  const id = readText('id', read('id', expression, { item }));
  if (!id) throw unreadable('id', 'is empty');
  return id;
}

function readStatus(schema: AccountSchema['status'], context: Record<string, unknown>): AccountStatus | 'gone' {
  const said = readText('status', read('account.status', schema.value, context)) ?? 'null';
  const status = schema.map ? schema.map[said] : said;
  if (status === 'invited' || status === 'active' || status === 'suspended' || status === 'gone') return status;
  throw unreadable('account.status', `does not know "${said.slice(0, 40)}"`);
}

// a field that the target does not send is one we may not read: it is left out, not taken for empty
function readAttributes(schema: AccountSchema['attributes'], context: Record<string, unknown>) {
  const attributes: Record<string, string | null> = {};
  for (const [name, expression] of Object.entries(schema)) {
    if (!expression) continue;
    const value = readOptional(expression, context);
    if (value !== undefined) attributes[name] = readText(`account.attributes.${name}`, value);
  }
  return attributes;
}

function readOptional(expression: Expression, context: Record<string, unknown>): unknown {
  try {
    return expression.evaluate(context);
  } catch (error) {
    if (error instanceof Mismatch) return undefined;
    throw error;
  }
}

function readNames(value: unknown): string[] {
  if (!Array.isArray(value)) throw unreadable('account.groups', 'is not a list');
  return value.map((name) => readText('account.groups', name) ?? '').filter((name) => name !== '');
}

/** Evaluates an expression over an answer; what does not fit is an unreadable answer. */
export function read(path: string, expression: Expression, context: Record<string, unknown>): unknown {
  try {
    return expression.evaluate(context);
  } catch (error) {
    if (error instanceof Mismatch) throw unreadable(path, error.message, error);
    throw error;
  }
}

/** Text, or a number as text; null for null and for an empty text. */
export function readText(path: string, value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  throw unreadable(path, 'is not text');
}

/** The Fault for an answer that we cannot read. */
export function unreadable(path: string, reason: string, cause?: unknown): Fault {
  return new Fault('target_down', `the answer is not what the description says: ${path} ${reason}`, { cause });
}
