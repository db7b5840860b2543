import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { AccountStatus } from '../model/account.ts';
import { emailOf } from '../model/email.ts';
import type { Link } from '../model/link.ts';
import type { Resource } from '../model/person.ts';

export type LinkKey = { tenantId: string; targetId: string; personId: string };

const KEY = 'tenant_id = :tenantId and target_id = :targetId and person_id = :personId';
const COLUMNS = 'remote_id as "remoteId", state, origin, applied, granted';

const selectLink = statement<Link>('links_get', `select ${COLUMNS} from links where ${KEY}`);

const selectTaken = statement<{ remoteId: string }>(
  'links_taken',
  `select remote_id as "remoteId" from links
    where tenant_id = :tenantId and target_id = :targetId and person_id <> :personId and remote_id = any(:remoteIds)`,
);

// Strongest key first; two tombstones that fit equally well are a question for a human, so neither is taken.
// While a worker is busy with the former person the link stays: its delivery would be recorded on nobody's.
const takeOver = statement<{ busy: boolean; remoteId: string | null } & Link>(
  'links_inherit',
  `with fitting as (
     select l.person_id, array_position(:keys::text[], k.key) as strength
       from links l cross join unnest(l.match_keys) as k (key)
       join people p on p.tenant_id = l.tenant_id and p.id = l.person_id and p.deleted_at is not null
      where l.tenant_id = :tenantId and l.target_id = :targetId and l.connection_id = :connectionId
        and l.remote_id is not null and l.match_keys && :keys::text[] and k.key = any(:keys::text[])),
   best as (
     select distinct person_id from fitting where strength = (select min(strength) from fitting)),
   chosen as (select person_id from best where (select count(*) from best) = 1),
   former as (
     select w.lease_token from chosen c join work_item w on w.tenant_id = :tenantId and w.target_id = :targetId
        and w.kind = 'push' and w.subject_id = c.person_id
        for update of w),
   moved as (
     update links l set person_id = :personId, match_keys = :keys::text[]
       from chosen c
      where l.tenant_id = :tenantId and l.target_id = :targetId and l.person_id = c.person_id
        and not exists (select 1 from former where lease_token is not null)
     returning l.remote_id as "remoteId", l.state, l.origin, l.applied, l.granted)
   select exists (select 1 from former where lease_token is not null) as busy, moved.*
     from (values (1)) one left join moved on true`,
);

const settleLink = statement<{ settled: number }>(
  'links_settle',
  `with settled as (
     update links set state = :state, settled_at = now(), match_keys = :keys::text[] where ${KEY}
        and (state <> :state or settled_at is null or match_keys <> :keys::text[]) returning 1),
   closed as (
     update actions set state = 'superseded', finished_at = now(), answer = 'not needed any more'
      where ${KEY} and state in ('started', 'failed', 'refused') returning 1)
   select count(*)::int as settled from settled`,
);

const closeOpen = statement<{ id: string }>(
  'actions_close',
  `update actions set state = 'superseded', finished_at = now(), answer = 'not needed any more'
    where ${KEY} and state in ('started', 'failed', 'refused') returning id`,
);

/** The link of a person at a target, or null. */
export async function findLink(db: Knex, key: LinkKey): Promise<Link | null> {
  const [link] = await selectLink(db, key);
  return link ?? null;
}

/** Those of the given accounts that are linked to somebody else, and so are not this person's. */
export async function takenAccounts(db: Knex, key: LinkKey, remoteIds: readonly string[]): Promise<Set<string>> {
  const rows = remoteIds.length ? await selectTaken(db, { ...key, remoteIds }) : [];
  return new Set(rows.map((row) => row.remoteId));
}

/**
 * A rehire: moves the link of a deleted person of the same connection with the same externalId, userName or e-mail to
 * this one, so that the old account comes back instead of a second one. Null when there is none, or more than one;
 * throws `target_busy` while the former person's account is being worked on.
 */
export async function inheritLink(
  db: Knex,
  key: LinkKey & { connectionId: string },
  resource: Resource,
): Promise<Link | null> {
  const [row] = await takeOver(db, { ...key, keys: matchKeys(resource) });
  if (row?.busy) throw new Fault('target_busy', 'the account is still being taken from the person who had it before');
  if (!row?.remoteId) return null;
  const { remoteId, state, origin, applied, granted } = row;
  return { remoteId, state, origin, applied, granted };
}

/** Records that the account is as desired: what was still open for it is not needed any more. */
export async function settle(
  db: Knex,
  key: LinkKey,
  status: AccountStatus | 'erased',
  resource: Resource,
): Promise<void> {
  await settleLink(db, { ...key, state: status, keys: matchKeys(resource) });
}

/** Closes what was still open for a person without an account here. */
export async function closeActions(db: Knex, key: LinkKey): Promise<void> {
  await closeOpen(db, key);
}

/** What a person can be recognised by after coming back, the strongest first; compared without letter case. */
export function matchKeys(resource: Resource): string[] {
  const { externalId, userName } = resource;
  const email = emailOf(resource);
  const keys = [
    typeof externalId === 'string' && externalId ? `externalId:${externalId}` : null,
    typeof userName === 'string' ? `userName:${userName.toLowerCase()}` : null,
    email ? `email:${email.toLowerCase()}` : null,
  ];
  return keys.filter((item) => item !== null);
}
