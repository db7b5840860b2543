import { excerpt, unreadable } from './unreadable.ts';

/** A header as it is compared: letter case, blanks and punctuation do not count. */
export function foldHeader(header: string): string {
  return header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** The headers of a CSV, trimmed; throws where two could be taken for one another. */
export function checkedHeaders(values: readonly string[], line: number, most: number): string[] {
  if (values.length > most) throw unreadable(`line ${line}: there are ${values.length} columns; ${most} at most`);
  const headers = values.map((value) => value.normalize('NFC').trim());
  if (headers.every((header) => foldHeader(header) === '')) {
    throw unreadable(`line ${line}: there are no headers: the first line must name the columns`);
  }
  const seen = new Map<string, number>();
  for (const [index, header] of headers.entries()) {
    const folded = foldHeader(header);
    if (folded === '') continue; // a column without a name is never read
    const before = seen.get(folded);
    if (before !== undefined) throw twice(headers[before] ?? '', before, header, index, line);
    seen.set(folded, index);
  }
  return headers;
}

function twice(one: string, first: number, other: string, second: number, line: number): Error {
  const names =
    one === other ? `"${excerpt(one)}" is there twice` : `"${excerpt(one)}" and "${excerpt(other)}" are alike`;
  return unreadable(`line ${line}: the header ${names} (columns ${first + 1} and ${second + 1}): rename or remove one`);
}
