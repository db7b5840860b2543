import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Fault } from '../errors.ts';

/** Where a page begins: behind, or before, a place of the list. */
export type PageCursor = { backwards: boolean; key: string; id: string };

const Written = z.tuple([z.string(), z.boolean(), z.string().max(2000), z.uuid()]);

/**
 * Text that stands for a place in the list that `query` asks for. It holds no secret and opens nothing: whoever sends it sees
 * what they may see without it.
 */
export function writeCursor({ backwards, key, id }: PageCursor, query: unknown): string {
  return Buffer.from(JSON.stringify([fingerprint(query), backwards, key, id])).toString('base64url');
}

/** The place; throws `config_invalid` for what is no cursor, or one of another query. */
export function readCursor(text: string, query: unknown): PageCursor {
  const read = Written.safeParse(json(Buffer.from(text, 'base64url').toString('utf8')));
  if (!read.success || read.data[0] !== fingerprint(query)) {
    throw new Fault('config_invalid', 'the cursor belongs to another list, or is none: begin again without it');
  }
  const [, backwards, key, id] = read.data;
  return { backwards, key, id };
}

function fingerprint(query: unknown): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 12);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
