import type { Attributes } from './account.ts';

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
    readonly attributes?: Attributes;
    /** Attributes that we have given a value: only these may we empty. */
    readonly given?: Readonly<Record<string, boolean>>;
  };
  /** Names of the groups that we granted; only these may we revoke. */
  readonly granted: readonly string[];
};
