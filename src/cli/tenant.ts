import { type Command, Option } from 'commander';
import { Fault } from '../errors.ts';
import { ENVIRONMENTS, type Environment } from '../model/environment.ts';
import { FEATURES } from '../model/feature.ts';
import type { Api } from './api.ts';
import { apiCommand, group } from './command.ts';
import { table } from './print.ts';

type Tenant = { tenantId: string; name: string; environment: Environment; denied: Record<string, string> };

/** `gangway tenant`: the organisations of this installation. */
export function tenantCommand(): Command {
  return group('tenant', 'the organisations of this installation', [
    addCommand(),
    denyCommand(),
    allowCommand(),
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

/** S48: what somebody has not paid for, or shall not use, is kept from them with a reason. */
function denyCommand(): Command {
  return apiCommand(
    'deny <name> <feature> <reason>',
    `keep a feature from a tenant (${FEATURES.join(', ')}); what is set up already goes on`,
    async (api, [name = '', feature = '', reason = '']) => {
      if (!FEATURES.some((one) => one === feature)) {
        throw new Fault('config_invalid', `there is no feature "${feature}": use ${FEATURES.join(', ')}`);
      }
      return change(api, name, (before) => ({ ...before, [feature]: reason }));
    },
  );
}

function allowCommand(): Command {
  return apiCommand(
    'allow <name> <feature>',
    'give a feature back to a tenant',
    async (api, [name = '', feature = '']) => change(api, name, ({ [feature]: _given, ...rest }) => rest),
  );
}

async function change(api: Api, name: string, next: (before: Record<string, string>) => Record<string, string>) {
  const { tenants } = await api.call<{ tenants: Tenant[] }>('GET', '/tenants');
  const tenant = tenants.find((one) => one.name === name || one.tenantId === name);
  if (!tenant) throw new Fault('not_found', `no tenant "${name}"`);
  const denied = next(tenant.denied);
  const changed = await api.call<Tenant>('PUT', `/tenants/${tenant.tenantId}/denied`, { denied });
  const lines = Object.entries(changed.denied).map(
    ([feature, reason]) => `${name} does not have ${feature}: ${reason}`,
  );
  return { data: changed, lines: lines.length > 0 ? lines : [`${name} has everything`] };
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
