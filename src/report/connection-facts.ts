import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';

/** What is told of a connection beside what it is. */
export type ConnectionFacts = {
  /** How many people it has; what is not exact is at least so many. */
  people: { value: number; exact: boolean };
  /** When the first of its tokens ends that live now; null where none does by itself. */
  tokenEndsAt: Date | null;
};

/** Where counting ends: for each of a list, and for one. */
const MOST_EACH = 1_000;
const MOST_OF_ONE = 10_000;

// people_page holds the living of each connection, and no more of it is read than is counted
const selectFacts = statement<{ id: string; count: number; tokenEndsAt: Date | null }>(
  'connections_facts',
  `select c.id, (select count(*)::int from (select 1 from people p where p.tenant_id = c.tenant_id
                    and p.connection_id = c.id and p.deleted_at is null limit :most) found) as count,
          (select min(k.expires_at) from credentials k where k.tenant_id = c.tenant_id and k.connection_id = c.id
              and k.client_id is null and k.revoked_at is null and k.expires_at > now()) as "tokenEndsAt"
     from connections c where c.tenant_id = :tenantId and (:id::uuid is null or c.id = :id::uuid)`,
);

/** The facts of every connection of a tenant, by the connection's id. */
export async function factsOfEach(db: Knex, tenantId: string): Promise<ReadonlyMap<string, ConnectionFacts>> {
  return factsUpTo(db, tenantId, null, MOST_EACH);
}

/** The facts of one connection; undefined where there is none. */
export async function factsOfOne(db: Knex, tenantId: string, id: string): Promise<ConnectionFacts | undefined> {
  const [facts] = (await factsUpTo(db, tenantId, id, MOST_OF_ONE)).values();
  return facts;
}

async function factsUpTo(db: Knex, tenantId: string, id: string | null, most: number) {
  const rows = await selectFacts(db, { tenantId, id, most });
  return new Map(
    rows.map(({ id: one, count, tokenEndsAt }) => [
      one,
      { people: { value: count, exact: count < most }, tokenEndsAt },
    ]),
  );
}
