import { ScimError } from '../error.ts';

export type Token =
  | { kind: 'word'; text: string; at: number }
  | { kind: 'string'; value: string; at: number }
  | { kind: 'number'; value: number; at: number }
  | { kind: '(' | ')' | '[' | ']' | 'end'; at: number };

/** Longest filter or PATCH path, in characters: far above what any client sends, far below what hurts. */
export const MAX_FILTER_LENGTH = 8_000;

const SPACE = /\s+/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings hold none of them (RFC 8259 §7)
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w$:.-])/y;
// attribute names, urns with dots and hyphens, $ref, and a leading dot as in members[…].value
const WORD = /[$A-Za-z.][\w$:.-]*/y;

/** Cuts a filter or PATCH path into tokens; throws invalidFilter with the position of what does not fit. */
export function tokenize(text: string): Token[] {
  if (text.length > MAX_FILTER_LENGTH) throw invalidFilter(`it is longer than ${MAX_FILTER_LENGTH} characters`, 0);
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const space = match(SPACE, text, at);
    if (space) {
      at += space.length;
      continue;
    }
    const [token, length] = next(text, at);
    tokens.push(token);
    at += length;
  }
  tokens.push({ kind: 'end', at });
  return tokens;
}

function next(text: string, at: number): [Token, number] {
  const char = text.charAt(at);
  if (char === '(' || char === ')' || char === '[' || char === ']') return [{ kind: char, at }, 1];
  if (char === '"') {
    const literal = match(STRING, text, at);
    if (!literal) throw invalidFilter('this string is not closed or has a bad escape', at);
    const value = JSON.parse(literal) as string;
    if (value.includes('\u0000') || !value.isWellFormed()) {
      throw invalidFilter('this string holds NUL or half a character', at); // which nothing that is stored holds
    }
    return [{ kind: 'string', value, at }, literal.length];
  }
  const number = match(NUMBER, text, at);
  if (number) {
    if (!Number.isFinite(Number(number))) throw invalidFilter('this number is too large', at);
    return [{ kind: 'number', value: Number(number), at }, number.length];
  }
  const word = match(WORD, text, at);
  if (word) return [{ kind: 'word', text: word, at }, word.length];
  throw invalidFilter(`"${char}" is not expected here`, at);
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** 400 invalidFilter that says where: positions count from 1, as people do. */
export function invalidFilter(what: string, at: number): ScimError {
  return new ScimError(400, `the filter is not valid at position ${at + 1}: ${what}`, 'invalidFilter');
}
