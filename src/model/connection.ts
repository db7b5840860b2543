import type { Policy } from './policy.ts';

/** draft and connected store what comes in; only enabled lets anything leave for a target. */
export type ConnectionState = 'draft' | 'connected' | 'enabled' | 'paused' | 'disconnected';

/** Whose habits the SCIM endpoint allows for. */
export type Profile = 'rfc' | 'okta' | 'entra' | 'generic';

export type Connection = {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly profile: Profile;
  readonly state: ConnectionState;
  readonly policy: Policy;
  /** Another one with each change of the mapping; null while everything is as built in. */
  readonly mappingId: string | null;
};
