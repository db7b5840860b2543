import { isScalar, LineCounter, parseDocument, stringify, visit } from 'yaml';
import type { AttributeRule, GroupRule, Mapping, Otherwise } from '../../model/mapping.ts';
import type { Problem } from '../api.ts';

/** A fault of the text, with the line that it is in where that can be told. */
export type TextFault = { line: number | null; place: string; words: string };
/** A text as the document that it says; `faults` is empty where it can be read. */
export type ReadText = { value: unknown; faults: TextFault[]; lineOf: (path: readonly string[]) => number | null };
/** One rule as a row that people can read. */
export type Row = { name: string; reads: string; rows: readonly [string, string][]; more: number; rest: string };

const ROWS_SHOWN = 12;
const DEEPEST = 200;

/** Reads YAML, of which JSON is a part; an empty text is the mapping that says nothing. */
export function readText(text: string): ReadText {
  const lines = new LineCounter();
  const at = (offset: number) => lines.linePos(offset).line;
  if (isTooDeep(text)) return unread('it is nested too deeply');
  try {
    // the parser's own search for keys that come twice takes seconds for a long table
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    const faults = [
      ...document.errors.map(({ message, pos }) => ({ at: pos[0], words: message })),
      ...twice(document),
    ].map(({ at: offset, words }) => ({ line: at(offset), place: '', words }));
    const lineOf = (path: readonly string[]) => {
      for (let end = path.length; end > 0; end -= 1) {
        const offset = offsetOf(document, path.slice(0, end));
        if (offset !== null) return at(offset);
      }
      return null;
    };
    return { value: faults.length > 0 ? null : (document.toJS() ?? {}), faults, lineOf };
  } catch (error) {
    // aliases that would fill the memory
    return unread(error instanceof Error ? error.message : String(error));
  }
}

function unread(words: string): ReadText {
  return { value: null, faults: [{ line: null, place: '', words }], lineOf: () => null };
}

/** Brackets in texts count as well: no mapping has that many open at once. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

function twice(document: Document): { at: number; words: string }[] {
  const found: { at: number; words: string }[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : '';
        if (seen.has(name))
          found.push({ at: isScalar(key) ? (key.range?.[0] ?? 0) : 0, words: `"${name}" comes twice` });
        seen.add(name);
      }
    },
  });
  return found;
}

/** What the API says is wrong, each at its line of the text. */
export function faultsIn({ lineOf }: ReadText, { detail, errors = [] }: Problem): TextFault[] {
  if (errors.length === 0) return [{ line: null, place: '', words: detail }];
  return errors.map(({ pointer, detail: words }) => {
    const path = pointer.slice(2).split('/');
    return { line: lineOf(path), place: path.join('.'), words };
  });
}

/** The lines of a text around those that are wrong, as they are numbered. */
export function linesAround(
  text: string,
  faults: readonly TextFault[],
): { number: number; text: string; bad: boolean }[] {
  const bad = new Set(faults.flatMap(({ line }) => (line === null ? [] : [line])));
  return text
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line, bad: bad.has(index + 1) }))
    .filter(({ number }) => [number - 2, number - 1, number, number + 1, number + 2].some((near) => bad.has(near)));
}

/** A mapping as the text that people edit, in the order of the documentation: the database keeps none. */
export function mappingText({ attributes, groups, scope, neverManaged }: Mapping): string {
  const parts = Object.entries({ attributes, groups, scope, neverManaged }).filter(([, part]) => part !== undefined);
  return parts.length === 0 ? '' : stringify(Object.fromEntries(parts), { lineWidth: 0 });
}

/** Its attributes as rows. */
export function attributeRows({ attributes = {} }: Mapping, rest: (otherwise: Otherwise | undefined) => string): Row[] {
  return Object.entries(attributes).map(([name, rule]) => ({
    ...tableOf(rule.table),
    name,
    reads: readsOf(rule),
    rest: rule.table ? rest(rule.otherwise) : '',
  }));
}

/** How groups come about, as rows: those of the source first. */
export function groupRows({ groups = {} }: Mapping, rest: (otherwise: Otherwise | undefined) => string): Row[] {
  const { table, otherwise, from = [] } = groups;
  const own = table ? [{ ...tableOf(table), name: '', reads: 'groups', rest: rest(otherwise) }] : [];
  const more = from.map((rule: GroupRule) => ({
    ...tableOf(rule.table),
    name: '',
    reads: readsOf(rule),
    rest: rule.table ? rest(rule.otherwise ?? 'drop') : '',
  }));
  return [...own, ...more];
}

function readsOf({ from, expression }: Pick<AttributeRule, 'from' | 'expression'>): string {
  return from ?? expression ?? '';
}

function tableOf(table: Readonly<Record<string, string | readonly string[]>> = {}): Pick<Row, 'rows' | 'more'> {
  const all = Object.entries(table).map(([value, to]): [string, string] => [value, [to].flat().join(', ')]);
  return { rows: all.slice(0, ROWS_SHOWN), more: Math.max(0, all.length - ROWS_SHOWN) };
}

type Document = ReturnType<typeof parseDocument>;

/** Where the value at a path begins; that of its key where it has one. */
function offsetOf(document: Document, path: readonly string[]): number | null {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const name = path.at(-1);
  const items = (parent as { items?: readonly { key?: unknown }[] } | null)?.items ?? [];
  for (const { key } of items) if (isScalar(key) && String(key.value) === name) return key.range?.[0] ?? null;
  const node = document.getIn(path, true) as { range?: readonly number[] } | undefined;
  return node?.range?.[0] ?? null;
}
