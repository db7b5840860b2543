import { Fault } from '../../errors.ts';
import { isRecord } from '../http/json.ts';

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export type Resource = Record<string, unknown>;
export type Operation = { readonly op: 'add' | 'replace' | 'remove'; readonly path: string; readonly value?: unknown };

/** One page of a list answer. */
export type Listed = { readonly resources: Resource[]; readonly total: number; readonly nextCursor: string | null };

/** The Fault for an answer that is not SCIM: it says nothing about any account. */
export function unreadable(what: string): Fault {
  return new Fault('target_down', `the answer is not SCIM: ${what}`);
}

/** Reads a ListResponse (RFC 7644 section 3.4.2); `Resources` may be missing when there is none. */
export function readList(body: unknown): Listed {
  if (!isRecord(body)) throw unreadable('a list was expected');
  const { totalResults, Resources: resources = [], nextCursor } = body;
  const total = Number(totalResults);
  if (totalResults === undefined || !Number.isSafeInteger(total)) throw unreadable('the list has no totalResults');
  if (!Array.isArray(resources) || !resources.every(isRecord)) throw unreadable('Resources is not a list of objects');
  return { resources, total, nextCursor: typeof nextCursor === 'string' && nextCursor !== '' ? nextCursor : null };
}

/** One resource; `id` is the one that was asked for, where one was. */
export function readResource(body: unknown, id?: string): Resource & { readonly id: string } {
  if (!isRecord(body)) throw unreadable('a resource was expected');
  const found = body['id'];
  const text = typeof found === 'bigint' || typeof found === 'number' ? String(found) : found;
  if (typeof text !== 'string' || text === '') throw unreadable('the resource has no id');
  if (id !== undefined && text !== id) throw unreadable('it is another resource than asked for');
  return { ...body, id: text };
}

/** A PatchOp message (RFC 7644 section 3.5.2). */
export function patchOf(operations: readonly Operation[]): Resource {
  return { schemas: [PATCH_OP], Operations: operations };
}

/** `attribute eq "value"`, the one filter that even narrow servers know. */
export function equals(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value)}`;
}

/** Text as it is compared where letter case does not count. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
