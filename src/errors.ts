export type FaultCode =
  | 'config_invalid'
  | 'database_unavailable'
  | 'not_found'
  | 'already_exists'
  | 'limit_reached'
  | 'version_mismatch'
  | 'member_not_found'
  | 'extension_in_use'
  | 'target_in_use'
  | 'live_target'
  | 'connection_not_enabled'
  | 'hold_closed'
  | 'not_decidable'
  | 'needs_second_person'
  | 'not_permitted'
  | 'not_entitled'
  | 'sign_in_again'
  | 'plan_outdated'
  | 'plan_closed'
  | 'managed_membership'
  | 'entity_required'
  | 'roster_unreadable'
  | 'roster_busy'
  | 'run_closed'
  | 'feed_failed'
  | 'events_gone'
  | 'target_busy'
  | 'target_pending'
  | 'target_down'
  | 'target_refused'
  | 'account_exists'
  | 'server_unreachable';

/**
 * Everything that can go wrong by design. Callers switch on `code`, never on the message; what is not a Fault is a bug
 * or an outage.
 *
 *   live_target      a tenant that is for tests does not reach it
 *   not_decidable    there is nothing for a human to decide here, or more than was decided
 *   needs_second_person   one person alone may not do it
 *   not_permitted    who asks has no right to do it
 *   not_entitled     the installation keeps this feature from the tenant
 *   sign_in_again    who asks must prove again who they are: the act is a dangerous one
 *   plan_outdated    the world has moved since the plan was made: look again
 *   managed_membership   the source gives this membership, so only the source takes it away
 *   entity_required  somebody must say which of a target's entities the account belongs to; the message lists them
 *   roster_unreadable   a whole file cannot be believed: nothing of it counts, whatever was read before
 *   roster_busy      another roster of the connection is being read or applied
 *   run_closed       nobody waits for a decision on this run any more
 *   events_gone      a place in the feed of events from which it cannot be read on any more
 *   feed_failed      what a feed fetches from did not answer, or with something that cannot be believed
 *   target_busy      trying again can help (429, a lock, a read-back that differs); it uses up one attempt
 *   target_pending   the target has taken one person's change and not applied it yet: only that person waits
 *   target_down      the target did not answer or answered 5xx; it uses up no attempt and pauses that target
 *   target_refused   trying again cannot help: a human must act; the message carries the target's own words
 *   server_unreachable   the command line gets no answer from the server; whatever was sent may have arrived or not
 *   account_exists   an invite met an account with the same e-mail: look again before doing anything else
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  /** Seconds the other side asked us to wait (Retry-After); only on target_busy, target_pending and target_down. */
  readonly retryAfter: number | undefined;

  constructor(code: FaultCode, message: string, options?: ErrorOptions & { retryAfter?: number | undefined }) {
    super(message, options);
    this.code = code;
    this.retryAfter = options?.retryAfter;
  }
}

/** True for a Fault with one of the given codes (with any code when none is given). */
export function isFault(error: unknown, ...codes: FaultCode[]): error is Fault {
  return error instanceof Fault && (codes.length === 0 || codes.includes(error.code));
}
