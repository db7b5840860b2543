import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { unique } from '../probe.ts';
import { must, mustNot, notHere, should } from '../requirement.ts';

/** GET of one resource, media types and text (RFC 7644 §3.4.1, §3.8, RFC 7643 §3.1). */
export const READ = [
  must('read-200', '7644 §3.4.1', 'a resource that exists is answered with 200', async (probe) => {
    const user = await probe.user();
    const { status, body } = await probe.get(`/Users/${user.id}`);
    equal(status, 200);
    equal(body.id, user.id);
  }),
  must('read-404', '7644 §3.12', 'a resource that does not exist is 404', async (probe) => {
    equal((await probe.get(`/Users/${randomUUID()}`)).status, 404);
    equal((await probe.get('/Groups/nonsense')).status, 404);
  }),
  must('read-schemas', '7643 §3', 'every resource says in schemas what it is made of', async (probe) => {
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const user = await probe.user({ schemas: [USER, enterprise], [enterprise]: { department: 'x' } });
    deepEqual((await probe.get(`/Users/${user.id}`)).body.schemas.toSorted(), [USER, enterprise].toSorted());
    deepEqual((await probe.user()).schemas, [USER]);
  }),
  mustNot('read-schemas-twice', '7643 §3', 'no schema is named twice', async (probe) => {
    const { schemas } = await probe.user({ schemas: [USER, USER] });
    equal(new Set(schemas).size, schemas.length);
  }),
  must('read-meta', '7643 §3.1', 'meta of what is read has its type, its times and its location', async (probe) => {
    const { id } = await probe.group();
    const { meta } = (await probe.get(`/Groups/${id}`)).body;
    equal(meta.resourceType, 'Group');
    equal(meta.location, `${probe.base}/Groups/${id}`);
    for (const time of [meta.created, meta.lastModified]) match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  }),
  notHere(
    'MUST',
    'read-content-location',
    '7643 §3.1',
    'Content-Location equals meta.location',
    'Content-Location is not sent',
  ),
  must('read-stable-id', '7643 §3.1', 'the id stays the same when everything else changes', async (probe) => {
    const { id } = await probe.user();
    const { body } = await probe.put(`/Users/${id}`, { schemas: [USER], userName: unique() });
    equal(body.id, id);
  }),
  must('media-scim', '7644 §3.8', 'application/scim+json is accepted', async (probe) => {
    const { status, headers } = await probe.get('/Users?count=1', { accept: 'application/scim+json' });
    equal(status, 200);
    match(headers.get('content-type') ?? '', /^application\/scim\+json/);
  }),
  should('media-json', '7644 §3.8', 'application/json is accepted, too, in both directions', async (probe) => {
    equal((await probe.get('/Users?count=1', { accept: 'application/json' })).status, 200);
    const body = { schemas: [USER], userName: unique() };
    const headers = { 'content-type': 'application/json' };
    equal((await probe.send('POST', '/Users', body, headers)).status, 201);
  }),
  must('media-default', '7644 §3.8', 'without Accept the answer is application/scim+json', async (probe) => {
    const { headers } = await probe.get('/Schemas', { accept: '*/*' });
    match(headers.get('content-type') ?? '', /^application\/scim\+json/);
  }),
  must('media-utf8', '7644 §3.8', 'text is UTF-8 in both directions', async (probe) => {
    const displayName = 'Łukasz 日本 𝒳';
    const { id } = await probe.user({ displayName });
    equal((await probe.get(`/Users/${id}`)).body.displayName, displayName);
  }),
  must('read-default-set', '7643 §7', 'attributes that are returned by default are there', async (probe) => {
    const { id } = await probe.user({ title: 'Boss', nickName: 'B' });
    const { body } = await probe.get(`/Users/${id}`);
    ok(body.userName && body.title && body.nickName);
  }),
  must('read-never', '7643 §7', 'what is never returned is not returned', async (probe) => {
    const { id } = await probe.user({ password: 'secret words' });
    for (const path of [`/Users/${id}`, `/Users/${id}?attributes=password`, `/Users?filter=id%20eq%20%22${id}%22`]) {
      ok(!(await probe.get(path)).text.includes('secret words'), path);
    }
  }),
  mustNot('password-clear', '7643 §9.2', 'no password can be found by a filter', async (probe) => {
    await probe.user({ password: 'secret' });
    const { status, body } = await probe.find('Users', 'password eq "secret"');
    ok(status === 400 || body.totalResults === 0);
  }),
];

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
