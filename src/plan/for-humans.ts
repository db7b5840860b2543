import type { Waiting } from './plan.ts';

/** Why somebody may wait for a human: the planner's reasons that no time mends, and failures. */
export const FOR_HUMANS = [
  'ask_adopt',
  'ambiguous',
  'account_taken',
  'missing_email',
  'no_first_day',
  'mapping_failed',
  'suspended_by_target',
  'edited_at_target',
  'protected',
  'not_granted',
  'cannot_erase',
  'cannot_anonymise',
  'error',
] as const satisfies readonly (Waiting | 'error')[];
