import { expect, test } from 'vitest';
import { toJson } from '../../src/connectors/http/json.ts';
import { toCel } from '../../src/connectors/rest/expression.ts';
import {
  compileBody,
  compileTemplate,
  renderBody,
  renderHeader,
  renderPath,
  renderText,
} from '../../src/connectors/rest/template.ts';

const SCOPE = { id: 'string', attributes: 'map<string, dyn>', settings: 'map<string, dyn>', item: 'dyn' };
const context = {
  id: 'a/b?c#d %2e é',
  attributes: { givenName: 'Ada', title: null },
  settings: toCel({ url: 'http://x', seats: 5, rate: 0.5, open: true, roles: { Ops: 7 }, tags: ['a'] }),
  item: toCel({ tags: ['x', 'y'] }),
};

test.for([
  { name: 'a value is encoded', path: '/users/{{ id }}', expected: '/users/a%2Fb%3Fc%23d%20%252e%20%C3%A9' },
  { name: 'a number is text', path: '/seats/{{ settings.seats }}/x', expected: '/seats/5/x' },
  { name: 'values may stand side by side', path: '/{{ settings.seats }}-{{ settings.seats }}', expected: '/5-5' },
  { name: 'a plain path stays', path: '/users', expected: '/users' },
])('path: $name', ({ path, expected }) => {
  expect(renderPath(compileTemplate(path, SCOPE), context)).toBe(expected);
});

test.for([
  { name: 'an empty value', id: '' },
  { name: 'one dot', id: '.' },
  { name: 'two dots', id: '..' },
  { name: 'half a surrogate pair', id: '\ud83c' },
])('path: $name is refused', ({ id }) => {
  const template = compileTemplate('/users/{{ id }}/suspend', SCOPE);
  expect(() => renderPath(template, { ...context, id })).toThrow(expect.objectContaining({ code: 'target_refused' }));
});

test('path: dots that two values make together are refused', () => {
  const template = compileTemplate('/{{ id }}{{ id }}', SCOPE);
  expect(() => renderPath(template, { ...context, id: '.' })).toThrow(/out of the path/);
});

test.for([
  { name: 'one expression keeps a number', body: '{{ settings.seats }}', expected: 5 },
  { name: 'one expression keeps a fraction', body: '{{ settings.rate }}', expected: 0.5 },
  { name: 'one expression keeps a truth value', body: '{{ settings.open }}', expected: true },
  { name: 'one expression keeps null', body: '{{ attributes.title }}', expected: null },
  { name: 'one expression keeps a list', body: '{{ item.tags.filter(t, t != "x") }}', expected: ['y'] },
  { name: 'one expression may be a map with braces', body: '{{ {"a": {"b": 1}} }}', expected: { a: { b: 1 } } },
  { name: 'text around makes text', body: '#{{ settings.seats }}', expected: '#5' },
  { name: 'null in a text is nothing', body: 'Mx. {{ attributes.title }}', expected: 'Mx. ' },
  { name: 'an absent attribute leaves its field out', body: { a: '{{ attributes.phone }}', b: 1 }, expected: { b: 1 } },
  { name: 'in a text too', body: { a: 'T {{ attributes.phone }}' }, expected: {} },
  { name: 'a null attribute is sent', body: { a: '{{ attributes.title }}' }, expected: { a: null } },
  { name: 'an optional that is not there leaves its field out', body: { a: '{{ settings.?no }}' }, expected: {} },
  { name: 'lists and constants stay', body: [1, null, { x: [true] }], expected: [1, null, { x: [true] }] },
  { name: 'a value is never read as a template', body: '{{ "{{ id }}" }}', expected: '{{ id }}' },
])('body: $name', ({ body, expected }) => {
  expect(JSON.parse(toJson(renderBody(compileBody(body, SCOPE), context)))).toEqual(expected);
});

test('text: null leaves a parameter out, a list is refused', () => {
  expect(renderText(compileTemplate('{{ attributes.title }}', SCOPE), context)).toBeNull();
  expect(() => renderText(compileTemplate('{{ settings.tags }}', SCOPE), context)).toThrow(/list or an object/);
});

test.for(['a\r\nX: 1', 'a\nb', 'a\0b', '日本'])('header: %j is refused', (id) => {
  const template = compileTemplate('Bearer {{ id }}', SCOPE);
  expect(() => renderHeader(template, { ...context, id })).toThrow(expect.objectContaining({ code: 'target_refused' }));
});

test.for([
  { name: 'an unknown variable', text: '{{ nobody.x }}', message: /Unknown variable: nobody/ },
  { name: 'broken CEL', text: '{{ id + }}', message: /Unexpected token/ },
  { name: 'braces that stay open', text: 'a {{ id', message: /never closed/ },
  { name: 'a regular expression', text: '{{ id.matches("(a+)+b") }}', message: /switched off/ },
  {
    name: 'a regular expression inside a macro',
    text: '{{ item.tags.all(t, t.matches("a")) }}',
    message: /switched off/,
  },
  { name: 'types that do not fit', text: '{{ id + 1 }}', message: /no such overload/ },
])('$name is refused at load', ({ text, message }) => {
  expect(() => compileTemplate(text, SCOPE)).toThrow(message);
});

test('a field that is not there is refused when the request is made', () => {
  const body = compileBody({ a: '{{ item.nope }}' }, SCOPE);
  expect(() => renderBody(body, context)).toThrow(/item.nope.*No such key/);
});

test.for(['constructor', '__proto__', 'toString'])('settings.%s is no way to the engine', (name) => {
  const template = compileTemplate(`{{ settings.${name} }}`, SCOPE);
  expect(() => renderText(template, context)).toThrow(/No such key/);
});
