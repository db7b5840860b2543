import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ENTERPRISE } from '../crew.ts';
import { must } from '../requirement.ts';

/** The PATCH message as a whole (RFC 7644 §3.5.2). */
export const PATCH_MESSAGE = [
  must('patch-success', '7644 §3.5.2', 'a PATCH is 200 with the resource, or 204 without a body', async (probe) => {
    const { id } = await probe.user();
    const { status, text } = await probe.patch(`/Users/${id}`, { op: 'add', path: 'title', value: 'x' });
    ok(status === 200 ? text.length > 0 : status === 204 && text === '');
  }),
  must('patch-schemas', '7644 §3.5.2', 'the body says that it is a PatchOp', async (probe) => {
    const { id } = await probe.user();
    const body = { schemas: [USER], Operations: [{ op: 'add', path: 'title', value: 'x' }] };
    equal((await probe.send('PATCH', `/Users/${id}`, body)).status, 400);
  }),
  must('patch-operations', '7644 §3.5.2', 'the body has one or more operations', async (probe) => {
    const { id } = await probe.user();
    for (const Operations of [undefined, []]) {
      equal((await probe.send('PATCH', `/Users/${id}`, { schemas: [PATCH], Operations })).status, 400);
    }
  }),
  must('patch-op', '7644 §3.5.2', 'op is add, remove or replace; another is refused', async (probe) => {
    const { id } = await probe.user();
    const { status, body } = await probe.patch(`/Users/${id}`, { op: 'move', path: 'title', value: 'x' });
    deepEqual([status, body.scimType], [400, 'invalidSyntax']);
  }),
  must('patch-atomic', '7644 §3.5.2', 'one operation that fails undoes them all', async (probe) => {
    const { id, meta } = await probe.user({ title: 'Boss' });
    const { status } = await probe.patch(
      `/Users/${id}`,
      { op: 'replace', path: 'title', value: 'x' },
      { op: 'replace', path: 'active', value: 'perhaps' },
    );
    equal(status, 400);
    const { body } = await probe.get(`/Users/${id}`);
    deepEqual([body.title, body.meta], ['Boss', meta]);
  }),
  must('patch-atomic-group', '7644 §3.5.2', 'so it is for a group and its members', async (probe) => {
    const { id, displayName } = await probe.group();
    const { status } = await probe.patch(
      `/Groups/${id}`,
      { op: 'replace', path: 'displayName', value: 'x' },
      { op: 'add', path: 'members', value: [{ value: randomUUID() }] },
    );
    ok(status >= 400);
    equal((await probe.get(`/Groups/${id}`)).body.displayName, displayName);
  }),
  must('patch-order', '7644 §3.5.2', 'operations work in the order in which they stand', async (probe) => {
    const { id } = await probe.user();
    await probe.patch(
      `/Users/${id}`,
      { op: 'add', path: 'title', value: 'first' },
      { op: 'remove', path: 'title' },
      { op: 'add', path: 'nickName', value: 'first' },
      { op: 'replace', path: 'nickName', value: 'second' },
    );
    const { body } = await probe.get(`/Users/${id}`);
    deepEqual([body.title, body.nickName], [undefined, 'second']);
  }),
  must('patch-404', '7644 §3.12', 'a PATCH of nothing is 404', async (probe) => {
    const operation = { op: 'add', path: 'title', value: 'x' };
    equal((await probe.patch(`/Users/${randomUUID()}`, operation)).status, 404);
  }),
  must(
    'patch-bad-path',
    '7644 §3.5.2',
    'a path that cannot be read is 400 with invalidPath',
    async (probe) => {
      const { id } = await probe.user();
      for (const path of ['emails[', 'title..x', '"x"']) {
        const { status, body } = await probe.patch(`/Users/${id}`, { op: 'replace', path, value: 'x' });
        deepEqual([status, ['invalidPath', 'invalidFilter'].includes(body?.scimType)], [400, true], path);
      }
    },
    'a path that no schema knows is left aside',
  ),
  must('patch-bad-value', '7644 §3.5.2', 'a value of the wrong type is 400 with invalidValue', async (probe) => {
    const { id } = await probe.user();
    const { status, body } = await probe.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: 'perhaps' });
    deepEqual([status, body.scimType], [400, 'invalidValue']);
  }),
  must('patch-path-case', '7643 §2.1', 'paths may be in any letter case', async (probe) => {
    const { id } = await probe.user();
    await probe.patch(`/Users/${id}`, { op: 'add', path: 'TITLE', value: 'Boss' });
    equal((await probe.get(`/Users/${id}`)).body.title, 'Boss');
  }),
  must('patch-urn', '7644 §3.10', 'paths may have the URN of a schema before them', async (probe) => {
    const { id } = await probe.user();
    await probe.patch(
      `/Users/${id}`,
      { op: 'add', path: `${ENTERPRISE}:department`, value: 'Tours' },
      { op: 'add', path: `${USER}:title`, value: 'Boss' },
    );
    const { body } = await probe.get(`/Users/${id}`);
    deepEqual([body[ENTERPRISE], body.title], [{ department: 'Tours' }, 'Boss']);
    ok(body.schemas.includes(ENTERPRISE));
  }),
  must(
    'patch-version',
    '7644 §3.14',
    'a PATCH answers with the new ETag where versions are supported',
    async (probe) => {
      const { id, meta } = await probe.user();
      const { headers } = await probe.patch(`/Users/${id}?attributes=id`, { op: 'add', path: 'title', value: 'x' });
      ok(headers.get('etag'));
      ok(headers.get('etag') !== meta.version);
    },
  ),
  must('patch-primary', '7644 §3.5.2', 'a new primary value takes primary from the others', async (probe) => {
    const { id } = await probe.user({ emails: [{ value: 'a@example.com', type: 'work', primary: true }] });
    const value = [{ value: 'b@example.com', type: 'home', primary: true }];
    await probe.patch(`/Users/${id}`, { op: 'add', path: 'emails', value });
    const { emails } = (await probe.get(`/Users/${id}`)).body;
    const primaries = emails.filter(({ primary }: { primary?: boolean }) => primary);
    deepEqual([emails.length, primaries.length, primaries[0].value], [2, 1, 'b@example.com']);
  }),
];

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
