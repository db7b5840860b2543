import type { Attributes } from './account.ts';
import type { Choice } from './invite.ts';

/**
 * What a target has confirmed. A change takes out what it names before it is sent, so that it is sent again after an
 * answer that got lost: `email` null and an attribute that is false say that nobody knows.
 */
export type Told = {
  readonly email: string | null;
  readonly attributes: Readonly<Record<string, string | null | false>>;
  readonly groups: readonly string[];
};

/**
 * The record "this person's account there is remoteId": proof that it is ours. `inviting` and `suspending` say that the
 * call may have reached the target while its answer did not reach us.
 */
export type Link = {
  readonly remoteId: string | null;
  readonly state: 'inviting' | 'invited' | 'active' | 'suspending' | 'suspended' | 'erased';
  readonly origin: 'invited' | 'adopted';
  /** What updates last wrote there: stands in for attributes that the target does not let us read. */
  readonly applied: {
    readonly attributes?: Told['attributes'];
    /** Attributes that we have given a value: only these may we empty. */
    readonly given?: Readonly<Record<string, boolean>>;
    /** The last invite's action: its idempotency key, under which an app that cannot be read knows the account. */
    readonly invite?: string;
    /** What the target was last told: stands in for the account where the target cannot be read. */
    readonly told?: Told;
    /** What the source said when the account was last settled, of what the policy lets others edit; `email` among it. */
    readonly source?: Attributes;
  };
  /** Names of the groups that we granted; only these may we revoke. */
  readonly granted: readonly string[];
  /** When we suspended the account: its grace runs from here. Null while it is not suspended, or not by us. */
  readonly suspendedAt: Date | null;
  /** Names of the side effects of the last suspension or resumption that the target has not confirmed yet. */
  readonly pendingEffects: readonly string[];
  /** What somebody chose for the account when they invited by hand. */
  readonly choice?: Choice;
};
