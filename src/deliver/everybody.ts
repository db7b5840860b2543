import type { Knex } from 'knex';
import type { Connector } from '../connectors/connector.ts';
import { statement } from '../database/statement.ts';
import { GROUP_NAMES_OF } from '../directory/nesting.ts';
import { PERSON_STATUS } from '../directory/person.ts';
import { Fault, isFault } from '../errors.ts';
import type { ActualAccount } from '../model/account.ts';
import type { Link } from '../model/link.ts';
import type { Person } from '../model/person.ts';

export type KnownPerson = Person & {
  readonly userName: string;
  /** The link at the target; where there is none, the one that was let go and will be taken back. */
  readonly link: Link | null;
};
export type At = { readonly tenantId: string; readonly connectionId: string; readonly targetId: string };

const PAGE = 500;
const MOST_ACCOUNTS = 200_000;
const LIST_MS = 120_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

const linkOf = (
  table: string,
) => `(select json_build_object('remoteId', l.remote_id, 'state', l.state, 'origin', l.origin,
    'applied', l.applied, 'granted', l.granted, 'suspendedAt', l.suspended_at,
    'pendingEffects', l.pending_effects, 'choice', l.choice) from ${table} l
   where l.tenant_id = p.tenant_id and l.target_id = :targetId and l.person_id = p.id)`;

/** Through JSON a time comes as text. */
type Row = Omit<KnownPerson, 'link'> & {
  link: (Omit<Link, 'suspendedAt'> & { suspendedAt: string | null }) | null;
};

const selectPage = statement<Row>(
  'everybody_page',
  `select p.id, p.user_name as "userName", p.document as resource, ${GROUP_NAMES_OF} as groups,
          ${PERSON_STATUS} as status,
          coalesce(${linkOf('links')}, ${linkOf('released_links')}) as link
     from people p
    where p.tenant_id = :tenantId and p.connection_id = :connectionId and p.id > :after
    order by p.id limit ${PAGE}`,
);

const selectOwners = statement<{ remoteId: string; personId: string }>(
  'everybody_owners',
  `select l.remote_id as "remoteId", l.person_id as "personId"
     from links l join people p on p.tenant_id = l.tenant_id and p.id = l.person_id and p.deleted_at is null
    where l.tenant_id = :tenantId and l.target_id = :targetId and l.remote_id = any(:remoteIds)`,
);

/** Everybody whom a connection ever named, tombstones too, a page at a time, with their links at one target. */
export async function* peopleOf(db: Knex, at: At): AsyncGenerator<KnownPerson[]> {
  let after = FIRST_ID;
  for (;;) {
    const page = await selectPage(db, { ...at, after });
    const last = page.at(-1);
    if (!last) return;
    yield page.map(knownOf);
    after = last.id;
  }
}

function knownOf({ link, ...person }: Row): KnownPerson {
  const since = link?.suspendedAt ?? null;
  return { ...person, link: link && { ...link, suspendedAt: since === null ? null : new Date(since) } };
}

/** Whom of those still in the directory the accounts are linked to, by the account's id. */
export async function ownersOf(
  db: Knex,
  { tenantId, targetId }: At,
  remoteIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = remoteIds.length ? await selectOwners(db, { tenantId, targetId, remoteIds }) : [];
  return new Map(rows.map(({ remoteId, personId }) => [remoteId, personId]));
}

/** All accounts of a target by their ids. What cannot be read to the end is a Fault: half a list would look like a whole. */
export async function allAccounts(connector: Connector): Promise<Map<string, ActualAccount>> {
  const signal = AbortSignal.timeout(LIST_MS);
  const accounts = new Map<string, ActualAccount>();
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Connector['list']>> = await connector
      .list(cursor, signal)
      .catch((error: unknown) => {
        if (isFault(error) || !signal.aborted) throw error;
        throw new Fault('target_down', 'the target did not list all its accounts in time', { cause: error });
      });
    for (const account of page.accounts) accounts.set(account.remoteId, account);
    cursor = page.next;
    if (accounts.size > MOST_ACCOUNTS) {
      throw new Fault('limit_reached', `the target has more than ${MOST_ACCOUNTS} accounts: they are not listed`);
    }
  } while (cursor !== null);
  return accounts;
}
