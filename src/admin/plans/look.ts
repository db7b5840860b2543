import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Looked, PlanItem } from '../../deliver/plans.ts';
import { Fault } from '../../errors.ts';
import type { TargetMaker } from '../targets.ts';
import type { PlanKind } from './kind.ts';
import { disconnectingPlan, enablePlan } from './life.ts';
import { mappingPlan } from './mapping.ts';
import { invitePlan, recoverPlan } from './people.ts';
import { policyPlan, tenantPolicyPlan } from './policy.ts';
import { undoPlan } from './undo.ts';

/** All changes that can be looked at before they are made. */
export const PLAN_KINDS: Readonly<Record<string, PlanKind<z.ZodType>>> = Object.fromEntries(
  Object.entries({
    policy: policyPlan,
    'tenant-policy': tenantPolicyPlan,
    mapping: mappingPlan,
    undo: undoPlan,
    recover: recoverPlan,
    invite: invitePlan,
    enable: enablePlan,
    disconnect: disconnectingPlan,
  }).map(([kind, plan]) => [kind, plan as unknown as PlanKind<z.ZodType>]), // each takes only what its schema let pass
);

const MOST_SHOWN = 100;
const Kind = z.looseObject({ kind: z.enum(Object.keys(PLAN_KINDS)) });

/** A change as its kind reads it; throws a ZodError that names what is wrong. */
export function readChange(body: unknown): { kind: string; change: Record<string, unknown> } {
  const { kind } = Kind.parse(body);
  return { kind, change: planKindOf(kind).schema.parse(body) as Record<string, unknown> };
}

/** The kind of this name; throws `config_invalid`, as for a plan that a later version has made. */
export function planKindOf(kind: string): PlanKind<z.ZodType> {
  const found = PLAN_KINDS[kind];
  if (!found) throw new Fault('config_invalid', `this version knows no plan of kind "${kind}"`);
  return found;
}

/** What a change would do, and a hash of all of it: the same as long as the world stays the same. */
export async function lookAtChange(
  options: TargetMaker,
  tenantId: string,
  { kind, change, actor }: { kind: string; change: Record<string, unknown>; actor: string },
): Promise<Looked> {
  const hash = createHash('sha256');
  const counts: Record<string, number> = {};
  const items: PlanItem[] = [];
  const reasons = await planKindOf(kind).look(options, { tenantId, change, actor }, (item, outcome) => {
    hash.update(`${JSON.stringify([item.personId, item.targetId, item.userName, item.before, item.after])}\n`);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (items.length < MOST_SHOWN) items.push(item);
  });
  return { hash: hash.digest('hex'), counts, items, reasons };
}
