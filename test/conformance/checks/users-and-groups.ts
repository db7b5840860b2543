import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Body } from '../../support/app.ts';
import { aGroup, aUser } from '../../support/people.ts';
import { ENTERPRISE } from '../crew.ts';
import { must, notHere, should } from '../requirement.ts';

const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE];

/** What the RFC says of certain attributes of users and groups (RFC 7643 §4). */
export const USERS_AND_GROUPS = [
  must('user-active', '7643 §4.1.1', 'active is stored and given back, false as well', async (probe) => {
    const { id } = await probe.user({ active: false });
    equal((await probe.get(`/Users/${id}`)).body.active, false);
  }),
  must('user-all', '7643 §4.1', 'every attribute of the core user can be stored', async (probe) => {
    const user = aUser({
      name: { formatted: 'Ms. Ada L', familyName: 'L', givenName: 'Ada', middleName: 'B', honorificPrefix: 'Ms.' },
      displayName: 'Ada',
      nickName: 'A',
      profileUrl: 'https://example.com/ada',
      title: 'Boss',
      userType: 'Employee',
      preferredLanguage: 'en-US',
      locale: 'en-US',
      timezone: 'Europe/Berlin',
      phoneNumbers: [{ value: 'tel:+1-201-555-0123', type: 'work' }],
      ims: [{ value: 'ada', type: 'xmpp' }],
      photos: [{ value: 'https://example.com/ada.png', type: 'photo' }],
      addresses: [{ streetAddress: '1 Road', locality: 'X', postalCode: '1', country: 'DE', type: 'work' }],
      entitlements: [{ value: 'x' }],
      roles: [{ value: 'y' }],
    });
    const { status, body } = await probe.post('/Users', user);
    equal(status, 201);
    for (const [name, value] of Object.entries(user)) deepEqual(body[name], value, name);
  }),
  must('user-enterprise', '7643 §4.3', 'every attribute of the enterprise extension can be stored', async (probe) => {
    const extension = { employeeNumber: '7', costCenter: 'c', organization: 'o', division: 'd', department: 'e' };
    deepEqual((await probe.user({ schemas, [ENTERPRISE]: extension }))[ENTERPRISE], extension);
  }),
  should('user-manager', '7643 §4.3', 'the manager is given as value', async (probe) => {
    const boss = await probe.user();
    const body = await probe.user({ schemas, [ENTERPRISE]: { manager: { value: boss.id } } });
    equal(body[ENTERPRISE].manager.value, boss.id);
  }),
  should('user-manager-ref', '7643 §4.3', 'and as $ref, the URI of the manager', async (probe) => {
    const boss = await probe.user();
    const body = await probe.user({ schemas, [ENTERPRISE]: { manager: { value: boss.id } } });
    match(String(body[ENTERPRISE].manager.$ref), new RegExp(`/Users/${boss.id}$`));
  }),
  must('user-manager-name', '7643 §4.3', 'the manager’s displayName is read-only', async (probe) => {
    const manager = { value: randomUUID(), displayName: 'made up' };
    const body = await probe.user({ schemas, [ENTERPRISE]: { manager } });
    equal(body[ENTERPRISE].manager.displayName, undefined);
  }),
  must('user-groups', '7643 §4.1.2', 'a user shows the groups that they are a member of', async (probe) => {
    const { id } = await probe.user();
    const group = await probe.group({ members: [id] });
    const { groups } = (await probe.get(`/Users/${id}`)).body;
    deepEqual([groups.length, groups[0].value, groups[0].$ref], [1, group.id, `${probe.base}/Groups/${group.id}`]);
  }),
  must('user-groups-own', '7643 §4.1.2', 'groups change through the group alone', async (probe) => {
    const group = await probe.group();
    const { body } = await probe.post('/Users', aUser({ groups: [{ value: group.id }] }));
    equal(body.groups, undefined);
    equal((await probe.get(`/Groups/${group.id}`)).body.members, undefined);
  }),
  should(
    'user-email-canonical',
    '7643 §4.1.2',
    'addresses are canonicalized: the domain in lower case',
    async (probe) => {
      const { emails } = await probe.user({ emails: [{ value: 'Ada@EXAMPLE.com' }] });
      match(emails[0].value, /@example\.com$/);
    },
  ),
  must('group-members', '7643 §4.2', 'a member has the id and the URI of a resource here', async (probe) => {
    const { id } = await probe.user();
    const [member] = (await probe.group({ members: [id] })).members;
    deepEqual([member.value, member.$ref], [id, `${probe.base}/Users/${id}`]);
  }),
  must('group-nested', '7643 §4.2', 'a group can be a member', async (probe) => {
    const inner = await probe.group();
    const [member] = (await probe.group({ members: [inner.id] })).members;
    deepEqual([member.value, member.$ref], [inner.id, `${probe.base}/Groups/${inner.id}`]);
  }),
  should('group-member-type', '7643 §4.2', 'a member says whether it is a user or a group', async (probe) => {
    const members = [(await probe.user()).id, (await probe.group()).id];
    const types = (await probe.group({ members })).members.map(({ type }: Body) => type);
    deepEqual(types.toSorted(), ['Group', 'User']);
  }),
  must('group-member-exists', '7643 §4.2', 'somebody whom nobody knows cannot be a member', async (probe) => {
    ok((await probe.post('/Groups', aGroup({ members: [randomUUID()] }))).status >= 400);
  }),
  must('group-member-bare', '7643 §4.2', 'a member is an object, not a bare id', async (probe) => {
    const { id } = await probe.user();
    const { status, body } = await probe.post('/Groups', { ...aGroup(), members: [id] });
    ok(status === 400 || body.members[0].value === id);
  }),
  notHere('MUST', 'user-country', '7643 §4.1.2', 'a country is two letters', 'for who sends it; kept as it comes'),
  notHere('SHOULD', 'user-phone', '7643 §4.1.2', 'phone numbers are tel: URIs', 'for who sends it; kept as it comes'),
  notHere('MUST', 'password-store', '7643 §4.1.1', 'no password is stored as it is', 'passwords are never stored'),
];
