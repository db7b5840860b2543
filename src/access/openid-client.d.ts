/** What we use of openid-client; its own types do not pass `exactOptionalPropertyTypes`. */
declare module 'openid-client' {
  export type Configuration = {
    serverMetadata(): { end_session_endpoint?: string; userinfo_endpoint?: string };
  };
  export type ClientAuth = { readonly brand: 'client-auth' };
  export type IDToken = { iss: string; sub: string } & Record<string, unknown>;
  export type UserInfoResponse = Record<string, unknown>;
  export type Tokens = { id_token?: string; access_token: string; claims(): IDToken | undefined };

  export function None(): ClientAuth;
  export function ClientSecretPost(secret: string): ClientAuth;
  export function allowInsecureRequests(config: Configuration): void;
  export function discovery(
    server: URL,
    clientId: string,
    metadata: object,
    proof: ClientAuth,
    options: { execute: ((config: Configuration) => void)[]; timeout: number },
  ): Promise<Configuration>;
  export function randomPKCECodeVerifier(): string;
  export function calculatePKCECodeChallenge(verifier: string): Promise<string>;
  export function randomState(): string;
  export function randomNonce(): string;
  export function buildAuthorizationUrl(config: Configuration, parameters: Record<string, string>): URL;
  export function authorizationCodeGrant(
    config: Configuration,
    currentUrl: URL,
    checks: {
      expectedState: string;
      expectedNonce: string;
      pkceCodeVerifier: string;
      idTokenExpected: boolean;
      maxAge?: number;
    },
  ): Promise<Tokens>;
  export function fetchUserInfo(config: Configuration, accessToken: string, subject: string): Promise<UserInfoResponse>;
  export function buildEndSessionUrl(config: Configuration, parameters: Record<string, string>): URL;
}
