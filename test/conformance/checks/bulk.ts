import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Answer, Body } from '../../support/app.ts';
import { aGroup, aPatch, aUser } from '../../support/people.ts';
import type { Probe } from '../probe.ts';
import { must, should } from '../requirement.ts';

const REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

export async function bulk(probe: Probe, Operations: unknown[], more: object = {}): Promise<Answer> {
  return probe.post('/Bulk', { schemas: [REQUEST], ...more, Operations });
}

export function postUser(bulkId: string, data: unknown = aUser()) {
  return { method: 'POST', path: '/Users', bulkId, data };
}

const statuses = (body: Body): string[] => body.Operations.map(({ status }: Body) => status);

/** Bulk requests (RFC 7644 §3.7, §3.7.3, §3.7.4). */
export const BULK = [
  must('bulk-response', '7644 §3.7', 'the answer is a BulkResponse with a result for each operation', async (probe) => {
    const { status, body } = await bulk(probe, [postUser('a'), postUser('b')]);
    equal(status, 200);
    deepEqual(body.schemas, ['urn:ietf:params:scim:api:messages:2.0:BulkResponse']);
    equal(body.Operations.length, 2);
  }),
  must(
    'bulk-status',
    '7644 §3.7.3',
    'each result has the status that the single request had, as text',
    async (probe) => {
      deepEqual(statuses((await bulk(probe, [postUser('a'), postUser('b', { title: 'x' })])).body), ['201', '400']);
    },
  ),
  must('bulk-bulk-id', '7644 §3.7', 'the result of a POST has its bulkId', async (probe) => {
    equal((await bulk(probe, [postUser('qwerty')])).body.Operations[0].bulkId, 'qwerty');
  }),
  must('bulk-location', '7644 §3.7', 'each result has a location, but for a POST that failed', async (probe) => {
    const { id } = await probe.user();
    const { body } = await bulk(probe, [
      postUser('a'),
      { method: 'PATCH', path: `/Users/${id}`, data: aPatch({ op: 'add', path: 'title', value: 'x' }) },
      { method: 'DELETE', path: `/Users/${id}` },
      postUser('b', { title: 'x' }),
    ]);
    const [post, patch, remove, failed] = body.Operations;
    match(post.location, /\/Users\/[\w-]+$/);
    deepEqual([patch.location, remove.location], [`${probe.base}/Users/${id}`, `${probe.base}/Users/${id}`]);
    equal(failed.location, undefined);
  }),
  must(
    'bulk-location-failed',
    '7644 §3.7',
    'a PUT, PATCH or DELETE that failed has its location, too',
    async (probe) => {
      const id = randomUUID();
      const { body } = await bulk(probe, [{ method: 'DELETE', path: `/Users/${id}` }]);
      deepEqual([body.Operations[0].status, body.Operations[0].location], ['404', `${probe.base}/Users/${id}`]);
    },
  ),
  must('bulk-method', '7644 §3.7', 'each result has its method', async (probe) => {
    equal((await bulk(probe, [postUser('a')])).body.Operations[0].method, 'POST');
  }),
  must('bulk-error', '7644 §3.7.3', 'the result of a failure has the Error message as response', async (probe) => {
    const { response } = (await bulk(probe, [postUser('a', { title: 'x' })])).body.Operations[0];
    deepEqual(response.schemas, ['urn:ietf:params:scim:api:messages:2.0:Error']);
    equal(response.status, '400');
  }),
  must('bulk-continue', '7644 §3.7', 'without failOnErrors all operations are tried', async (probe) => {
    const { body } = await bulk(probe, [postUser('a', {}), postUser('b', {}), postUser('c')]);
    deepEqual(statuses(body), ['400', '400', '201']);
  }),
  must('bulk-fail-on-errors', '7644 §3.7', 'with failOnErrors it ends after so many errors', async (probe) => {
    const last = aUser();
    const { body } = await bulk(probe, [postUser('a', {}), postUser('b', last)], { failOnErrors: 1 });
    deepEqual(statuses(body), ['400']);
    equal((await probe.find('Users', `userName eq "${last['userName']}"`)).body.totalResults, 0);
  }),
  must('bulk-verbs', '7644 §3.7', 'POST, PUT, PATCH and DELETE are possible', async (probe) => {
    const [first, second] = [await probe.user(), await probe.user()];
    const { body } = await bulk(probe, [
      { method: 'PUT', path: `/Users/${first.id}`, data: aUser() },
      { method: 'PATCH', path: `/Users/${second.id}`, data: aPatch({ op: 'add', path: 'title', value: 'x' }) },
      { method: 'DELETE', path: `/Users/${first.id}` },
      { method: 'POST', path: '/Groups', bulkId: 'g', data: aGroup() },
    ]);
    for (const status of statuses(body)) match(status, /^20\d$/);
  }),
  must('bulk-version', '7644 §3.7', 'an operation with an old version is 412', async (probe) => {
    const { id } = await probe.user();
    const { body } = await bulk(probe, [{ method: 'DELETE', path: `/Users/${id}`, version: 'W/"999"' }]);
    deepEqual(statuses(body), ['412']);
  }),
  must('bulk-max-operations', '7644 §3.7.4', 'more than maxOperations is 413', async (probe) => {
    const { maxOperations } = (await probe.get('/ServiceProviderConfig')).body.bulk;
    const operations = Array.from({ length: maxOperations + 1 }, () => ({ method: 'DELETE', path: '/Users/x' }));
    const { status, body } = await bulk(probe, operations);
    equal(status, 413);
    match(body.detail, new RegExp(String(maxOperations)));
  }),
  must('bulk-max-payload', '7644 §3.7.4', 'more than maxPayloadSize is 413, and says the limit', async (probe) => {
    const { maxPayloadSize } = (await probe.get('/ServiceProviderConfig')).body.bulk;
    const { status, body } = await bulk(probe, [postUser('a', aUser({ title: 'x'.repeat(maxPayloadSize) }))]);
    equal(status, 413);
    match(body.detail, new RegExp(String(maxPayloadSize)));
  }),
  must('bulk-schemas', '7644 §3.7', 'the body says that it is a BulkRequest', async (probe) => {
    equal((await probe.post('/Bulk', { schemas: ['urn:x'], Operations: [postUser('a')] })).status, 400);
  }),
  must('bulk-post-id', '7644 §3.7', 'a POST without a bulkId fails', async (probe) => {
    const { body } = await bulk(probe, [{ method: 'POST', path: '/Users', data: aUser() }]);
    deepEqual(statuses(body), ['400']);
  }),
  should('bulk-etag', '7644 §3.7', 'a result has the version of what was written', async (probe) => {
    ok((await bulk(probe, [postUser('a')])).body.Operations[0].version);
  }),
];
