import type { Person } from '../model/person.ts';
import type { Policy } from '../model/policy.ts';
import { type Desired, desired, type Scope } from './desired.ts';
import { type Circumstances, type Observed, type Plan, plan } from './plan.ts';

/**
 * The plan for one person at one target: what the source says, unless a human has set it aside.
 *
 *   restored to   desired
 *   -             as the source says
 *   account       the account as it was
 *   active        as the source says, but active and without a last day
 *   nobody        nobody: suspended, or the invitation withdrawn, as policy.suspendScope says
 */
export function planFor(
  person: Person,
  observed: Observed,
  policy: Policy,
  scope: Scope,
  circumstances: Circumstances,
): Plan {
  const { restore } = circumstances.decisions;
  if (restore === null) return plan(desired(person, policy, scope), observed, policy, circumstances);
  const planned = plan(setAside(), observed, policy, circumstances);
  return planned.actions.length === 0 && planned.waiting === null ? { ...planned, waiting: 'restored' } : planned;

  function setAside(): Desired {
    switch (restore?.to) {
      case 'account':
        return { kind: 'account', account: restore.account };
      case 'active':
        return desired({ ...person, status: 'active' }, { ...policy, lastDay: 'off' }, scope);
      default:
        return { kind: 'nobody', onLeave: 'suspend' };
    }
  }
}
