/** An account's attributes by the target-neutral names of the mapping; null says "unset at the target". */
export type Attributes = Readonly<Record<string, string | null>>;

/** What one person's account at one target should be. `groups` are the names the target knows them by. */
export type DesiredAccount = {
  readonly email: string;
  readonly attributes: Attributes;
  readonly groups: readonly string[];
};

export type AccountStatus = 'invited' | 'active' | 'suspended';

/** What the target says. `attributes` holds only those it lets us read; the others are not in the record. */
export type ActualAccount = DesiredAccount & {
  readonly remoteId: string;
  readonly status: AccountStatus;
};
