import type { Decisions } from '../model/decision.ts';
import type { Person } from '../model/person.ts';
import type { Policy } from '../model/policy.ts';
import type { Desired, Scope } from './desired.ts';
import { desiredByMapping } from './mapping.ts';
import type { CompiledMapping } from './mapping-compile.ts';

/**
 * What one person's account should be: as source, policy and mapping say, unless a human has set that aside.
 *
 *   restored to   desired
 *   -             as the source says
 *   account       the account as it was
 *   active        as the source says, but active, in scope and without a last day; in the groups it was in
 *   nobody        nobody: suspended, or the invitation withdrawn, as policy.suspendScope says
 */
export function desiredFor(
  mapping: CompiledMapping | null,
  person: Person,
  policy: Policy,
  scope: Scope,
  { restore, choice }: Decisions,
): Desired {
  switch (restore?.to) {
    case undefined:
      return desiredByMapping(mapping, person, policy, scope, choice);
    case 'account':
      return { kind: 'account', account: restore.account };
    case 'active': {
      const everybody = mapping && { ...mapping, scope: null };
      const active = { ...person, status: 'active' } as const;
      const wanted = desiredByMapping(everybody, active, { ...policy, lastDay: 'off' }, scope, choice);
      return withGroups(wanted, restore.groups ?? []);
    }
    case 'nobody':
      return { kind: 'nobody', onLeave: 'suspend' };
    default:
      return restore satisfies never;
  }
}

function withGroups(wanted: Desired, groups: readonly string[]): Desired {
  if (wanted.kind !== 'account' || groups.length === 0) return wanted;
  const all = [...new Set([...wanted.account.groups, ...groups])].toSorted();
  return { ...wanted, account: { ...wanted.account, groups: all } };
}
