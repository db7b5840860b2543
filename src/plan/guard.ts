import type { ActualAccount } from '../model/account.ts';
import type { Action } from '../model/action.ts';
import type { Guard, Policy } from '../model/policy.ts';
import type { SideEffects } from '../model/side-effect.ts';

/** What is counted for itself: people who lose access, and people whose account changes its e-mail address. */
export type Counter = 'access' | 'email';
export type Loss = { readonly counter: Counter; readonly name: string };

/** People counted before this one, and the accounts there were, the lost ones of the last day included. */
export type Counted = { readonly hour: number; readonly day: number; readonly active: number };

export type Reason = {
  readonly counter: Counter;
  readonly window: 'hour' | 'day';
  /** People who would have lost something within the window. */
  readonly people: number;
  readonly active: number;
  readonly limit: number;
};
export type Judgement = { kind: 'pass' } | ({ kind: 'hold' } & Reason);

/** So many people need two to release them, whatever share of the accounts they are. */
export const MANY_PEOPLE = 500;

/**
 * Whether one more person may lose something, with the people already counted, done or under way.
 *
 *   within an hour                       within a day                        judgement
 *   up to the floor or perHourPercent    up to the floor or perDayPercent    pass
 *   more                                 any                                 hold: hour
 *   up to the floor or perHourPercent    more                                hold: day
 *
 * The limit of a window is the larger of the floor and the percentage of the active accounts, rounded down: of 40
 * accounts 5 pass in an hour (10 % would be 4) and 8 in a day (20 %).
 */
export function judge(counter: Counter, counted: Counted, guard: Guard): Judgement {
  const { active } = counted;
  for (const window of ['hour', 'day'] as const) {
    const limit = limitOf(guard, window, active);
    const people = counted[window] + 1;
    if (people > limit) return { kind: 'hold', counter, window, people, active, limit };
  }
  return { kind: 'pass' };
}

/** How many people may lose something within a window. */
export function limitOf(guard: Guard, window: 'hour' | 'day', active: number): number {
  const percent = window === 'hour' ? guard.perHourPercent : guard.perDayPercent;
  return Math.max(guard.floor, Math.floor((active * percent) / 100));
}

/** Whether two different people must release a hold after which so many would have lost something. */
export function needsTwoPeople(people: number, active: number, guard: Guard): boolean {
  return people >= MANY_PEOPLE || people * 100 >= active * guard.twoPeoplePercent;
}

/** The limits of a connection, or null where it wants none. */
export function guardOf({ guard }: Policy): Guard | null {
  return guard === 'off' ? null : guard;
}

/**
 * What a plan takes away. Inviting, adopting, granting, resuming and other attributes take nothing, and neither does
 * suspending once more what is suspended already: it only completes an interrupted suspension.
 */
export function lossesOf(actions: readonly Action[], actual: ActualAccount | null): Loss[] {
  return actions.flatMap((action) => lossOf(action, actual) ?? []);
}

function lossOf(action: Action, actual: ActualAccount | null): Loss | null {
  switch (action.kind) {
    case 'suspend':
      return actual?.status === 'suspended' ? null : { counter: 'access', name: 'suspend' };
    case 'erase':
    case 'anonymise':
      return { counter: 'access', name: action.kind };
    case 'revoke':
      return { counter: 'access', name: `revoke ${action.group}` };
    case 'update':
      return movesTo(action.email, actual) ? { counter: 'email', name: `e-mail ${action.email}` } : null;
    case 'invite':
    case 'adopt':
    case 'grant':
    case 'resume':
    case 'effect':
      return null;
    default:
      return action satisfies never;
  }
}

/** The part of a plan that takes nothing away: it never waits. The side effects of what waits do. */
export function withoutLosses(actions: readonly Action[], actual: ActualAccount | null): Action[] {
  const staysActive = actions.some((action) => action.kind === 'suspend' && lossOf(action, actual) !== null);
  return actions.flatMap((action) => {
    if (action.kind === 'effect' && staysActive) return [];
    if (lossOf(action, actual) === null) return [action];
    if (action.kind !== 'update' || !actual || Object.keys(action.attributes).length === 0) return [];
    return [{ ...action, email: actual.email }];
  });
}

function movesTo(email: string, actual: ActualAccount | null): boolean {
  // an account whose address nobody knows is told it again; that is no change of address
  return Boolean(actual?.email) && email.toLowerCase() !== actual?.email.toLowerCase();
}

/** Side effects of a suspension that the policy lets pass while the suspension itself is held. */
export function effectsWhileHeld(actions: readonly Action[], policy: Policy, { suspend }: SideEffects): Action[] {
  if (guardOf(policy)?.whileHeld !== 'effects') return [];
  const passing = suspend.filter(({ whileHeld }) => whileHeld).map(({ name }) => name);
  return actions.filter((action) => action.kind === 'effect' && passing.includes(action.name));
}

/** A hold's numbers as one sentence. */
export function describeHold({ counter, window, people, active, limit }: Reason): string {
  const loss = counter === 'access' ? 'lose access' : 'change their e-mail address';
  return `${people} of ${active} accounts would ${loss} within one ${window} (limit ${limit})`;
}
