import type { Knex } from 'knex';
import type { Connector } from '../connectors/connector.ts';
import { readConnection } from '../directory/connections.ts';
import { readMapping } from '../directory/mappings.ts';
import { type ManagedAttribute, managedAttributes } from '../plan/managed.ts';
import { type AccountFacts, accountFacts } from '../report/account.ts';

/** Finds the connector of a target; throws `not_found`. */
export type ConnectorOf = (tenantId: string, targetId: string) => Promise<Connector>;

/** What a target app may show about an account: by what it is managed, and nothing about whose it is. */
export type ManagedAccount =
  | { readonly account: string; readonly managed: false }
  | (Omit<AccountFacts, 'connectionId'> & {
      readonly account: string;
      readonly managed: true;
      readonly connection: { readonly id: string; readonly name: string };
      /** Where the account came from, as profile pages say it (S55). */
      readonly label: string;
      readonly attributes: readonly ManagedAttribute[];
      readonly locked: readonly string[];
    });

/** Whether an account of a target is managed, by what, and which of its fields are locked (S11, S30). */
export async function managedAccount(
  db: Knex,
  connectorOf: ConnectorOf,
  at: { tenantId: string; targetId: string; account: string },
): Promise<ManagedAccount> {
  const { tenantId, targetId, account } = at;
  const facts = await accountFacts(db, { tenantId, targetId, remoteId: account });
  if (facts === null) return { account, managed: false };
  const { connectionId, ...shown } = facts;
  const [{ name, policy }, { mapping }, { capabilities }] = await Promise.all([
    readConnection(db, tenantId, connectionId),
    readMapping(db, tenantId, connectionId),
    connectorOf(tenantId, targetId),
  ]);
  const attributes = managedAttributes(capabilities.attributes, mapping, policy);
  const locked = attributes.filter((attribute) => attribute.locked).map((attribute) => attribute.name);
  const connection = { id: connectionId, name };
  return { account, managed: true, connection, label: `added via ${name}`, ...shown, attributes, locked };
}
