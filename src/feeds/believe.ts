import { isDeepStrictEqual } from 'node:util';
import type { RosterProfile } from '../roster/profile.ts';
import type { LastRoster } from '../roster/runs.ts';
import { feedFailed } from './failed.ts';
import type { Expectations } from './feed.ts';
import type { Feed } from './feeds.ts';

const HOUR_MS = 3_600_000;

/**
 * What the source may be asked to compare with; null: it is to send everything.
 *
 *   somebody asked   the last roster that was applied   read by        compare with
 *   yes              any                                any            nothing
 *   no               is not what the feed saw last      any            nothing
 *   no               is what the feed saw last          another way    nothing
 *   no               is what the feed saw last          the same way   what was seen
 */
export function knownState(
  { askedAt, seen, lastRunId }: Pick<Feed, 'askedAt' | 'seen' | 'lastRunId'>,
  last: Pick<LastRoster, 'runId' | 'profile'> | null,
  profile: RosterProfile,
): Feed['seen'] {
  if (askedAt !== null || last === null || last.runId !== lastRunId) return null;
  return isDeepStrictEqual(last.profile, profile) ? seen : null;
}

/** Throws when the file is older than it may be: the export has stopped, and says nothing of today. */
export function expectedAge({ maxAgeHours }: Expectations, modifiedAt: Date | null, now = Date.now()): void {
  if (maxAgeHours === null) return;
  if (modifiedAt === null) {
    throw feedFailed('the source does not say when the file was made: take maxAgeHours out of the expectations');
  }
  const hours = (now - modifiedAt.getTime()) / HOUR_MS;
  if (hours <= maxAgeHours) return;
  const age = hours < 48 ? `${Math.floor(hours)} hours` : `${Math.floor(hours / 24)} days`;
  throw feedFailed(`the file is ${age} old, and at most ${maxAgeHours} hours are expected: has the export stopped?`);
}

/** Why a roster has too few rows to be looked into, or null. */
export function expectedRows({ minRows }: Expectations, rows: number): string | null {
  if (minRows === null || rows >= minRows) return null;
  return `it has ${rows} rows, and at least ${minRows} are expected: look at the source, or change the expectations`;
}
