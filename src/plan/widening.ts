import type { OnLeave, Policy } from '../model/policy.ts';

const LEAVE: Readonly<Record<OnLeave, number>> = { ignore: 0, suspend: 1, 'suspend-then-erase': 2, erase: 3 };
const ENDING: Readonly<Record<Policy['erasureMode'], number>> = { keep: 0, anonymise: 1, erase: 2 };
const ENDS = LEAVE['suspend-then-erase'];

/**
 * In which ways a new policy ends more accounts for good, or lets more access be lost without a human; [] when in none.
 * One person alone may not decide that.
 *
 *   onDeactivate, onDelete, onAbsence   further towards erase, from suspend-then-erase on
 *   erasureMode                         further towards erase
 *   graceDays                           fewer, where an account ends after its grace
 *   guard                               off, or a higher limit
 *   protected                           somebody less
 */
export function widening(before: Policy, after: Policy): string[] {
  const reasons: string[] = [];
  for (const field of ['onDeactivate', 'onDelete', 'onAbsence'] as const) {
    const wider = LEAVE[after[field]] > LEAVE[before[field]] && LEAVE[after[field]] >= ENDS;
    if (wider) reasons.push(`${field} ${after[field]} ends accounts for good`);
  }
  if (ENDING[after.erasureMode] > ENDING[before.erasureMode]) reasons.push(`erasureMode ${after.erasureMode}`);
  if (after.graceDays < before.graceDays && endsAfterGrace(after)) reasons.push(`graceDays ${after.graceDays}`);
  return [...reasons, ...guardReasons(before, after), ...protectedReasons(before, after)];
}

function endsAfterGrace({ onDeactivate, onDelete, onAbsence, erasureMode }: Policy): boolean {
  return erasureMode !== 'keep' && [onDeactivate, onDelete, onAbsence].includes('suspend-then-erase');
}

function guardReasons({ guard: before }: Policy, { guard: after }: Policy): string[] {
  if (before === 'off') return [];
  if (after === 'off') return ['the guard is switched off'];
  const limits = ['floor', 'perHourPercent', 'perDayPercent', 'twoPeoplePercent'] as const;
  return limits.filter((limit) => after[limit] > before[limit]).map((limit) => `guard.${limit} ${after[limit]}`);
}

function protectedReasons({ protected: before }: Policy, { protected: after }: Policy): string[] {
  const stay = new Set(after.map((name) => name.trim().toLowerCase()));
  const gone = before.filter((name) => !stay.has(name.trim().toLowerCase()));
  return gone.length > 0 ? [`${gone.join(', ')} would not be protected any more`] : [];
}
