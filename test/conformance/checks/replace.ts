import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { aGroup, aUser } from '../../support/people.ts';
import { must, mustNot, notHere } from '../requirement.ts';

/** PUT (RFC 7644 §3.5.1). */
export const REPLACE = [
  must('replace-200', '7644 §3.5.1', 'a replacement is 200 with the whole resource', async (probe) => {
    const { id, userName } = await probe.user();
    const { status, body } = await probe.put(`/Users/${id}`, aUser({ userName, title: 'Boss' }));
    deepEqual([status, body.id, body.title], [200, id, 'Boss']);
  }),
  mustNot('replace-no-create', '7644 §3.5.1', 'PUT makes no resource', async (probe) => {
    const id = randomUUID();
    equal((await probe.put(`/Users/${id}`, aUser())).status, 404);
    equal((await probe.get(`/Users/${id}`)).status, 404);
  }),
  must('replace-unassigned', '7644 §3.5.1', 'what the request leaves out is emptied', async (probe) => {
    const { id, userName } = await probe.user({ title: 'Boss', emails: [{ value: 'a@example.com' }] });
    const { body } = await probe.put(`/Users/${id}`, aUser({ userName }));
    deepEqual([body.title, body.emails], [undefined, undefined]);
  }),
  must('replace-read-only', '7644 §3.5.1', 'read-only attributes in the request are ignored', async (probe) => {
    const user = await probe.user();
    const { status, body } = await probe.put(`/Users/${user.id}`, {
      ...user,
      id: randomUUID(),
      meta: { created: '2001-01-01T00:00:00Z' },
      groups: [{ value: randomUUID() }],
    });
    deepEqual([status, body.id, body.meta.created, body.groups], [200, user.id, user.meta.created, undefined]);
  }),
  must('replace-required', '7644 §3.5.1', 'required attributes must be given', async (probe) => {
    const { id } = await probe.user();
    const { status, body } = await probe.put(`/Users/${id}`, { schemas: SCHEMAS, title: 'x' });
    deepEqual([status, body.scimType], [400, 'invalidValue']);
  }),
  must('replace-read-back', '7644 §3.5.1', 'what was read can be sent back as it is', async (probe) => {
    const user = await probe.user({ title: 'Boss', emails: [{ value: 'a@example.com', primary: true }] });
    const { status, body } = await probe.put(`/Users/${user.id}`, user);
    deepEqual([status, body.title, body.emails], [200, user.title, user.emails]);
  }),
  must('replace-uniqueness', '7644 §3.12', 'a replacement by a name that is taken is 409', async (probe) => {
    const [{ userName }, { id }] = [await probe.user(), await probe.user()];
    const { status, body } = await probe.put(`/Users/${id}`, aUser({ userName }));
    deepEqual([status, body.scimType], [409, 'uniqueness']);
  }),
  must('replace-modified', '7643 §3.1', 'a change moves lastModified, never created', async (probe) => {
    const user = await probe.user();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { body } = await probe.put(`/Users/${user.id}`, { ...user, title: 'Boss' });
    equal(body.meta.created, user.meta.created);
    notEqual(body.meta.lastModified, user.meta.lastModified);
  }),
  must('replace-members', '7644 §3.5.1', 'members of a group are replaced as a whole', async (probe) => {
    const [first, second] = [await probe.user(), await probe.user()];
    const { id, displayName } = await probe.group({ members: [first.id] });
    const { body } = await probe.put(`/Groups/${id}`, aGroup({ displayName, members: [second.id] }));
    deepEqual(
      body.members.map(({ value }: { value: string }) => value),
      [second.id],
    );
  }),
  notHere(
    'MUST',
    'replace-immutable',
    '7644 §3.5.1',
    'an immutable attribute that differs is refused',
    'only members have such parts; a replaced list is a new list',
  ),
];

const SCHEMAS = ['urn:ietf:params:scim:schemas:core:2.0:User'];
