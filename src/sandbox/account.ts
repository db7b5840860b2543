import { randomBytes } from 'node:crypto';

/** What an account may say about its owner, in the sandbox's own spelling. */
export const PROFILE_FIELDS = [
  'first_name',
  'last_name',
  'display_name',
  'title',
  'department',
  'employee_number',
  'manager',
  'phone',
  'locale',
  'external_ref',
] as const;

/** A field that is null in a change is unset; one that is absent stays. */
export type Profile = { readonly [field in (typeof PROFILE_FIELDS)[number]]?: string | null | undefined };

export type Account = {
  readonly id: string;
  readonly email: string;
  readonly status: 'invited' | 'active' | 'suspended';
  readonly profile: Profile;
  readonly groups: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly acceptedAt: Date | null;
  readonly cardsFrozen: boolean;
  /** How many devices are signed in. */
  readonly sessions: number;
};

// without 0, 1, l and o, which are misread; 32 letters, so that five random bits pick one
const BASE32 = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A new id of the sandbox's own making: a target's ids are never ours. */
export function newId(prefix: 'acc' | 'grp' | 'rcv'): string {
  return `${prefix}_${Array.from(randomBytes(16), (byte) => BASE32[byte & 31]).join('')}`;
}

/** The form in which e-mail addresses are compared: letter case does not count. */
export function emailKey(email: string): string {
  return email.toLowerCase();
}

/** The account as the API shows it: every field is there, the unset ones as null. */
export function toUser(account: Account): Record<string, unknown> {
  const profile = PROFILE_FIELDS.map((field) => [field, account.profile[field] ?? null]);
  return {
    id: account.id,
    email: account.email,
    status: account.status,
    ...Object.fromEntries(profile),
    groups: account.groups,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
    accepted_at: account.acceptedAt,
    cards: account.cardsFrozen ? 'frozen' : 'usable',
    sessions: account.sessions,
  };
}
