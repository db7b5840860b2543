import { Fault } from '../errors.ts';
import type { Environment } from '../model/environment.ts';
import type { Api } from './api.ts';

export type Named = { id: string; name: string };
export type TargetItem = Named & { kind: string; environment: Environment; settings: Record<string, unknown> };
export type ConnectionItem = Named & {
  profile: string;
  state: string;
  policy: { invite: string | { onDate: string }; adoptExisting: string; onDeactivate: string; onDelete: string };
  targetIds: string[];
};

export async function listTargets(api: Api): Promise<TargetItem[]> {
  return (await api.call<{ targets: TargetItem[] }>('GET', '/targets')).targets;
}

export async function listConnections(api: Api): Promise<ConnectionItem[]> {
  return (await api.call<{ connections: ConnectionItem[] }>('GET', '/connections')).connections;
}

/** The one with this name or id; throws `not_found` and says which there are. */
export function pick<Item extends Named>(kind: string, items: Item[], named: string): Item {
  const found = items.find(({ name }) => name === named) ?? items.find(({ id }) => id === named);
  if (found) return found;
  const known = items.length ? `there are: ${items.map(({ name }) => name).join(', ')}` : 'there are none yet';
  throw new Fault('not_found', `no ${kind} "${named}"; ${known}`);
}
