import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, expect, test } from 'vitest';
import { createClient, issueAccessToken, revokeClient } from '../../src/directory/clients.ts';
import { addToken, listTokens } from '../../src/directory/credentials.ts';
import type { PublicKey } from '../../src/model/client.ts';
import type { Connection } from '../../src/model/connection.ts';
import { type Body, closeServer, requester, serveScim, startScim } from '../support/app.ts';
import { aUser, createUser } from '../support/people.ts';

const scim = await startScim();
const other = await serveScim(scim.db); // a second instance
afterAll(async () => {
  await closeServer(other.server);
  await scim.stop();
});
const origin = new URL(scim.base).origin;
const TOKEN_URL = `${origin}/oauth/token`;
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type Reply = { status: number; headers: Headers; body: Body };
async function ask(form: Record<string, string> | [string, string][], headers = {}, at = origin): Promise<Reply> {
  const body = new URLSearchParams(form);
  const response = await fetch(`${at}/oauth/token`, { method: 'POST', body, headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
const GRANT = { grant_type: 'client_credentials' };
const basic = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` });
const invalidClient = { status: 401, body: { error: 'invalid_client' } };

const made = await createClient(scim.db, scim.connection, null);
const clientId = made.clientId;
const secret = made.clientSecret ?? '';
const posted = { ...GRANT, client_id: clientId, client_secret: secret };

test.for([
  { name: 'client_secret_basic', form: GRANT, headers: basic(clientId, secret) },
  { name: 'client_secret_post', form: posted, headers: {} },
])('a client gets a token by $name, and it serves its connection for an hour', async ({ form, headers }) => {
  const { status, headers: answered, body } = await ask(form, headers);
  expect([status, answered.get('cache-control'), answered.get('pragma')]).toEqual([200, 'no-store', 'no-cache']);
  const token = expect.stringMatching(/^gw_/);
  expect(body).toEqual({ access_token: token, token_type: 'Bearer', expires_in: 3600, scope: 'scim' });
  const client = { request: requester(scim.base, body.access_token) };
  const user = await createUser(client);
  expect((await scim.request('GET', `/Users/${user.id}`)).status).toBe(200);
  const stranger = await scim.stranger();
  expect((await stranger.request('GET', `/Users/${user.id}`)).status).toBe(404);
});

test('the database has neither secret nor token', async () => {
  const { access_token: token } = (await ask(posted)).body;
  const { rows } = await scim.db.raw(
    'select c::text as text from credentials c union select o::text from oauth_clients o',
  );
  const stored = JSON.stringify(rows);
  expect(stored).not.toContain(token);
  expect(stored).not.toContain(secret);
});

test('a token is granted for what was asked', async () => {
  for (const [scope, read, write] of [
    ['read', 200, 403],
    ['write', 403, 201],
    ['read write', 200, 201],
    ['scim', 200, 201],
  ] as const) {
    const { body } = await ask({ ...posted, scope });
    expect(body.scope).toBe(scope);
    const send = requester(scim.base, body.access_token);
    expect([scope, (await send('GET', '/Users')).status]).toEqual([scope, read]);
    expect([scope, (await send('POST', '/Users', aUser())).status]).toEqual([scope, write]);
  }
});

test('a wrong secret, an unknown client and a revoked one answer alike', async () => {
  const gone = await createClient(scim.db, scim.connection, null);
  await revokeClient(scim.db, scim.tenantId, gone.id);
  const keyed = await keyedClient('ES256');
  const attempts = [
    basic(clientId, `${secret.slice(0, -4)}AAAA`),
    basic(`${clientId.slice(0, -8)}AAAAAAAA`, secret),
    basic('nobody', secret),
    basic(gone.clientId, gone.clientSecret ?? ''),
    basic(keyed.clientId, secret),
    { authorization: 'Basic !' },
    { authorization: 'Bearer x' },
    {},
  ];
  const answers = await Promise.all(attempts.map((headers) => ask(GRANT, headers)));
  for (const { status, headers, body } of answers) {
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Gangway OAuth"']);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual(answers[0]?.body);
  }
  expect(answers[0]?.body.error).toBe('invalid_client');
});

test.for([
  { name: 'no grant_type', form: { client_id: 'x' }, error: 'invalid_request' },
  { name: 'another grant_type', form: { ...posted, grant_type: 'password' }, error: 'unsupported_grant_type' },
  { name: 'an unknown scope', form: { ...posted, scope: 'read admin' }, error: 'invalid_scope' },
  { name: 'a scope that every object has', form: { ...posted, scope: 'constructor' }, error: 'invalid_scope' },
  { name: 'two proofs', form: posted, headers: basic(clientId, secret), error: 'invalid_request' },
  { name: 'JSON', form: posted, headers: { 'content-type': 'application/json' }, error: 'invalid_request' },
  {
    name: 'a parameter twice',
    form: [...Object.entries(posted), ['scope', 'read'], ['scope', 'scim']],
    error: 'invalid_request',
  },
  { name: 'an assertion of no type', form: { ...GRANT, client_assertion: 'x' }, error: 'invalid_request' },
] as { name: string; form: Record<string, string>; headers?: Record<string, string>; error: string }[])(
  '$name is 400 $error',
  async ({ form, headers, error }) => {
    expect(await ask(form, headers)).toMatchObject({ status: 400, body: { error } });
  },
);

test('a client of a disconnected connection gets invalid_grant', async () => {
  const { connection } = await scim.stranger();
  const client = await createClient(scim.db, connection, null);
  await scim.db.raw(`update connections set state = 'disconnected' where id = ?`, [connection.id]);
  const answer = await ask(GRANT, basic(client.clientId, client.clientSecret ?? ''));
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('metadata says where and how (RFC 8414)', async () => {
  const answer = await fetch(`${origin}/.well-known/oauth-authorization-server`);
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({
      issuer: origin,
      token_endpoint: TOKEN_URL,
      grant_types_supported: ['client_credentials'],
    }),
  ]);
  expect((await fetch(TOKEN_URL)).status).toBe(405);
});

test('a revoked client’s tokens end with it; access tokens are not among the two that operators make', async () => {
  const { connection } = await scim.stranger();
  const client = await createClient(scim.db, connection, null);
  const tokens = await Promise.all(
    [1, 2, 3].map(async () => (await ask(GRANT, basic(client.clientId, client.clientSecret ?? ''))).body.access_token),
  );
  await addToken(scim.db, connection, {});
  expect(await listTokens(scim.db, connection)).toHaveLength(2);
  await revokeClient(scim.db, connection.tenantId, client.id);
  for (const token of tokens) expect((await requester(scim.base, token)('GET', '/Users')).status).toBe(401);
});

test('expired tokens and assertions are swept', async () => {
  const { connection } = await scim.stranger();
  const item = await createClient(scim.db, connection, null);
  const client = { ...item, connection, secretHash: null, keys: null };
  await issueAccessToken(scim.db, client, ['read'], new Date(Date.now() - 1_000));
  await scim.db.raw(`insert into oauth_assertions values (?, ?, '\\\\x00', now() - interval '1 second')`, [
    connection.tenantId,
    item.id,
  ]);
  await ask(GRANT, basic(item.clientId, item.clientSecret ?? ''));
  const left = async () => {
    const { rows } = await scim.db.raw(
      `select (select count(*) from credentials where tenant_id = :t and client_id is not null)::int as tokens,
              (select count(*) from oauth_assertions where tenant_id = :t)::int as assertions`,
      { t: connection.tenantId },
    );
    return rows[0];
  };
  await expect.poll(left).toEqual({ tokens: 1, assertions: 0 });
});

type Keyed = { clientId: string; id: string; sign(claims?: object, alg?: string): Promise<string> };

/** A client with a key pair, and its way to sign an assertion; claims replace what is right. */
async function keyedClient(alg: string, connection: Connection = scim.connection): Promise<Keyed> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const key = (await exportJWK(publicKey)) as PublicKey;
  const { id, clientId: named } = await createClient(scim.db, connection, { keys: [key] });
  const sign = (claims: object = {}) =>
    new SignJWT(claimsOf(named, claims)).setProtectedHeader({ alg }).sign(privateKey);
  return { id, clientId: named, sign };
}

const seconds = () => Math.floor(Date.now() / 1_000);
const claimsOf = (named: string, claims: object) => ({
  iss: named,
  sub: named,
  aud: TOKEN_URL,
  exp: seconds() + 60,
  jti: randomUUID(),
  ...claims,
});
const withAssertion = (assertion: string, at = origin) =>
  ask({ ...GRANT, client_assertion_type: JWT_BEARER, client_assertion: assertion }, {}, at);

test.for(['RS256', 'ES256', 'PS256', 'EdDSA'])('a client proves itself by %s', async (alg) => {
  const client = await keyedClient(alg);
  const { status, body } = await withAssertion(await client.sign());
  expect(status).toBe(200);
  expect((await requester(scim.base, body.access_token)('GET', '/Users')).status).toBe(200);
});

const ecdsa = await keyedClient('ES256');

test.for([
  { name: 'the issuer as audience', claims: { aud: origin } },
  { name: 'us among its audiences', claims: { aud: ['https://elsewhere.example', TOKEN_URL] } },
  { name: 'almost five minutes to live', claims: { exp: seconds() + 295 } },
])('an assertion with $name is taken', async ({ claims }) => {
  expect((await withAssertion(await ecdsa.sign(claims))).status).toBe(200);
});

test.for([
  { name: 'a wrong audience', claims: { aud: 'https://elsewhere.example/oauth/token' } },
  { name: 'no audience', claims: { aud: undefined } },
  { name: 'another issuer', claims: { iss: 'https://idp.example' } },
  { name: 'another client as subject', claims: { sub: clientId } },
  { name: 'an end that has passed', claims: { exp: seconds() - 60 } },
  { name: 'no end', claims: { exp: undefined } },
  { name: 'an end too far ahead', claims: { exp: seconds() + 900 } },
  { name: 'no jti', claims: { jti: undefined } },
  { name: 'a jti that is no text', claims: { jti: 7 } },
  { name: 'a beginning that is still to come', claims: { nbf: seconds() + 60 } },
])('an assertion with $name is invalid_client', async ({ claims }) => {
  expect(await withAssertion(await ecdsa.sign(claims))).toMatchObject(invalidClient);
});

test('an assertion is taken once, by all instances together', async () => {
  const { origin: there } = new URL(other.base);
  const twice = await ecdsa.sign({ aud: [TOKEN_URL, `${there}/oauth/token`] });
  const answers = await Promise.all([1, 2, 3, 4].map((n) => withAssertion(twice, n % 2 ? origin : there)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401]);
  expect(await withAssertion(twice)).toMatchObject(invalidClient);
});

test('the same jti of another client is another one', async () => {
  const jti = randomUUID();
  const client = await keyedClient('ES256');
  expect((await withAssertion(await ecdsa.sign({ jti }))).status).toBe(200);
  expect((await withAssertion(await client.sign({ jti }))).status).toBe(200);
});

test('an assertion without a signature, by a shared secret, or by another key proves nothing', async () => {
  const { privateKey } = await generateKeyPair('ES256');
  const claims = () => claimsOf(ecdsa.clientId, {});
  const forged = [
    new UnsecuredJWT(claims()).encode(),
    await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode('x'.repeat(32))),
    await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
    await new SignJWT(claimsOf('nobody', {})).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
    await new SignJWT(claimsOf(clientId, {})).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
    'a.b.c',
    'nonsense',
  ];
  const answers = await Promise.all(forged.map((assertion) => withAssertion(assertion)));
  for (const answer of answers) {
    expect(answer).toMatchObject(invalidClient);
    expect(answer.body).toEqual(answers[0]?.body);
  }
});

test('a revoked client’s assertion is not taken', async () => {
  const client = await keyedClient('ES256');
  await revokeClient(scim.db, scim.tenantId, client.id);
  expect(await withAssertion(await client.sign())).toMatchObject(invalidClient);
});
