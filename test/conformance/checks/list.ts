import { deepEqual, equal, ok } from 'node:assert/strict';
import { crewOf } from '../crew.ts';
import { namesIn, unique } from '../probe.ts';
import { must, mustNot, notHere, should } from '../requirement.ts';

/** Lists and their pages by number (RFC 7644 §3.4.2, §3.4.2.4). */
export const LIST = [
  must('list-schema', '7644 §3.4.2', 'a list is a ListResponse', async (probe) => {
    const { status, body } = await probe.get('/Users');
    equal(status, 200);
    deepEqual(body.schemas, ['urn:ietf:params:scim:api:messages:2.0:ListResponse']);
  }),
  must('list-total', '7644 §3.4.2', 'totalResults is a number, and counts all that is meant', async (probe) => {
    equal((await (await crewOf(probe)).list('')).body.totalResults, 4);
  }),
  must('list-resources', '7644 §3.4.2', 'Resources is there when totalResults is not 0', async (probe) => {
    equal((await (await crewOf(probe)).list('')).body.Resources.length, 4);
  }),
  must('list-empty', '7644 §3.4.2', 'a list of nothing is 200 with totalResults 0', async (probe) => {
    const { status, body } = await probe.find('Users', `userName eq "${unique()}"`);
    deepEqual([status, body.totalResults], [200, 0]);
  }),
  mustNot('list-not-404', '7644 §3.4.2', 'a list of nothing is no error', async (probe) => {
    equal((await probe.find('Groups', `displayName eq "${unique()}"`)).status, 200);
  }),
  must('list-whole', '7643 §3', 'each listed resource has id, schemas and meta', async (probe) => {
    for (const { id, schemas, meta } of (await probe.get('/Users?count=5')).body.Resources) {
      ok(id && schemas.length && meta.location);
    }
  }),
  must('page-start-below', '7644 §3.4.2.4', 'startIndex below 1 means 1', async (probe) => {
    const { list } = await crewOf(probe);
    const [first] = (await list('&startIndex=1&count=1')).body.Resources;
    for (const start of [0, -5]) {
      const { body } = await list(`&startIndex=${start}&count=1`);
      deepEqual([body.startIndex, body.Resources], [1, [first]]);
    }
  }),
  must('page-start-default', '7644 §3.4.2.4', 'without startIndex a list begins at 1', async (probe) => {
    equal((await (await crewOf(probe)).list('&count=1')).body.startIndex, 1);
  }),
  must('page-count-negative', '7644 §3.4.2.4', 'a negative count means 0', async (probe) => {
    const { status, body } = await (await crewOf(probe)).list('&count=-3');
    deepEqual([status, body.totalResults, (body.Resources ?? []).length], [200, 4, 0]);
  }),
  must('page-count-zero', '7644 §3.4.2.4', 'count 0 gives totalResults alone', async (probe) => {
    const { body } = await (await crewOf(probe)).list('&count=0');
    deepEqual([body.totalResults, (body.Resources ?? []).length], [4, 0]);
  }),
  mustNot('page-count-max', '7644 §3.4.2.4', 'never more than count resources are given', async (probe) => {
    const { list } = await crewOf(probe);
    for (const count of [1, 2, 3]) equal((await list(`&count=${count}`)).body.Resources.length, count);
  }),
  must('page-items', '7644 §3.4.2.4', 'a part of a list says itemsPerPage', async (probe) => {
    equal((await (await crewOf(probe)).list('&startIndex=4&count=3')).body.itemsPerPage, 1);
  }),
  must('page-start', '7644 §3.4.2.4', 'a part of a list says its startIndex', async (probe) => {
    equal((await (await crewOf(probe)).list('&startIndex=3&count=1')).body.startIndex, 3);
  }),
  must('page-numbers', '7644 §3.4.2', 'totalResults, itemsPerPage and startIndex are integers', async (probe) => {
    const { body } = await (await crewOf(probe)).list('&startIndex=2&count=2');
    for (const name of ['totalResults', 'itemsPerPage', 'startIndex']) ok(Number.isInteger(body[name]), name);
  }),
  should('page-walk', '7644 §3.4.2.4', 'pages one after the other give everybody once', async (probe) => {
    const { list } = await crewOf(probe);
    const pages = [await list('&startIndex=1&count=3'), await list('&startIndex=4&count=3')];
    deepEqual(pages.flatMap(namesIn).toSorted(), ['Bob', 'ann', 'cid', 'dora']);
  }),
  must('page-beyond', '7644 §3.4.2.4', 'a page behind the end is empty and knows the total', async (probe) => {
    const { status, body } = await (await crewOf(probe)).list('&startIndex=500&count=3');
    deepEqual([status, body.totalResults, (body.Resources ?? []).length], [200, 4, 0]);
  }),
  must('page-total-stable', '7644 §3.4.2.4', 'totalResults is the same on each page', async (probe) => {
    const { list } = await crewOf(probe);
    for (const start of [1, 3]) equal((await list(`&startIndex=${start}&count=2`)).body.totalResults, 4);
  }),
  notHere(
    'MUST',
    'list-root',
    '7644 §3.4.2.1',
    'a list of the root gives all types',
    'POST /.search does; GET / is optional',
  ),
];
