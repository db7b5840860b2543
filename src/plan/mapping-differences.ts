import type { Desired } from './desired.ts';

/** What differs between two accounts that one person could have. */
export type Differences = {
  readonly attributes: Readonly<Record<string, { before: string | null; after: string | null }>>;
  readonly granted: readonly string[];
  readonly revoked: readonly string[];
};

const NONE: Differences = { attributes: {}, granted: [], revoked: [] };

/**
 * What would change at the target when one desired state takes the place of another. An attribute that the second does not
 * name stays as it is there, so it is no difference; nor is anything where one of the two is no account.
 */
export function differencesOf(before: Desired, after: Desired): Differences {
  if (before.kind !== 'account' || after.kind !== 'account') return NONE;
  const [one, other] = [before.account, after.account];
  const attributes = Object.entries(other.attributes)
    .map(([name, value]) => [name, { before: one.attributes[name] ?? null, after: value }] as const)
    .filter(([, values]) => (values.before || null) !== (values.after || null));
  return {
    attributes: Object.fromEntries(attributes),
    granted: other.groups.filter((group) => !one.groups.includes(group)),
    revoked: one.groups.filter((group) => !other.groups.includes(group)),
  };
}
