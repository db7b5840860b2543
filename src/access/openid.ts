import type { Configuration, UserInfoResponse } from 'openid-client';
import { type GroupRole, groupsIn } from './roles-of-groups.ts';
import type { Kept } from './sessions.ts';

export type OpenidSettings = {
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client, which PKCE alone protects. */
  readonly clientSecret: string | null;
  readonly scopes: string;
  readonly groupsClaim: string;
  readonly roles: readonly GroupRole[];
};

type Asked = NonNullable<Kept['openid']>;
export type OpenidPerson = {
  issuer: string;
  subject: string;
  name: string;
  email: string | null;
  groups: string[];
  idToken: string;
};
/** An OpenID Connect issuer as a way to sign in. */
export type Openid = {
  /** Where the browser goes; `asked` is kept in the session until it comes back. `again`: who is signed in there proves it anew. */
  begin(again: boolean): Promise<{ url: string; asked: Asked }>;
  /** Who it is, by the address that the browser came back to. Throws when anything does not fit what was asked. */
  finish(query: string, asked: Asked): Promise<OpenidPerson>;
  /** Where the browser ends its session at the issuer; null when there is no such place. */
  signOutUrl(idToken: string): Promise<string | null>;
};

const TIMEOUT_SECONDS = 10;

/** Code flow with PKCE, state and nonce; what the issuer says about itself is asked for when it is needed first. */
export function createOpenid(settings: OpenidSettings, publicUrl: () => string): Openid {
  const known = discovered(settings);
  const redirect = () => `${publicUrl()}/console/sign-in/openid/callback`;
  return {
    begin: async (again) => {
      const client = await import('openid-client');
      const verifier = client.randomPKCECodeVerifier();
      const asked = { state: client.randomState(), nonce: client.randomNonce(), verifier, again };
      const url = client.buildAuthorizationUrl(await known(), {
        redirect_uri: redirect(),
        scope: settings.scopes,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: asked.state,
        nonce: asked.nonce,
        ...(again ? { prompt: 'login', max_age: '0' } : {}),
      });
      return { url: url.href, asked };
    },
    finish: async (query, { state, nonce, verifier, again }) => {
      const client = await import('openid-client');
      const config = await known();
      const tokens = await client.authorizationCodeGrant(config, new URL(`${redirect()}${query}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
        ...(again ? { maxAge: 0 } : {}),
      });
      const told = tokens.claims();
      if (!told || !tokens.id_token) throw new Error('the issuer sent no ID token');
      const more = await userInfo(config, settings.groupsClaim in told ? null : tokens.access_token, told.sub);
      const claims: Record<string, unknown> = { ...more, ...told };
      return { ...personOf(claims, settings), issuer: told.iss, subject: told.sub, idToken: tokens.id_token };
    },
    signOutUrl: async (idToken) => {
      const client = await import('openid-client');
      const config = await known();
      if (!config.serverMetadata().end_session_endpoint) return null;
      const after = { post_logout_redirect_uri: `${publicUrl()}/console/signed-out`, id_token_hint: idToken };
      return client.buildEndSessionUrl(config, after).href;
    },
  };
}

/** An issuer that did not answer is asked again the next time. */
function discovered({ issuer, clientId, clientSecret }: OpenidSettings): () => Promise<Configuration> {
  let found: Promise<Configuration> | undefined;
  const discover = async () => {
    const client = await import('openid-client');
    const proof = clientSecret === null ? client.None() : client.ClientSecretPost(clientSecret);
    // config.ts lets plain HTTP through for this machine alone
    const execute = issuer.startsWith('http:') ? [client.allowInsecureRequests] : [];
    return client.discovery(new URL(issuer), clientId, {}, proof, { execute, timeout: TIMEOUT_SECONDS });
  };
  return () => {
    found ??= discover().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

/** Some issuers tell groups in the ID token, some only here. */
async function userInfo(
  config: Configuration,
  accessToken: string | null,
  subject: string,
): Promise<UserInfoResponse | null> {
  if (accessToken === null || !config.serverMetadata().userinfo_endpoint) return null;
  const client = await import('openid-client');
  return client.fetchUserInfo(config, accessToken, subject);
}

function personOf(claims: Record<string, unknown>, { groupsClaim }: OpenidSettings) {
  const text = (claim: string) => {
    const value = claims[claim];
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : null;
  };
  const email = text('email');
  const name = text('preferred_username') ?? email ?? text('sub') ?? '';
  return { name, email, groups: groupsIn(claims[groupsClaim]) };
}
