import type { RosterProfileInput } from '../roster/profile.ts';

/** How rows are read that we make of resources: by their own key, and with names of groups that may hold any character. */
export const LISTED_PROFILE: RosterProfileInput = {
  key: { column: 'key' },
  userName: 'userName',
  separator: '\u001f',
};
