import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { aPatch, aUser } from '../../support/people.ts';
import type { Probe } from '../probe.ts';
import { must, mustNot, shouldNot } from '../requirement.ts';

/** A user who was deleted just now. */
async function deleted(probe: Probe): Promise<{ id: string; userName: string }> {
  const user = await probe.user();
  equal((await probe.send('DELETE', `/Users/${user.id}`)).status, 204);
  return user;
}

/** DELETE (RFC 7644 §3.6). */
export const DELETE = [
  must('delete-204', '7644 §3.6', 'a deletion is 204 without a body', async (probe) => {
    const { id } = await probe.group();
    const { status, text } = await probe.send('DELETE', `/Groups/${id}`);
    deepEqual([status, text], [204, '']);
  }),
  must('delete-gone', '7644 §3.6', 'whatever is done with what was deleted is 404', async (probe) => {
    const { id } = await deleted(probe);
    const body = aPatch({ op: 'add', path: 'title', value: 'x' });
    equal((await probe.get(`/Users/${id}`)).status, 404);
    equal((await probe.put(`/Users/${id}`, aUser())).status, 404);
    equal((await probe.send('PATCH', `/Users/${id}`, body)).status, 404);
    equal((await probe.send('DELETE', `/Users/${id}`)).status, 404);
  }),
  must('delete-lists', '7644 §3.6', 'what was deleted is in no list', async (probe) => {
    const { id, userName } = await deleted(probe);
    equal((await probe.find('Users', `id eq "${id}"`)).body.totalResults, 0);
    equal((await probe.find('Users', `userName eq "${userName}"`)).body.totalResults, 0);
  }),
  shouldNot('delete-conflict', '7644 §3.6', 'what was deleted stands in the way of no new resource', async (probe) => {
    const { userName } = await deleted(probe);
    equal((await probe.post('/Users', aUser({ userName }))).status, 201);
  }),
  must('delete-404', '7644 §3.12', 'a deletion of nothing is 404', async (probe) => {
    equal((await probe.send('DELETE', `/Users/${randomUUID()}`)).status, 404);
    equal((await probe.send('DELETE', '/Groups/nonsense')).status, 404);
  }),
  mustNot('delete-id-again', '7643 §3.1', 'the id of what was deleted is never given again', async (probe) => {
    const { id, userName } = await deleted(probe);
    notEqual((await probe.post('/Users', aUser({ userName }))).body.id, id);
  }),
  must('delete-member', '7643 §4.2', 'a user who was deleted is a member of nothing', async (probe) => {
    const { id } = await probe.user();
    const group = await probe.group({ members: [id] });
    await probe.send('DELETE', `/Users/${id}`);
    equal((await probe.get(`/Groups/${group.id}`)).body.members, undefined);
  }),
  must('delete-group-keeps', '7644 §3.6', 'a deleted group leaves its members alone', async (probe) => {
    const { id } = await probe.user();
    const group = await probe.group({ members: [id] });
    await probe.send('DELETE', `/Groups/${group.id}`);
    const { status, body } = await probe.get(`/Users/${id}`);
    deepEqual([status, body.groups], [200, undefined]);
  }),
];
