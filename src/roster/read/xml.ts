import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { RosterLimits } from './limits.ts';
import type { RecordsPart, RosterRecord } from './record.ts';
import { excerpt, unreadable } from './unreadable.ts';

export type XmlOptions = {
  readonly encoding: string;
  readonly limits: RosterLimits;
  /** The name of the element that is one row. */
  readonly row: string;
};

/** What has been read of the row that is open. */
type Open = { depth: number; path: string[]; columns: string[]; values: string[]; text: string; leaf: boolean };

type State = {
  readonly parser: SaxesParser;
  readonly options: XmlOptions;
  depth: number;
  root: string | null;
  rows: number;
  open: Open | null;
  ready: RosterRecord[];
  /** Where the row began, or the last tag outside of rows. */
  since: number;
};

/** An XML in pieces of text: first its shape by the first row, then its rows. Prefixes of names do not count. */
export async function* xmlRecords(pieces: AsyncIterator<string>, options: XmlOptions): AsyncGenerator<RecordsPart> {
  const state = stateFor(options);
  let shaped = false;
  for (;;) {
    const next = await pieces.next();
    if (next.done) state.parser.close();
    else state.parser.write(next.value);
    refuseLongRow(state);
    if (!shaped && (state.ready.length > 0 || next.done)) {
      shaped = true;
      yield { shape: shapeOf(state) };
    }
    if (state.ready.length > 0) yield { records: state.ready };
    state.ready = [];
    if (next.done) return;
  }
}

function stateFor(options: XmlOptions): State {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const state: State = { parser, options, depth: 0, root: null, rows: 0, open: null, ready: [], since: 0 };
  parser.on('error', (error) => {
    const what = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    throw at(state, `this is not well-formed XML: ${excerpt(what)}: export it again`, error);
  });
  parser.on('doctype', () => {
    throw at(state, 'there is a document type (<!DOCTYPE …>), which is refused: leave it out');
  });
  parser.on('opentag', (tag) => opened(state, tag));
  parser.on('closetag', (tag) => closed(state, tag));
  parser.on('text', (text) => said(state, text));
  parser.on('cdata', (text) => said(state, text));
  return state;
}

function shapeOf({ root, rows, ready, options: { row, encoding } }: State) {
  // `<employees/>` is a file of nobody; another root without rows is another file
  if (rows === 0 && localName(root ?? '') !== `${row}s`) {
    throw unreadable(`there is no <${row}> in the file, whose root is <${excerpt(root ?? '')}>: is it the right file?`);
  }
  return { format: 'xml', delimiter: null, encoding, headers: [...new Set(ready[0]?.columns)] } as const;
}

function opened(state: State, tag: SaxesTagPlain): void {
  const { limits, row } = state.options;
  const name = localName(tag.name);
  state.depth++;
  state.root ??= tag.name;
  if (state.depth > limits.depth) throw at(state, `elements are nested more than ${limits.depth} deep`);
  if (state.open) {
    state.open.path.push(columnName(name, tag.attributes));
    state.open.text = '';
    state.open.leaf = true;
  } else {
    state.since = state.parser.position;
    if (name !== row) return;
    state.open = { depth: state.depth, path: [], columns: [], values: [], text: '', leaf: false };
  }
  attributes(state, state.open, tag.attributes);
}

function closed(state: State, _tag: SaxesTagPlain): void {
  const { open } = state;
  if (!open) state.since = state.parser.position;
  else if (state.depth === open.depth) finish(state, open);
  else {
    // of an element with elements inside, only those count
    if (open.leaf) add(state, open, open.path.join('/'), open.text);
    open.path.pop();
    open.leaf = false;
  }
  state.depth--;
}

function finish(state: State, { columns, values }: Open): void {
  state.rows++;
  state.ready.push({ line: state.rows, columns, values, problem: null });
  state.open = null;
  state.since = state.parser.position;
}

function said({ open }: State, text: string): void {
  if (open?.leaf) open.text += text;
}

function attributes(state: State, open: Open, given: Record<string, string>): void {
  for (const [name, value] of Object.entries(given)) {
    const path = open.path.join('/');
    if (name === 'xmlns' || name.startsWith('xmlns:') || name.startsWith('xsi:') || isNamed(path, given)) continue;
    add(state, open, `${path}@${localName(name)}`, value);
  }
}

function add(state: State, open: Open, column: string, value: string): void {
  const { columns } = state.options.limits;
  if (open.columns.length >= columns) throw at(state, `a row has more than ${columns} elements and attributes`);
  open.columns.push(column);
  open.values.push(value);
}

/** `<attribute name="storeId">` is the column storeId: for names that no element may have. */
function columnName(name: string, given: Record<string, string>): string {
  return name === 'attribute' && given['name'] !== undefined ? given['name'] : name;
}

function isNamed(path: string, given: Record<string, string>): boolean {
  return given['name'] !== undefined && path === given['name'];
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function refuseLongRow(state: State): void {
  const { rowLength } = state.options.limits;
  if (state.parser.position - state.since <= rowLength) return;
  throw at(state, `an element has more than ${rowLength} characters`);
}

function at({ parser }: State, what: string, cause?: unknown): Error {
  return unreadable(`line ${parser.line}, column ${parser.column}: ${what}`, cause);
}
