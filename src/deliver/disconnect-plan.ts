import type { Knex } from 'knex';
import type { Connector } from '../connectors/connector.ts';
import type { ActualAccount } from '../model/account.ts';
import type { Connection } from '../model/connection.ts';
import { isPending, planParting } from '../plan/parting.ts';
import type { Observed } from '../plan/plan.ts';
import { allAccounts, type KnownPerson, peopleOf } from './everybody.ts';

/** What disconnecting would do at one target: how many accounts of which kind, and what becomes of them. */
export type DisconnectPlan = {
  /** `list`: as the target shows them now. `links`: it cannot be listed, so as it showed them last. */
  basis: 'list' | 'links';
  /** Accounts that are let go as they are, and those that are suspended first. */
  keep: number;
  suspend: number;
  /** Invitations that nobody has accepted: revoked by erasing them. */
  revoke: number;
  pending: number;
};

/** Counts what would be done, by the same plan that will be delivered. Changes nothing. */
export async function disconnectPlan(
  db: Knex,
  connector: Connector,
  connection: Connection,
  targetId: string,
): Promise<DisconnectPlan> {
  const { list } = connector.capabilities;
  const accounts = list ? await allAccounts(connector) : null;
  const counts: DisconnectPlan = { basis: list ? 'list' : 'links', keep: 0, suspend: 0, revoke: 0, pending: 0 };
  const at = { tenantId: connection.tenantId, connectionId: connection.id, targetId };
  for await (const page of peopleOf(db, at)) {
    for (const person of page) {
      const observed = observedOf(person, accounts);
      if (!observed.actual) continue;
      const [action] = planParting(observed, connection.policy.onDisconnect, connector.capabilities);
      if (isPending(observed.actual)) counts.pending += 1;
      if (action?.kind === 'erase') counts.revoke += 1;
      else if (action?.kind === 'suspend') counts.suspend += 1;
      else counts.keep += 1;
    }
  }
  return counts;
}

function observedOf({ link }: KnownPerson, accounts: ReadonlyMap<string, ActualAccount> | null): Observed {
  const nothing = { link, actual: null, found: [], taken: false };
  if (!link?.remoteId) return nothing;
  return { ...nothing, actual: accounts ? (accounts.get(link.remoteId) ?? null) : lastSeen(link.remoteId, link.state) };
}

function lastSeen(remoteId: string, state: string): ActualAccount {
  const status = state === 'invited' || state === 'suspended' ? state : 'active';
  return { remoteId, status, email: '', attributes: {}, groups: [] };
}
