import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Body } from '../../support/app.ts';
import type { Probe } from '../probe.ts';
import { must, should } from '../requirement.ts';

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const types = async (probe: Probe): Promise<Body[]> => (await probe.get('/ResourceTypes')).body.Resources;

/** /ResourceTypes, and what all discovery endpoints share (RFC 7644 §4, RFC 7643 §6). */
export const RESOURCE_TYPES = [
  must('types-get', '7644 §4', '/ResourceTypes lists the types in a ListResponse', async (probe) => {
    const { status, body } = await probe.get('/ResourceTypes');
    equal(status, 200);
    deepEqual(body.schemas, [LIST]);
    equal(body.totalResults, body.Resources.length);
  }),
  must('types-one', '7644 §4', 'one resource type can be read by its name', async (probe) => {
    for (const type of await types(probe)) {
      deepEqual((await probe.get(`/ResourceTypes/${type.id ?? type.name}`)).body, type);
    }
  }),
  must('types-required', '7643 §6', 'a resource type has a name, an endpoint and a schema', async (probe) => {
    for (const type of await types(probe)) ok(type.name && type.endpoint && type.schema);
  }),
  must('types-endpoint', '7643 §6', 'the endpoint is relative to the base URL, and answers', async (probe) => {
    for (const { endpoint } of await types(probe)) {
      ok(String(endpoint).startsWith('/'));
      equal((await probe.get(`${endpoint}?count=0`)).status, 200);
    }
  }),
  must('types-schema', '7643 §6', 'the schema of a type is the id of a schema that can be read', async (probe) => {
    for (const { schema } of await types(probe)) equal((await probe.get(`/Schemas/${schema}`)).body.id, schema);
  }),
  must('types-extension', '7643 §6', 'each extension names a schema and says whether it is required', async (probe) => {
    for (const { schemaExtensions = [] } of await types(probe)) {
      for (const extension of schemaExtensions) {
        equal(typeof extension.required, 'boolean');
        equal((await probe.get(`/Schemas/${extension.schema}`)).body.id, extension.schema);
      }
    }
  }),
  must('types-schemas', '7643 §3', 'a resource type says that it is one in schemas', async (probe) => {
    const urn = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
    for (const { schemas } of await types(probe)) deepEqual(schemas, [urn]);
  }),
  should('types-meta', '7643 §3.1', 'a resource type has meta with its location', async (probe) => {
    for (const { id, meta } of await types(probe)) {
      equal(meta.resourceType, 'ResourceType');
      equal(meta.location, `${probe.base}/ResourceTypes/${id}`);
    }
  }),
  must('types-filter', '7644 §4', 'a filter on /ResourceTypes is refused with 403', async (probe) => {
    equal((await probe.find('ResourceTypes' as 'Users', 'name eq "User"')).status, 403);
  }),
  must('schemas-filter', '7644 §4', 'a filter on /Schemas is refused with 403', async (probe) => {
    equal((await probe.find('Schemas' as 'Users', 'id pr')).status, 403);
  }),
  must('discovery-no-paging', '7644 §4', 'discovery ignores sorting and paging: all is listed', async (probe) => {
    for (const path of ['/Schemas', '/ResourceTypes']) {
      const whole = (await probe.get(path)).body;
      const { body } = await probe.get(`${path}?startIndex=2&count=1&sortBy=name&sortOrder=descending`);
      deepEqual(body.Resources, whole.Resources);
    }
  }),
  must('types-404', '7644 §3.12', 'a resource type that is not there is 404', async (probe) => {
    equal((await probe.get('/ResourceTypes/Device')).status, 404);
  }),
];
