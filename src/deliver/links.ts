import type { Knex } from 'knex';
import { statement, UNHURRIED } from '../database/statement.ts';
import type { AccountStatus, Attributes } from '../model/account.ts';
import { emailOf } from '../model/email.ts';
import type { Link } from '../model/link.ts';
import type { Resource } from '../model/person.ts';
import { IS_LEASED, LEASED, type WorkItem } from '../work/claim.ts';
import { LEFT_HOLD, LET_GO, lapseLeft } from './hold-items.ts';

const EMAIL_KEY = 'email:';
export type LinkKey = { tenantId: string; targetId: string; personId: string };

const KEY = 'tenant_id = :tenantId and target_id = :targetId and person_id = :personId';
/** A row of `links` or `released_links` as a Link. */
export const LINK_COLUMNS = `remote_id as "remoteId", state, origin, applied, granted, suspended_at as "suspendedAt",
  pending_effects as "pendingEffects", choice`;

const selectLink = statement<Link>('links_get', `select ${LINK_COLUMNS} from links where ${KEY}`);

const selectTaken = statement<{ remoteId: string; ownerLeft: boolean }>(
  'links_taken',
  `select l.remote_id as "remoteId", p.deleted_at is not null as "ownerLeft"
     from links l join people p on p.tenant_id = l.tenant_id and p.id = l.person_id
    where l.tenant_id = :tenantId and l.target_id = :targetId and l.person_id <> :personId
      and l.remote_id = any(:remoteIds)`,
);

const selectInviting = statement<{ personId: string }>(
  'links_inviting',
  `select person_id as "personId" from links
    where tenant_id = :tenantId and target_id = :targetId and person_id <> :personId
      and state = 'inviting' and remote_id is null and match_keys && :keys::text[]
      and (not :activeOnly::boolean or exists (
        select 1 from people p where p.tenant_id = :tenantId and p.id = links.person_id and p.active
           and p.deleted_at is null)) limit 1`,
);

const selectKeys = statement<{ keys: string[] }>('links_keys', `select match_keys as keys from links where ${KEY}`);

const deleteUnanswered = statement<never>(
  'links_forget',
  `delete from links where ${KEY} and state = 'inviting' and remote_id is null`,
);

// not one that another worker has begun again meanwhile, nor its next
const deleteTurnedDown = statement<never>(
  'links_turned_down',
  `delete from links where ${KEY} and state = 'inviting' and remote_id is null and applied->>'invite' = :id::uuid::text
      and not exists (select 1 from actions a where a.tenant_id = :tenantId and a.id = :id::uuid and a.attempts > 1)`,
);

// lost, the work is not done either: whoever looks again finds the same. A worker that lost its lease has seen an account
// that another one may have changed since
const settleLink = statement<{ settled: number; leftHold: string | null }>(
  'links_settle',
  `with ${LEASED},
   settled as (
     update links set state = :state, settled_at = now(), match_keys = :keys::text[], shown = :shown::text,
            edited = :edited::text[], listed = case when settled_at is null then null else listed end,
            applied = case when :source::jsonb is null then applied
                           else applied || jsonb_build_object('source', :source::jsonb) end,
            suspended_at = case when :state = 'suspended' then suspended_at end where ${KEY} and ${IS_LEASED}
        and (state <> :state or settled_at is null or match_keys <> :keys::text[] or shown is distinct from :shown::text
             or edited <> :edited::text[]
             or (:source::jsonb is not null and (applied->'source') is distinct from :source::jsonb))
     returning ${UNHURRIED}),
   closed as (
     update actions set state = 'superseded', finished_at = now(), answer = 'not needed any more'
      where ${KEY} and state in ('started', 'failed', 'refused') and ${IS_LEASED} returning 1),
   invite as (
     update invites set state = case when :state = 'active' then 'accepted' else 'revoked' end, next_at = null,
            renewable = :state = 'suspended',
            accepted_at = case when :state = 'active' then now() end,
            last_answer = case when :state = 'active' then 'the app says so' else 'the account is ' || :state end
      where ${KEY} and state in ('queued', 'sending', 'sent', 'delivered', 'bounced') and :state <> 'invited'
        and ${IS_LEASED}),
   ${LET_GO}
   select count(*)::int as settled, ${LEFT_HOLD} from settled`,
);

const closeOpen = statement<{ leftHold: string | null }>(
  'actions_close',
  `with ${LEASED},
   closed as (
     update actions set state = 'superseded', finished_at = now(), answer = 'not needed any more'
      where ${KEY} and state in ('started', 'failed', 'refused') and ${IS_LEASED} returning 1),
   ${LET_GO}
   select ${LEFT_HOLD}`,
);

/** The link of a person at a target, or null. */
export async function findLink(db: Knex, key: LinkKey): Promise<Link | null> {
  const [link] = await selectLink(db, key);
  return link ?? null;
}

/**
 * Those of the given accounts that are linked to somebody else, and so are not this person's; with whether that somebody
 * was deleted from the directory.
 */
export async function takenAccounts(
  db: Knex,
  key: LinkKey,
  remoteIds: readonly string[],
): Promise<Map<string, { ownerLeft: boolean }>> {
  const rows = remoteIds.length ? await selectTaken(db, { ...key, remoteIds }) : [];
  return new Map(rows.map(({ remoteId, ownerLeft }) => [remoteId, { ownerLeft }]));
}

/**
 * True while somebody else who can be recognised by the same is being invited: an account that is there may be the one
 * that the target made for them, whose id has not reached us yet. `activeOnly`: those who left do not count.
 */
export async function isBeingInvited(
  db: Knex,
  key: LinkKey,
  keys: readonly string[],
  activeOnly: boolean,
): Promise<boolean> {
  return (await selectInviting(db, { ...key, keys, activeOnly })).length > 0;
}

/** The addresses, in small letters, that somebody's unanswered invite may have gone out with: the account has one of them. */
export async function askedAddresses(db: Knex, key: LinkKey): Promise<string[]> {
  const [row] = await selectKeys(db, key);
  return (row?.keys ?? []).filter((name) => name.startsWith(EMAIL_KEY)).map((name) => name.slice(EMAIL_KEY.length));
}

/** Forgets an invite that certainly made no account, so that the next look starts from nothing. */
export async function forgetInvite(db: Knex, key: LinkKey): Promise<void> {
  await deleteUnanswered(db, key);
}

/** Forgets an invite that the target turned down at its first try, and which so made no account. */
export async function forgetTurnedDown(db: Knex, key: LinkKey, id: string): Promise<void> {
  await deleteTurnedDown(db, { ...key, id });
}

/** An account as it was found to be as desired. */
export type Settled = {
  status: AccountStatus | 'erased';
  /** What it looked like; null where nobody could look. */
  fingerprint: string | null;
  /** What the source said of what others may edit; null where they may edit nothing. */
  source: Attributes | null;
  /** Attributes that others edited and that wait for a human. */
  edited: readonly string[];
};

/** Records that the account is as desired: what was still open for it is not needed any more. */
export async function settle(
  db: Knex,
  key: LinkKey,
  resource: Resource,
  settled: Settled,
  { kind: workKind, lease }: WorkItem,
): Promise<void> {
  const { status, fingerprint, edited } = settled;
  const source = settled.source && JSON.stringify(settled.source);
  const found = { state: status, keys: matchKeys(resource), shown: fingerprint, source, edited };
  const [row] = await settleLink(db, { ...key, ...found, workKind, lease });
  await lapseLeft(db, key.tenantId, row?.leftHold);
}

/** Closes what was still open for a person without an account here. */
export async function closeActions(db: Knex, key: LinkKey, { kind: workKind, lease }: WorkItem): Promise<void> {
  const [row] = await closeOpen(db, { ...key, workKind, lease });
  await lapseLeft(db, key.tenantId, row?.leftHold);
}

/** An address as one of the keys that a person can be recognised by. */
export function emailKey(email: string): string {
  return `${EMAIL_KEY}${email.toLowerCase()}`;
}

/** What a person can be recognised by after coming back, the strongest first; compared without letter case. */
export function matchKeys(resource: Resource): string[] {
  const { externalId, userName } = resource;
  const email = emailOf(resource);
  const keys = [
    typeof externalId === 'string' && externalId ? `externalId:${externalId}` : null,
    typeof userName === 'string' ? `userName:${userName.toLowerCase()}` : null,
    email ? emailKey(email) : null,
  ];
  return keys.filter((item) => item !== null);
}
