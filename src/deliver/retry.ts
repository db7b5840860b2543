import { isFault } from '../errors.ts';
import type { Failure } from '../work/finish.ts';

/** Tries that a person's own failures may use up before a human must look; about an hour and a half in all. */
const MAX_ATTEMPTS = 12;
const FIRST_DELAY_SECONDS = 1;
const LONGEST_DELAY_SECONDS = 900;

/** What to do with work that failed, and how long to leave the whole target alone (0: not at all). */
export type Verdict = Failure & { pauseTargetSeconds: number };

/**
 *   fault                         attempt counts   then
 *   target_down                   no               pause the target, longer each time
 *   target_busy with Retry-After  no               pause the target as long as it asked
 *   target_pending                no               this person again, as late as it asked; nobody else waits
 *   target_busy                   yes              this person again, later each time
 *   account_exists                yes              this person again, the first time at once: the next look finds it
 *   target_refused                yes              dead: a human must act
 *   anything else (a bug)         yes              this person again, later each time
 *
 * `random` is a number in [0, 1): jitter, so that a thousand failures do not come back together.
 */
export function verdict(error: unknown, attempts: number, outages: number, random: number): Verdict {
  const words = (error instanceof Error ? error.message : String(error)).slice(0, 2000);
  const counted = { error: words, countAttempt: true, giveUp: attempts >= MAX_ATTEMPTS, pauseTargetSeconds: 0 };
  if (isFault(error, 'target_refused')) return { ...counted, giveUp: true, delaySeconds: 0 };
  if (isFault(error, 'account_exists') && attempts <= 1) return { ...counted, delaySeconds: 0 };
  if (isFault(error, 'target_down') || (isFault(error, 'target_busy') && error.retryAfter !== undefined)) {
    const pauseTargetSeconds = error.retryAfter ?? backoffSeconds(outages + 1, random, 60);
    return { error: words, countAttempt: false, giveUp: false, delaySeconds: 0, pauseTargetSeconds };
  }
  if (isFault(error, 'target_pending')) {
    const delaySeconds = error.retryAfter ?? backoffSeconds(attempts, random, LONGEST_DELAY_SECONDS);
    return { ...counted, countAttempt: false, giveUp: false, delaySeconds };
  }
  return { ...counted, delaySeconds: backoffSeconds(attempts, random, LONGEST_DELAY_SECONDS) };
}

/** Doubles from one second to the longest, with half of it random. */
export function backoffSeconds(attempt: number, random: number, longest: number): number {
  const full = Math.min(longest, FIRST_DELAY_SECONDS * 2 ** Math.max(0, attempt - 1));
  return full / 2 + (full / 2) * random;
}
