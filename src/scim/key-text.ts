import { ScimError } from './error.ts';
import type { Json } from './schema/coerce.ts';

/** Longest text in an indexed column: PostgreSQL's indexes end at some 2,700 bytes, a character may take four. */
const MAX_LENGTH = 500;

/** The value of an attribute that an indexed column holds, or null where it has none; 400 when it is too long. */
export function keyText(resource: Json, name: string): string | null {
  const value = resource[name];
  return shortEnough(name, typeof value === 'string' ? value : null);
}

export function shortEnough(what: string, text: string | null): string | null {
  if (text === null || text.length <= MAX_LENGTH) return text;
  throw new ScimError(400, `${what} is longer than ${MAX_LENGTH} characters`, 'invalidValue');
}
