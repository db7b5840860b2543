import { deepEqual, equal } from 'node:assert/strict';
import type { Body } from '../../support/app.ts';
import { ENTERPRISE } from '../crew.ts';
import { must, type Requirement } from '../requirement.ts';

const HOME = { value: 'b@example.com', type: 'home' };
const WORK = { value: 'a@example.com', type: 'work' };
const NEW = { value: 'c@example.com', type: 'other' };

function replaces(
  id: string,
  text: string,
  before: Record<string, unknown>,
  operation: Record<string, unknown>,
  result: Record<string, unknown>,
): Requirement {
  return must(`put-in-${id}`, '7644 §3.5.2.3', text, async (probe) => {
    const user = await probe.user(before);
    await probe.patch(`/Users/${user.id}`, { op: 'replace', ...operation });
    const { body } = await probe.get(`/Users/${user.id}`);
    for (const [name, value] of Object.entries(result)) deepEqual(body[name], value);
  });
}

/** The replace operation (RFC 7644 §3.5.2.3). */
export const PATCH_REPLACE = [
  replaces('single', 'a single value is replaced', { title: 'x' }, { path: 'title', value: 'Boss' }, { title: 'Boss' }),
  replaces(
    'no-path',
    'without a path the attributes in the value are replaced, the others stay',
    { title: 'x', nickName: 'B' },
    { value: { title: 'Boss' } },
    { title: 'Boss', nickName: 'B' },
  ),
  replaces('absent', 'what is not there is added', {}, { path: 'title', value: 'Boss' }, { title: 'Boss' }),
  replaces(
    'multi',
    'without a filter all values are replaced',
    { emails: [WORK, HOME] },
    { path: 'emails', value: [NEW] },
    {
      emails: [NEW],
    },
  ),
  replaces(
    'complex',
    'the given sub-attributes of a complex attribute are replaced',
    { name: { givenName: 'Ada', familyName: 'x' } },
    { path: 'name', value: { familyName: 'L' } },
    { name: { givenName: 'Ada', familyName: 'L' } },
  ),
  replaces(
    'matching',
    'with a filter the values that meet it are replaced',
    { emails: [WORK, HOME] },
    { path: 'emails[type eq "work"]', value: { value: 'c@example.com', type: 'work' } },
    { emails: [{ value: 'c@example.com', type: 'work' }, HOME] },
  ),
  replaces(
    'matching-sub',
    'with a filter and a sub-attribute that one is replaced in each value that meets it',
    { emails: [WORK, HOME] },
    { path: 'emails[type eq "work"].value', value: 'c@example.com' },
    { emails: [{ value: 'c@example.com', type: 'work' }, HOME] },
  ),
  replaces(
    'sub',
    'a sub-attribute of a complex attribute is replaced',
    { name: { givenName: 'x' } },
    {
      path: 'name.givenName',
      value: 'Ada',
    },
    { name: { givenName: 'Ada' } },
  ),
  must(
    'put-in-no-match',
    '7644 §3.5.2.3',
    'a filter that nothing meets is 400 with noTarget',
    async (probe) => {
      const { id } = await probe.user({ emails: [HOME] });
      const operation = { op: 'replace', path: 'emails[type eq "work"].value', value: 'c@example.com' };
      const { status, body } = await probe.patch(`/Users/${id}`, operation);
      deepEqual([status, body?.scimType], [400, 'noTarget']);
    },
    'Entra replaces what was never there',
  ),
  must('put-in-read-only', '7644 §3.5.2', 'a read-only attribute is 400 with mutability', async (probe) => {
    const { id } = await probe.user();
    for (const [path, value] of [
      ['id', 'x'],
      ['groups', [{ value: 'x' }]],
      ['meta.created', '2001-01-01T00:00:00Z'],
      [`${ENTERPRISE}:manager.displayName`, 'x'],
    ]) {
      const { status, body } = await probe.patch(`/Users/${id}`, { op: 'replace', path, value });
      deepEqual([status, body?.scimType], [400, 'mutability'], String(path));
    }
  }),
  must('put-in-members', '7644 §3.5.2.3', 'members are replaced as a whole', async (probe) => {
    const [first, second] = [await probe.user(), await probe.user()];
    const { id } = await probe.group({ members: [first.id] });
    await probe.patch(`/Groups/${id}`, { op: 'replace', path: 'members', value: [{ value: second.id }] });
    deepEqual(
      (await probe.get(`/Groups/${id}`)).body.members.map(({ value }: Body) => value),
      [second.id],
    );
  }),
  must('put-in-uniqueness', '7644 §3.12', 'a name that is taken is 409 with uniqueness', async (probe) => {
    const [{ userName }, { id }] = [await probe.user(), await probe.user()];
    const { status, body } = await probe.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: userName });
    deepEqual([status, body?.scimType], [409, 'uniqueness']);
  }),
  must('put-in-name', '7644 §3.5.2.3', 'a group is renamed, and its members stay', async (probe) => {
    const { id: member } = await probe.user();
    const { id } = await probe.group({ members: [member] });
    await probe.patch(`/Groups/${id}`, { op: 'replace', path: 'displayName', value: `renamed ${id}` });
    const { body } = await probe.get(`/Groups/${id}`);
    equal(body.displayName, `renamed ${id}`);
    equal(body.members.length, 1);
  }),
];
