import type { Command } from 'commander';
import { apiCommand, group } from './command.ts';
import { table } from './print.ts';

type Tenant = { tenantId: string; name: string };

/** `gangway tenant`: the organisations of this installation. */
export function tenantCommand(): Command {
  return group('tenant', 'the organisations of this installation', [
    apiCommand('add <name>', 'make a tenant', async (api, [name]) => {
      const made = await api.call<Tenant>('POST', '/tenants', { name });
      return { data: made, lines: [`tenant ${made.name} is there: ${made.tenantId}`] };
    }),
    apiCommand('list', 'show all tenants', async (api) => {
      const { tenants } = await api.call<{ tenants: Tenant[] }>('GET', '/tenants');
      const rows = tenants.map(({ name, tenantId }) => [name, tenantId]);
      return { data: tenants, lines: table(['NAME', 'ID'], rows, 'no tenants yet: gangway tenant add NAME') };
    }),
  ]);
}
