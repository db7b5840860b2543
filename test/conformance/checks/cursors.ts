import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Body } from '../../support/app.ts';
import { crewOf } from '../crew.ts';
import { namesIn, type Probe } from '../probe.ts';
import { must, mustNot, notHere, should } from '../requirement.ts';

const pagination = async (probe: Probe): Promise<Body> => (await probe.get('/ServiceProviderConfig')).body.pagination;

/** Pages by cursor (RFC 9865). */
export const CURSORS = [
  must('cursor-empty', '9865 §2', 'an empty cursor gives the first page', async (probe) => {
    const { status, body } = await (await crewOf(probe)).list('&cursor=&count=3');
    deepEqual([status, body.Resources.length], [200, 3]);
  }),
  must('cursor-next', '9865 §2', 'nextCursor is on every page but the last', async (probe) => {
    const { list } = await crewOf(probe);
    const { nextCursor } = (await list('&cursor=&count=3')).body;
    equal(typeof nextCursor, 'string');
    equal((await list(`&cursor=${nextCursor}&count=3`)).body.nextCursor, undefined);
  }),
  must('cursor-walk', '9865 §2', 'the cursors lead to everybody once', async (probe) => {
    const { list } = await crewOf(probe);
    const first = await list('&cursor=&count=2');
    const second = await list(`&cursor=${first.body.nextCursor}&count=2`);
    deepEqual([...namesIn(first), ...namesIn(second)].toSorted(), ['Bob', 'ann', 'cid', 'dora']);
  }),
  mustNot('cursor-previous-first', '9865 §2', 'previousCursor is not on the first page', async (probe) => {
    equal((await (await crewOf(probe)).list('&cursor=&count=2')).body.previousCursor, undefined);
  }),
  must('cursor-previous', '9865 §2', 'where previousCursor is given it leads to the page before', async (probe) => {
    const { list } = await crewOf(probe);
    const first = await list('&cursor=&count=2');
    const second = await list(`&cursor=${first.body.nextCursor}&count=2`);
    deepEqual(namesIn(await list(`&cursor=${second.body.previousCursor}&count=2`)), namesIn(first));
  }),
  must('cursor-characters', '9865 §2', 'a cursor has unreserved characters of a URL only', async (probe) => {
    match((await (await crewOf(probe)).list('&cursor=&count=2')).body.nextCursor, /^[\w.~-]+$/);
  }),
  mustNot('cursor-count', '9865 §2', 'no page has more than count resources', async (probe) => {
    const { list } = await crewOf(probe);
    for (const count of [1, 3]) equal((await list(`&cursor=&count=${count}`)).body.Resources.length, count);
  }),
  must('cursor-count-zero', '9865 §2', 'count 0 gives totalResults alone, a negative count, too', async (probe) => {
    for (const count of [0, -1]) {
      const { status, body } = await (await crewOf(probe)).list(`&cursor=&count=${count}`);
      deepEqual([status, body.totalResults, (body.Resources ?? []).length], [200, 4, 0]);
    }
  }),
  should('cursor-total', '9865 §2', 'totalResults counts all pages', async (probe) => {
    equal((await (await crewOf(probe)).list('&cursor=&count=1')).body.totalResults, 4);
  }),
  should('cursor-invalid', '9865 §2.1', 'a cursor that is none is 400 with invalidCursor', async (probe) => {
    const { status, body } = await (await crewOf(probe)).list('&cursor=nonsense');
    deepEqual([status, body.scimType], [400, 'invalidCursor']);
  }),
  should('cursor-invalid-count', '9865 §2.1', 'a count that is none is 400 with invalidCount', async (probe) => {
    const { status, body } = await (await crewOf(probe)).list('&cursor=&count=many');
    deepEqual([status, body.scimType], [400, 'invalidCount']);
  }),
  notHere(
    'SHOULD',
    'cursor-expired',
    '9865 §2.1',
    'a cursor that has expired is 400 with expiredCursor',
    'it would take an hour; test/scim/sort-and-cursors.test.ts sets the clock',
  ),
  should('cursor-sorted', '9865 §2.2', 'pages by cursor are sorted as asked', async (probe) => {
    const { list } = await crewOf(probe);
    const first = await list('&cursor=&count=3&sortBy=title');
    const second = await list(`&cursor=${first.body.nextCursor}&count=3&sortBy=title`);
    deepEqual([namesIn(first), namesIn(second)], [['Bob', 'ann', 'cid'], ['dora']]);
  }),
  must('cursor-default-method', '9865 §2.4', 'one method is the default where both are possible', async (probe) => {
    const { defaultPaginationMethod } = await pagination(probe);
    const { body } = await (await crewOf(probe)).list('&count=2');
    equal(defaultPaginationMethod, 'index');
    deepEqual([body.startIndex, body.nextCursor], [1, undefined]);
  }),
  mustNot('cursor-no-method', '9865 §2.4', 'a list without a method is no error', async (probe) => {
    equal((await probe.get('/Users')).status, 200);
  }),
  must('cursor-search', '9865 §3', 'a search takes the cursor in its body', async (probe) => {
    const { mark } = await crewOf(probe);
    const search = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: `userName ew "-${mark}"`,
      count: 3,
    };
    const first = await probe.post('/Users/.search', { ...search, cursor: '' });
    const second = await probe.post('/Users/.search', { ...search, cursor: first.body.nextCursor });
    deepEqual([...namesIn(first), ...namesIn(second)].toSorted(), ['Bob', 'ann', 'cid', 'dora']);
  }),
  should('cursor-config', '9865 §4', 'the configuration has pagination', async (probe) => {
    ok(await pagination(probe));
  }),
  must('cursor-config-flags', '9865 §4', 'pagination says whether cursor and index are possible', async (probe) => {
    const { cursor, index } = await pagination(probe);
    deepEqual([typeof cursor, typeof index], ['boolean', 'boolean']);
  }),
  must('cursor-config-numbers', '9865 §4', 'the sizes and the time in pagination are positive', async (probe) => {
    const { defaultPageSize, maxPageSize, cursorTimeout } = await pagination(probe);
    for (const number of [defaultPageSize, maxPageSize, cursorTimeout]) ok(Number.isInteger(number) && number > 0);
  }),
  must('cursor-confined', '9865 §5.2', 'a cursor of another client opens nothing', async (probe) => {
    const { nextCursor } = (await probe.get('/Users?cursor=&count=1')).body;
    const { status } = await (await probe.stranger()).request('GET', `/Users?count=1&cursor=${nextCursor}`);
    equal(status, 400);
  }),
  must('cursor-authorized', '9865 §5.2', 'each page wants the token anew', async (probe) => {
    const { nextCursor } = (await probe.get('/Users?cursor=&count=1')).body;
    equal((await probe.anonymous('GET', `/Users?count=1&cursor=${nextCursor}`)).status, 401);
  }),
  should('cursor-same-words', '9865 §5.2', 'an error does not tell why a cursor opens nothing', async (probe) => {
    const { nextCursor } = (await probe.get('/Users?cursor=&count=1')).body;
    const stranger = await probe.stranger();
    const foreign = await stranger.request('GET', `/Users?count=1&cursor=${nextCursor}`);
    const nonsense = await stranger.request('GET', '/Users?count=1&cursor=nonsense');
    deepEqual([foreign.status, foreign.body.scimType], [nonsense.status, nonsense.body.scimType]);
    equal(foreign.body.detail, nonsense.body.detail);
  }),
];
