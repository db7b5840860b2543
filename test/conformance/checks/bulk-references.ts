import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Body } from '../../support/app.ts';
import { aGroup, aPatch, aUser } from '../../support/people.ts';
import { ENTERPRISE } from '../crew.ts';
import type { Probe } from '../probe.ts';
import { must } from '../requirement.ts';
import { bulk, postUser } from './bulk.ts';

const idOf = ({ location }: Body): string => location.slice(location.lastIndexOf('/') + 1);

function postGroup(bulkId: string, ...members: string[]) {
  return { method: 'POST', path: '/Groups', bulkId, data: aGroup({ members }) };
}

/** The ids of what a bulk request made, which has to succeed. */
async function made(probe: Probe, ...operations: unknown[]): Promise<string[]> {
  const { body } = await bulk(probe, operations);
  for (const { status } of body.Operations) equal(status, '201');
  return body.Operations.map(idOf);
}

const membersOf = async (probe: Probe, id: string | undefined): Promise<string[]> =>
  ((await probe.get(`/Groups/${id}`)).body.members ?? []).map(({ value }: Body) => value);

/** References by bulkId (RFC 7644 §3.7.1, §3.7.2). */
export const BULK_REFERENCES = [
  must('bulk-reference', '7644 §3.7.2', 'bulkId: stands for the id of what an operation makes', async (probe) => {
    const [user = '', group] = await made(probe, postUser('u'), postGroup('g', 'bulkId:u'));
    deepEqual(await membersOf(probe, group), [user]);
  }),
  must('bulk-forward', '7644 §3.7.2', 'also where that operation comes later', async (probe) => {
    const [group, user = ''] = await made(probe, postGroup('g', 'bulkId:u'), postUser('u'));
    deepEqual(await membersOf(probe, group), [user]);
  }),
  must('bulk-circle', '7644 §3.7.1', 'two that refer to each other are both made', async (probe) => {
    const [first = '', second = ''] = await made(probe, postGroup('a', 'bulkId:b'), postGroup('b', 'bulkId:a'));
    deepEqual([await membersOf(probe, first), await membersOf(probe, second)], [[second], [first]]);
  }),
  must('bulk-path', '7644 §3.7.2', 'a path may refer to what was made before', async (probe) => {
    const patch = aPatch({ op: 'add', path: 'title', value: 'Boss' });
    const { body } = await bulk(probe, [postUser('u'), { method: 'PATCH', path: '/Users/bulkId:u', data: patch }]);
    ok(['200', '204'].includes(body.Operations[1].status));
    equal((await probe.get(`/Users/${idOf(body.Operations[0])}`)).body.title, 'Boss');
  }),
  must('bulk-manager', '7644 §3.7.2', 'a manager may be a reference', async (probe) => {
    const data = aUser({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
      [ENTERPRISE]: { manager: { value: 'bulkId:boss' } },
    });
    const [report, boss] = await made(probe, postUser('report', data), postUser('boss'));
    equal((await probe.get(`/Users/${report}`)).body[ENTERPRISE].manager.value, boss);
  }),
  must('bulk-unknown', '7644 §3.7.2', 'a reference to nothing fails, and that operation alone', async (probe) => {
    const { body } = await bulk(probe, [postGroup('g', 'bulkId:nobody'), postUser('u')]);
    ok(Number(body.Operations[0].status) >= 400);
    equal(body.Operations[1].status, '201');
  }),
  must('bulk-failed', '7644 §3.7.3', 'so does a reference to what could not be made', async (probe) => {
    const { body } = await bulk(probe, [postUser('u', { title: 'x' }), postGroup('g', 'bulkId:u')]);
    equal(body.Operations[0].status, '400');
    ok(Number(body.Operations[1].status) >= 400);
  }),
];
