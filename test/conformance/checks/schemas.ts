import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Body } from '../../support/app.ts';
import type { Probe } from '../probe.ts';
import { must, mustNot, should } from '../requirement.ts';

const TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'complex', 'binary'];
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const KEYWORDS = {
  mutability: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  returned: ['always', 'never', 'default', 'request'],
  uniqueness: ['none', 'server', 'global'],
};

const schemas = async (probe: Probe): Promise<Body[]> => (await probe.get('/Schemas')).body.Resources;

/** All attributes of all schemas, sub-attributes with them. */
async function attributes(probe: Probe): Promise<Body[]> {
  const top = (await schemas(probe)).flatMap((schema) => schema.attributes);
  return [...top, ...top.flatMap(({ subAttributes = [] }: Body) => subAttributes)];
}

async function attributeOf(probe: Probe, schema: string, name: string): Promise<Body> {
  const { body } = await probe.get(`/Schemas/${schema}`);
  return body.attributes.find((attribute: Body) => attribute.name === name);
}

/** /Schemas (RFC 7644 §4, RFC 7643 §2, §7). */
export const SCHEMAS = [
  must('schemas-get', '7644 §4', '/Schemas lists all schemas in a ListResponse', async (probe) => {
    const { status, body } = await probe.get('/Schemas');
    equal(status, 200);
    equal(body.totalResults, body.Resources.length);
    for (const urn of [USER, GROUP]) ok(body.Resources.some(({ id }: Body) => id === urn));
  }),
  must('schemas-one', '7644 §4', 'one schema can be read by its URI', async (probe) => {
    for (const schema of await schemas(probe)) deepEqual((await probe.get(`/Schemas/${schema.id}`)).body, schema);
  }),
  must('schemas-unique', '7643 §7', 'the id of a schema is a URI and its own', async (probe) => {
    const ids = (await schemas(probe)).map(({ id }) => id);
    equal(new Set(ids).size, ids.length);
    for (const id of ids) match(id, /^urn:/);
  }),
  must(
    'schemas-attributes',
    '7643 §7',
    'every schema has attributes, each with name, type, multiValued',
    async (probe) => {
      for (const attribute of await attributes(probe)) {
        ok(attribute.name && attribute.type);
        equal(typeof attribute.multiValued, 'boolean', attribute.name);
      }
    },
  ),
  must('schemas-types', '7643 §2.3', 'the type of an attribute is one of the eight', async (probe) => {
    for (const { name, type } of await attributes(probe)) ok(TYPES.includes(type), `${name}: ${type}`);
  }),
  must('schemas-keywords', '7643 §7', 'mutability, returned and uniqueness have known words', async (probe) => {
    for (const attribute of await attributes(probe)) {
      for (const [characteristic, words] of Object.entries(KEYWORDS)) {
        const word = attribute[characteristic];
        ok(word === undefined || words.includes(word), `${attribute.name}.${characteristic}: ${word}`);
      }
    }
  }),
  must('schemas-names', '7643 §2.1', 'attribute names are letters, digits, - and _, after a letter', async (probe) => {
    for (const { name } of await attributes(probe)) match(name, /^(\$ref|[A-Za-z][\w-]*)$/);
  }),
  mustNot('schemas-depth', '7643 §2.3.8', 'a sub-attribute is never complex', async (probe) => {
    for (const { subAttributes = [] } of (await schemas(probe)).flatMap((schema) => schema.attributes)) {
      for (const { name, type } of subAttributes) ok(type !== 'complex', name);
    }
  }),
  should('schemas-complex', '7643 §7', 'a complex attribute lists its sub-attributes', async (probe) => {
    for (const { name, type, subAttributes } of await attributes(probe)) {
      if (type === 'complex') ok(subAttributes?.length, name);
    }
  }),
  should('schemas-references', '7643 §7', 'a reference says what it may refer to', async (probe) => {
    for (const { name, type, referenceTypes } of await attributes(probe)) {
      if (type === 'reference') ok(referenceTypes?.length, name);
    }
  }),
  must('schemas-user-name', '7643 §4.1.1', 'userName is required and unique in the server', async (probe) => {
    const userName = await attributeOf(probe, USER, 'userName');
    equal(userName.required, true);
    equal(userName.uniqueness, 'server');
  }),
  must('schemas-group-name', '7643 §4.2', 'displayName of a group is required', async (probe) => {
    equal((await attributeOf(probe, GROUP, 'displayName')).required, true);
  }),
  must('schemas-password', '7643 §4.1.1', 'password is write-only and never returned', async (probe) => {
    const password = await attributeOf(probe, USER, 'password');
    if (password) deepEqual([password.mutability, password.returned], ['writeOnly', 'never']);
  }),
  must('schemas-groups', '7643 §4.1.2', 'groups of a user are read-only', async (probe) => {
    equal((await attributeOf(probe, USER, 'groups')).mutability, 'readOnly');
  }),
  must('schemas-read-only', '7643 §7', 'a schema cannot be written', async (probe) => {
    const { status } = await probe.send('PUT', `/Schemas/${USER}`, {});
    ok(status >= 400 && status < 500);
  }),
];
