import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type JWTPayload, jwtVerify } from 'jose';
import { type FileServer, startFileServer } from './file-server.ts';

export type GoogleDouble = {
  readonly server: FileServer;
  /** The JSON key of the service account. */
  readonly serviceAccount: string;
  /** What was signed in with so far. */
  readonly assertions: JWTPayload[];
  /** How people are listed: all, or whatever a test makes of a page. */
  page: (page: { users?: unknown[]; nextPageToken?: string }) => object;
  /** No token that was given is good any more. */
  withdraw(): void;
};

const SCOPE = 'https://www.googleapis.com/auth/admin.directory.user.readonly';
const ADMIN = 'admin@acme.example';
const PAGE = 2;

/**
 * What the Directory API documents of users.list and of signing in with a service account: the signature, issuer, audience,
 * scope, subject and life of each assertion are checked for real.
 */
export async function startGoogle(): Promise<GoogleDouble> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const users = JSON.parse(
    readFileSync(join(import.meta.dirname, '../fixtures/google/users.json'), 'utf8'),
  ) as unknown[];
  const tokens = new Set<string>();
  const server = await startFileServer();
  const email = 'reader@acme-hr.iam.gserviceaccount.com';
  const google: GoogleDouble = {
    server,
    assertions: [],
    page: (page) => page,
    withdraw: () => tokens.clear(),
    serviceAccount: JSON.stringify({
      type: 'service_account',
      private_key_id: 'k1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: email,
      token_uri: `${server.origin}/token`,
    }),
  };
  server.answer = async (req, res) => {
    const url = new URL(req.url ?? '', server.origin);
    if (url.pathname === '/token') return grant(req, res, { google, publicKey, email, tokens });
    if (url.pathname !== '/admin/directory/v1/users') return answer(res, 404, {});
    if (!tokens.has(String(req.headers.authorization).slice(7))) return answer(res, 401, said('Invalid Credentials'));
    const { customer, maxResults, projection, pageToken = '0' } = Object.fromEntries(url.searchParams);
    if (customer !== 'my_customer') return answer(res, 404, said('Domain not found.'));
    if (maxResults !== '500' || projection !== 'full') return answer(res, 400, said('Bad Request'));
    const from = Number(pageToken);
    const more = from + PAGE < users.length ? { nextPageToken: String(from + PAGE) } : {};
    answer(res, 200, {
      kind: 'admin#directory#users',
      ...google.page({ users: users.slice(from, from + PAGE), ...more }),
    });
  };
  return google;
}

type Grants = { google: GoogleDouble; publicKey: KeyObject; email: string; tokens: Set<string> };

async function grant(req: IncomingMessage, res: ServerResponse, { google, publicKey, email, tokens }: Grants) {
  let body = '';
  for await (const chunk of req) body += chunk;
  const form = new URLSearchParams(body);
  try {
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') throw new Error('another grant');
    const audience = `${google.server.origin}/token`;
    const checks = { algorithms: ['RS256'], issuer: email, audience, subject: ADMIN, requiredClaims: ['exp', 'iat'] };
    const { payload } = await jwtVerify(form.get('assertion') ?? '', publicKey, checks);
    if (payload['scope'] !== SCOPE || (payload.exp ?? 0) - (payload.iat ?? 0) > 3600) throw new Error('scope or life');
    google.assertions.push(payload);
  } catch (error) {
    return answer(res, 400, { error: 'invalid_grant', error_description: String(error) });
  }
  const token = `ya29.${randomUUID()}`;
  tokens.add(token);
  answer(res, 200, { access_token: token, expires_in: 3599, token_type: 'Bearer' });
}

function said(message: string) {
  return { error: { code: 400, message, errors: [{ message, domain: 'global', reason: 'invalid' }] } };
}

function answer(res: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}
