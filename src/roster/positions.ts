import type { Knex } from 'knex';
import { copyIn, copyLine } from '../database/copy.ts';
import { runDynamic, statement } from '../database/statement.ts';
import type { Resource } from '../model/person.ts';
import type { Position } from './position.ts';
import type { RosterRow } from './row.ts';

type At = { tenantId: string; connectionId: string };
type Stored = Pick<Position, 'id' | 'title' | 'parent' | 'orgUnit'>;

const selectPositions = statement<Stored>(
  'positions_list',
  `select id, title, parent, org_unit as "orgUnit" from positions
    where tenant_id = :tenantId and connection_id = :connectionId and id > :after order by id limit :limit`,
);

const deletePositions = statement<never>(
  'positions_drop',
  `delete from positions where tenant_id = :tenantId and connection_id = :connectionId`,
);

const PAGE = 10_000;

/** What the positions of a company add to its employees. */
export type PositionsBy = {
  /** Folded ids, for rows that name one; undefined where the company has sent none. */
  readonly ids: ReadonlySet<string> | undefined;
  /** All that a row says by naming a position. */
  text(id: string): string;
  /** What a row becomes by its position: the title, the group of the unit, and whose position is above. */
  placed(row: RosterRow): { resource: Resource; above: string | null; groups: readonly string[] };
};

/** All positions of a connection; title and unit are taken where the row itself has none. */
export async function readPositionsOf(db: Knex, { tenantId, connectionId }: At): Promise<PositionsBy> {
  const positions = new Map<string, Stored>();
  for (let after = ''; ; ) {
    const rows = await selectPositions(db, { tenantId, connectionId, after, limit: PAGE });
    for (const row of rows) positions.set(row.id, row);
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) break;
    after = last.id;
  }
  return {
    ids: positions.size > 0 ? new Set(positions.keys()) : undefined,
    text: (id) => {
      const found = positions.get(id);
      return found ? JSON.stringify([found.title, found.parent, found.orgUnit]) : '';
    },
    placed: (row) => placed(row, row.position === null ? undefined : positions.get(row.position)),
  };
}

function placed(row: RosterRow, position: Stored | undefined) {
  const { resource, groups } = row;
  if (!position) return { resource, above: null, groups };
  const { title, parent, orgUnit } = position;
  const titled = title !== null && resource['title'] === undefined ? { ...resource, title } : resource;
  return { resource: titled, above: parent, groups: orgUnit === null ? groups : [...new Set([...groups, orgUnit])] };
}

/** Puts these positions in the place of all others of a connection. Call in a transaction. */
export async function replacePositions(
  trx: Knex,
  { tenantId, connectionId }: At,
  all: readonly Position[],
): Promise<void> {
  await deletePositions(trx, { tenantId, connectionId });
  const lines = all.map(({ id, title, parent, orgUnit }) =>
    copyLine([tenantId, connectionId, id, title, parent, orgUnit]),
  );
  if (lines.length > 0) {
    await copyIn(trx, 'positions (tenant_id, connection_id, id, title, parent, org_unit)', lines);
  }
  await runDynamic(trx, 'analyze positions', {});
}
