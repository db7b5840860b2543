import type { ActualAccount } from '../model/account.ts';
import type { Action } from '../model/action.ts';
import type { OnDisconnect } from '../model/policy.ts';
import type { SideEffects } from '../model/side-effect.ts';
import { effectActions, pendingEffects } from './effects.ts';
import type { Observed } from './plan.ts';

/** What a target allows for. Where accounts cannot be read, nobody knows who has accepted, so all of them stay. */
export type PartingAbilities = {
  readonly read: boolean;
  readonly suspend: boolean;
  readonly erase: boolean;
  readonly effects: SideEffects;
};

/** Leaves every account as it is: for a target that is detached. */
export const KEEP_ALL: OnDisconnect = { accepted: 'keep', pending: 'keep', neverInvited: 'keep' };

/**
 * What is done to one account before its disconnected connection lets it go. Planning again after a full delivery gives
 * none. What we did not invite ourselves is never erased.
 *
 *   link                at the target       actions
 *   -, erased           any                 none
 *   inviting            one found           adopt where pending invites are revoked (then it can be), else none
 *   inviting            otherwise           none
 *   yes                 gone, suspended     none
 *   yes, we invited     invited             erase where pending is revoke
 *   yes, adopted        invited             none
 *   yes                 active              suspend where accepted is suspend, with the target's side effects
 *   yes                 suspended, owing    the side effects of the suspension that are still to be done
 */
export function planParting(observed: Observed, policy: OnDisconnect, abilities: PartingAbilities): Action[] {
  const { link, actual, found } = observed;
  if (!link || link.state === 'erased' || !abilities.read) return [];
  const revokes = policy.pending === 'revoke' && abilities.erase;
  if (link.state === 'inviting') {
    const [one, ...others] = found;
    return one && !others.length && revokes ? [{ kind: 'adopt', remoteId: one.remoteId }] : [];
  }
  if (!actual) return [];
  if (isPending(actual))
    return revokes && link.origin === 'invited' ? [{ kind: 'erase', remoteId: actual.remoteId }] : [];
  const { remoteId } = actual;
  if (actual.status === 'suspended') return pendingEffects('suspend', link, actual, abilities);
  const suspends = policy.accepted === 'suspend' && abilities.suspend && actual.status === 'active';
  return suspends ? [{ kind: 'suspend', remoteId }, ...effectActions('suspend', remoteId, abilities)] : [];
}

/** True for an invitation that nobody has accepted. */
export function isPending({ status }: ActualAccount): boolean {
  return status === 'invited';
}

/** True where parting changes no account, so that no target need be asked. */
export function partsQuietly({ accepted, pending }: OnDisconnect, { read }: Pick<PartingAbilities, 'read'>): boolean {
  return !read || (accepted === 'keep' && pending === 'keep');
}
