import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Position } from '../directory/sort-sql.ts';
import { ScimError } from './error.ts';

/** Where the next or previous page begins, for one query only. */
export type Cursor = { position: Position; backwards: boolean };

/** Seconds that a cursor is good for; told in ServiceProviderConfig (RFC 9865 §3). */
export const CURSOR_SECONDS = 3600;
const MAC_BYTES = 16;

/** Signs and reads cursors (RFC 9865): opaque to clients, bound to the query that they came from, and expiring. */
export type CursorSeal = {
  write(cursor: Cursor, query: string): string;
  /** Throws 400 invalidCursor or expiredCursor. */
  read(text: string, query: string): Cursor;
};

/** `secret` is the same in all instances, so that any of them can serve the next page. */
export function createCursorSeal(secret: string, now: () => number = Date.now): CursorSeal {
  const mac = (payload: Buffer) => createHmac('sha256', secret).update(payload).digest().subarray(0, MAC_BYTES);
  return {
    write({ position, backwards }, query) {
      const expires = Math.floor(now() / 1000) + CURSOR_SECONDS;
      const payload = Buffer.from(
        JSON.stringify([fingerprint(query), expires, backwards, position.id, position.value]),
      );
      return Buffer.concat([mac(payload), payload]).toString('base64url');
    },
    read(text, query) {
      const bytes = Buffer.from(text, 'base64url');
      const [tag, payload] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)];
      if (tag.length < MAC_BYTES || !timingSafeEqual(tag, mac(payload))) throw invalidCursor();
      const [of, expires, backwards, id, value] = JSON.parse(payload.toString('utf8'));
      if (of !== fingerprint(query)) throw invalidCursor();
      if (expires * 1000 < now()) {
        throw new ScimError(400, 'the cursor has expired; begin again with an empty cursor', 'expiredCursor');
      }
      return { position: { id, value }, backwards };
    },
  };
}

function fingerprint(query: string): string {
  return createHash('sha256').update(query).digest('base64url').slice(0, 16);
}

/** The same words whatever is wrong, so that they tell nothing about the cursors of others (RFC 9865 §5). */
function invalidCursor(): ScimError {
  const detail = 'the cursor is none of ours, or belongs to another query; begin again with an empty cursor';
  return new ScimError(400, detail, 'invalidCursor');
}
