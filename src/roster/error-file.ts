import { ERROR_COLUMNS, harmless } from './error-columns.ts';
import { type Language, REJECT_WORDS } from './reject-words.ts';
import type { RawRow, Reject } from './row.ts';

/** A row that was not taken. */
export type RejectedRow = { readonly raw: RawRow; readonly rejects: readonly Reject[] };
type Rejected = AsyncIterable<RejectedRow> | Iterable<RejectedRow>;

/**
 * The rows that were not taken, as a CSV: their own columns, then what is wrong with them. Mended, it can be uploaded as it
 * is. `headers` are those of the file (`Shape.headers`); a row that has others keeps them in the JSON and XML forms.
 * What a spreadsheet would run as a formula has an apostrophe before it, which the reader takes away again.
 */
export async function* csvErrorFile(
  rejected: Rejected,
  headers: readonly string[],
  delimiter = ',',
): AsyncGenerator<string> {
  const line = (cells: readonly string[]) => `${cells.map((cell) => csvCell(cell, delimiter)).join(delimiter)}\r\n`;
  yield `\ufeff${line([...headers, ...ERROR_COLUMNS])}`; // the mark makes Excel read UTF-8
  for await (const { raw, rejects } of rejected) yield line([...ownCells(raw, headers), ...errorCells(rejects)]);
}

/** The same as a JSON array, with every reject of a row by itself. */
export async function* jsonErrorFile(rejected: Rejected): AsyncGenerator<string> {
  let before = '[\n';
  for await (const { raw, rejects } of rejected) {
    const columns = raw.map(([column, value]) => ({ column, value }));
    yield `${before}${JSON.stringify({ row: rejects[0]?.line ?? null, columns, rejects: rejects.map(explained) })}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/** The same as an XML; mended, it can be uploaded as it is. `row` is the profile's name for the element of one person. */
export async function* xmlErrorFile(rejected: Rejected, row = 'employee'): AsyncGenerator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<${row}s>\n`;
  for await (const { raw, rejects } of rejected) {
    const cells = raw.map(
      ([column, value]) => `    <attribute name="${xmlText(column)}">${xmlText(value)}</attribute>\n`,
    );
    yield `  <${row}>\n${cells.join('')}${rejects.map(xmlReject).join('')}  </${row}>\n`;
  }
  yield `</${row}s>\n`;
}

/** One reject with the words for it, in both languages. */
export function explained({ line, column, code, found }: Reject) {
  const { en, de } = REJECT_WORDS[code];
  return {
    row: line,
    column,
    code,
    found,
    meaning: { en: en.meaning, de: de.meaning },
    mend: { en: en.mend, de: de.mend },
  };
}

/** By the order of the headers; a header that comes several times has one cell. */
function ownCells(raw: RawRow, headers: readonly string[]): string[] {
  const inPlace = headers.every((header, index) => raw[index]?.[0] === header);
  if (inPlace) return headers.map((_, index) => harmless(raw[index]?.[1] ?? ''));
  return headers.map((header) =>
    harmless(
      raw
        .filter(([column]) => column === header)
        .map(([, value]) => value)
        .join('|'),
    ),
  );
}

function errorCells(rejects: readonly Reject[]): string[] {
  const each = (cell: (reject: Reject) => string) => harmless(rejects.map(cell).join(' | '));
  const words = (language: Language, part: 'meaning' | 'mend') =>
    [...new Set(rejects.map(({ code }) => REJECT_WORDS[code][language][part]))].join(' ');
  return [
    String(rejects[0]?.line ?? ''),
    each(({ column }) => column ?? ''),
    each(({ code }) => code),
    each(({ found }) => found),
    words('en', 'meaning'),
    words('en', 'mend'),
    words('de', 'meaning'),
    words('de', 'mend'),
  ];
}

function csvCell(value: string, delimiter: string): string {
  const plain = !/["\r\n]/.test(value) && !value.includes(delimiter) && value === value.trim();
  return plain ? value : `"${value.replaceAll('"', '""')}"`;
}

function xmlReject(reject: Reject): string {
  const { row, column, code, found, meaning, mend } = explained(reject);
  const inner = [
    `<found>${xmlText(found)}</found>`,
    `<meaning xml:lang="en">${xmlText(meaning.en)}</meaning><mend xml:lang="en">${xmlText(mend.en)}</mend>`,
    `<meaning xml:lang="de">${xmlText(meaning.de)}</meaning><mend xml:lang="de">${xmlText(mend.de)}</mend>`,
  ];
  const named = `row="${row}" column="${xmlText(column ?? '')}" code="${code}"`;
  return `    <gangway_reject ${named}>${inner.join('')}</gangway_reject>\n`;
}

/** What XML 1.0 cannot hold at all becomes the sign for a lost letter. */
function xmlText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  const holdable = text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return holdable.replace(/[&<>"\t\n\r]/g, (letter) => ENTITIES[letter] ?? letter);
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
