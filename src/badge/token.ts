import { createHmac, timingSafeEqual } from 'node:crypto';
import { lengthened, shortened } from '../directory/token-text.ts';

type Derive = (purpose: string) => string;
type BadgeKey = { tenantId: string; targetId: string; edition: number };
export type ReadToken = {
  readonly tenantId: string;
  readonly targetId: string;
  readonly account: string;
  /** True for the key that it was signed with. */
  isSignedWith(key: string): boolean;
};

const TOKEN = /^(([\w-]{22})\.([\w-]{22})\.([\w-]{1,3000}))\.([\w-]{43})$/;

/** The key that the badges of a target are signed with, of this edition. */
export function badgeKey(derive: Derive, { tenantId, targetId, edition }: BadgeKey): string {
  return derive(`badge ${tenantId} ${targetId} ${edition}`);
}

/** What each token of a target begins with: the tenant's and the target's id, in 22 letters each. */
export function badgePrefix(tenantId: string, targetId: string): string {
  return `${shortened(tenantId)}.${shortened(targetId)}`;
}

/** The text that a badge of an account is asked for by: it holds no secret, and nobody else can make it. */
export function badgeToken(key: string, prefix: string, account: string): string {
  const text = `${prefix}.${Buffer.from(account).toString('base64url')}`;
  return `${text}.${signature(key, text)}`;
}

/** What a token says, which counts only when it is signed with the target's key; null for what is none. */
export function readToken(token: string): ReadToken | null {
  const [, text = '', tenant = '', target = '', account = '', signed = ''] = TOKEN.exec(token) ?? [];
  const [tenantId, targetId] = [lengthened(tenant), lengthened(target)];
  const name = Buffer.from(account, 'base64url').toString('utf8');
  if (!tenantId || !targetId || name.includes('\0')) return null; // no database holds a zero byte
  return {
    tenantId,
    targetId,
    account: name,
    isSignedWith: (key) => timingSafeEqual(Buffer.from(signature(key, text)), Buffer.from(signed)),
  };
}

function signature(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
