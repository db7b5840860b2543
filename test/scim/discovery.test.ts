import { request as httpRequest } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { startScim } from '../support/app.ts';
import { createUser, ENTERPRISE_URN, GROUP_URN, LIST_URN, USER_URN } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());
const get = async (path: string, headers?: Record<string, string>) => scim.request('GET', path, undefined, headers);

test('the config says what can be done here, and only that (C35)', async () => {
  const { status, body } = await get('/ServiceProviderConfig');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 10_485_760 },
    filter: { supported: true, maxResults: 1000 },
    changePassword: { supported: false },
    sort: { supported: true },
    pagination: { cursor: true, index: true, defaultPaginationMethod: 'index', cursorTimeout: 3600 },
    etag: { supported: true },
    securityEvents: {
      asyncRequest: 'none',
      eventUris: expect.arrayContaining(['urn:ietf:params:scim:event:prov:create:notice']),
    },
    authenticationSchemes: [{ type: 'oauthbearertoken', primary: true }],
    meta: { resourceType: 'ServiceProviderConfig', location: `${scim.base}/ServiceProviderConfig` },
  });
});

test('the schemas are listed, each can be read, and the User schema is without its extension', async () => {
  const { body } = await get('/Schemas');
  expect(body).toMatchObject({ schemas: [LIST_URN], totalResults: 3, itemsPerPage: 3, startIndex: 1 });
  expect(body.Resources.map(({ id }: { id: string }) => id)).toEqual([USER_URN, ENTERPRISE_URN, GROUP_URN]);
  for (const schema of body.Resources) {
    expect(schema.meta).toMatchObject({ resourceType: 'Schema', location: `${scim.base}/Schemas/${schema.id}` });
    expect((await get(`/Schemas/${schema.id}`)).body).toEqual(schema);
    expect((await get(`/Schemas/${schema.id.toUpperCase()}`)).body).toEqual(schema);
    expect(schema.attributes.map(({ name }: { name: string }) => name)).not.toContain(ENTERPRISE_URN);
  }
  const names = body.Resources[0].attributes.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(['userName', 'active', 'emails']));
  expect(names).not.toContain('department');
});

test('the resource types are listed, each can be read', async () => {
  const { body } = await get('/ResourceTypes');
  expect(body).toMatchObject({
    schemas: [LIST_URN],
    totalResults: 2,
    Resources: [
      {
        id: 'User',
        name: 'User',
        endpoint: '/Users',
        schema: USER_URN,
        schemaExtensions: [{ schema: ENTERPRISE_URN, required: false }],
      },
      { id: 'Group', name: 'Group', endpoint: '/Groups', schema: GROUP_URN },
    ],
  });
  for (const type of body.Resources) {
    expect(type.meta).toEqual({ resourceType: 'ResourceType', location: `${scim.base}/ResourceTypes/${type.id}` });
    expect((await get(`/ResourceTypes/${type.id}`)).body).toEqual(type);
  }
});

test.for(['/Schemas/urn:nobody', '/ResourceTypes/Device', '/ResourceTypes/constructor'])('%s is 404', async (path) => {
  expect((await get(path)).status).toBe(404);
});

test.for(['/Schemas', '/ResourceTypes'])('%s with a filter is 403 (RFC 7644 §4)', async (path) => {
  expect((await get(`${path}?filter=id+pr`)).status).toBe(403);
});

/** Sends a Host of its own, which fetch does not allow. */
const withHost = async (path: string, headers: Record<string, string>) =>
  new Promise<string>((resolve, reject) => {
    const all = { authorization: `Bearer ${scim.token}`, ...headers };
    httpRequest(`${scim.base}${path}`, { headers: all }, async (res) => resolve((await res.toArray()).join('')))
      .on('error', reject)
      .end();
  });

test('URLs are those that the client typed', async () => {
  const { id } = await createUser(scim);
  for (const path of [`/Users/${id}`, '/ServiceProviderConfig']) {
    const body = JSON.parse(await withHost(path, { host: 'scim.example.com:8443' }));
    expect(body.meta.location).toBe(`http://scim.example.com:8443/scim/v2${path}`);
  }
  expect((await get(`/Users/${id}`)).body.meta.location).toBe(`${scim.base}/Users/${id}`);
});

test('a Host that is none does not get into URLs', async () => {
  const text = await withHost('/ServiceProviderConfig', { host: 'a"b{}$&' });
  expect(JSON.parse(text).meta.location).toBe(`${scim.base}/ServiceProviderConfig`);
});

test('X-Forwarded-* say nothing unless proxies are trusted', async () => {
  const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
  expect((await get('/ServiceProviderConfig', forwarded)).body.meta.location).toContain(scim.base);
  const behind = await startScim({ trustedProxies: 1 });
  const { body } = await behind.request('GET', '/ServiceProviderConfig', undefined, forwarded);
  expect(body.meta.location).toBe('https://evil.example/scim/v2/ServiceProviderConfig');
  await behind.stop();
});
