import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createConnector } from '../../src/connectors/index.ts';
import { parseDescription } from '../../src/connectors/rest/description.ts';
import { restConnector } from '../../src/connectors/rest/rest.ts';
import { connect, smallest } from './rest-support.ts';

const EXAMPLES = new URL('../../examples/targets/', import.meta.url);

test.for(readdirSync(EXAMPLES).filter((file) => file.endsWith('.yaml')))('%s is valid', (file) => {
  expect(parseDescription(readFileSync(new URL(file, EXAMPLES), 'utf8')).name).not.toBe('');
});

test('the smallest description is valid, as an object, as JSON and as YAML', () => {
  expect(parseDescription(smallest).limits).toMatchObject({ timeoutSeconds: 10, maxResponseBytes: 5_000_000 });
  expect(parseDescription(JSON.stringify(smallest)).name).toBe('Small');
});

const { operations, account } = smallest;

test.for([
  { name: 'a field that is not known', change: { nmae: 'x' }, message: /Unrecognized key: "nmae"/ },
  { name: 'a missing part', change: { account: undefined }, message: /account: / },
  {
    name: 'a method that is not known',
    change: { operations: { ...operations, find: { ...operations.find, request: 'FETCH /x' } } },
    message: /operations\.find\.request\.method: /,
  },
  {
    name: 'parameters in the path',
    change: { operations: { ...operations, find: { ...operations.find, request: 'GET /x?id={{ id }}' } } },
    message: /operations\.find\.request: .*parameters go to query/,
  },
  {
    name: 'a name that this operation does not have',
    change: { operations: { ...operations, search: { ...operations.search, query: { q: '{{ id }}' } } } },
    message: /operations\.search\.query\.q: Unknown variable: id/,
  },
  {
    name: 'an attribute that nobody knows, in a body',
    change: { operations: { ...operations, invite: { ...operations.invite, body: { a: '{{ attributes.shoe }}' } } } },
    message: /operations\.invite\.body: there is no attribute "shoe"/,
  },
  {
    name: 'an attribute that nobody knows, in the account',
    change: { account: { ...account, attributes: { shoe: 'item.shoe' } } },
    message: /account\.attributes\.shoe: there is no attribute "shoe"; known are userName/,
  },
  {
    name: 'an attribute of the mapping as one of an extension',
    change: { extensionAttributes: ['title'] },
    message: /extensionAttributes\.0: is one of the mapping/,
  },
  {
    name: 'an attribute of an extension that no expression can read',
    change: { extensionAttributes: ['store-id'] },
    message: /extensionAttributes\.0: must be a letter/,
  },
  {
    name: 'braces without quotes',
    change: { baseUrl: { '{ settings.url }': null } },
    message: /baseUrl: must be text; put quotes/,
  },
  {
    name: 'a status that is not ours',
    change: { account: { ...account, status: { value: 'item.s', map: { a: 'asleep' } } } },
    message: /account\.status\.map\.a: /,
  },
  {
    name: 'nobody can leave',
    change: { operations: { ...operations, erase: undefined } },
    message: /operations: needs suspend or erase/,
  },
  {
    name: 'suspend without resume',
    change: { operations: { ...operations, suspend: operations.erase } },
    message: /operations\.resume: is needed with suspend/,
  },
  {
    name: 'an invite that cannot know the id',
    change: { operations: { ...operations, invite: { request: 'POST /users' } } },
    message: /operations\.invite: needs `item`/,
  },
  {
    name: 'a search for a part of the address without pages',
    change: { operations: { ...operations, search: { ...operations.search, match: 'contains' } } },
    message: /operations\.search\.next: /,
  },
  {
    name: 'a read that is done without an answer',
    change: { errors: [{ when: 'status == 404', means: 'done' }] },
    message: /errors\.0\.on: `done` must name/,
  },
  {
    name: 'a body on a GET',
    change: { operations: { ...operations, find: { ...operations.find, body: { a: 1 } } } },
    message: /operations\.find\.body: a GET request has no body/,
  },
  { name: 'a header of the HTTP client', change: { headers: { Host: 'x' } }, message: /headers\.Host: / },
  { name: 'a header name with a line break', change: { headers: { 'A\nB': 'x' } }, message: /headers\.A\nB: / },
])('$name is a fault', ({ change, message }) => {
  const parse = () => parseDescription({ ...smallest, ...change });
  expect(parse).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  expect(parse).toThrow(message);
});

test('all faults are told at once', () => {
  const wrong = { ...smallest, baseUrl: '{{ nope }}', account: { ...account, id: 'item.', email: 'x.y' } };
  expect(() => parseDescription(wrong)).toThrow(/baseUrl: [\s\S]*account\.id: [\s\S]*account\.email: /);
});

test('text that is not YAML is a fault with its line', () => {
  expect(() => parseDescription('name: [a\nb: c')).toThrow(/is not YAML:\n.*line 2/);
});

test.for([
  { name: 'a setting that is not there', settings: {}, secrets: { token: 'x' }, message: /needs settings\.url/ },
  { name: 'a secret that is not there', settings: { url: 'http://h' }, secrets: {}, message: /needs secrets\.token/ },
  { name: 'another protocol', settings: { url: 'ftp://h' }, secrets: { token: 'x' }, message: /http or https/ },
  {
    name: 'credentials in the URL',
    settings: { url: 'http://a:b@h' },
    secrets: { token: 'x' },
    message: /credentials/,
  },
  {
    name: 'a token with a line break behind it',
    settings: { url: 'http://h' },
    secrets: { token: 'x\n' },
    message: /characters that a header cannot hold/,
  },
  { name: 'a query in the URL', settings: { url: 'http://h/?a=' }, secrets: { token: 'x' }, message: /query/ },
])('$name is a fault before the first request', ({ settings, secrets, message }) => {
  const connect = () =>
    restConnector(parseDescription(smallest), { settings, secrets: secrets as Record<string, string> });
  expect(connect).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  expect(connect).toThrow(message);
});

test('capabilities say what the description can do', () => {
  const target = { settings: { url: 'http://h', description: smallest }, secrets: { token: 'x' } };
  const { capabilities } = createConnector('rest', target, { sandboxUrl: '', sandboxKey: '' });
  expect(capabilities).toEqual({
    attributes: ['givenName', 'title'],
    groups: false,
    suspend: false,
    erase: true,
    list: false,
    anonymise: false,
    read: true,
    effects: { suspend: [], resume: [] },
  });
});

test('an attribute of a tenant’s extension that the description lists is sent and read like any other', () => {
  const { capabilities } = connect('http://h', {
    extensionAttributes: ['storeId'],
    account: { ...account, attributes: { ...account.attributes, storeId: 'item.store' } },
    operations: { ...operations, update: { ...operations.update, body: { store: '{{ attributes.storeId }}' } } },
  });
  expect(capabilities.attributes).toEqual(['storeId']);
});

test('a rest target without a description is a fault', () => {
  const create = () => createConnector('rest', { settings: {}, secrets: {} }, { sandboxUrl: '', sandboxKey: '' });
  expect(create).toThrow(/settings\.description/);
});
