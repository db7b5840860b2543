import { expect, test } from 'vitest';
import { compileMappingExpression } from '../../src/plan/mapping-expression.ts';

test.for([
  { source: 'department ==', what: 'scope', words: 'Unexpected token' },
  { source: 'departmnt == "1"', what: 'scope', words: 'Unknown variable: departmnt' },
  { source: 'name.surname', what: 'value', words: 'No such key: surname' },
  { source: 'department == null', what: 'scope', words: 'absent is ""' },
  { source: 'department', what: 'scope', words: 'gives string' },
  { source: 'name', what: 'value', words: 'a text or a number is needed' },
  { source: 'title.matches("(a+)+$")', what: 'scope', words: 'matches() is not among' },
  { source: 'groups.map(g, g + title)', what: 'value', words: 'map() is not among' },
  { source: 'groups.join(title)', what: 'value', words: 'join() is not among' },
  { source: 'cel.bind(x, title + title, x + x)', what: 'value', words: 'bind() is not among' },
  { source: 'has(name.givenName)', what: 'scope', words: 'not needed' },
  { source: 'emails.exists(e, roles.exists(r, r.value == e.value))', what: 'scope', words: 'inside another loop' },
  { source: 'emails.filter(e, e.primary).exists(e, e.type == "work")', what: 'scope', words: null },
  { source: 'roles.exists(r, r.value == "x") || emails.exists(e, e.primary)', what: 'scope', words: null },
  { source: Array(400).fill('title').join(' + '), what: 'value', words: 'longer than 2000' },
  { source: Array(180).fill('title').join('+'), what: 'value', words: '' },
] as const)('$source as $what', ({ source, what, words }) => {
  const compile = () => compileMappingExpression(source, what);
  if (words === null) expect(compile).not.toThrow();
  else expect(compile).toThrow(words);
});

test('what an expression reads is known, so that nothing else is worked out', () => {
  const { reads, carried } = compileMappingExpression('extensions["urn:a:b"].desk.room == department', 'scope');
  expect([...reads].toSorted()).toEqual(['department', 'extensions']);
  expect(carried).toContainEqual(['urn:a:b', 'desk', 'room']);
});
