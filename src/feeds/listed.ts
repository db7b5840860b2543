import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { feedFailed } from './failed.ts';

/** A row that we make of a resource; a list of values gives its column several times. */
export type ListedRow = { readonly key: string; readonly manager?: string | undefined } & Readonly<
  Record<string, unknown>
>;

/** Whom a list has named so far. */
export type Listed = {
  /** Takes the rows of a page. `id` is what the source knows somebody by; `names` is all that a manager may be named by. */
  add(rows: readonly { readonly id: string; readonly names: readonly string[]; readonly row: ListedRow }[]): void;
  readonly count: number;
  /** All rows as one JSON; managers by their keys, and those that the list does not have left out. */
  asJson(): Generator<Buffer>;
};

const MOST_ROWS = 2_000_000;

/**
 * Keeps the rows of a list, packed, until its last page has come: a list that cannot be believed is never staged, and who a
 * manager is can stand on any page. The same resource twice is a list that moved while it was read.
 */
export function createListed(): Listed {
  const pages: Buffer[] = [];
  const keys = new Map<string, string>();
  const ids = new Set<string>();
  return {
    add(rows) {
      for (const { id, names, row } of rows) {
        if (ids.has(id))
          throw feedFailed(`"${id.slice(0, 100)}" was listed twice: the list has changed while it was read`);
        ids.add(id);
        for (const name of names) keys.set(name, row.key);
      }
      if (ids.size > MOST_ROWS) throw feedFailed(`the list does not end: ${ids.size} people were read`);
      if (rows.length > 0) pages.push(deflateRawSync(JSON.stringify(rows.map(({ row }) => row))));
    },
    get count() {
      return ids.size;
    },
    *asJson() {
      for (const [index, page] of pages.entries()) {
        const rows = JSON.parse(inflateRawSync(page).toString('utf8')) as ListedRow[];
        const known = rows.map((row) => ({ ...row, manager: keys.get(row.manager ?? '') }));
        const text = known.map((row) => JSON.stringify(row)).join(',\n');
        yield Buffer.from(`${index === 0 ? '[' : ',\n'}${text}`);
      }
      yield Buffer.from(pages.length === 0 ? '[]' : ']');
    },
  };
}
