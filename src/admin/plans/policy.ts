import type { Knex } from 'knex';
import { z } from 'zod';
import { listConnections, readConnection } from '../../directory/connections.ts';
import { readPolicies, readTenantPolicy, saveConnectionPolicy, saveTenantPolicy } from '../../directory/policies.ts';
import { Fault } from '../../errors.ts';
import type { ConnectionState } from '../../model/connection.ts';
import { effectivePolicy, type PolicyDocument } from '../../model/policy-layers.ts';
import { widening } from '../../plan/widening.ts';
import { record } from '../../report/audit.ts';
import { policyDocument } from '../policy-document.ts';
import { previewPolicy, type Wanted } from '../policy-preview.ts';
import { planKind } from './kind.ts';

/** Before it was ever enabled a connection has no accounts that could be lost. */
const HAS_ACCOUNTS: readonly ConnectionState[] = ['enabled', 'paused'];

/** Another policy for one connection. */
export const policyPlan = planKind({
  schema: z.strictObject({ kind: z.literal('policy'), connectionId: z.uuid(), policy: policyDocument }),
  look: async (options, { tenantId, change }, each) => {
    const wanted = { connection: asDocument(change.policy) };
    await previewPolicy(options, tenantId, change.connectionId, wanted, (one, outcome) => each(lineOf(one), outcome));
    return widenedBy(options.db, tenantId, change.connectionId, wanted);
  },
  apply: (trx, { tenantId, change, actor }) =>
    changePolicy(trx, { tenantId, connectionId: change.connectionId, policy: asDocument(change.policy), actor }),
});

/** Another policy for a tenant, and so for all its connections. */
export const tenantPolicyPlan = planKind({
  schema: z.strictObject({ kind: z.literal('tenant-policy'), policy: policyDocument }),
  look: async (options, { tenantId, change }, each) => {
    const wanted = { tenant: asDocument(change.policy) };
    for (const { id } of await listConnections(options.db, tenantId)) {
      await previewPolicy(options, tenantId, id, wanted, (one, outcome) => each(lineOf(one), outcome));
    }
    return tenantWidenedBy(options.db, tenantId, wanted.tenant);
  },
  apply: (trx, { tenantId, change, actor }) =>
    changeTenantPolicy(trx, { tenantId, policy: asDocument(change.policy), actor }),
});

/** Saves a connection's policy with its audit entry; call in a transaction. */
export async function changePolicy(
  trx: Knex,
  { tenantId, connectionId, policy, actor }: Saving & { connectionId: string },
): Promise<void> {
  const { connection: before } = await readPolicies(trx, tenantId, connectionId);
  await saveConnectionPolicy(trx, tenantId, connectionId, policy);
  const detail = { before, after: policy };
  await record(trx, { tenantId, action: 'connection.policy', subject: connectionId, detail, actor });
}

type Saving = { tenantId: string; policy: PolicyDocument; actor: string };

/** Saves a tenant's policy with its audit entry; call in a transaction. */
export async function changeTenantPolicy(trx: Knex, { tenantId, policy, actor }: Saving): Promise<void> {
  const before = await readTenantPolicy(trx, tenantId);
  await saveTenantPolicy(trx, tenantId, policy);
  const detail = { before, after: policy };
  await record(trx, { tenantId, action: 'tenant.policy', subject: tenantId, detail, actor });
}

/** Why one person alone may not set this policy; [] where they may. */
export async function widenedBy(db: Knex, tenantId: string, connectionId: string, wanted: Wanted): Promise<string[]> {
  const { state } = await readConnection(db, tenantId, connectionId);
  if (!HAS_ACCOUNTS.includes(state)) return [];
  const { tenant, connection } = await readPolicies(db, tenantId, connectionId);
  const after = effectivePolicy(wanted.tenant ?? tenant, wanted.connection ?? connection).policy;
  return widening(effectivePolicy(tenant, connection).policy, after);
}

/** The same for a tenant's policy, over all its connections. */
export async function tenantWidenedBy(db: Knex, tenantId: string, tenant: PolicyDocument): Promise<string[]> {
  const reasons: string[] = [];
  for (const { id, name } of await listConnections(db, tenantId)) {
    for (const reason of await widenedBy(db, tenantId, id, { tenant })) reasons.push(`${name}: ${reason}`);
  }
  return reasons;
}

/** Throws `needs_second_person` where there is a reason for one. */
export function demandAlone(reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  const words = reasons.join('; ');
  throw new Fault('needs_second_person', `${words}: make it a plan (POST /api/v1/plans) that somebody else approves`);
}

/** zod's "may be undefined" is our "may be absent": JSON knows no difference. */
export function asDocument(policy: z.output<typeof policyDocument>): PolicyDocument {
  return policy as PolicyDocument;
}

function lineOf({ id, ...line }: { id: string; userName: string; targetId: string; before: string; after: string }) {
  return { personId: id, ...line };
}
