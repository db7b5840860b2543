import type { ActualAccount, Attributes, DesiredAccount } from '../model/account.ts';
import type { SideEffects } from '../model/side-effect.ts';

/** What every write carries: the action's id, so that a target can recognise a repeat, and the time limit. */
export type Call = { readonly idempotencyKey: string; readonly signal: AbortSignal };

export type Capabilities = {
  /** Names of the attributes that this target can store; the planner drops the others. */
  readonly attributes: readonly string[];
  /** Which optional methods do something. `suspend` false means a leaver can only be erased. */
  readonly groups: boolean;
  readonly suspend: boolean;
  readonly erase: boolean;
  readonly list: boolean;
  readonly anonymise: boolean;
  /** False for an app that only takes messages: find, search and list are refused, and the link stands in for them. */
  readonly read: boolean;
  /** What is delivered after each suspension and resumption, by name. */
  readonly effects: SideEffects;
};

export type AccountPage = { readonly accounts: ActualAccount[]; readonly next: string | null };

/**
 * The code that speaks to one kind of target. Every method may run twice; the second run changes nothing.
 *
 * Throws Fault `target_busy` where trying again can help, `target_pending` where this account alone has to wait for
 * it, `target_down` where the target does not answer,
 * `target_refused` where only a human can help, and `account_exists` from `invite` alone.
 */
export interface Connector {
  readonly capabilities: Capabilities;
  /** One cheap authenticated read; resolves when the target answers and accepts our secret. */
  check(signal: AbortSignal): Promise<void>;
  /** The account behind a link; null only when the target says it is gone, never when it did not answer. */
  find(remoteId: string, signal: AbortSignal): Promise<ActualAccount | null>;
  /** All accounts with this e-mail, compared without letter case; [] only when the target says there is none. */
  search(email: string, signal: AbortSignal): Promise<ActualAccount[]>;
  /** One page of all accounts, for drift scans; start with null. */
  list(cursor: string | null, signal: AbortSignal): Promise<AccountPage>;
  invite(account: DesiredAccount, call: Call): Promise<{ remoteId: string }>;
  update(remoteId: string, change: { email: string; attributes: Attributes }, call: Call): Promise<void>;
  suspend(remoteId: string, call: Call): Promise<void>;
  resume(remoteId: string, call: Call): Promise<void>;
  /** Removes the account for good; an account that is already gone is a success. */
  erase(remoteId: string, call: Call): Promise<void>;
  /** Takes from the account all that tells whose it was, and leaves what it made. The account has been suspended before. */
  anonymise(remoteId: string, call: Call): Promise<void>;
  /** Adds the account to the group of this name, making the group where the target allows it. */
  grant(remoteId: string, group: string, call: Call): Promise<void>;
  revoke(remoteId: string, group: string, call: Call): Promise<void>;
  /** One of the side effects in the capabilities; for an account that is gone there is nothing left to do. */
  effect(remoteId: string, effect: { after: 'suspend' | 'resume'; name: string }, call: Call): Promise<void>;
}

/** A target as a connector needs it: settings are public, secrets are decrypted only here. */
export type TargetSettings = {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
};
