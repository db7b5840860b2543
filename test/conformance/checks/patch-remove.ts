import { deepEqual, equal } from 'node:assert/strict';
import type { Body } from '../../support/app.ts';
import { must } from '../requirement.ts';

const HOME = { value: 'b@example.com', type: 'home' };
const WORK = { value: 'a@example.com', type: 'work' };

/** The remove operation (RFC 7644 §3.5.2.2). */
export const PATCH_REMOVE = [
  must('remove-no-path', '7644 §3.5.2.2', 'without a path it is 400 with noTarget', async (probe) => {
    const { id } = await probe.user();
    const { status, body } = await probe.patch(`/Users/${id}`, { op: 'remove' });
    deepEqual([status, body.scimType], [400, 'noTarget']);
  }),
  must('remove-single', '7644 §3.5.2.2', 'a single value is unassigned', async (probe) => {
    const { id } = await probe.user({ title: 'Boss' });
    await probe.patch(`/Users/${id}`, { op: 'remove', path: 'title' });
    equal((await probe.get(`/Users/${id}`)).body.title, undefined);
  }),
  must('remove-multi', '7644 §3.5.2.2', 'all values of a multi-valued attribute go', async (probe) => {
    const { id } = await probe.user({ emails: [WORK, HOME] });
    await probe.patch(`/Users/${id}`, { op: 'remove', path: 'emails' });
    equal((await probe.get(`/Users/${id}`)).body.emails, undefined);
  }),
  must('remove-matching', '7644 §3.5.2.2', 'with a filter the values that meet it go', async (probe) => {
    const { id } = await probe.user({ emails: [WORK, HOME] });
    await probe.patch(`/Users/${id}`, { op: 'remove', path: 'emails[type eq "work"]' });
    deepEqual((await probe.get(`/Users/${id}`)).body.emails, [HOME]);
  }),
  must('remove-last', '7644 §3.5.2.2', 'when the last value goes the attribute is unassigned', async (probe) => {
    const { id } = await probe.user({ emails: [WORK] });
    await probe.patch(`/Users/${id}`, { op: 'remove', path: 'emails[type eq "work"]' });
    equal((await probe.get(`/Users/${id}`)).body.emails, undefined);
  }),
  must('remove-sub', '7644 §3.5.2.2', 'a sub-attribute of the values that meet a filter goes', async (probe) => {
    const { id } = await probe.user({ emails: [{ ...WORK, display: 'x' }, HOME] });
    await probe.patch(`/Users/${id}`, { op: 'remove', path: 'emails[type eq "work"].display' });
    deepEqual((await probe.get(`/Users/${id}`)).body.emails, [WORK, HOME]);
  }),
  must('remove-complex-sub', '7644 §3.5.2.2', 'a sub-attribute of a complex attribute goes', async (probe) => {
    const { id } = await probe.user({ name: { givenName: 'Ada', familyName: 'L' } });
    await probe.patch(`/Users/${id}`, { op: 'remove', path: 'name.familyName' });
    deepEqual((await probe.get(`/Users/${id}`)).body.name, { givenName: 'Ada' });
  }),
  must('remove-required', '7644 §3.5.2.2', 'a required attribute is 400 with mutability', async (probe) => {
    const { id } = await probe.user();
    const { status, body } = await probe.patch(`/Users/${id}`, { op: 'remove', path: 'userName' });
    deepEqual([status, body.scimType], [400, 'mutability']);
  }),
  must('remove-read-only', '7644 §3.5.2.2', 'a read-only attribute is 400 with mutability', async (probe) => {
    const { id } = await probe.user();
    for (const path of ['groups', 'id', 'meta.created']) {
      const { status, body } = await probe.patch(`/Users/${id}`, { op: 'remove', path });
      deepEqual([status, body?.scimType], [400, 'mutability'], path);
    }
  }),
  must('remove-member', '7644 §3.5.2.2', 'one member is removed by a filter', async (probe) => {
    const [first, second] = [await probe.user(), await probe.user()];
    const { id } = await probe.group({ members: [first.id, second.id] });
    await probe.patch(`/Groups/${id}`, { op: 'remove', path: `members[value eq "${first.id}"]` });
    const { members } = (await probe.get(`/Groups/${id}`)).body;
    deepEqual(
      members.map(({ value }: Body) => value),
      [second.id],
    );
  }),
  must('remove-members', '7644 §3.5.2.2', 'without a filter all members are removed', async (probe) => {
    const { id } = await probe.group({ members: [(await probe.user()).id] });
    await probe.patch(`/Groups/${id}`, { op: 'remove', path: 'members' });
    equal((await probe.get(`/Groups/${id}`)).body.members, undefined);
  }),
];
