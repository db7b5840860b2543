import { believedPeople } from '../deliver/believed-people.ts';
import { needsManagers } from '../deliver/managers.ts';
import { listConnections } from '../directory/connections.ts';
import { readMapping } from '../directory/mappings.ts';
import { readPolicies } from '../directory/policies.ts';
import { readTarget } from '../directory/targets.ts';
import type { Action } from '../model/action.ts';
import type { Policy } from '../model/policy.ts';
import { effectivePolicy, type PolicyDocument } from '../model/policy-layers.ts';
import { describe, describeWaiting } from '../plan/describe.ts';
import { desiredByMapping } from '../plan/mapping.ts';
import { compileMapping } from '../plan/mapping-compile.ts';
import { type Circumstances, type Plan, plan } from '../plan/plan.ts';
import type { TargetMaker } from './targets.ts';

export type Changed = { id: string; userName: string; targetId: string; before: string; after: string };
export type PolicyPreview = {
  /** How many people, each counted once for each target. */
  looked: number;
  changed: number;
  /** Of those that change: how many end in what. */
  counts: Record<string, number>;
  people: Changed[];
};

/** What is to be set; what is left out stays as it is. */
export type Wanted = { connection?: PolicyDocument; tenant?: PolicyDocument };

const MOST_SHOWN = 100;
const NO_SCOPE = { attributes: [], groups: false };
/** A policy decides on access; these follow from the directory. */
const FOLLOWS: readonly Action['kind'][] = ['update', 'grant', 'revoke'];

/**
 * Who would be dealt with differently under another policy of a connection: both are planned by the same planner over what
 * the links say. `each` is told of all of them. No target is asked and nothing is changed.
 */
export async function previewPolicy(
  { db, vault, create }: TargetMaker,
  tenantId: string,
  connectionId: string,
  wanted: Wanted,
  each: (one: Changed, outcome: string) => void = () => {},
): Promise<PolicyPreview> {
  const { tenant, connection } = await readPolicies(db, tenantId, connectionId);
  const before = effectivePolicy(tenant, connection).policy;
  const after = effectivePolicy(wanted.tenant ?? tenant, wanted.connection ?? connection).policy;
  const mapping = compileMapping((await readMapping(db, tenantId, connectionId)).mapping);
  const managers = needsManagers(mapping, []);
  const preview: PolicyPreview = { looked: 0, changed: 0, counts: {}, people: [] };
  const targetIds = (await listConnections(db, tenantId)).find(({ id }) => id === connectionId)?.targetIds ?? [];
  for (const targetId of targetIds) {
    const target = await readTarget(db, tenantId, targetId);
    const { capabilities: can } = create(target.kind, {
      settings: target.settings,
      secrets: vault.open(target.secrets),
    });
    const at = { tenantId, connectionId, targetId };
    for await (const { userName, person, observed, decisions } of believedPeople(db, at, managers)) {
      const circumstances: Circumstances = { now: new Date(), can, decisions };
      const under = (policy: Policy) =>
        plan(desiredByMapping(mapping, person, policy, NO_SCOPE), observed, policy, circumstances);
      const outcome = note(preview, { id: person.id, userName, targetId }, under(before), under(after));
      if (outcome) each(outcome.one, outcome.kind);
    }
  }
  return preview;
}

function note(
  preview: PolicyPreview,
  who: Pick<Changed, 'id' | 'userName' | 'targetId'>,
  one: Plan,
  other: Plan,
): { one: Changed; kind: string } | null {
  preview.looked += 1;
  const [before, after] = [inWords(one), inWords(other)];
  if (before === after) return null;
  preview.changed += 1;
  const outcome = kindOf(other);
  preview.counts[outcome] = (preview.counts[outcome] ?? 0) + 1;
  const changed = { ...who, before, after };
  if (preview.people.length < MOST_SHOWN) preview.people.push(changed);
  return { one: changed, kind: outcome };
}

function deciding({ actions }: Plan): Action[] {
  return actions.filter(({ kind }) => !FOLLOWS.includes(kind));
}

function kindOf(one: Plan): string {
  return deciding(one)[0]?.kind ?? one.waiting ?? 'nothing';
}

function inWords(one: Plan): string {
  const until = one.lookAgainAt ? ` (until ${one.lookAgainAt.toISOString()})` : '';
  if (one.waiting) return `waits: ${describeWaiting(one.waiting)}${until}`;
  return deciding(one).map(describe).join('; ') || 'nothing';
}
