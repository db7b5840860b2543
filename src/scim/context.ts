import type { Knex } from 'knex';
import type { Scope } from '../directory/stored.ts';
import type { Connection } from '../model/connection.ts';
import { etag, locationOf, type ResourceName } from './answer.ts';
import type { CursorSeal } from './cursor.ts';
import { ScimError } from './error.ts';
import type { Leniency } from './schema/coerce.ts';

/** Everything a request needs, worked out once: who asks, what they may see, where our URLs begin. */
export type Context = {
  readonly db: Knex;
  readonly connection: Connection;
  readonly scope: Scope;
  readonly leniency: Leniency;
  /** URL of this endpoint as the client sees it, without a trailing slash. */
  readonly base: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** Sets a header of the answer; inside a bulk request, of the operation's result. */
  readonly setHeader: (name: string, value: string) => void;
  /** Makes the answer 304 without a body. */
  readonly notModified: () => void;
  readonly cursors: CursorSeal;
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

/**
 * The version that If-Match demands (RFC 7644 §3.14), or null when any will do. A foreign tag, or a list of tags, which
 * no client sends, matches nothing: never is something overwritten by mistake.
 */
export function expectedVersion(context: Context): number | null {
  const header = context.ifMatch;
  if (!header || header.trim() === '*') return null;
  const version = /^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(header)?.[1];
  return version === undefined ? NO_VERSION : Number(version);
}

/** Answers 304 without a body when the client has this version already (If-None-Match); true when it did. */
export function answeredUnchanged(context: Context, stored: { version: number }): boolean {
  const header = context.ifNoneMatch;
  if (!header) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (!tags.includes('*') && !tags.includes(`"${stored.version}"`)) return false;
  context.notModified();
  return true;
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
