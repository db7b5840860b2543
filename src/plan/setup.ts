import { SETUP_STEPS, type SetupFacts, type SetupStep } from '../model/setup.ts';

/**
 * Which steps of the set-up are done, and the first that is not (S13).
 *
 *   state           target   source   people   open step
 *   enabled         any      any      any      none
 *   disconnected    any      any      any      none: nobody wants it any more
 *   otherwise       no       any      any      target
 *   otherwise       yes      no       no       source
 *   otherwise       yes      yes      no       people
 *   otherwise       yes      any      yes      enable
 *
 * Whoever has people has a source, though its last token may have ended.
 */
export function setupOf(facts: SetupFacts): { done: SetupStep[]; open: SetupStep | null } {
  if (facts.state === 'disconnected') return { done: [], open: null };
  if (facts.state === 'enabled') return { done: [...SETUP_STEPS], open: null };
  const { target, people } = facts;
  const known: Record<SetupStep, boolean> = { target, source: facts.source || people, people, enable: false };
  const done = SETUP_STEPS.filter((step) => known[step]);
  return { done, open: SETUP_STEPS.find((step) => !known[step]) ?? null };
}
