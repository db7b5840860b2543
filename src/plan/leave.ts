import type { ActualAccount } from '../model/account.ts';
import type { Action, ActionKind } from '../model/action.ts';
import type { Link } from '../model/link.ts';
import type { OnLeave, Policy } from '../model/policy.ts';
import { effectActions, pendingEffects } from './effects.ts';
import type { Circumstances, Plan, Waiting } from './plan.ts';

const DAY_MS = 86_400_000;

/**
 * What becomes of the account of somebody who left.
 *
 *   onLeave              erasureMode   the app can   not suspended by us      suspended by us
 *   ignore               any           any           wait: left_alone         wait: left_alone
 *   suspend              any           any           suspend                  nothing
 *   suspend-then-erase   keep          any           suspend                  nothing
 *   suspend-then-erase   erase, anon.  yes           suspend                  wait: grace; at its end erase, anonymise
 *   suspend-then-erase   erase, anon.  no            suspend                  wait: cannot_erase, cannot_anonymise
 *   erase                keep, erase   yes           erase                    erase
 *   erase                anonymise     yes           suspend, anonymise       anonymise
 *   erase                any           no            suspend                  wait: cannot_erase, cannot_anonymise
 *
 * With suspendScope `active` an invitation that nobody has accepted is erased at once instead of any of this but
 * `ignore`, if we made it, and the app can be read (else nobody knows whether it was accepted) and can erase.
 *
 * `suspend` has the target's side effects behind it. Where the account is suspended and only they are still to be done,
 * they are all that is planned, and nothing else comes before them.
 *
 * A suspension of which we do not know since when is delivered again before a grace can run.
 */
export function planLeave(
  link: Link,
  actual: ActualAccount,
  onLeave: OnLeave,
  policy: Policy,
  { now, can }: Circumstances,
): Plan {
  if (onLeave === 'ignore') return { actions: [], waiting: 'left_alone' };
  const { remoteId } = actual;
  const to = (...kinds: Extract<ActionKind, 'suspend' | 'erase' | 'anonymise'>[]): Plan => ({
    actions: kinds.flatMap((kind): Action[] =>
      kind === 'suspend' ? [{ kind, remoteId }, ...effectActions(kind, remoteId, can)] : [{ kind, remoteId }],
    ),
    waiting: null,
  });
  if (policy.suspendScope === 'active' && isOpenInvitation(link, actual) && can.read && can.erase) return to('erase');
  const owed =
    link.state === 'suspending' && actual.status === 'suspended' ? pendingEffects('suspend', link, actual, can) : [];
  if (owed.length > 0) return { actions: owed, waiting: null };
  const ending = endingOf(onLeave, policy);
  const able = ending !== null && can[ending];
  const suspended = link.state === 'suspended' && actual.status === 'suspended';
  if (onLeave === 'erase' && able) return suspended || ending === 'erase' ? to(ending) : to('suspend', ending);
  if (!suspended) return to('suspend');
  if (ending === null) return { actions: [], waiting: null };
  if (!able) return { actions: [], waiting: `cannot_${ending}` satisfies Waiting };
  if (link.suspendedAt === null) return to('suspend');
  const graceEnds = new Date(link.suspendedAt.getTime() + policy.graceDays * DAY_MS);
  return graceEnds <= now ? to(ending) : { actions: [], waiting: 'grace', lookAgainAt: graceEnds };
}

function isOpenInvitation(link: Link, actual: ActualAccount): boolean {
  return link.origin === 'invited' && actual.status === 'invited';
}

/** `erase` names its own end, so that a mode which keeps the suspended does not turn it into something else. */
function endingOf(onLeave: OnLeave, { erasureMode }: Policy): 'erase' | 'anonymise' | null {
  if (onLeave === 'suspend' || onLeave === 'ignore') return null;
  if (erasureMode === 'keep') return onLeave === 'erase' ? 'erase' : null;
  return erasureMode;
}
