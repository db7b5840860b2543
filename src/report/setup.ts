import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { SetupFacts } from '../model/setup.ts';

const FACTS = `select c.id, c.name, c.state,
          exists (select 1 from connection_targets ct where ct.tenant_id = c.tenant_id and ct.connection_id = c.id) as target,
          exists (select 1 from credentials k where k.tenant_id = c.tenant_id and k.connection_id = c.id
                     and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()))
            or exists (select 1 from oauth_clients o where o.tenant_id = c.tenant_id and o.connection_id = c.id)
            or exists (select 1 from feeds f where f.tenant_id = c.tenant_id and f.connection_id = c.id) as source,
          exists (select 1 from people p where p.tenant_id = c.tenant_id and p.connection_id = c.id
                     and p.deleted_at is null) as people
     from connections c`;

const selectFacts = statement<SetupFacts & { id: string; name: string }>(
  'setup_facts',
  `${FACTS} where c.tenant_id = :tenantId and c.state in ('draft', 'connected') order by c.id`,
);

const selectFactsOf = statement<SetupFacts>('setup_facts_of', `${FACTS} where c.tenant_id = :tenantId and c.id = :id`);

/** What is known of the connections that were never enabled. */
export async function unfinishedConnections(
  db: Knex,
  tenantId: string,
): Promise<(SetupFacts & { id: string; name: string })[]> {
  return selectFacts(db, { tenantId });
}

/** The same of one connection, whatever its state; throws `not_found`. */
export async function setupFactsOf(db: Knex, tenantId: string, id: string): Promise<SetupFacts> {
  const [row] = await selectFactsOf(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
  return row;
}
