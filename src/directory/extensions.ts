import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import { type ExtensionSchema, overlap } from '../model/extension.ts';
import { isCarried } from './extension-carriers.ts';
import { lossesOf } from './extension-losses.ts';

/** A tenant's extensions in the order of their making, as one value over alias `k` (tenant_id). */
export const EXTENSIONS_OF = `(select coalesce(json_agg(e.definition order by e.created_at, e.urn), '[]')
            from extension_schemas e where e.tenant_id = k.tenant_id)`;

const MOST = 20;

const select = statement<{ extensions: ExtensionSchema[] }>(
  'extensions_list',
  `select ${EXTENSIONS_OF} as extensions from (select :tenantId::uuid as tenant_id) k`,
);

// two at the same time would both count one too few; people are written meanwhile
const lockTenant = statement<{ id: string }>(
  'extensions_lock',
  `select tenant_id as id from tenants where tenant_id = :tenantId for no key update`,
);

const upsert = statement<{ urn: string }>(
  'extensions_put',
  `insert into extension_schemas as e (tenant_id, urn, resource_type, definition)
   values (:tenantId, :urn, :resourceType, :definition)
   on conflict (tenant_id, urn) do update
      set resource_type = excluded.resource_type, definition = excluded.definition
   returning urn`,
);

const deleteOne = statement<{ urn: string }>(
  'extensions_delete',
  `delete from extension_schemas where tenant_id = :tenantId and urn = :urn returning urn`,
);

/** What a tenant has declared, the oldest first. */
export async function listExtensions(db: Knex, tenantId: string): Promise<ExtensionSchema[]> {
  const [row] = await select(db, { tenantId });
  return row?.extensions ?? [];
}

/** The extension with this URN, in any letter case; throws `not_found`. */
export async function readExtension(db: Knex, tenantId: string, urn: string): Promise<ExtensionSchema> {
  const found = (await listExtensions(db, tenantId)).find((one) => one.urn.toLowerCase() === urn.toLowerCase());
  if (!found) throw new Fault('not_found', `no extension ${urn.slice(0, 200)}`);
  return found;
}

/**
 * Declares an extension, or declares it anew; true when it is new. Throws `extension_in_use` where values that somebody
 * carries would be lost or misread, unless forced: then they stay as they are until their owner is written again. Call
 * in a transaction.
 */
export async function putExtension(
  trx: Knex,
  tenantId: string,
  extension: ExtensionSchema,
  { force }: { force: boolean },
): Promise<boolean> {
  await lockTenant(trx, { tenantId });
  const declared = await listExtensions(trx, tenantId);
  const before = declared.find(({ urn }) => urn === extension.urn);
  refuseOverlap(extension.urn, declared);
  if (!before && declared.length >= MOST) {
    throw new Fault('limit_reached', `a tenant may declare ${MOST} extensions at most`);
  }
  const losses = before ? lossesOf(before, extension) : [];
  if (before && losses.length && !force && (await isCarried(trx, tenantId, before))) {
    throw inUse(before, `and this changes ${losses.slice(0, 10).join(', ')}; force it to do so all the same`);
  }
  const { urn, resourceType } = extension;
  await upsert(trx, { tenantId, urn, resourceType, definition: JSON.stringify(extension) });
  return !before;
}

/**
 * Takes an extension away. Throws `extension_in_use` while somebody carries data of it, unless forced, which is for a
 * caller who has erased it: what another instance still writes, for as long as it believes its credentials, is dropped
 * with the next change of its owner. Call in a transaction.
 */
export async function removeExtension(
  trx: Knex,
  tenantId: string,
  extension: ExtensionSchema,
  { force }: { force: boolean },
): Promise<void> {
  if (!force && (await isCarried(trx, tenantId, extension))) throw inUse(extension, 'force it to erase that data');
  const [deleted] = await deleteOne(trx, { tenantId, urn: extension.urn });
  if (!deleted) throw new Fault('not_found', `no extension ${extension.urn}`);
}

function inUse({ urn, resourceType }: ExtensionSchema, what: string): Fault {
  const who = resourceType === 'User' ? 'people' : 'groups';
  return new Fault('extension_in_use', `${who} carry data of ${urn}: ${what}`);
}

function refuseOverlap(urn: string, declared: readonly ExtensionSchema[]): void {
  const other = declared.find((one) => one.urn !== urn && overlap(urn, one.urn));
  if (other) throw new Fault('already_exists', `${urn} cannot be told from ${other.urn}, which is declared already`);
}
