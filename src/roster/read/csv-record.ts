import type { RosterLimits } from './limits.ts';

/** One record of a CSV, as far as it can be read. */
export type CsvRecord = {
  readonly values: readonly string[];
  /** Where the next one begins. */
  readonly end: number;
  /** How many lines it takes up. */
  readonly lines: number;
  /** What is wrong with its quotes; such a record is one line, whatever its quotes seem to span. */
  readonly problem: string | null;
};

const QUOTE = '"';
const CR = 13;
const LF = 10;

/**
 * Reads the record at `start` (RFC 4180, any line ends). Null when the text ends before it does and more is to come.
 *
 * A record with a wrong quote is given back as its first line alone: what follows is read anew from the next line. So a
 * quote that was never closed costs one row and swallows no other.
 */
export function csvRecordAt(
  text: string,
  start: number,
  delimiter: string,
  final: boolean,
  limits: Pick<RosterLimits, 'rowLength'>,
): CsvRecord | null {
  const oneLine = (problem: string) => firstLine(text, start, problem, final, limits);
  const values: string[] = [];
  let at = start;
  let lines = 1;
  for (;;) {
    const field = text[at] === QUOTE ? quoted(text, at) : plain(text, at, delimiter);
    const { value, end, wrong } = field;
    const open = end < 0 || (end >= text.length && !final);
    if (open && !final && text.length - start <= limits.rowLength) return null;
    if (end < 0) return oneLine('a quote is opened and not closed');
    if (wrong) return oneLine(wrong);
    if (end - start > limits.rowLength) return oneLine('the row is too long');
    values.push(value);
    lines += field.lines;
    if (end < text.length && text.startsWith(delimiter, end)) {
      at = end + 1;
      continue;
    }
    const next = afterLineEnd(text, end, final);
    if (next === null) return null;
    if (next >= 0) return { values, end: next, lines, problem: null };
    return oneLine(`there is "${text[end]}" after a closing quote`);
  }
}

type Field = { value: string; end: number; lines: number; wrong: string };

function quoted(text: string, start: number): Field {
  let end = text.indexOf(QUOTE, start + 1);
  let doubled = false;
  while (end >= 0 && text[end + 1] === QUOTE) {
    doubled = true;
    end = text.indexOf(QUOTE, end + 2);
  }
  if (end < 0) return { value: '', end, lines: 0, wrong: '' };
  const inner = text.slice(start + 1, end);
  const value = doubled ? inner.replaceAll('""', QUOTE) : inner;
  return { value, end: end + 1, lines: lineEndsIn(inner), wrong: '' };
}

function plain(text: string, start: number, delimiter: string): Field {
  const stop = delimiter.charCodeAt(0);
  let end = start;
  let wrong = '';
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === stop || code === LF || code === CR) break;
    if (code === 34) wrong = 'there is a quote in a value that does not begin with one';
  }
  return { value: text.slice(start, end), end, lines: 0, wrong };
}

/** Behind the line end at `at`: null when that depends on what comes next, -1 when there is no line end. */
function afterLineEnd(text: string, at: number, final: boolean): number | null {
  if (at >= text.length) return at;
  const code = text.charCodeAt(at);
  if (code === LF) return at + 1;
  if (code !== CR) return -1;
  if (at + 1 >= text.length) return final ? at + 1 : null;
  return text.charCodeAt(at + 1) === LF ? at + 2 : at + 1;
}

function firstLine(
  text: string,
  start: number,
  problem: string,
  final: boolean,
  { rowLength }: Pick<RosterLimits, 'rowLength'>,
): CsvRecord | null {
  const end = lineEndFrom(text, start);
  if (end >= text.length && !final && end - start <= rowLength) return null;
  const next = afterLineEnd(text, end, final);
  return next === null ? null : { values: [text.slice(start, end)], end: next, lines: 1, problem };
}

function lineEndFrom(text: string, start: number): number {
  let end = start;
  while (end < text.length && text.charCodeAt(end) !== LF && text.charCodeAt(end) !== CR) end++;
  return end;
}

function lineEndsIn(text: string): number {
  if (!text.includes('\n') && !text.includes('\r')) return 0;
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
