import type { Knex } from 'knex';
import { readMapping } from '../directory/mappings.ts';
import type { Connection } from '../model/connection.ts';
import { type CompiledMapping, compileMapping } from '../plan/mapping-compile.ts';

const MOST_KEPT = 200;
const compiled = new Map<string, CompiledMapping>();

/** A connection's mapping, compiled once for each of its versions; null while everything is as built in. */
export async function mappingOf(
  db: Knex,
  { tenantId, id, mappingId }: Pick<Connection, 'tenantId' | 'id' | 'mappingId'>,
): Promise<CompiledMapping | null> {
  if (mappingId === null) return null;
  const known = compiled.get(mappingId);
  if (known) return known;
  // changed a moment ago: then everybody is marked again, and the newer one is right already
  const stored = await readMapping(db, tenantId, id);
  if (stored.mappingId === null) return null;
  const made = compileMapping(stored.mapping);
  const [oldest] = compiled.keys();
  if (oldest !== undefined && compiled.size >= MOST_KEPT) compiled.delete(oldest);
  compiled.set(stored.mappingId, made);
  return made;
}
