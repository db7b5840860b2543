import type { Policy } from '../model/policy.ts';

/** What a run has found, each account in one class. */
export type Drift = {
  /** Accounts that the target listed, and links that name one. */
  readonly accounts: number;
  readonly links: number;
  /** Linked, and not in the list. */
  readonly missing: number;
  /** In the list, and linked to nobody: counted, never touched. */
  readonly extra: number;
  /** Not as it was when it was settled. */
  readonly differs: number;
  /** Invited by us, in use since: no drift, but the link does not say so yet. */
  readonly accepted: number;
  /** Suspended by us, and no longer suspended there: an alarm. */
  readonly resurrected: number;
};

const FLOOR = 5;
const PERCENT = 20;

/**
 * Whether a list can be believed. One that has shrunk is more likely a mistake at the target, or another target under the
 * same address, than so many people who lost their accounts.
 *
 *   missing                            forced   believed
 *   up to 5, or up to 20 % of links    any      yes
 *   more                               no       no: held
 *   more                               yes      yes
 */
export function isBelieved({ links, missing }: Drift, forced: boolean): boolean {
  return forced || missing <= mostMissing(links);
}

/** So many accounts may be missing without a human. */
export function mostMissing(links: number): number {
  return Math.max(FLOOR, Math.floor((links * PERCENT) / 100));
}

const HOUR_MS = 3_600_000;

/**
 * When the next run is due; null where the policy wants none. Runs that were asked for are not waited for.
 *
 *   reconcile      the last run     next
 *   off            any              never
 *   every n hours  none             at once
 *   every n hours  failed           an hour after its start, or n where that is less
 *   every n hours  otherwise        n hours after its start
 */
export function nextRunAt(
  { reconcile }: Policy,
  last: { readonly state: string; readonly startedAt: Date } | null,
): Date | null {
  if (reconcile === 'off') return null;
  if (!last) return new Date(0);
  const hours = last.state === 'failed' ? Math.min(1, reconcile.everyHours) : reconcile.everyHours;
  return new Date(last.startedAt.getTime() + hours * HOUR_MS);
}

/** A run that was not believed, in words. */
export function describeHeldRun({ links, missing }: Drift): string {
  const limit = mostMissing(links);
  return `${missing} of ${links} linked accounts are missing from the list (limit ${limit}): nothing was done`;
}
