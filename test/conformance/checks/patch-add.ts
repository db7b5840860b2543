import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Body } from '../../support/app.ts';
import type { Probe } from '../probe.ts';
import { must, type Requirement, should } from '../requirement.ts';

const EMAIL = { value: 'a@example.com', type: 'work' };
const OTHER = { value: 'b@example.com', type: 'home' };

/** A user after some operations, which have to succeed. */
async function after(probe: Probe, before: Record<string, unknown>, ...operations: unknown[]): Promise<Body> {
  const { id } = await probe.user(before);
  const { status } = await probe.patch(`/Users/${id}`, ...operations);
  ok(status === 200 || status === 204);
  return (await probe.get(`/Users/${id}`)).body;
}

function adds(
  id: string,
  text: string,
  before: Record<string, unknown>,
  operation: Record<string, unknown>,
  result: Record<string, unknown>,
): Requirement {
  return must(`add-${id}`, '7644 §3.5.2.1', text, async (probe) => {
    const body = await after(probe, before, { op: 'add', ...operation });
    for (const [name, value] of Object.entries(result)) deepEqual(body[name], value);
  });
}

/** The add operation (RFC 7644 §3.5.2.1). */
export const PATCH_ADD = [
  adds('new', 'an attribute that is not there is added', {}, { path: 'title', value: 'Boss' }, { title: 'Boss' }),
  adds('single', 'one value is replaced', { title: 'x' }, { path: 'title', value: 'Boss' }, { title: 'Boss' }),
  adds(
    'no-path',
    'without a path the value holds the attributes',
    { title: 'x' },
    { value: { title: 'Boss', nickName: 'B', emails: [EMAIL] } },
    { title: 'Boss', nickName: 'B', emails: [EMAIL] },
  ),
  adds(
    'complex',
    'the given sub-attributes of a complex attribute are set',
    { name: { givenName: 'Ada', familyName: 'x' } },
    { path: 'name', value: { familyName: 'Lovelace' } },
    { name: { givenName: 'Ada', familyName: 'Lovelace' } },
  ),
  adds(
    'sub',
    'a sub-attribute can be the target',
    { name: { givenName: 'Ada' } },
    { path: 'name.familyName', value: 'Lovelace' },
    { name: { givenName: 'Ada', familyName: 'Lovelace' } },
  ),
  adds(
    'multi',
    'a multi-valued attribute gets one value more',
    { emails: [EMAIL] },
    { path: 'emails', value: [OTHER] },
    {
      emails: [EMAIL, OTHER],
    },
  ),
  adds(
    'multi-same',
    'a value that is there is not added again',
    { emails: [EMAIL] },
    { path: 'emails', value: [EMAIL] },
    {
      emails: [EMAIL],
    },
  ),
  adds(
    'matching',
    'with a filter the sub-attribute of the values that meet it is set',
    { emails: [EMAIL, OTHER] },
    { path: 'emails[type eq "work"].display', value: 'Work' },
    { emails: [{ ...EMAIL, display: 'Work' }, OTHER] },
  ),
  must('add-time', '7644 §3.5.2.1', 'adding what is there does not move lastModified', async (probe) => {
    const { id, meta } = await probe.user({ title: 'Boss', emails: [EMAIL] });
    await probe.patch(`/Users/${id}`, { op: 'add', path: 'title', value: 'Boss' });
    await probe.patch(`/Users/${id}`, { op: 'add', path: 'emails', value: [EMAIL] });
    deepEqual((await probe.get(`/Users/${id}`)).body.meta, meta);
  }),
  should('add-same-success', '7644 §3.5.2.1', 'adding what is there is a success', async (probe) => {
    const { id } = await probe.user({ title: 'Boss' });
    const { status } = await probe.patch(`/Users/${id}`, { op: 'add', path: 'title', value: 'Boss' });
    ok(status === 200 || status === 204);
  }),
  must('add-member', '7644 §3.5.2.1', 'members are added to a group, and the others stay', async (probe) => {
    const [first, second] = [await probe.user(), await probe.user()];
    const { id } = await probe.group({ members: [first.id] });
    await probe.patch(`/Groups/${id}`, { op: 'add', path: 'members', value: [{ value: second.id }] });
    const { members } = (await probe.get(`/Groups/${id}`)).body;
    deepEqual(members.map(({ value }: Body) => value).toSorted(), [first.id, second.id].toSorted());
  }),
  must('add-member-again', '7644 §3.5.2.1', 'a member who is there changes nothing', async (probe) => {
    const user = await probe.user();
    const { id, meta } = await probe.group({ members: [user.id] });
    await probe.patch(`/Groups/${id}`, { op: 'add', path: 'members', value: [{ value: user.id }] });
    const { body } = await probe.get(`/Groups/${id}`);
    deepEqual([body.members.length, body.meta.lastModified], [1, meta.lastModified]);
  }),
  must('add-value', '7644 §3.5.2.1', 'an add without a value is refused', async (probe) => {
    const { id } = await probe.user();
    equal((await probe.patch(`/Users/${id}`, { op: 'add', path: 'title' })).status, 400);
  }),
];
