import { type Command, Option } from 'commander';
import { ENVIRONMENTS, type Environment } from '../model/environment.ts';
import { apiCommand, group } from './command.ts';
import { table } from './print.ts';

type Tenant = { tenantId: string; name: string; environment: Environment };

/** `gangway tenant`: the organisations of this installation. */
export function tenantCommand(): Command {
  return group('tenant', 'the organisations of this installation', [
    addCommand(),
    apiCommand('list', 'show all tenants', async (api) => {
      const { tenants } = await api.call<{ tenants: Tenant[] }>('GET', '/tenants');
      const rows = tenants.map(({ name, environment, tenantId }) => [name, environment, tenantId]);
      return {
        data: tenants,
        lines: table(['NAME', 'ENVIRONMENT', 'ID'], rows, 'no tenants yet: gangway tenant add NAME'),
      };
    }),
  ]);
}

function addCommand(): Command {
  return apiCommand<{ environment: Environment }>(
    'add <name>',
    'make a tenant',
    async (api, [name], { environment }) => {
      const made = await api.call<Tenant>('POST', '/tenants', { name, environment });
      return { data: made, lines: [`tenant ${made.name} is there: ${made.tenantId}`] };
    },
  ).addOption(
    new Option('--environment <environment>', 'test: a system to try things with, which cannot reach live targets')
      .choices(ENVIRONMENTS)
      .default('live'),
  );
}
