import type { Attributes } from './account.ts';

/**
 * The record "this person's account there is remoteId": proof that it is ours. `inviting` and `suspending` say that the
 * call may have reached the target while its answer did not reach us.
 */
export type Link = {
  readonly remoteId: string | null;
  readonly state: 'inviting' | 'invited' | 'active' | 'suspending' | 'suspended' | 'erased';
  readonly origin: 'invited' | 'adopted';
  /** What we last wrote there: stands in for attributes that the target does not let us read. */
  readonly applied: { readonly attributes?: Attributes };
  /** Names of the groups that we granted; only these may we revoke. */
  readonly granted: readonly string[];
};
