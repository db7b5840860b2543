import { type BelievedPerson, believedPeople } from '../deliver/believed-people.ts';
import { needsManagers } from '../deliver/managers.ts';
import { readConnection } from '../directory/connections.ts';
import { readTarget } from '../directory/targets.ts';
import type { Mapping } from '../model/mapping.ts';
import type { Policy } from '../model/policy.ts';
import { describe, waitingWords } from '../plan/describe.ts';
import { desiredByMapping } from '../plan/mapping.ts';
import { type CompiledMapping, compileMapping } from '../plan/mapping-compile.ts';
import { type Differences, differencesOf } from '../plan/mapping-differences.ts';
import { type Circumstances, type Plan, plan } from '../plan/plan.ts';
import { targetsOf } from './mapping-trial.ts';
import type { TargetMaker } from './targets.ts';

export type Changed = Differences & { id: string; userName: string; targetId: string; before: string; after: string };
export type MappingPreview = {
  /** How many people, each counted once for each target. */
  looked: number;
  changed: number;
  /** Of those that change: how many are suspended, invited …, get other attributes, other groups. */
  counts: Record<string, number>;
  people: Changed[];
};

const MOST_SHOWN = 100;

/**
 * Who would change under another mapping of a connection: both are planned by the same planner over what the links say, and
 * `each` is told of all of them. No target is asked and nothing is changed.
 */
export async function previewMapping(
  { db, vault, create }: TargetMaker,
  tenantId: string,
  connectionId: string,
  before: Mapping,
  after: Mapping,
  each: (one: Changed, outcomes: readonly string[]) => void = () => {},
): Promise<MappingPreview> {
  const { policy } = await readConnection(db, tenantId, connectionId);
  const preview: MappingPreview = { looked: 0, changed: 0, counts: {}, people: [] };
  const [one, other] = [compileMapping(before), compileMapping(after)];
  for (const targetId of await targetsOf(db, tenantId, connectionId)) {
    const target = await readTarget(db, tenantId, targetId);
    const { capabilities: can } = create(target.kind, {
      settings: target.settings,
      secrets: vault.open(target.secrets),
    });
    const managers = [one, other].some((mapping) => needsManagers(mapping, can.attributes));
    for await (const known of believedPeople(db, { tenantId, connectionId, targetId }, managers)) {
      const compare = { policy, can, now: new Date() };
      const noted = note(
        preview,
        { userName: known.userName, targetId },
        known,
        viewOf(one, known, compare),
        viewOf(other, known, compare),
      );
      if (noted) each(noted.one, noted.outcomes);
    }
  }
  return preview;
}

type View = { plan: Plan; desired: ReturnType<typeof desiredByMapping> };

function viewOf(
  mapping: CompiledMapping,
  { person, observed, decisions }: BelievedPerson,
  {
    policy,
    can,
    now,
  }: { policy: Policy; can: Circumstances['can'] & Parameters<typeof desiredByMapping>[3]; now: Date },
): View {
  const desired = desiredByMapping(mapping, person, policy, can);
  return { desired, plan: plan(desired, observed, policy, { now, can, decisions }) };
}

function note(
  preview: MappingPreview,
  who: { userName: string; targetId: string },
  { person, observed }: BelievedPerson,
  one: View,
  other: View,
): { one: Changed; outcomes: readonly string[] } | null {
  preview.looked += 1;
  const [before, after] = [inWords(one.plan), inWords(other.plan)];
  // without an account there is nothing yet that could differ
  const differences = differencesOf(one.desired, observed.actual ? other.desired : one.desired);
  const { attributes, granted, revoked } = differences;
  const kinds = [
    before === after ? null : kindOf(other.plan),
    Object.keys(attributes).length ? 'attributes' : null,
    granted.length || revoked.length ? 'groups' : null,
  ].filter((kind) => kind !== null);
  if (kinds.length === 0) return null;
  preview.changed += 1;
  for (const kind of kinds) preview.counts[kind] = (preview.counts[kind] ?? 0) + 1;
  const changed = { id: person.id, ...who, before, after, ...differences };
  if (preview.people.length < MOST_SHOWN) preview.people.push(changed);
  return { one: changed, outcomes: kinds };
}

/** What decides on access; attributes and groups are compared by themselves. */
function deciding({ actions }: Plan) {
  return actions.filter(({ kind }) => !['update', 'grant', 'revoke'].includes(kind));
}

function kindOf(one: Plan): string {
  return deciding(one)[0]?.kind ?? one.waiting ?? 'nothing';
}

function inWords(one: Plan): string {
  const words = waitingWords(one);
  return words ? `waits: ${words}` : deciding(one).map(describe).join('; ') || 'nothing';
}
