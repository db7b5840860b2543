import { Fault } from '../errors.ts';
import type { Environment } from '../model/environment.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import type { Ask, Named } from './ask.ts';
import type { ConfigDocument, ConnectionConfig, Fields, TargetConfig } from './document.ts';

/** What a tenant of the server has configured, and the ids behind the names. */
export type Here = {
  readonly document: Required<ConfigDocument> & { readonly connections: Readonly<Record<string, ConnectionConfig>> };
  readonly targetIds: ReadonlyMap<string, string>;
  readonly connectionIds: ReadonlyMap<string, string>;
};
type ConnectionItem = Named & { profile: string; targetIds: string[] };
type Tenant = { tenantId: string; name: string; environment: Environment };

/** Reads all of it; people and secrets are not asked for. */
export async function readHere(api: Ask, tenant: string | undefined): Promise<Here> {
  const environment = await environmentOf(api, tenant);
  const [{ targets }, { connections }] = await Promise.all([
    api.call<{ targets: Named[] }>('GET', '/targets'),
    api.call<{ connections: ConnectionItem[] }>('GET', '/connections'),
  ]);
  const { set: policy } = await api.call<{ set: Fields }>('GET', '/policy');
  const { extensions } = await api.call<{ extensions: ExtensionSchema[] }>('GET', '/extensions');
  const nameOf = (id: string) => targets.find((one) => one.id === id)?.name ?? id;
  const document = {
    environment,
    policy,
    extensions: Object.fromEntries(extensions.map((one) => [one.urn, one])),
    targets: Object.fromEntries(await each(targets, (one) => targetConfig(api, one))),
    connections: Object.fromEntries(await each(connections, (one) => connectionConfig(api, one, nameOf))),
  };
  return { document, targetIds: idsOf(targets), connectionIds: idsOf(connections) };
}

async function environmentOf(api: Ask, named: string | undefined): Promise<Environment> {
  const { tenants } = await api.call<{ tenants: Tenant[] }>('GET', '/tenants');
  const found = tenants.find(({ name, tenantId }) =>
    named === undefined ? true : name === named || tenantId === named,
  );
  if (!found) throw new Fault('not_found', named === undefined ? 'there is no tenant yet' : `no tenant "${named}"`);
  return found.environment;
}

async function targetConfig(api: Ask, { id }: Named): Promise<TargetConfig> {
  const { kind, environment, settings, secrets } = await api.call<TargetConfig>('GET', `/targets/${id}`);
  return { kind, environment, settings, secrets };
}

async function connectionConfig(
  api: Ask,
  { id, profile, targetIds }: ConnectionItem,
  nameOf: (id: string) => string,
): Promise<ConnectionConfig> {
  const path = `/connections/${id}`;
  const [{ set: policy }, { mapping }, { set: rosterProfile }] = await Promise.all([
    api.call<{ set: Fields }>('GET', `${path}/policy`),
    api.call<{ mapping: Fields }>('GET', `${path}/mapping`),
    api.call<{ set: Fields }>('GET', `${path}/roster-profile`),
  ]);
  return { profile, targets: targetIds.map(nameOf).toSorted(), policy, mapping, rosterProfile };
}

/** One after the other by name, so that the same configuration is the same text. */
async function each<Item extends Named, T>(items: Item[], work: (item: Item) => Promise<T>): Promise<[string, T][]> {
  const done: [string, T][] = [];
  for (const item of items.toSorted((a, b) => (a.name < b.name ? -1 : 1))) done.push([item.name, await work(item)]);
  return done;
}

function idsOf(items: Named[]): Map<string, string> {
  return new Map(items.map(({ name, id }) => [name, id]));
}
