import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { aUser } from '../../support/people.ts';
import { unique } from '../probe.ts';
import { must, mustNot, notHere, should } from '../requirement.ts';

/** POST of a resource (RFC 7644 §3.3, RFC 7643 §3.1). */
export const CREATE = [
  must('create-201', '7644 §3.3', 'a resource that was made is answered with 201', async (probe) => {
    equal((await probe.post('/Users', aUser())).status, 201);
  }),
  must('create-location', '7644 §3.3', 'the answer says in Location where the resource is', async (probe) => {
    const { headers, body } = await probe.post('/Users', aUser());
    equal(headers.get('location'), `${probe.base}/Users/${body.id}`);
  }),
  must('create-meta-location', '7644 §3.3', 'Location and meta.location are the same', async (probe) => {
    const { headers, body } = await probe.post('/Groups', { schemas: GROUP, displayName: unique() });
    equal(headers.get('location') ?? 'no Location', body.meta?.location);
  }),
  should('create-body', '7644 §3.3', 'the answer’s body is the resource as it was stored', async (probe) => {
    const body = await probe.user({ title: 'Boss', name: { familyName: 'Adams' } });
    deepEqual((await probe.get(`/Users/${body.id}`)).body, body);
  }),
  must('create-read-only', '7644 §3.3', 'read-only attributes in the request are ignored', async (probe) => {
    const body = await probe.user({ groups: [{ value: 'x', display: 'x' }], meta: { resourceType: 'Nonsense' } });
    equal(body.groups, undefined);
    equal(body.meta.resourceType, 'User');
  }),
  mustNot('create-own-id', '7643 §3.1', 'the id is never the client’s choice', async (probe) => {
    const { id } = await probe.user({ id: 'mine' });
    notEqual(id, 'mine');
  }),
  must('create-unique-ids', '7643 §3.1', 'each resource has an id of its own', async (probe) => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await probe.user()).id));
    equal(new Set([...ids, (await probe.group()).id]).size, 4);
  }),
  mustNot('create-bulk-id', '7643 §3.1', 'no id is the reserved word bulkId', async (probe) => {
    notEqual((await probe.user({ id: 'bulkId' })).id, 'bulkId');
  }),
  must('create-409', '7644 §3.3', 'a name that is taken is 409', async (probe) => {
    const { userName } = await probe.user();
    equal((await probe.post('/Users', aUser({ userName }))).status, 409);
  }),
  must('create-uniqueness', '7644 §3.3', 'and its scimType is uniqueness', async (probe) => {
    const { userName } = await probe.user();
    equal((await probe.post('/Users', aUser({ userName }))).body.scimType, 'uniqueness');
  }),
  must('create-uniqueness-case', '7643 §4.1.1', 'userName is unique whatever the letter case', async (probe) => {
    const { userName } = await probe.user();
    equal((await probe.post('/Users', aUser({ userName: String(userName).toUpperCase() }))).status, 409);
  }),
  must('create-meta', '7643 §3.1', 'meta says the type, the times and the location', async (probe) => {
    const { id, meta } = await probe.user();
    deepEqual([meta.resourceType, meta.location], ['User', `${probe.base}/Users/${id}`]);
    ok(meta.created && meta.lastModified);
  }),
  must('create-times', '7643 §3.1', 'what was never changed has lastModified equal to created', async (probe) => {
    const { meta } = await probe.user();
    equal(meta.lastModified, meta.created);
  }),
  must('create-external-id', '7643 §3.1', 'externalId is kept as the client gave it', async (probe) => {
    const externalId = unique('Ext/É');
    equal((await probe.user({ externalId })).externalId, externalId);
  }),
  mustNot('create-no-external-id', '7643 §3.1', 'the server never makes an externalId up', async (probe) => {
    equal((await probe.user()).externalId, undefined);
  }),
  must('create-required', '7643 §7', 'a required attribute that is missing is refused', async (probe) => {
    equal((await probe.post('/Users', { schemas: USER, title: 'x' })).status, 400);
    equal((await probe.post('/Groups', { schemas: GROUP })).status, 400);
  }),
  must('create-empty-name', '7643 §4.1.1', 'a userName is not empty', async (probe) => {
    equal((await probe.post('/Users', { schemas: USER, userName: '' })).status, 400);
  }),
  must(
    'create-schemas',
    '7643 §3',
    'a body without schemas is refused',
    async (probe) => {
      equal((await probe.post('/Users', { userName: unique() })).status, 400);
    },
    'several clients leave schemas out',
  ),
  must(
    'create-wrong-schemas',
    '7643 §3',
    'schemas without that of the type is refused',
    async (probe) => {
      equal((await probe.post('/Users', { schemas: GROUP, userName: unique() })).status, 400);
    },
    'vendors send schemas of their own',
  ),
  notHere('SHOULD', 'create-307', '7644 §3.3', 'a redirect for creation names the place', 'nothing is redirected'),
];

const USER = ['urn:ietf:params:scim:schemas:core:2.0:User'];
const GROUP = ['urn:ietf:params:scim:schemas:core:2.0:Group'];
