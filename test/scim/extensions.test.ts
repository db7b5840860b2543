import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, PROFILES, type Scim, startScim } from '../support/app.ts';
import { declare, SITE_URN, STORE, STORE_URN } from '../support/extensions.ts';
import {
  aGroup,
  aPatch,
  aUser,
  createGroup,
  createUser,
  ENTERPRISE_URN,
  GROUP_URN,
  USER_URN,
} from '../support/people.ts';

let scim: Scim;
let stranger: Client;
beforeAll(async () => {
  scim = await startScim();
  stranger = await scim.stranger();
  await declare(scim.db, scim.tenantId, STORE);
  await declare(scim.db, scim.tenantId, {
    urn: SITE_URN,
    name: 'Site',
    resourceType: 'Group',
    attributes: [{ name: 'city' }, { name: 'members', multiValued: true }],
  });
});
afterAll(() => scim.stop());

const full = {
  storeId: 'S1',
  badge: 'AbC',
  region: 'North',
  floor: -3,
  rate: 12.5,
  keyHolder: true,
  since: '2026-01-02T03:04:05+02:00',
  handbook: 'https://example.com/h',
  skills: ['till', 'bakery'],
  shifts: [{ value: 'mon', type: 'early', primary: true }, { value: 'tue' }],
  desk: { room: 'B2', seat: 4 },
};
const schemas = [USER_URN, STORE_URN];
const carrying = (part: object, more: object = {}) => aUser({ schemas, [STORE_URN]: part, ...more });
const make = async (part: object, client: Client = scim) => createUser(client, { schemas, [STORE_URN]: part });
const read = async (id: string, query = '', client: Client = scim) =>
  (await client.request('GET', `/Users/${id}${query}`)).body;

describe('what is served', () => {
  test('the schema, as it was declared, by itself and in the list', async () => {
    const { status, body } = await scim.request('GET', `/Schemas/${STORE_URN.toUpperCase()}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
      id: STORE_URN,
      name: 'Store',
      description: 'Where somebody works',
      meta: { resourceType: 'Schema', location: `${scim.base}/Schemas/${STORE_URN}` },
    });
    expect(body.attributes).toMatchObject(STORE.attributes);
    expect(body.attributes[0]).toEqual({
      name: 'storeId',
      type: 'string',
      multiValued: false,
      description: '',
      required: true,
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'none',
    });
    const { body: list } = await scim.request('GET', '/Schemas');
    expect(list.totalResults).toBe(5);
    expect(list.Resources).toContainEqual(body);
  });

  test('the resource types name their extensions, required or not', async () => {
    const { body } = await scim.request('GET', '/ResourceTypes');
    expect(body.Resources).toMatchObject([
      { id: 'User', schemaExtensions: [{ schema: ENTERPRISE_URN }, { schema: STORE_URN, required: false }] },
      { id: 'Group', schemaExtensions: [{ schema: SITE_URN, required: false }] },
    ]);
    expect((await scim.request('GET', '/ResourceTypes/Group')).body).toEqual(body.Resources[1]);
  });

  test('another tenant neither sees the schema nor stores or finds by it', async () => {
    expect((await stranger.request('GET', '/Schemas')).body.totalResults).toBe(3);
    expect((await stranger.request('GET', `/Schemas/${STORE_URN}`)).status).toBe(404);
    expect((await stranger.request('GET', '/ResourceTypes')).text).not.toContain(STORE_URN);
    const made = await make(full, stranger);
    expect(JSON.stringify(made)).not.toContain(STORE_URN);
    const filter = encodeURIComponent(`${STORE_URN}:storeId eq "S1"`);
    expect((await stranger.request('GET', `/Users?filter=${filter}`)).body.totalResults).toBe(0);
  });

  test('all connections of the tenant see it', async () => {
    for (const profile of PROFILES) {
      expect((await scim.as[profile].request('GET', `/Schemas/${STORE_URN}`)).status).toBe(200);
    }
  });
});

describe('what is stored', () => {
  test.for(PROFILES)('%s: a value of each type comes back as it was sent', async (profile) => {
    const client = scim.as[profile];
    const made = await make(full, client);
    expect(made.schemas).toEqual(schemas);
    expect(made[STORE_URN]).toEqual(full);
    expect((await read(made.id, '', client))[STORE_URN]).toEqual(full);
    const replaced = await client.request('PUT', `/Users/${made.id}`, carrying({ storeId: 'S2' }));
    expect(replaced.body[STORE_URN]).toEqual({ storeId: 'S2' });
    const gone = await client.request('PUT', `/Users/${made.id}`, aUser());
    expect([gone.body.schemas, gone.body[STORE_URN]]).toEqual([[USER_URN], undefined]);
  });

  test.for([
    { name: 'a missing value that is required', part: { floor: 1 }, detail: `${STORE_URN}:storeId is required` },
    { name: 'text for an integer', part: { storeId: 'x', floor: 'one' }, detail: 'floor must be a whole number' },
    { name: 'a fraction for an integer', part: { storeId: 'x', floor: 1.5 }, detail: 'whole number' },
    { name: 'an integer too large to keep', part: { storeId: 'x', floor: 2 ** 60 }, detail: 'below 2^53' },
    { name: 'text for a decimal', part: { storeId: 'x', rate: 'a' }, detail: 'rate must be a number' },
    { name: 'no date', part: { storeId: 'x', since: '5' }, detail: 'since must be a date and time' },
    { name: 'a value that is not listed', part: { storeId: 'x', region: 'East' }, detail: 'one of "North", "South"' },
    { name: 'one in a sub-attribute', part: { storeId: 'x', shifts: [{ value: 'a', type: 'no' }] }, detail: '"late"' },
    {
      name: 'an element without what it needs',
      part: { storeId: 'x', shifts: [{ type: 'late' }] },
      detail: 'value is',
    },
    {
      name: 'two primaries',
      part: { storeId: 'x', shifts: [1, 2].map((value) => ({ value: `${value}`, primary: true })) },
      detail: 'only one value',
    },
    { name: 'a text where the extension is an object', part: 'S1', detail: 'must be an object' },
  ])('$name is refused', async ({ part, detail }) => {
    for (const profile of PROFILES) {
      const { status, body } = await scim.as[profile].request('POST', '/Users', carrying(part as object));
      expect([profile, status, body.scimType]).toEqual([profile, 400, 'invalidValue']);
      expect(body.detail).toContain(detail);
    }
  });

  test('listed values are stored as they are listed; in another letter case unless the RFC is taken at its word', async () => {
    const made = await make({ STOREID: 'x', REGION: 'nOrTh' });
    expect(made[STORE_URN]).toEqual({ storeId: 'x', region: 'North' });
  });

  test('an unknown attribute is refused strictly, else ignored; a read-only one is ignored by both', async () => {
    const unknown = carrying({ storeId: 'x', shoe: 1 });
    expect((await scim.as.rfc.request('POST', '/Users', unknown)).body).toMatchObject({ scimType: 'invalidSyntax' });
    expect((await make({ storeId: 'x', shoe: 1 }))[STORE_URN]).toEqual({ storeId: 'x' });
    expect((await make({ storeId: 'x', level: 'boss' }, scim.as.rfc))[STORE_URN]).toEqual({ storeId: 'x' });
  });

  test('groups have their own, and an attribute called members is not the members', async () => {
    const group = await createGroup(scim, {
      schemas: [GROUP_URN, SITE_URN],
      [SITE_URN]: { city: 'Ulm', members: ['a'] },
    });
    expect(group[SITE_URN]).toEqual({ city: 'Ulm', members: ['a'] });
    const patch = aPatch({ op: 'add', path: `${SITE_URN}:members`, value: ['b'] });
    expect((await scim.request('PATCH', `/Groups/${group.id}`, patch)).status).toBe(204);
    const { body } = await scim.request('GET', `/Groups/${group.id}`);
    expect([body[SITE_URN].members, body.members]).toEqual([['a', 'b'], undefined]);
    const refused = await scim.as.rfc.request('POST', '/Groups', aGroup({ [STORE_URN]: { storeId: 'x' } }));
    expect(refused.status).toBe(400);
  });

  test('in bulk as alone', async () => {
    const data = [carrying({ storeId: 'bulk', floor: 1 }), carrying({ floor: 1 })];
    const { body } = await scim.request('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: data.map((each, index) => ({ method: 'POST', path: '/Users', bulkId: `${index}`, data: each })),
    });
    expect(body.Operations.map(({ status }: { status: string }) => status)).toEqual(['201', '400']);
    const made = await read(body.Operations[0].location.split('/').at(-1));
    expect(made[STORE_URN]).toEqual({ storeId: 'bulk', floor: 1 });
  });
});

describe('what is found', () => {
  const names = new Map<string, string>();
  const found = async (client: Client, query: Record<string, string>): Promise<string[]> => {
    const { status, body } = await client.request('GET', `/Users?${new URLSearchParams(query)}`);
    expect(status).toBe(200);
    return body.Resources.map(({ id }: { id: string }) => names.get(id)).filter(Boolean);
  };
  beforeAll(async () => {
    const north = await make({ ...full, storeId: 'F-North', skills: ['zebra', 'ant'] }, scim.as.rfc);
    const south = await make({ storeId: 'f-south', region: 'South', floor: 12, skills: ['bee'] }, scim.as.rfc);
    names.set(north.id, 'north').set(south.id, 'south');
    names.set((await createUser(scim.as.rfc)).id, 'nobody');
  });

  test.for([
    [`${STORE_URN}:storeId eq "f-NORTH"`, ['north']],
    [`${STORE_URN.toUpperCase()}:STOREID sw "f-"`, ['north', 'south']],
    [`${STORE_URN}:badge eq "abc"`, []],
    [`${STORE_URN}:badge eq "AbC" and ${STORE_URN}:storeId pr`, ['north']],
    [`${STORE_URN}:floor gt 3`, ['south']],
    [`${STORE_URN}:rate eq 12.5 and ${STORE_URN}:storeId sw "f-"`, ['north']],
    [`${STORE_URN}:keyHolder eq true and ${STORE_URN}:storeId sw "f-"`, ['north']],
    [`${STORE_URN}:since lt "2026-01-02T01:05:00Z" and ${STORE_URN}:storeId sw "f-"`, ['north']],
    [`${STORE_URN}:skills eq "BEE"`, ['south']],
    [`${STORE_URN}:skills co "ebr"`, ['north']],
    [`${STORE_URN}:shifts[type eq "early" and value eq "mon"] and ${STORE_URN}:storeId sw "f-"`, ['north']],
    [`${STORE_URN}:shifts[type eq "early" and value eq "tue"]`, []],
    [`${STORE_URN}:desk.seat eq 4 and ${STORE_URN}:storeId sw "f-"`, ['north']],
    [`${STORE_URN}:desk pr and ${STORE_URN}:storeId sw "f-"`, ['north']],
    [`not (${STORE_URN}:storeId pr)`, ['nobody']],
  ] as const)('%s', async ([filter, expected]) => {
    expect((await found(scim.as.rfc, { filter })).toSorted()).toEqual(expected);
  });

  test('lists are sorted by it; who has none comes last', async () => {
    const by = async (name: string) => found(scim.as.rfc, { sortBy: `${STORE_URN}:${name}` });
    expect(await by('floor')).toEqual(['north', 'south', 'nobody']);
    expect(await by('region')).toEqual(['north', 'south', 'nobody']);
    expect(await by('skills')).toEqual(['south', 'north', 'nobody']);
  });
});

test('answers are cut to what was asked for', async () => {
  const { id } = await make(full);
  const own = async (query: string) => (await read(id, query))[STORE_URN];
  expect(await own(`?attributes=${STORE_URN}:floor,${STORE_URN}:desk.room`)).toEqual({
    floor: -3,
    desk: { room: 'B2' },
  });
  expect(await own(`?attributes=${STORE_URN}`)).toEqual(full);
  expect(await own('?attributes=userName')).toBeUndefined();
  expect(await own(`?excludedAttributes=${STORE_URN}`)).toBeUndefined();
  const { skills: _, shifts: __, ...rest } = full;
  const less = await own(`?excludedAttributes=${STORE_URN}:skills,${STORE_URN}:shifts`);
  expect(less).toEqual(rest);
});

test('`returned` is kept: always, and on request alone (RFC 7643 §2.2)', async () => {
  const client = await scim.stranger();
  const urn = 'urn:example:Returned';
  await declare(scim.db, client.connection.tenantId, {
    urn,
    name: 'Returned',
    attributes: [{ name: 'shown', returned: 'always' }, { name: 'hidden', returned: 'request' }, { name: 'plain' }],
  });
  await new Promise((resolve) => setTimeout(resolve, 10)); // nothing was asked with this token, so nothing is cached
  const made = await createUser(client, { [urn]: { shown: 's', hidden: 'h', plain: 'p' } });
  expect(made[urn]).toEqual({ shown: 's', plain: 'p' });
  const own = async (query: string) => (await read(made.id, query, client))[urn];
  expect(await own('')).toEqual({ shown: 's', plain: 'p' });
  expect(await own('?attributes=userName')).toEqual({ shown: 's' });
  expect(await own(`?attributes=${urn}:hidden`)).toEqual({ shown: 's', hidden: 'h' });
  expect(await own(`?attributes=${urn}`)).toEqual({ shown: 's', plain: 'p' });
  expect(await own(`?excludedAttributes=${urn}`)).toEqual({ shown: 's' });
  const list = await client.request('GET', '/Users');
  expect(list.text).not.toContain('"hidden"');
});
