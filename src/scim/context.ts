import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import type { Scope } from '../directory/stored.ts';
import type { Connection } from '../model/connection.ts';
import { etag, locationOf, type ResourceName } from './answer.ts';
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
  readonly req: Request;
  readonly res: Response;
  /** Called after a write that made work due. */
  readonly changed: () => void;
};

/** Sets ETag, and Location where a resource was made (RFC 7644 §3.3, §3.14). */
export function setHeaders(context: Context, name: ResourceName, stored: { id: string; version: number }): void {
  context.res.setHeader('ETag', etag(stored.version));
  context.res.setHeader('Location', locationOf(name, stored.id, context.base));
}

/**
 * The version that If-Match demands, or null when any will do. Throws 412 for tags that can be none of ours, so that a
 * stale or foreign tag never overwrites.
 */
export function expectedVersion(context: Context): number | null {
  const header = context.req.headers['if-match'];
  if (!header || header.trim() === '*') return null;
  const versions = [...header.matchAll(/(?:W\/)?"(\d{1,9})"/g)].map((match) => Number(match[1]));
  const [version] = versions;
  if (version === undefined || versions.length > 1) throw staleVersion();
  return version;
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
