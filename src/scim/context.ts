import type { Knex } from 'knex';
import type { PageMemory } from '../directory/page-memory.ts';
import type { Scope } from '../directory/stored.ts';
import type { Connection } from '../model/connection.ts';
import { etag, locationOf, type ResourceName } from './answer.ts';
import type { CursorSeal } from './cursor.ts';
import { ScimError } from './error.ts';
import type { Leniency } from './schema/coerce.ts';
import type { Schemas } from './schema/schemas.ts';

/** Everything a request needs, worked out once: who asks, what they may see, where our URLs begin. */
export type Context = {
  readonly db: Knex;
  readonly connection: Connection;
  readonly scope: Scope;
  /** What the resource types look like, the tenant's own extensions included. */
  readonly schemas: Schemas;
  readonly leniency: Leniency;
  /** URL of this endpoint as the client sees it, without a trailing slash. */
  readonly base: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** Sets a header of the answer; inside a bulk request, of the operation's result. */
  readonly setHeader: (name: string, value: string) => void;
  readonly cursors: CursorSeal;
  readonly pages: PageMemory;
  /** Called after a write that made work due. */
  readonly changed: () => void;
};

/** Sets ETag, and Location where a resource was made (RFC 7644 §3.3, §3.14). */
export function setHeaders(context: Context, name: ResourceName, stored: { id: string; version: number }): void {
  context.setHeader('ETag', etag(stored.version));
  context.setHeader('Location', locationOf(name, stored.id, context.base));
}

/** The version of no resource: what a tag that can be none of ours demands. */
const NO_VERSION = -1;
/** A list of entity tags (RFC 9110 §8.8.3, §13.1.1), and one of them. */
const TAGS = /^\s*(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*\s*$/;
const TAG = /"([^"]*)"/g;

/**
 * The versions that If-Match allows (RFC 7644 §3.14), or null when any will do. A foreign tag stands for no version:
 * never is something overwritten by mistake.
 */
export function expectedVersions(context: Context): readonly number[] | null {
  const header = context.ifMatch;
  if (!header || header.trim() === '*') return null;
  if (!TAGS.test(header)) return [NO_VERSION];
  return Array.from(header.matchAll(TAG), ([, tag = '']) => (/^\d{1,9}$/.test(tag) ? Number(tag) : NO_VERSION));
}

/** Whether a change of what has this version may go on. */
export function isExpected(context: Context, { version }: { version: number }): boolean {
  return expectedVersions(context)?.includes(version) ?? true;
}

/** The one version that a statement is to look for, or null; of several allowed ones that which the resource has. */
export async function expectedVersion(
  context: Context,
  read: () => Promise<{ version: number } | null>,
): Promise<number | null> {
  const versions = expectedVersions(context);
  if (versions === null) return null;
  if (versions.length === 1) return versions[0] ?? NO_VERSION;
  const version = (await read())?.version ?? NO_VERSION;
  return versions.includes(version) ? version : NO_VERSION;
}

/** True when the client has this version already (If-None-Match, RFC 7644 §3.14), which is answered 304. */
export function isUnchanged(context: Context, stored: { version: number }): boolean {
  const header = context.ifNoneMatch;
  if (!header) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(`"${stored.version}"`);
}

export function staleVersion(): ScimError {
  return new ScimError(412, 'the resource has changed since you read it; read it again, then repeat your change');
}

export function notFound(name: ResourceName, id: string): ScimError {
  return new ScimError(404, `${name} "${id.slice(0, 100)}" not found`);
}

/** A PATCH answers 204 unless the client asks to see something (RFC 7644 §3.5.2). */
export function wantsBody(context: Context): boolean {
  return Boolean(context.query['attributes'] || context.query['excludedAttributes']);
}
