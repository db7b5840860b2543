/** What an operator may do in one tenant; a role is a set of them. */
export const RIGHTS = ['people', 'integrations', 'audit', 'owner'] as const;
/**
 * What a technical user may do; `rosters` is for one connection, and for nothing but its rosters, `badges` for one target,
 * and for nothing but what its app may show of its accounts.
 */
export const TECHNICAL_RIGHTS = ['people', 'integrations', 'audit', 'rosters', 'badges'] as const;
export type Right = (typeof RIGHTS)[number] | (typeof TECHNICAL_RIGHTS)[number];

/** Rights by tenant; who is not in it has no business there. */
export type Roles = ReadonlyMap<string, readonly Right[]>;

/** Who asks: with the key of the installation, as somebody who signed in, or with an API key. */
export type Principal =
  | { kind: 'installation' }
  | { kind: 'operator'; id: string; name: string; roles: Roles; signedInAt: number }
  | { kind: 'technical'; id: string; name: string; roles: Roles; connectionId: string | null; targetId: string | null };

/** What a route needs: of each list, one right. */
export type Need = readonly (readonly Right[])[];

export type Operator = {
  id: string;
  name: string;
  email: string | null;
  language: 'en' | 'de';
  /** How they prove who they are; `link`: not at all yet. */
  signIn: 'password' | 'openid' | 'link';
};

export type TechnicalUser = {
  id: string;
  name: string;
  email: string | null;
  rights: Right[];
  connectionId: string | null;
  targetId: string | null;
};

export type ApiKey = {
  id: string;
  prefix: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
};
