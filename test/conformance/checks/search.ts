import { deepEqual, equal } from 'node:assert/strict';
import type { Body } from '../../support/app.ts';
import { crewOf } from '../crew.ts';
import { namesIn, type Probe } from '../probe.ts';
import { must } from '../requirement.ts';

const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'];
const search = (probe: Probe, path: string, parameters: object) =>
  probe.post(`${path}/.search`, { schemas, ...parameters });

/** POST of a search (RFC 7644 §3.4.3), and lists of several types (§3.4.2.1). */
export const SEARCH = [
  must('search-users', '7644 §3.4.3', 'a search of one type gives a ListResponse', async (probe) => {
    const { mark } = await crewOf(probe);
    const { status, body } = await search(probe, '/Users', { filter: `userName ew "-${mark}"` });
    deepEqual([status, body.totalResults], [200, 4]);
    deepEqual(body.schemas, ['urn:ietf:params:scim:api:messages:2.0:ListResponse']);
  }),
  must('search-groups', '7644 §3.4.3', 'groups can be searched as well', async (probe) => {
    const { displayName } = await probe.group();
    equal((await search(probe, '/Groups', { filter: `displayName eq "${displayName}"` })).body.totalResults, 1);
  }),
  must('search-paging', '7644 §3.4.3', 'startIndex and count work as they do in a URL', async (probe) => {
    const { mark } = await crewOf(probe);
    const filter = `userName ew "-${mark}"`;
    const { body } = await search(probe, '/Users', { filter, startIndex: 2, count: 2, sortBy: 'userName' });
    deepEqual([body.startIndex, body.itemsPerPage, body.totalResults], [2, 2, 4]);
  }),
  must('search-excluded', '7644 §3.4.3', 'excludedAttributes is an array', async (probe) => {
    const { mark } = await crewOf(probe);
    const filter = `userName eq "ann-${mark}"`;
    const { body } = await search(probe, '/Users', { filter, excludedAttributes: ['title', 'name'] });
    deepEqual([body.Resources[0].title, body.Resources[0].name], [undefined, undefined]);
  }),
  must('search-root', '7644 §3.4.3', 'a search of the root gives all types', async (probe) => {
    const { externalId } = await probe.user({ externalId: crypto.randomUUID() });
    await probe.group({ externalId });
    const { status, body } = await search(probe, '', { filter: `externalId eq "${externalId}"` });
    equal(status, 200);
    deepEqual(body.Resources.map(({ meta }: Body) => meta.resourceType).toSorted(), ['Group', 'User']);
  }),
  must('search-root-foreign', '7644 §3.4.2.1', 'an attribute that one type lacks has no value there', async (probe) => {
    const { mark } = await crewOf(probe);
    const answer = await search(probe, '', { filter: `userName eq "ann-${mark}"` });
    equal(answer.status, 200);
    deepEqual(namesIn(answer), ['ann']);
  }),
  must('search-root-type', '7644 §3.4.2.1', 'types can be told apart by meta.resourceType', async (probe) => {
    const { displayName } = await probe.group();
    const filter = `meta.resourceType eq "Group" and displayName eq "${displayName}"`;
    const { status, body } = await search(probe, '', { filter });
    deepEqual([status, body.totalResults], [200, 1]);
  }),
  must('search-root-page', '7644 §3.4.2.1', 'one page may hold several types, one total counts them', async (probe) => {
    await probe.user();
    await probe.group();
    const [users, groups] = [(await probe.get('/Users?count=0')).body, (await probe.get('/Groups?count=0')).body];
    const { body } = await search(probe, '', { startIndex: users.totalResults, count: 2 });
    equal(body.totalResults, users.totalResults + groups.totalResults);
    deepEqual(
      body.Resources.map(({ meta }: Body) => meta.resourceType),
      ['User', 'Group'],
    );
  }),
  must('search-bad-filter', '7644 §3.4.3', 'a filter that cannot be read is 400 with invalidFilter', async (probe) => {
    const { status, body } = await search(probe, '/Users', { filter: 'userName eq' });
    deepEqual([status, body.scimType], [400, 'invalidFilter']);
  }),
];
