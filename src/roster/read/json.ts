import { isDeepStrictEqual } from 'node:util';
import type { RosterLimits } from './limits.ts';
import type { RecordsPart, RosterRecord } from './record.ts';
import { excerpt, unreadable } from './unreadable.ts';

export type JsonOptions = {
  readonly encoding: string;
  readonly limits: RosterLimits;
  /** The names that lead to the array of people, like `data/employees`; '' when the document is that array. */
  readonly rows: string;
};

type State = {
  readonly options: JsonOptions;
  /** Keys and places that lead to where we are: null for an array. */
  readonly path: (string | null)[];
  /** The document without its rows: read at the end, so that nothing of it goes unchecked. */
  frame: string;
  /** The text of the row that is open, or the string that may be a name. */
  text: string;
  /** How deep the row is nested so far; -1 outside of the array. */
  depth: number;
  quoted: boolean;
  escaped: boolean;
  lastString: string;
  found: boolean;
  /** After a comma, another row must follow. */
  owed: boolean;
  rows: number;
  ready: RosterRecord[];
};

/**
 * A JSON in pieces of text: first its shape by the first row, then its rows. Columns of a row are paths, `name/first`;
 * a list gives its column several times, as repeated elements of an XML do.
 */
export async function* jsonRecords(pieces: AsyncIterator<string>, options: JsonOptions): AsyncGenerator<RecordsPart> {
  const state: State = {
    ...{ options, path: [], frame: '', text: '', depth: -1, quoted: false, escaped: false, lastString: '' },
    ...{ found: false, owed: false, rows: 0, ready: [] },
  };
  let shaped = false;
  for (;;) {
    const next = await pieces.next();
    if (next.done) finish(state);
    else read(state, next.value);
    if (!shaped && (state.ready.length > 0 || next.done)) {
      shaped = true;
      const headers = [...new Set(state.ready[0]?.columns)];
      yield { shape: { format: 'json', delimiter: null, encoding: options.encoding, headers } };
    }
    if (state.ready.length > 0) yield { records: state.ready };
    state.ready = [];
    if (next.done) return;
  }
}

/** Runs of text between the characters that mean something are taken as they are. */
const OUTSIDE = /["{}[\],]/g;
const INSIDE = /["\\]/g;

function read(state: State, piece: string): void {
  let at = 0;
  while (at < piece.length) {
    if (state.escaped) {
      keep(state, piece.slice(at, at + 1));
      state.escaped = false;
      at += 1;
      continue;
    }
    const pattern = state.quoted ? INSIDE : OUTSIDE;
    pattern.lastIndex = at;
    const found = pattern.exec(piece);
    const end = found ? found.index : piece.length;
    keep(state, piece.slice(at, end));
    if (found) meet(state, found[0]);
    at = end + 1;
  }
}

function keep(state: State, text: string): void {
  const { rowLength } = state.options.limits;
  if (state.depth >= 0) {
    state.text += text;
    if (state.text.length > rowLength) throw atRow(state, `it has more than ${rowLength} characters`);
    return;
  }
  state.frame += text;
  if (state.quoted) state.text += text;
  if (state.frame.length > rowLength) {
    throw unreadable(`there are more than ${rowLength} characters outside of the rows: ${wherePeopleAre(state)}`);
  }
}

function meet(state: State, mark: string): void {
  if (state.quoted) inString(state, mark);
  else if (state.depth >= 0) inRows(state, mark);
  else outside(state, mark);
}

function outside(state: State, mark: string): void {
  if (mark === '"') {
    state.quoted = true;
    state.text = '';
  }
  state.frame += mark;
  if (mark === '{') open(state, '');
  else if (mark === '[') openArray(state);
  else if (mark === '}' || mark === ']') state.path.pop();
}

function inString(state: State, mark: string): void {
  keep(state, mark);
  if (mark === '\\') state.escaped = true;
  else {
    state.quoted = false;
    if (state.depth < 0) state.lastString = state.text.slice(0, -1);
  }
}

function open(state: State, place: string | null): void {
  if (state.path.length >= state.options.limits.depth) {
    throw unreadable(`the JSON is nested more than ${state.options.limits.depth} deep`);
  }
  if (state.path.length > 0 && state.path.at(-1) !== null) state.path[state.path.length - 1] = state.lastString;
  state.path.push(place);
}

function openArray(state: State): void {
  open(state, null);
  const { rows } = state.options;
  const wanted = rows === '' ? [] : rows.split('/');
  if (!isDeepStrictEqual(state.path.slice(0, -1), wanted)) return;
  if (state.found) throw unreadable(`there are two lists ${wherePeopleAre(state)}`);
  state.found = true;
  state.depth = 0;
  state.text = '';
}

function inRows(state: State, mark: string): void {
  if (state.depth === 0 && /[\]},]/.test(mark)) {
    endRow(state, mark);
    return;
  }
  if (mark === '"') state.quoted = true;
  else if (mark === '{' || mark === '[') state.depth += 1;
  else if (mark === '}' || mark === ']') state.depth -= 1;
  if (state.depth > state.options.limits.depth) {
    throw atRow(state, `it is nested more than ${state.options.limits.depth} deep`);
  }
  state.text += mark;
}

function endRow(state: State, mark: string): void {
  const text = state.text.trim();
  state.text = '';
  if (text !== '' || state.owed || mark === ',') state.ready.push(recordOf(state, text));
  state.owed = mark === ',';
  if (mark === ',') return;
  state.frame += mark;
  state.depth = -1;
  state.path.pop();
}

function recordOf(state: State, text: string): RosterRecord {
  state.rows++;
  const row = parsed(text);
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw atRow(state, `this is no JSON object: ${excerpt(text) || 'nothing'}`);
  }
  const columns: string[] = [];
  const values: string[] = [];
  const add = (column: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) for (const item of value) add(column, item);
    else if (typeof value === 'object') {
      for (const [name, item] of Object.entries(value)) add(column === '' ? name : `${column}/${name}`, item);
    } else {
      columns.push(column);
      values.push(String(value));
    }
  };
  add('', row);
  const { columns: most } = state.options.limits;
  if (columns.length > most) throw atRow(state, `it has more than ${most} values`);
  return { line: state.rows, columns, values, problem: null };
}

/** Numbers stay as they are written: an id beyond 2^53 keeps its last digits. */
function parsed(text: string): unknown {
  // the third argument of a reviver is not in TypeScript's lib yet
  const revive = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? (context?.source ?? value) : value;
  try {
    return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
  } catch {
    return undefined;
  }
}

function finish(state: State): void {
  if (state.path.length > 0 || state.quoted) throw unreadable('the JSON was cut off: send it again, whole');
  if (parsed(state.frame) === undefined) throw unreadable('this is not well-formed JSON: export it again');
  if (!state.found) throw unreadable(`there is no list ${wherePeopleAre(state)}`);
}

function wherePeopleAre({ options: { rows } }: State): string {
  const mend = 'say in the profile where the people are, like rows: data/employees';
  return rows === '' ? `at the top of the JSON: ${mend}` : `"${rows}" in the JSON: ${mend}`;
}

function atRow({ rows }: State, what: string): Error {
  return unreadable(`row ${rows} of the JSON: ${what}`);
}
