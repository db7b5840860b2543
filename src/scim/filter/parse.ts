import type { CompareOp, Filter, FilterValue } from '../../model/filter.ts';
import type { Leniency } from '../schema/coerce.ts';
import { invalidFilter, type Token, tokenize } from './tokens.ts';

const COMPARE = new Set<string>(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']);
/** Deepest nesting of parentheses, brackets and `not`: no client goes past four. */
const MAX_DEPTH = 50;

type Cursor = { tokens: Token[]; index: number; depth: number; insideBrackets: boolean; leniency: Leniency };

/**
 * Parses the filter grammar of RFC 7644 §3.4.2.2 (with verified erratum 6893's grouping): `not` before `and` before
 * `or`, operators and `true`/`false`/`null` in any letter case. Throws invalidFilter with the position. Tolerant, it
 * also takes `emails[type eq "work"].value eq "x"`, by which Entra looks people up though the grammar has no such thing.
 */
export function parseFilter(text: string, leniency: Leniency): Filter {
  const cursor = { tokens: tokenize(text), index: 0, depth: 0, insideBrackets: false, leniency };
  const filter = parseOr(cursor);
  const rest = peek(cursor);
  if (rest.kind !== 'end') throw invalidFilter('the filter should end here', rest.at);
  return filter;
}

/** Parses what stands between the brackets of a value path; the cursor's next token must be the first inside. */
export function parseBracketed(tokens: Token[], index: number): { filter: Filter; next: number } {
  const cursor = { tokens, index, depth: 0, insideBrackets: true, leniency: { tolerant: false } };
  const filter = parseOr(cursor);
  expect(cursor, ']');
  return { filter, next: cursor.index };
}

function parseOr(cursor: Cursor): Filter {
  let left = parseAnd(cursor);
  while (takeWord(cursor, 'or')) left = { op: 'or', left, right: parseAnd(cursor) };
  return left;
}

function parseAnd(cursor: Cursor): Filter {
  let left = parseTerm(cursor);
  while (takeWord(cursor, 'and')) left = { op: 'and', left, right: parseTerm(cursor) };
  return left;
}

function parseTerm(cursor: Cursor): Filter {
  const token = peek(cursor);
  if (++cursor.depth > MAX_DEPTH) throw invalidFilter(`it is nested deeper than ${MAX_DEPTH}`, token.at);
  const filter = token.kind === '(' ? parseGroup(cursor) : isNot(cursor) ? parseNot(cursor) : parseExpression(cursor);
  cursor.depth--;
  return filter;
}

function parseGroup(cursor: Cursor): Filter {
  expect(cursor, '(');
  const filter = parseOr(cursor);
  expect(cursor, ')');
  return filter;
}

function isNot(cursor: Cursor): boolean {
  const [word, next] = [peek(cursor), cursor.tokens[cursor.index + 1]];
  return word.kind === 'word' && word.text.toLowerCase() === 'not' && next?.kind === '(';
}

function parseNot(cursor: Cursor): Filter {
  cursor.index++;
  return { op: 'not', filter: parseGroup(cursor) };
}

function parseExpression(cursor: Cursor): Filter {
  const { text: path, at } = expectWord(cursor, 'an attribute name');
  if (peek(cursor).kind === '[') return parseHas(cursor, path, at);
  return parseComparison(cursor, path, at);
}

function parseComparison(cursor: Cursor, path: string, at: number): Filter {
  const operator = expectWord(cursor, 'an operator');
  const op = operator.text.toLowerCase();
  if (op === 'pr') return { op, path, at };
  if (!COMPARE.has(op)) throw invalidFilter(`"${operator.text}" is not an operator`, operator.at);
  return { op: op as CompareOp, path, value: parseValue(cursor), at };
}

function parseHas(cursor: Cursor, path: string, at: number): Filter {
  if (cursor.insideBrackets) throw invalidFilter('brackets cannot stand inside brackets', at);
  cursor.index++;
  cursor.insideBrackets = true;
  const filter = parseOr(cursor);
  expect(cursor, ']');
  cursor.insideBrackets = false;
  const sub = peek(cursor);
  const { tolerant, note } = cursor.leniency;
  if (!tolerant || sub.kind !== 'word' || !sub.text.startsWith('.')) return { op: 'has', path, filter, at };
  note?.('filter_after_brackets');
  cursor.index++;
  const right = parseComparison(cursor, sub.text.slice(1), sub.at);
  return { op: 'has', path, filter: { op: 'and', left: filter, right }, at };
}

function parseValue(cursor: Cursor): FilterValue {
  const token = peek(cursor);
  cursor.index++;
  if (token.kind === 'string' || token.kind === 'number') return token.value;
  if (token.kind === 'word') {
    const word = token.text.toLowerCase();
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
  }
  throw invalidFilter('a value is expected: a string in double quotes, a number, true, false or null', token.at);
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.index] ?? { kind: 'end', at: 0 };
}

function takeWord(cursor: Cursor, word: string): boolean {
  const token = peek(cursor);
  if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false;
  cursor.index++;
  return true;
}

function expectWord(cursor: Cursor, what: string): { text: string; at: number } {
  const token = peek(cursor);
  if (token.kind !== 'word') throw invalidFilter(`${what} is expected`, token.at);
  cursor.index++;
  return token;
}

function expect(cursor: Cursor, kind: Token['kind']): void {
  const token = peek(cursor);
  if (token.kind !== kind) throw invalidFilter(`"${kind}" is expected`, token.at);
  cursor.index++;
}
