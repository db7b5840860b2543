import { type Breathe, createBreather } from './breathe.ts';
import { ScimError } from './error.ts';

/** Longest text that is parsed at once; 10 MB would keep everybody else waiting for a tenth of a second and more. */
const SLICE = 128 * 1024;
/** Deepest nesting in large texts: a bulk request's resources go to ten or so. */
const MAX_DEPTH = 50;
/** Most keys of one object in large texts; every further step is slow with more, and no resource has a hundred. */
const MAX_KEYS = 10_000;
/** Most values of one list in large texts: ten times the largest group; a longer one is slow to build and to throw away. */
const MAX_ITEMS = 1_000_000;
const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Some members of a list or object, or a large one alone. */
type Part = { start: number; end: number; alone: boolean };
type Place = { bytes: Buffer; depth: number; breathe: Breathe };

/**
 * The same as JSON.parse, but a large text is parsed in slices with pauses in between. Throws SyntaxError, and 400 for
 * what is nested deeper than any resource.
 */
export async function parseJson(bytes: Buffer): Promise<unknown> {
  if (bytes.length <= SLICE) return JSON.parse(bytes.toString('utf8'));
  return parseValue({ bytes, depth: 0, breathe: createBreather() }, 0, bytes.length);
}

async function parseValue(place: Place, from: number, to: number): Promise<unknown> {
  const { bytes, depth, breathe } = place;
  const [start, end] = trimmed(bytes, from, to);
  const open = bytes[start];
  const isContainer = open === OPEN_LIST || open === OPEN_OBJECT;
  if (end - start <= SLICE || !isContainer) return JSON.parse(bytes.toString('utf8', start, end));
  if (bytes[end - 1] !== open + 2) throw new SyntaxError('not closed'); // in ASCII, too, } is two after { and ] after [
  const inner = { bytes, depth: depth + 1, breathe };
  return open === OPEN_LIST ? parseList(inner, start + 1, end - 1) : parseObject(inner, start + 1, end - 1);
}

async function parseList(place: Place, from: number, to: number): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const { start, end, alone } of partsOf(place, from, to)) {
    if (list.length > MAX_ITEMS) throw new ScimError(400, 'a list in the body has too many values', 'invalidSyntax');
    if (alone) list.push(await parseValue(place, start, end));
    else for (const item of JSON.parse(`[${place.bytes.toString('utf8', start, end)}]`)) list.push(item);
  }
  return list;
}

async function parseObject(place: Place, from: number, to: number): Promise<Record<string, unknown>> {
  const object: Record<string, unknown> = {};
  let keys = 0;
  for await (const { start, end, alone } of partsOf(place, from, to)) {
    if (alone) {
      const [key, value] = await parseMember(place, start, end);
      define(object, key, value);
      keys++;
    } else {
      const some = JSON.parse(`{${place.bytes.toString('utf8', start, end)}}`);
      const more = Object.keys(some);
      keys += more.length;
      for (const key of more) define(object, key, some[key]);
    }
    if (keys > MAX_KEYS) throw new ScimError(400, 'an object in the body has too many keys', 'invalidSyntax');
  }
  return object;
}

async function parseMember(place: Place, from: number, to: number): Promise<[string, unknown]> {
  const { bytes } = place;
  const [start] = trimmed(bytes, from, to);
  if (bytes[start] !== QUOTE) throw new SyntaxError('a key is expected');
  const afterKey = endOfString(bytes, start, to) + 1;
  const [colon] = trimmed(bytes, afterKey, to);
  if (bytes[colon] !== COLON) throw new SyntaxError('a colon is expected');
  return [JSON.parse(bytes.toString('utf8', start, afterKey)), await parseValue(place, colon + 1, to)];
}

/** As JSON.parse does it: a key named __proto__ is a key like any other. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Cuts what is between two brackets at its own commas, into slices; what is wrong inside them JSON.parse will say. */
async function* partsOf({ bytes, depth, breathe }: Place, from: number, to: number): AsyncGenerator<Part> {
  if (trimmed(bytes, from, to)[0] === to) return;
  let [group, member, nested] = [from, from, 0];
  const part = (start: number, end: number, alone: boolean): Part => {
    const [first, last] = trimmed(bytes, start, end);
    if (first >= last) throw new SyntaxError('a value is expected');
    return { start, end, alone };
  };
  for (let at = from; at <= to; at++) {
    if ((at & 0xffff) === 0) await breathe();
    const byte = at === to ? COMMA : bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at, to);
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++nested + depth > MAX_DEPTH) throw new ScimError(400, 'the body is nested too deep', 'invalidSyntax');
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) nested--;
    else if (byte === COMMA && nested === 0) {
      const isLarge = at - member > SLICE;
      if (isLarge && member > group) yield part(group, member - 1, false);
      if (isLarge) yield part(member, at, true);
      else if (at - group > SLICE) yield part(group, at, false);
      else if (at < to) {
        member = at + 1;
        continue;
      } else yield part(group, to, false);
      await breathe();
      [group, member] = [at + 1, at + 1];
    }
  }
  if (nested !== 0) throw new SyntaxError('brackets do not match');
}

/** Where the string that begins at `start` ends: at the first quote after an even number of backslashes. */
function endOfString(bytes: Buffer, start: number, to: number): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(QUOTE, at + 1);
    if (at < 0 || at >= to) throw new SyntaxError('a string is not closed');
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
}

/** Without the white space around it (RFC 8259 §2). */
function trimmed(bytes: Buffer, from: number, to: number): [number, number] {
  const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
  let [start, end] = [from, to];
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return [start, end];
}
