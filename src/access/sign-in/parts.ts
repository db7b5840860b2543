import type { Attempts } from '../attempts.ts';
import type { Openid } from '../openid.ts';
import type { GroupRole } from '../roles-of-groups.ts';
import type { SignInOptions } from './router.ts';

/** What the routes of the console work with; `issuer` is null where nobody signs in by OpenID Connect. */
export type Parts = SignInOptions & {
  attempts: Attempts;
  issuer: (Openid & { roles: readonly GroupRole[] }) | null;
};
