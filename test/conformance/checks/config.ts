import { equal, ok } from 'node:assert/strict';
import type { Body } from '../../support/app.ts';
import type { Probe } from '../probe.ts';
import { must, type Requirement, should } from '../requirement.ts';

const SERVICE = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';

const config = async (probe: Probe): Promise<Body> => (await probe.get('/ServiceProviderConfig')).body;

/** A feature that the configuration says yes or no to. */
function feature(name: string, numbers: readonly string[] = []): Requirement {
  return must(
    `config-${name}`,
    '7643 §5',
    `the configuration says whether ${name} is supported${numbers.length ? `, and ${numbers.join(', ')}` : ''}`,
    async (probe) => {
      const told = (await config(probe))[name];
      equal(typeof told.supported, 'boolean');
      for (const number of numbers) ok(Number.isInteger(told[number]), `${number} is ${told[number]}`);
    },
  );
}

/** /ServiceProviderConfig (RFC 7644 §4, RFC 7643 §5). */
export const CONFIG = [
  must('config-get', '7644 §4', '/ServiceProviderConfig answers GET with one JSON document', async (probe) => {
    const { status, body } = await probe.get('/ServiceProviderConfig');
    equal(status, 200);
    ok(body.schemas.includes(SERVICE));
  }),
  feature('patch'),
  feature('bulk', ['maxOperations', 'maxPayloadSize']),
  feature('filter', ['maxResults']),
  feature('changePassword'),
  feature('sort'),
  feature('etag'),
  must(
    'config-schemes',
    '7643 §5',
    'the authentication schemes have a type, a name and a description',
    async (probe) => {
      const { authenticationSchemes } = await config(probe);
      ok(authenticationSchemes.length > 0);
      for (const scheme of authenticationSchemes) ok(scheme.type && scheme.name && scheme.description);
    },
  ),
  must('config-scheme-type', '7643 §5', 'the type of a scheme is one that the RFC lists', async (probe) => {
    const types = ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'];
    for (const { type } of (await config(probe)).authenticationSchemes) ok(types.includes(type), type);
  }),
  must('config-read-only', '7643 §5', 'the configuration cannot be written', async (probe) => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) {
      const { status } = await probe.send(method, '/ServiceProviderConfig', method === 'DELETE' ? undefined : {});
      ok(status >= 400 && status < 500, `${method} is ${status}`);
    }
  }),
  should('config-meta', '7643 §3.1', 'the configuration has meta with resourceType and location', async (probe) => {
    const { meta } = await config(probe);
    equal(meta.resourceType, 'ServiceProviderConfig');
    equal(meta.location, `${probe.base}/ServiceProviderConfig`);
  }),
  must('config-truth-sort', '7643 §5', 'what the configuration calls supported works: sort', async (probe) => {
    equal((await config(probe)).sort.supported, true);
    equal((await probe.get('/Users?sortBy=userName&count=1')).status, 200);
  }),
  must('config-truth-patch', '7643 §5', 'what the configuration calls supported works: patch', async (probe) => {
    equal((await config(probe)).patch.supported, true);
    const { id } = await probe.user();
    const { status } = await probe.patch(`/Users/${id}`, { op: 'add', path: 'title', value: 'x' });
    ok([200, 204].includes(status));
  }),
  must('config-max-results', '7643 §5', 'no list is longer than maxResults', async (probe) => {
    const { maxResults } = (await config(probe)).filter;
    const { body } = await probe.get(`/Users?count=${maxResults + 1}`);
    ok(body.itemsPerPage <= maxResults);
  }),
];
