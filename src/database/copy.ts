import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Fault } from '../errors.ts';
import { isOutage } from './outage.ts';

type Cell = string | number | boolean | readonly string[] | null;
type Lender = { acquireConnection(): Promise<Client>; releaseConnection(connection: Client): Promise<void> };

/** One row as COPY's text format has it. An array is one of texts. */
export function copyLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join('\t')}\n`;
}

/** Sends rows, each by `copyLine`, into a table as one COPY: all of them, or none. `into` is `table (column, …)`. */
export async function copyIn(db: Knex, into: string, lines: readonly string[]): Promise<void> {
  const lender = db.client as Lender;
  try {
    const connection = await lender.acquireConnection();
    try {
      await pipeline(Readable.from(blocks(lines)), connection.query(copyFrom(`copy ${into} from stdin`)));
    } finally {
      await lender.releaseConnection(connection);
    }
  } catch (error) {
    throw isOutage(error) ? new Fault('database_unavailable', 'the database does not answer', { cause: error }) : error;
  }
}

/** Large enough to be sent at once, small enough to be forgotten soon. */
const BLOCK = 1 << 15;

function* blocks(lines: readonly string[]): Generator<string> {
  let block = '';
  for (const line of lines) {
    block += line;
    if (block.length < BLOCK) continue;
    yield block;
    block = '';
  }
  if (block) yield block;
}

function cellText(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell === 'string') return escaped(cell);
  if (typeof cell === 'object')
    return escaped(`{${cell.map((one) => `"${one.replace(/["\\]/g, '\\$&')}"`).join(',')}}`);
  return String(cell);
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (letter) => ESCAPES[letter] ?? letter) : text;
}
