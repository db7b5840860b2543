/** The attribute names of the mapping; a target may store no others. */
export const ATTRIBUTES = [
  'userName',
  'givenName',
  'familyName',
  'displayName',
  'title',
  'department',
  'employeeNumber',
  'manager',
  'phone',
  'language',
  'externalId',
] as const;

export type AttributeName = (typeof ATTRIBUTES)[number];
