import type { AccountStatus, Attributes, DesiredAccount } from '../model/account.ts';
import type { Link } from '../model/link.ts';
import type { Observed } from './plan.ts';

/** What undoing an action needs to know of the account before it; null where there was none. */
export type Snapshot = { readonly account: (DesiredAccount & { readonly status: AccountStatus }) | null };

/** U+0000 stands for a value that nobody knows, and no database stores it. */
const UNKNOWN = '\u0000';

/**
 * An account as it is before we change it: what the target shows, else what we wrote last. Of its groups only ours,
 * because the others are not ours to give back.
 */
export function snapshotOf({ link, actual }: Observed, names: readonly string[]): Snapshot {
  if (!actual) return { account: null };
  const { email, status, groups } = actual;
  const granted = new Set(link?.granted);
  const attributes = attributesOf(link, actual.attributes, names);
  return { account: { email, status, attributes, groups: groups.filter((group) => granted.has(group)) } };
}

function attributesOf(link: Link | null, shown: Attributes, names: readonly string[]): Attributes {
  const known = { ...link?.applied.attributes, ...shown };
  const kept = names.map((name): [string, string | null | false | undefined] => [name, known[name]]);
  return Object.fromEntries(kept.filter((entry): entry is [string, string | null] => isKnown(entry[1])));
}

function isKnown(value: string | null | false | undefined): boolean {
  return value !== undefined && value !== false && value !== UNKNOWN;
}
