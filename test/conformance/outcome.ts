import { AssertionError } from 'node:assert/strict';
import type { Profile } from '../../src/model/connection.ts';
import type { Probe } from './probe.ts';
import type { Requirement } from './requirement.ts';

/**
 * What became of one requirement under one profile. `differs` is a failed check of a lenient profile where it does
 * otherwise on purpose.
 */
export type Result = 'pass' | 'fail' | 'differs' | 'n/a';
export type Outcome = { readonly profile: Profile; readonly result: Result; readonly why: string | null };

/** Runs one check; what it throws becomes the reason, with the exchange that it stopped at. */
export async function judge(requirement: Requirement, probe: Probe): Promise<Outcome> {
  const { check, lenient, reason } = requirement;
  const { profile } = probe;
  if (!check) return { profile, result: 'n/a', why: reason };
  try {
    await check(probe);
    return { profile, result: 'pass', why: null };
  } catch (error) {
    if (profile !== 'rfc' && lenient) return { profile, result: 'differs', why: lenient };
    return { profile, result: 'fail', why: `${wordsOf(error)}; ${probe.last()}` };
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof AssertionError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (!error.generatedMessage) return error.message;
  return `found ${JSON.stringify(error.actual)} instead of ${JSON.stringify(error.expected)}`;
}

/** A requirement that the rfc profile has to meet. */
export function isBinding({ level }: Requirement): boolean {
  return level === 'MUST' || level === 'MUST NOT';
}
