import { stringify } from 'yaml';
import type { Mapping } from '../../model/mapping.ts';
import type { Policy } from '../../model/policy.ts';
import { effectivePolicy, type PolicyDocument } from '../../model/policy-layers.ts';
import { mappingText } from '../forms/mapping.ts';
import { policyValueWords } from '../forms/policy-words.ts';
import { sayNamed } from '../say.ts';
import type { Visit } from '../visit.ts';
import type { Plan } from './plans.ts';

/** What a plan would set: the document, and as long as it can be made, what changes against the one that holds. */
export type PlanDocument = {
  changes: { field: string; before: string; after: string }[] | null;
  text: string | null;
};

/** The document of a plan about rules; plans about people have none. */
export async function planDocument(visit: Visit, { kind, change, state }: Plan): Promise<PlanDocument> {
  const open = (state === 'open' || state === 'approved') && visit.may('integrations', 'audit');
  if (kind === 'mapping') return { changes: null, text: mappingText(change['mapping'] as Mapping) };
  if (kind !== 'policy' && kind !== 'tenant-policy') return { changes: null, text: null };
  const wanted = change['policy'] as PolicyDocument;
  const text = stringify(wanted);
  return { changes: open ? await changesOf(visit, change.connectionId, wanted) : null, text };
}

async function changesOf(visit: Visit, connectionId: string | undefined, wanted: PolicyDocument) {
  const path = connectionId === undefined ? '/policy' : `/connections/${connectionId}/policy`;
  const { set, tenant = {} } = await visit.api.get<{ set: PolicyDocument; tenant?: PolicyDocument }>(path);
  const under = (own: PolicyDocument) =>
    (connectionId === undefined ? effectivePolicy(own, {}) : effectivePolicy(tenant, own)).policy;
  const [before, after] = [under(set), under(wanted)];
  return (Object.keys(after) as (keyof Policy)[])
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({
      field: sayNamed(visit.say, 'policy.field', field),
      before: policyValueWords(visit.say, field, before[field]),
      after: policyValueWords(visit.say, field, after[field]),
    }));
}
