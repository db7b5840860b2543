import { lengthened, newSecret, shortened } from '../directory/token-text.ts';

const SHOWN_CHARACTERS = 8;

/** A new API key, gk_<22 characters of tenant>_<43 characters of secret>, and how its secret begins. */
export function newKey(tenantId: string): { key: string; prefix: string } {
  const secret = newSecret();
  return { key: `gk_${shortened(tenantId)}_${secret}`, prefix: secret.slice(0, SHOWN_CHARACTERS) };
}

/** The tenant that an API key names; null when it is none of ours. */
export function tenantOfKey(key: string): string | null {
  const tenant = /^gk_([\w-]{22})_[\w-]{43}$/.exec(key)?.[1];
  return tenant ? lengthened(tenant) : null;
}
