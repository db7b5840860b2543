import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { Mapping } from '../model/mapping.ts';
import { markConnection } from '../work/mark.ts';

export type StoredMapping = { readonly mapping: Mapping; readonly mappingId: string | null };

const selectMapping = statement<StoredMapping>(
  'mappings_read',
  `select mapping, mapping_id as "mappingId" from connections where tenant_id = :tenantId and id = :id`,
);

const updateMapping = statement<{ id: string }>(
  'mappings_save',
  `update connections set mapping = :mapping, mapping_id = :mappingId where tenant_id = :tenantId and id = :id
   returning id`,
);

/** A connection's mapping as it was last saved, and its version; throws `not_found`. */
export async function readMapping(db: Knex, tenantId: string, id: string): Promise<StoredMapping> {
  const [row] = await selectMapping(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
  return row;
}

/** Replaces a connection's mapping, and marks its people. Call in a transaction; throws `not_found`. */
export async function saveMapping(trx: Knex, tenantId: string, id: string, mapping: Mapping): Promise<void> {
  const mappingId = Object.keys(mapping).length > 0 ? uuidv7() : null;
  const [row] = await updateMapping(trx, { tenantId, id, mapping: JSON.stringify(mapping), mappingId });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
  await markConnection(trx, { tenantId, id });
}
