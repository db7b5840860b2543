import type { Readable } from 'node:stream';
import type { Encoding } from '../profile.ts';
import { ATTRIBUTE_OF } from './header-words.ts';
import type { FileShape } from './record.ts';
import { type RecordOptions, readRecords } from './records.ts';

/** The headers and first rows of a file, in the order of the headers. */
export type RosterSample = { readonly shape: FileShape; readonly rows: readonly (readonly string[])[] };
type Options = Pick<RecordOptions, 'delimiter' | 'limits' | 'rows'> & {
  readonly encoding?: Encoding | undefined;
  readonly row?: string | undefined;
  readonly most?: number | undefined;
};

/** Reads the begin of a file that has no profile yet, for `proposeProfile`; the stream is destroyed afterwards. */
export async function sampleRoster(stream: Readable, options: Options = {}): Promise<RosterSample> {
  const { row = 'employee', most = 100, ...rest } = options;
  const { shape, batches } = readRecords(stream, { row, known: new Set(ATTRIBUTE_OF.keys()), ...rest });
  const { headers, ...file } = await shape;
  const rows: string[][] = [];
  for await (const batch of batches) {
    for (const { columns, values, problem } of batch.slice(0, most - rows.length)) {
      if (!problem) rows.push(headers.map((header) => values[columns.indexOf(header)] ?? ''));
    }
    if (rows.length >= most) break;
  }
  return { shape: { ...file, headers }, rows };
}
