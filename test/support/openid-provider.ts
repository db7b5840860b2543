import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, importJWK, type JWK, SignJWT } from 'jose';

export type Tamper = (claims: Record<string, unknown>) => Record<string, unknown>;
export type OpenidProvider = Awaited<ReturnType<typeof startOpenidProvider>>;

type Context = {
  path: string;
  req: import('node:http').IncomingMessage;
  res: import('node:http').ServerResponse;
  body: unknown;
};
type Provider = {
  use(layer: (ctx: Context, next: () => Promise<void>) => Promise<void>): void;
  callback(): import('node:http').RequestListener;
};

/** A real OpenID Connect issuer on loopback. Whoever signs in there names an account; its groups are set by `people`. */
export async function startOpenidProvider() {
  const { default: Provider } = await load();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  const people = new Map<string, { groups: string[] }>();
  const redirects: string[] = [];
  const state: { tamper: Tamper | null } = { tamper: null };
  let listener: import('node:http').RequestListener | undefined;
  const server = createServer((req, res) => listener?.(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** The issuer must know where browsers come back to, so it is told once Gangway has its port. */
  const register = (origin: string) => {
    redirects.push(`${origin}/console/sign-in/openid/callback`);
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: 'gangway',
          client_secret: 'client-secret',
          token_endpoint_auth_method: 'client_secret_post',
          redirect_uris: redirects,
          post_logout_redirect_uris: [`${origin}/console/signed-out`],
        },
      ],
      jwks: { keys: [jwk] },
      claims: { openid: ['sub', 'groups'], profile: ['preferred_username'], email: ['email'] },
      conformIdTokenClaims: false,
      cookies: { keys: ['cookie-key'] },
      features: { devInteractions: { enabled: true } },
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
      pkce: { required: () => true },
      findAccount: (_ctx: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id, preferred_username: id, email: `${id}@example.com`, ...people.get(id) }),
      }),
    });
    provider.use(async (ctx, next) => {
      await next();
      const body = ctx.body as { id_token?: string } | undefined;
      if (ctx.path === '/token' && state.tamper && body?.id_token)
        body.id_token = await resign(body.id_token, jwk, state.tamper);
    });
    listener = provider.callback();
  };
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { issuer, people, state, register, stop };
}

/** The same ID token with other claims, under the issuer's own key: all but the claims is right. */
async function resign(token: string, jwk: JWK, tamper: Tamper): Promise<string> {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  const key = await importJWK(jwk, 'RS256');
  return new SignJWT(tamper(claims)).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(key);
}

/** It has no types of its own. */
async function load(): Promise<{ default: new (issuer: string, options: object) => Provider }> {
  const name = 'oidc-provider';
  return (await import(name)) as { default: new (issuer: string, options: object) => Provider };
}
