import { equal, match, ok } from 'node:assert/strict';
import { must, notHere, should } from '../requirement.ts';

/** Who may speak with the endpoint (RFC 7644 §2, §3.11, §7). */
export const AUTHENTICATION = [
  must('auth-challenge', '7644 §2', 'a request without a token is answered with WWW-Authenticate', async (probe) => {
    const { status, headers } = await probe.anonymous('GET', '/Users');
    equal(status, 401);
    match(headers.get('www-authenticate') ?? '', /^Bearer/i);
  }),
  must('auth-401', '7644 §3.12', 'missing or bad authorization is 401', async (probe) => {
    equal((await probe.anonymous('GET', '/Users', { authorization: 'Bearer nonsense' })).status, 401);
  }),
  must('auth-401-body', '7644 §3.12', 'a refused request has the Error message as its body', async (probe) => {
    const { body } = await probe.anonymous('GET', '/Users');
    equal(body.status, '401');
    ok(body.schemas.includes('urn:ietf:params:scim:api:messages:2.0:Error'));
  }),
  must('auth-scheme-case', '7644 §2', 'the name of the scheme may be in any letter case', async (probe) => {
    equal((await probe.anonymous('GET', '/Schemas', { authorization: 'bearer nonsense' })).status, 401);
    const { headers } = await probe.anonymous('GET', '/Users', { authorization: 'bearer nonsense' });
    match(headers.get('www-authenticate') ?? '', /invalid_token/);
  }),
  must(
    'auth-scope',
    '7644 §2',
    'what a client sees is bound to who it is: others’ resources are 404',
    async (probe) => {
      const { id } = await probe.user();
      const stranger = await probe.stranger();
      equal((await stranger.request('GET', `/Users/${id}`)).status, 404);
      equal(
        (await stranger.request('GET', `/Users?filter=${encodeURIComponent(`id eq "${id}"`)}`)).body.totalResults,
        0,
      );
    },
  ),
  should('auth-no-token-in-url', '7644 §7.5.2', 'what is secret is not taken from a URL', async (probe) => {
    equal((await probe.anonymous('GET', '/Users?access_token=gw_nonsense')).status, 401);
  }),
  should('me-501', '7644 §3.11', '/Me is 501 where it is not supported', async (probe) => {
    equal((await probe.get('/Me')).status, 501);
  }),
  notHere('MUST', 'me-location', '7644 §3.11', 'an answer of /Me names the real location', '/Me is not supported'),
  notHere(
    'MUST',
    'tls',
    '7644 §7.2',
    'TLS 1.2 or newer is supported',
    'TLS ends at the proxy in front; see operations.md',
  ),
  notHere('SHOULD', 'tls-names', '7644 §7.2', 'the server’s name is verified in TLS', 'a duty of the client'),
  notHere(
    'MUST',
    'anonymous-create',
    '7644 §7.6',
    'anonymous requests have their risks taken care of',
    'none is served',
  ),
  notHere('SHOULD', 'basic-auth', '7644 §2', 'basic authentication is avoided', 'it is not offered'),
];
