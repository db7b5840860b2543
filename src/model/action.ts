import type { Attributes, DesiredAccount } from './account.ts';

/** One step of a plan. Each is safe to deliver twice. */
export type Action =
  | { kind: 'invite'; account: DesiredAccount }
  | { kind: 'adopt'; remoteId: string }
  | { kind: 'update'; remoteId: string; email: string; attributes: Attributes }
  | { kind: 'grant' | 'revoke'; remoteId: string; group: string }
  | { kind: 'suspend' | 'resume' | 'erase' | 'anonymise'; remoteId: string }
  /** A side effect that the target declares: ending sessions, freezing cards. */
  | { kind: 'effect'; remoteId: string; after: 'suspend' | 'resume'; name: string };

export type ActionKind = Action['kind'];

/**
 * One recorded delivery of an action: `started` before the target is called, then `done`, `failed` (will be tried again
 * under the same id), `refused` (waits for a human) or `superseded` (a newer plan no longer wants it).
 */
export type ActionState = 'started' | 'done' | 'failed' | 'refused' | 'superseded';
