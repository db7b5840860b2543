import { importPKCS8, SignJWT } from 'jose';
import { Fault } from '../../errors.ts';
import { postForToken } from '../https/token.ts';
import type { GoogleSettings } from './settings.ts';

export const SCOPE = 'https://www.googleapis.com/auth/admin.directory.user.readonly';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIFE_SECONDS = 3_600;

/** Gets a token for the service account in the name of an administrator (RFC 7523, signed with RS256). */
export async function serviceToken(
  { account, admin, timeoutSeconds }: GoogleSettings,
  signal: AbortSignal,
): Promise<{ token: string; seconds: number }> {
  const { email, keyId, privateKey, tokenUrl } = account;
  const key = await importPKCS8(privateKey, 'RS256').catch((cause) => {
    throw new Fault('config_invalid', 'private_key of the service account cannot be read: give the JSON key as it is', {
      cause,
    });
  });
  const now = Math.floor(Date.now() / 1000);
  const assertion = await new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId && { kid: keyId }) })
    .setIssuer(email)
    .setSubject(admin)
    .setAudience(tokenUrl.href)
    .setIssuedAt(now)
    .setExpirationTime(now + LIFE_SECONDS)
    .sign(key);
  return postForToken(tokenUrl, new URLSearchParams({ grant_type: GRANT, assertion }), {}, signal, timeoutSeconds);
}
