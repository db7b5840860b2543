import { expect, test } from 'vitest';
import { retryAfterOf } from '../../src/connectors/http/answer.ts';
import { parseJson } from '../../src/connectors/http/json.ts';
import type { Answer } from '../../src/connectors/http/send.ts';
import { parseDescription } from '../../src/connectors/rest/description.ts';
import { judge } from '../../src/connectors/rest/outcome.ts';
import type { OperationName } from '../../src/connectors/rest/scopes.ts';
import { smallest } from './rest-support.ts';

const answer = (status: number, text = '{}', headers: Record<string, string> = {}): Answer => ({
  status,
  text,
  headers,
  body: parseJson(text),
});

test.for<[status: number, text: string, operation: OperationName, outcome: string]>([
  [200, '{}', 'find', 'ok'],
  [204, '', 'suspend', 'ok'],
  [404, '{"message":"no"}', 'find', 'gone'],
  [410, '{}', 'find', 'gone'],
  [404, '{}', 'suspend', 'gone'],
  [404, '{}', 'erase', 'gone'],
  [404, '{}', 'revoke', 'gone'],
  [404, '<h1>Not Found</h1>', 'find', 'target_down'],
  [404, '', 'find', 'target_down'],
  [404, '404 page not found', 'erase', 'target_down'],
  [404, '"not found"', 'find', 'target_down'],
  [404, '{}', 'search', 'target_refused'],
  [404, '{}', 'list', 'target_refused'],
  [404, '{}', 'invite', 'target_refused'],
  [404, '{}', 'update', 'target_refused'],
  [404, '{}', 'resume', 'target_refused'],
  [404, '{}', 'grant', 'target_refused'],
  [404, '{}', 'onSuspend', 'target_refused'],
  [409, '{}', 'invite', 'exists'],
  [409, '{}', 'groupCreate', 'exists'],
  [409, '{}', 'update', 'target_refused'],
  [429, '{}', 'find', 'target_busy'],
  [423, '{}', 'update', 'target_busy'],
  [408, '{}', 'find', 'target_busy'],
  [425, '{}', 'find', 'target_busy'],
  [500, '{}', 'find', 'target_down'],
  [503, '<h1>', 'search', 'target_down'],
  [599, '', 'erase', 'target_down'],
  [400, '{}', 'invite', 'target_refused'],
  [401, '{}', 'find', 'target_refused'],
  [403, '{}', 'find', 'target_refused'],
  [422, '{}', 'update', 'target_refused'],
  [301, '', 'find', 'target_refused'],
  [307, '', 'erase', 'target_refused'],
])('%i %j to %s means %s', ([status, text, operation, outcome]) => {
  let got: string;
  try {
    got = judge(operation, answer(status, text), []);
  } catch (error) {
    got = (error as { code: string }).code;
  }
  expect(got).toBe(outcome);
});

const { errors: rules } = parseDescription({
  ...smallest,
  errors: [
    { on: ['find'], when: 'status == 200 && body.data == null', means: 'gone' },
    { on: ['erase', 'grant'], when: 'body.code == "already"', means: 'done' },
    { on: ['update', 'invite'], when: 'body.errors[0].code == "DUP"', means: 'exists' },
    { when: 'headers["x-maintenance"] == "on"', means: 'down' },
    { when: 'status == 403 && body.code == "quota"', means: 'busy' },
    { when: 'status == 404 && body.code == "vanished"', means: 'gone' },
    { on: ['suspend'], when: 'status == 404', means: 'refused' },
  ],
});

test.for<[name: string, operation: OperationName, answer: Answer, outcome: string]>([
  ['a rule comes before a good status', 'find', answer(200, '{"data":null}'), 'gone'],
  ['a rule that does not fit leaves the status', 'find', answer(200, '{"data":1}'), 'ok'],
  ['a rule on a field that is not there does not hold', 'find', answer(200, '{}'), 'ok'],
  ['a rule on a body that is not JSON does not hold', 'erase', answer(422, '<p>'), 'target_refused'],
  ['a write may be done already', 'grant', answer(422, '{"code":"already"}'), 'done'],
  ['a rule is for its operations', 'update', answer(422, '{"code":"already"}'), 'target_refused'],
  ['an invite may meet an account', 'invite', answer(400, '{"errors":[{"code":"DUP"}]}'), 'exists'],
  ['an update that meets one is refused', 'update', answer(400, '{"errors":[{"code":"DUP"}]}'), 'target_refused'],
  ['a check is never gone', 'check', answer(404, '{"code":"vanished"}'), 'target_refused'],
  ['a search may be gone', 'search', answer(404, '{"code":"vanished"}'), 'gone'],
  ['headers count', 'search', answer(200, '{}', { 'x-maintenance': 'on' }), 'target_down'],
  ['a rule without operations is for all', 'list', answer(403, '{"code":"quota"}'), 'target_busy'],
  ['a rule takes back a usual meaning', 'suspend', answer(404, '{}'), 'target_refused'],
])('rules: %s', ([, operation, given, outcome]) => {
  let got: string;
  try {
    got = judge(operation, given, rules);
  } catch (error) {
    got = (error as { code: string }).code;
  }
  expect(got).toBe(outcome);
});

test.for([
  { text: '{"message":"No seat left"}', words: 'No seat left' },
  { text: '{"error":{"code":"x","message":"No seat left"}}', words: 'No seat left' },
  { text: '{"errors":[{"message":"No seat left"},{"message":"b"}]}', words: 'No seat left' },
  { text: '{"errors":["No seat left"]}', words: 'No seat left' },
  { text: '{"status":422,"detail":"No\\n\\u0000seat\\u202e left"}', words: 'No seat left' },
  { text: '{"strange":"No seat left"}', words: '{"strange":"No seat left"}' },
  { text: 'No seat left', words: 'No seat left' },
])('the words of $text are $words', ({ text, words }) => {
  const say = () => judge('update', answer(422, text), []);
  expect(say).toThrow(`update was answered 422: ${words}`);
});

test('words are bounded, and a web page is not quoted', () => {
  const long = () => judge('update', answer(422, JSON.stringify({ message: 'x'.repeat(5000) })), []);
  expect(long).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{300,400}$/) }));
  const hats = () => judge('update', answer(422, JSON.stringify({ message: `x${'🎩'.repeat(500)}` })), []);
  expect(hats).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/\p{Surrogate}/u) }));
  const page = () => judge('update', answer(422, '<html>secret</html>', { 'content-type': 'text/html' }), []);
  expect(page).toThrow('update was answered 422: a web page, not an API answer');
});

const now = Date.parse('2026-01-01T00:00:00Z');
test.for([
  { value: '7', seconds: 7 },
  { value: ' 0 ', seconds: 0 },
  { value: 'Thu, 01 Jan 2026 00:01:30 GMT', seconds: 90 },
  { value: 'Wed, 31 Dec 2025 23:00:00 GMT', seconds: 0 },
  { value: '99999999', seconds: 86_400 },
  { value: 'soon', seconds: undefined },
  { value: '', seconds: undefined },
])('Retry-After $value is $seconds seconds', ({ value, seconds }) => {
  expect(retryAfterOf({ headers: { 'retry-after': value } }, now)).toBe(seconds);
});

test('busy and down carry the wait', () => {
  for (const status of [429, 503]) {
    const say = () => judge('find', answer(status, '{}', { 'retry-after': '7' }), []);
    expect(say).toThrow(expect.objectContaining({ retryAfter: 7 }));
  }
});
