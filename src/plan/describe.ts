import type { Action } from '../model/action.ts';
import type { Plan, Waiting } from './plan.ts';

/** One action in words, for previews and logs of people. */
export function describe(action: Action): string {
  switch (action.kind) {
    case 'invite':
      return `invite ${action.account.email}`;
    case 'adopt':
      return `adopt the existing account ${action.remoteId}`;
    case 'update':
      return `update ${Object.keys(action.attributes).join(', ') || 'the e-mail address'} of ${action.email}`;
    case 'grant':
      return `add to group ${action.group}`;
    case 'revoke':
      return `remove from group ${action.group}`;
    case 'suspend':
      return 'suspend the account';
    case 'resume':
      return 'give the account back';
    case 'erase':
      return 'erase the account';
    case 'anonymise':
      return 'make the account anonymous';
    case 'effect':
      return action.name;
    default:
      return action satisfies never;
  }
}

/** Why nothing happens, and what would mend it. */
export function describeWaiting(waiting: Waiting): string {
  switch (waiting) {
    case 'staged':
      return 'known, not invited: this connection invites by hand';
    case 'before_first_day':
      return 'known, not invited before the first day';
    case 'no_first_day':
      return 'known, not invited: the source names no first day that can be read';
    case 'protected':
      return 'the person left but is protected: only a human takes the account away';
    case 'not_granted':
      return 'the person left, but a mere user made this connection: only an admin’s may take access away';
    case 'restored':
      return 'kept as a human decided, until the source says something else of the person';
    case 'left_alone':
      return 'the person left the source; the policy leaves the account as it is';
    case 'grace':
      return 'suspended; the account ends with its grace, and comes back if the person does';
    case 'cannot_erase':
      return 'suspended; the policy says erase, but the app cannot';
    case 'cannot_anonymise':
      return 'suspended; the policy says anonymise, but the app cannot';
    case 'ask_adopt':
      return 'an account with this e-mail exists already; the policy asks before adopting it';
    case 'ambiguous':
      return 'several accounts carry this e-mail; somebody must choose';
    case 'account_taken':
      return 'the account with this e-mail belongs to another person of this tenant';
    case 'missing_email':
      return 'the source names no e-mail address';
    case 'out_of_scope':
      return 'the mapping’s scope leaves the person out';
    case 'mapping_failed':
      return 'the mapping cannot be worked out for this person, so the account stays as it is';
    case 'edited_at_target':
      return 'somebody changed the account in the app itself; the policy asks before changing it back';
    case 'suspended_by_target':
      return 'the account was suspended in the app itself, not by this connection';
    default:
      return waiting satisfies never;
  }
}

/** What a plan waits for, in full; null where it waits for nothing. */
export function waitingWords({ waiting, words }: Plan): string | null {
  if (waiting === null) return null;
  return words === undefined ? describeWaiting(waiting) : `${describeWaiting(waiting)}: ${words}`;
}
