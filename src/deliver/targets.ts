import type { Knex } from 'knex';
import type { Connector, TargetSettings } from '../connectors/connector.ts';
import { readTarget } from '../directory/targets.ts';
import type { Vault } from '../vault.ts';

export type ConnectorFactory = (kind: string, target: TargetSettings) => Connector;

/** How long a target's settings are believed before they are read again. */
const CACHE_MS = 5_000;

/** Finds the connector of a target, made from its stored settings and decrypted secrets; throws `not_found`. */
export function connectorSource(
  db: Knex,
  vault: Vault,
  create: ConnectorFactory,
): (tenantId: string, targetId: string) => Promise<Connector> {
  const cache = new Map<string, { version: string; connector: Connector; readAt: number }>();
  return async (tenantId, targetId) => {
    const key = `${tenantId}/${targetId}`;
    const known = cache.get(key);
    if (known && Date.now() - known.readAt < CACHE_MS) return known.connector;
    const target = await readTarget(db, tenantId, targetId);
    const cached = cache.get(key); // again: of several who were reading, all but the first find its connector
    const version = JSON.stringify([target.kind, target.settings, target.secrets?.toString('base64')]);
    // unchanged settings keep their connector, and with it what it has learnt of the target
    const connector =
      cached?.version === version
        ? cached.connector
        : create(target.kind, { settings: target.settings, secrets: vault.open(target.secrets) });
    cache.set(key, { version, connector, readAt: Date.now() });
    return connector;
  };
}
