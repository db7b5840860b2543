import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, PROFILES, type Scim, startScim } from '../support/app.ts';
import { declare, STORE, STORE_URN } from '../support/extensions.ts';
import { aPatch, createUser, USER_URN } from '../support/people.ts';

let scim: Scim;
beforeAll(async () => {
  scim = await startScim();
  await declare(scim.db, scim.tenantId, STORE);
});
afterAll(() => scim.stop());

const start = {
  storeId: 'S1',
  floor: 1,
  skills: ['till'],
  shifts: [{ value: 'mon', type: 'early' }],
  desk: { room: 'B' },
};

/** What is there after the operations. */
async function patched(client: Client, ...operations: object[]): Promise<unknown> {
  const { id } = await createUser(client, { schemas: [USER_URN, STORE_URN], [STORE_URN]: start });
  const answer = await client.request('PATCH', `/Users/${id}`, aPatch(...operations));
  if (answer.status !== 204) return [answer.status, answer.body.scimType];
  const { body } = await client.request('GET', `/Users/${id}`);
  expect(body.schemas).toEqual(body[STORE_URN] ? [USER_URN, STORE_URN] : [USER_URN]);
  return body[STORE_URN];
}

describe.for(PROFILES)('%s', (profile) => {
  test.for([
    {
      name: 'replace by path',
      op: { op: 'replace', path: `${STORE_URN}:floor`, value: 2 },
      after: { ...start, floor: 2 },
    },
    {
      name: 'add a listed value',
      op: { op: 'add', path: `${STORE_URN}:region`, value: 'South' },
      after: { ...start, region: 'South' },
    },
    {
      name: 'add an element of a list of texts',
      op: { op: 'add', path: `${STORE_URN}:skills`, value: ['bakery', 'till'] },
      after: { ...start, skills: ['till', 'bakery'] },
    },
    {
      name: 'a sub-attribute',
      op: { op: 'replace', path: `${STORE_URN}:desk.seat`, value: 9 },
      after: { ...start, desk: { room: 'B', seat: 9 } },
    },
    {
      name: 'an element by value path',
      op: { op: 'replace', path: `${STORE_URN}:shifts[value eq "mon"].type`, value: 'late' },
      after: { ...start, shifts: [{ value: 'mon', type: 'late' }] },
    },
    {
      name: 'remove by value path',
      op: { op: 'remove', path: `${STORE_URN}:shifts[type eq "early"]` },
      after: { storeId: 'S1', floor: 1, skills: ['till'], desk: { room: 'B' } },
    },
    {
      name: 'remove an attribute',
      op: { op: 'remove', path: `${STORE_URN}:skills` },
      after: { storeId: 'S1', floor: 1, shifts: start.shifts, desk: start.desk },
    },
    { name: 'remove the extension', op: { op: 'remove', path: STORE_URN }, after: undefined },
    {
      name: 'the extension as path',
      op: { op: 'replace', path: STORE_URN, value: { floor: 7 } },
      after: { ...start, floor: 7 },
    },
    {
      name: 'no path, the extension as key',
      op: { op: 'replace', value: { [STORE_URN]: { floor: 7 }, nickName: 'x' } },
      after: { ...start, floor: 7 },
    },
    {
      name: 'a required attribute cannot be removed',
      op: { op: 'remove', path: `${STORE_URN}:storeId` },
      after: [400, 'mutability'],
    },
    {
      name: 'nor emptied',
      op: { op: 'replace', path: STORE_URN, value: { storeId: null } },
      after: [400, 'invalidValue'],
    },
    {
      name: 'what only we may write',
      op: { op: 'replace', path: `${STORE_URN}:level`, value: 'boss' },
      after: [400, 'mutability'],
    },
    {
      name: 'a value of another type',
      op: { op: 'replace', path: `${STORE_URN}:floor`, value: 'one' },
      after: [400, 'invalidValue'],
    },
    {
      name: 'a value that is not listed',
      op: { op: 'add', path: `${STORE_URN}:region`, value: 'East' },
      after: [400, 'invalidValue'],
    },
  ])('$name', async ({ op, after }) => {
    expect(await patched(scim.as[profile], op)).toEqual(after);
  });
});

test.for([
  { name: 'a dot after the URN', path: `${STORE_URN}.floor` },
  { name: 'the URN in another letter case', path: `${STORE_URN.toUpperCase()}:Floor` },
])('tolerant: $name', async ({ path }) => {
  expect(await patched(scim.as.entra, { op: 'Replace', path, value: 5 })).toEqual({ ...start, floor: 5 });
});

test('tolerant: keys that are paths', async () => {
  const value = { [`${STORE_URN}:floor`]: 5, [`${STORE_URN}.desk.room`]: 'C', [`${STORE_URN}:region`]: 'north' };
  const after = { ...start, floor: 5, desk: { room: 'C' }, region: 'North' };
  expect(await patched(scim.as.entra, { op: 'add', value })).toEqual(after);
  expect(await patched(scim.as.rfc, { op: 'add', value })).toEqual([400, 'invalidPath']);
});

describe('after the declaration has changed', () => {
  test.for(PROFILES)('%s: a leaver leaves, whatever is demanded of people by now', async (profile) => {
    const { connection } = scim.as[profile];
    const urn = `urn:example:Changing-${profile}`;
    const declaration = { urn, name: 'Changing', attributes: [{ name: 'a' }, { name: 'b' }] };
    await declare(scim.db, connection.tenantId, declaration);
    await settled();
    const client = scim.as[profile];
    const carrier = await createUser(client, { schemas: [USER_URN, urn], [urn]: { a: 'x', b: 'y' } });
    const other = await createUser(client);
    const attributes = [
      { name: 'a', canonicalValues: ['z'] },
      { name: 'c', required: true },
    ];
    await declare(scim.db, connection.tenantId, { ...declaration, required: true, attributes }, true);
    await settled();
    for (const { id } of [carrier, other]) {
      const leave = aPatch({ op: 'replace', path: 'active', value: false });
      expect((await client.request('PATCH', `/Users/${id}`, leave)).status).toBe(204);
    }
    const { body } = await client.request('GET', `/Users/${carrier.id}`);
    expect([body.active, body[urn]]).toEqual([false, { a: 'x' }]);
    const join = { schemas: [USER_URN], userName: `${profile}@example.com` };
    expect((await client.request('POST', '/Users', join)).body.detail).toContain(`${urn} is required`);
    await scim.db.raw('delete from extension_schemas where urn = ?', [urn]);
    await settled();
    const gone = await client.request(
      'PATCH',
      `/Users/${carrier.id}`,
      aPatch({ op: 'add', path: 'title', value: 't' }),
    );
    expect(gone.status).toBe(204);
    expect((await client.request('GET', `/Users/${carrier.id}`)).text).not.toContain(urn);
  });

  /** Until what the endpoint remembers of a token is too old to be believed. */
  const settled = () => new Promise((resolve) => setTimeout(resolve, 2_050));
});
