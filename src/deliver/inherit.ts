import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { Fault } from '../errors.ts';
import type { Link } from '../model/link.ts';
import { letGo } from './hold-items.ts';
import { forgetInvite, LINK_COLUMNS, type LinkKey } from './links.ts';

export type HeirKey = LinkKey & { connectionId: string; matchKeys: readonly string[] };

// Strongest key first; two tombstones that fit equally well are a question for a human, so neither is taken. The keys are
// looked for before anybody is read: asked the other way round, the planner may read the whole directory for one joiner.
const selectFormer = statement<{ personId: string }>(
  'inherit_find',
  `with alike as materialized (
     select l.person_id, l.match_keys from links l
      where l.tenant_id = :tenantId and l.target_id = :targetId and l.connection_id = :connectionId
        and l.state <> 'erased' and l.match_keys && :matchKeys::text[]),
   buried as materialized (
     select a.person_id, a.match_keys from alike a
      where (select p.deleted_at is not null from people p where p.tenant_id = :tenantId and p.id = a.person_id)),
   fitting as (
     select b.person_id, array_position(:matchKeys::text[], k.key) as strength
       from buried b cross join unnest(b.match_keys) as k (key) where k.key = any(:matchKeys::text[])),
   best as (select distinct person_id from fitting where strength = (select min(strength) from fitting))
   select person_id as "personId" from best where (select count(*) from best) = 1`,
);

const lockWork = statement<{ leased: boolean }>(
  'inherit_lock',
  `select lease_token is not null as leased from work_item
    where tenant_id = :tenantId and target_id = :targetId and kind = 'push' and subject_id = :former for update`,
);

const moveLink = statement<Link>(
  'inherit_move',
  `update links set person_id = :personId, match_keys = :matchKeys::text[]
    where tenant_id = :tenantId and target_id = :targetId and person_id = :former
   returning ${LINK_COLUMNS}`,
);

const moveMemberships = statement<never>(
  'inherit_memberships',
  `update manual_memberships m set person_id = :personId
    where m.tenant_id = :tenantId and m.target_id = :targetId and m.person_id = :former
      and not exists (select 1 from manual_memberships o where o.tenant_id = m.tenant_id and o.target_id = m.target_id
                         and o.person_id = :personId and o.group_name = m.group_name)`,
);

/**
 * A rehire: moves the link of a deleted person of the same connection with the same externalId, userName or e-mail to
 * this one, so that the old account comes back instead of a second one. Null when there is none, or more than one.
 * Throws `target_busy` while a worker is busy with the former person: its delivery would be recorded on nobody's link.
 */
export async function inheritLink(db: Knex, key: HeirKey): Promise<Link | null> {
  const [found] = await selectFormer(db, key);
  if (!found) return null;
  const former = found.personId;
  const inherited = await inTransaction(db, async (trx) => {
    const [work] = await lockWork(trx, { ...key, former });
    if (work?.leased) throw new Fault('target_busy', 'the account is still being taken from the person who had it');
    await forgetInvite(trx, key); // one of our own, which met the account that is ours now
    const [link] = await moveLink(trx, { ...key, former });
    await moveMemberships(trx, { ...key, former }); // what operators gave goes along with the account
    return link ?? null;
  });
  // who came back leaves the hold: the former person has nothing left to lose
  if (inherited) await letGo(db, { ...key, personId: former });
  return inherited;
}
