import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { aUser } from '../../support/people.ts';
import { must, notHere, should } from '../requirement.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** How failures are told (RFC 7644 §3.12, RFC 9110 where it is left to HTTP). */
export const ERRORS = [
  must('error-body', '7644 §3.12', 'every error has a JSON body with the Error schema', async (probe) => {
    const answers = [
      await probe.get(`/Users/${randomUUID()}`),
      await probe.post('/Users', '{'),
      await probe.get('/Nowhere'),
      await probe.find('Users', 'x'),
      await probe.send('DELETE', '/Users'),
    ];
    for (const { status, body } of answers) deepEqual([body?.schemas, body?.status], [[ERROR], String(status)]);
  }),
  must('error-status', '7644 §3.12', 'status in the body is text', async (probe) => {
    equal(typeof (await probe.get(`/Users/${randomUUID()}`)).body.status, 'string');
  }),
  should('error-detail', '7644 §3.12', 'detail has words for a human', async (probe) => {
    ok((await probe.get(`/Users/${randomUUID()}`)).body.detail.length > 10);
  }),
  must('error-media', '7644 §3.8', 'errors are application/scim+json, too', async (probe) => {
    const { headers } = await probe.get(`/Users/${randomUUID()}`);
    match(headers.get('content-type') ?? '', /^application\/scim\+json/);
  }),
  must('error-syntax', '7644 §3.12', 'a body that is no JSON is 400 with invalidSyntax', async (probe) => {
    const { status, body } = await probe.post('/Users', '{"userName":');
    deepEqual([status, body.scimType], [400, 'invalidSyntax']);
  }),
  must('error-not-object', '7644 §3.12', 'a body of another shape is 400', async (probe) => {
    for (const wrong of [[], 'text', 7, null]) {
      equal((await probe.post('/Users', JSON.stringify(wrong))).status, 400, JSON.stringify(wrong));
    }
  }),
  must('error-value', '7644 §3.12', 'a value of the wrong type is 400 with invalidValue', async (probe) => {
    const { status, body } = await probe.post('/Users', aUser({ active: 'perhaps' }));
    deepEqual([status, body.scimType], [400, 'invalidValue']);
  }),
  must('error-filter', '7644 §3.12', 'a filter that cannot be read is 400 with invalidFilter', async (probe) => {
    const { status, body } = await probe.find('Groups', 'displayName');
    deepEqual([status, body.scimType], [400, 'invalidFilter']);
  }),
  must('error-endpoint', '7644 §3.12', 'an endpoint that is not there is 404', async (probe) => {
    equal((await probe.get('/Devices')).status, 404);
  }),
  must('error-method', '7644 §3.2', 'a verb that an endpoint does not take is refused', async (probe) => {
    for (const [verb, path] of [
      ['DELETE', '/Users'],
      ['PUT', '/Groups'],
      ['GET', '/Bulk'],
    ] as const) {
      const { status } = await probe.send(verb, path, verb === 'PUT' ? {} : undefined);
      ok(status === 405 || status === 404 || status === 501, `${verb} ${path} is ${status}`);
    }
  }),
  should('error-no-secrets', '7644 §7.5.2', 'an error does not repeat the token', async (probe) => {
    const { text } = await probe.anonymous('GET', '/Users', { authorization: 'Bearer gw_secret-words' });
    ok(!text.includes('secret-words'));
  }),
  must('error-version', '7644 §3.13', 'a version of the protocol that is not spoken is refused', async (probe) => {
    equal((await probe.get('/v1/Users')).status, 404);
  }),
  notHere(
    'MUST',
    'error-403',
    '7644 §3.12',
    'what is not allowed is 403',
    'the tokens of these checks may do all; test/scim/auth.test.ts has others',
  ),
  notHere('MUST', 'error-308', '7644 §3.12', 'a redirect is followed to its Location', 'nothing is redirected'),
  notHere(
    'MUST',
    'error-500',
    '7644 §3.12',
    'a failure of the server is 500',
    'it cannot be made from outside; test/scim/outage.test.ts takes the database away',
  ),
];
