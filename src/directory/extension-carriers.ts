import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { onItsOwn } from '../database/transaction.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import { markSql } from '../work/mark.ts';
import { tellPeopleSql } from '../work/tell.ts';

/** How many are rewritten by one statement: others wait for no longer than that takes. */
const PAGE = 500;
const NOW = `date_trunc('milliseconds', now())`;
/** The search document lists the extensions that its owner carries, so the index answers. */
const CARRIES = `t.tenant_id = :tenantId and t.search @> :marker::jsonb`;
const LIVE = `${CARRIES} and t.deleted_at is null`;

const exists = {
  User: statement<{ id: string }>('extensions_people', `select t.id from people t where ${LIVE} limit 1`),
  Group: statement<{ id: string }>('extensions_groups', `select t.id from groups t where ${CARRIES} limit 1`),
};

/** A resource without the extension, and without its URN among the schemas. */
const ERASED = `version = t.version + 1, modified_at = ${NOW},
   document = jsonb_set(t.document::jsonb - :urn::text, '{schemas}', (t.document::jsonb -> 'schemas') - :urn::text)::json,
   search = jsonb_set(t.search - :urn::text, '{schemas}', (t.search -> 'schemas') - :urn::text)`;
const page = (table: string, where: string) =>
  `page as materialized (select t.tenant_id, t.id from ${table} t where ${where} order by t.id limit ${PAGE} for update)`;

const erase = {
  // what a target got of it is taken back there
  User: statement<{ id: string }>(
    'extensions_erase_people',
    `with ${page('people', LIVE)},
     written as (
       update people t set ${ERASED} from page where t.tenant_id = :tenantId and t.id = page.id
       returning t.tenant_id, t.connection_id, t.id as subject_id, (case when t.active then 1 else 0 end)::smallint as lane,
                 t.version as revision, 'person.patch' as type, null::boolean as active,
                 jsonb_build_object('attributes', jsonb_build_array(:urn::text)) as detail),
     marked as (${markSql('written')}),
     told as (${tellPeopleSql('written')})
     select subject_id as id from written`,
  ),
  Group: statement<{ id: string }>(
    'extensions_erase_groups',
    `with ${page('groups', CARRIES)}
     update groups t set ${ERASED} from page where t.tenant_id = :tenantId and t.id = page.id returning t.id`,
  ),
};

/** True while anybody's resource holds values of this extension; tombstones do not count. */
export async function isCarried(db: Knex, tenantId: string, extension: ExtensionSchema): Promise<boolean> {
  return (await exists[extension.resourceType](db, { tenantId, marker: markerOf(extension) })).length > 0;
}

/** Erases an extension's values from everybody; run again after a crash, it goes on where it was. */
export async function eraseCarried(db: Knex, tenantId: string, extension: ExtensionSchema): Promise<void> {
  const bindings = { tenantId, urn: extension.urn, marker: markerOf(extension) };
  for (;;) {
    const erased = await onItsOwn(db, () => erase[extension.resourceType](db, bindings));
    if (erased.length < PAGE) return;
  }
}

function markerOf({ urn }: ExtensionSchema): string {
  return JSON.stringify({ schemas: [urn] });
}
