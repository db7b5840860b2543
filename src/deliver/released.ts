import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Link } from '../model/link.ts';
import { LINK_COLUMNS, type LinkKey } from './links.ts';

const KEY = 'tenant_id = :tenantId and target_id = :targetId and person_id = :personId';
const LINK =
  'tenant_id, target_id, person_id, connection_id, remote_id, state, origin, applied, granted, match_keys, ' +
  'suspended_at, pending_effects, choice';

const releaseOne = statement<{ released: number }>(
  'links_release',
  `with gone as (delete from links where ${KEY} returning ${LINK}, created_at),
   kept as (
     insert into released_links (${LINK}, created_at, released_at) select ${LINK}, created_at, now() from gone
     on conflict (tenant_id, target_id, person_id) do update
        set connection_id = excluded.connection_id, remote_id = excluded.remote_id, state = excluded.state,
            origin = excluded.origin, applied = excluded.applied, granted = excluded.granted,
            match_keys = excluded.match_keys, suspended_at = excluded.suspended_at,
            pending_effects = excluded.pending_effects, choice = excluded.choice,
            released_at = excluded.released_at),
   closed as (
     update actions set state = 'superseded', finished_at = now(), answer = 'the connection let the account go'
      where ${KEY} and state in ('started', 'failed', 'refused')),
   invite as (
     update invites set state = 'revoked', next_at = null, last_answer = 'the connection let the account go'
      where ${KEY} and state in ('queued', 'sending', 'sent', 'delivered', 'bounced'))
   select count(*)::int as released from gone`,
);

// an account that somebody else was linked to meanwhile stays theirs
const reclaimOne = statement<Link>(
  'links_reclaim',
  `with back as (
     delete from released_links r where ${KEY} and not exists (
       select 1 from links l where l.tenant_id = r.tenant_id and l.target_id = r.target_id and l.remote_id = r.remote_id)
     returning ${LINK}, created_at)
   insert into links (${LINK}, created_at) select ${LINK}, created_at from back
   on conflict do nothing
   returning ${LINK_COLUMNS}`,
);

const selectReleased = statement<Link>('links_released', `select ${LINK_COLUMNS} from released_links where ${KEY}`);

/** Lets an account go: it is no longer ours to change. What was linked is remembered, for the day it is taken back. */
export async function release(db: Knex, key: LinkKey): Promise<void> {
  await releaseOne(db, key);
}

/** Takes back a link that was let go; null when there is none, or the account has become somebody else's. */
export async function reclaim(db: Knex, key: LinkKey): Promise<Link | null> {
  const [link] = await reclaimOne(db, key);
  return link ?? null;
}

/** The link that was let go, or null. */
export async function findReleased(db: Knex, key: LinkKey): Promise<Link | null> {
  const [link] = await selectReleased(db, key);
  return link ?? null;
}
