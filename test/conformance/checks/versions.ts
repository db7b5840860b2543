import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { aPatch, aUser } from '../../support/people.ts';
import { must, should } from '../requirement.ts';

const OLD = { 'if-match': 'W/"999999"' };

/** Versions of resources (RFC 7644 §3.14, RFC 7643 §3.1). */
export const VERSIONS = [
  must(
    'version-etag',
    '7644 §3.14',
    'where versions are supported ETag is on what is read and written',
    async (probe) => {
      const { headers, body } = await probe.post('/Users', aUser());
      equal(headers.get('etag'), body.meta.version);
      const read = await probe.get(`/Users/${body.id}`);
      equal(read.headers.get('etag'), read.body.meta.version);
    },
  ),
  must('version-meta', '7643 §3.1', 'meta.version is the ETag, with W/ where it is weak', async (probe) => {
    const { id } = await probe.group();
    const { headers, body } = await probe.get(`/Groups/${id}`);
    match(body.meta.version, /^(W\/)?".+"$/);
    equal(headers.get('etag'), body.meta.version);
  }),
  must('version-changes', '7644 §3.14', 'a change gives another version', async (probe) => {
    const { id, userName, meta } = await probe.user();
    const { body } = await probe.put(`/Users/${id}`, aUser({ userName, title: 'Boss' }));
    notEqual(body.meta.version, meta.version);
  }),
  must('version-members', '7644 §3.14', 'so does a change of members', async (probe) => {
    const { id, meta } = await probe.group();
    const value = [{ value: (await probe.user()).id }];
    await probe.patch(`/Groups/${id}`, { op: 'add', path: 'members', value });
    notEqual((await probe.get(`/Groups/${id}`)).body.meta.version, meta.version);
  }),
  must('version-put', '7644 §3.14', 'a PUT on an old version is 412', async (probe) => {
    const { id, userName } = await probe.user();
    equal((await probe.put(`/Users/${id}`, aUser({ userName, title: 'x' }), OLD)).status, 412);
    equal((await probe.get(`/Users/${id}`)).body.title, undefined);
  }),
  must('version-patch', '7644 §3.14', 'a PATCH on an old version is 412', async (probe) => {
    const body = aPatch({ op: 'add', path: 'title', value: 'x' });
    const { id } = await probe.user();
    equal((await probe.send('PATCH', `/Users/${id}`, body, OLD)).status, 412);
  }),
  must('version-delete', '7644 §3.14', 'a DELETE of an old version is 412', async (probe) => {
    const { id } = await probe.group();
    equal((await probe.send('DELETE', `/Groups/${id}`, undefined, OLD)).status, 412);
    equal((await probe.get(`/Groups/${id}`)).status, 200);
  }),
  must('version-match', '7644 §3.14', 'a write on the version that is there goes through', async (probe) => {
    const { id, userName, meta } = await probe.user();
    const { status } = await probe.put(`/Users/${id}`, aUser({ userName }), { 'if-match': meta.version });
    equal(status, 200);
  }),
  must('version-star', '7644 §3.14', 'If-Match: * stands for any version', async (probe) => {
    const { id } = await probe.user();
    equal((await probe.send('DELETE', `/Users/${id}`, undefined, { 'if-match': '*' })).status, 204);
  }),
  must('version-304', '7644 §3.14', 'If-None-Match with the same version is 304 without a body', async (probe) => {
    const { id, meta } = await probe.user();
    const { status, text } = await probe.get(`/Users/${id}`, { 'if-none-match': meta.version });
    deepEqual([status, text], [304, '']);
  }),
  should('version-200', '7644 §3.14', 'If-None-Match with an old version gives the resource', async (probe) => {
    const { id } = await probe.user();
    equal((await probe.get(`/Users/${id}`, { 'if-none-match': 'W/"999999"' })).status, 200);
  }),
];
