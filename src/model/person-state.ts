/** How somebody stands, by the source (the first four) or at a target; what lists of people can be narrowed to. */
export const PERSON_STATES = [
  'active',
  'inactive',
  'absent',
  'deleted',
  'invited',
  'suspended',
  'held',
  'failed',
] as const;
export type PersonState = (typeof PERSON_STATES)[number];
