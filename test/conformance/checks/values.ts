import { deepEqual, equal, ok } from 'node:assert/strict';
import { aUser } from '../../support/people.ts';
import { ENTERPRISE } from '../crew.ts';
import type { Probe } from '../probe.ts';
import { must, mustNot, notHere, type Requirement, should, shouldNot } from '../requirement.ts';

/** A value that must be refused with 400. */
function refuses(
  id: string,
  place: '§2.3.1' | '§2.3.2' | '§2.3.8' | '§2.4',
  text: string,
  more: object,
  lenient?: string,
) {
  const check: Requirement['check'] = async (probe: Probe) => {
    equal((await probe.post('/Users', aUser({ ...more }))).status, 400);
  };
  return must(`value-${id}`, `7643 ${place}` as '7643 §', text, check as never, lenient ?? null);
}

/** Attributes, their types and their values (RFC 7643 §2). */
export const VALUES = [
  must('value-name-case', '7643 §2.1', 'attribute names in a body may be in any letter case', async (probe) => {
    const { status, body } = await probe.post('/Users', aUser({ TITLE: 'Boss', nAme: { FAMILYname: 'L' } }));
    deepEqual([status, body.title, body.name], [201, 'Boss', { familyName: 'L' }]);
  }),
  must('value-canonical', '7643 §2.1', 'answers name attributes as the schema does', async (probe) => {
    const body = await probe.user({ DISPLAYNAME: 'x' });
    ok('displayName' in body && !('DISPLAYNAME' in body));
  }),
  refuses('string', '§2.3.1', 'a string is text', { title: { a: 1 } }),
  refuses(
    'boolean',
    '§2.3.2',
    'a boolean is true or false, not text',
    { active: 'true' },
    'Entra sends booleans as text',
  ),
  refuses('complex', '§2.3.8', 'a complex value is an object', { name: 7 }),
  refuses('array', '§2.4', 'several values are an array', { emails: 7 }),
  mustNot('value-not-array', '7643 §2.3.8', 'one value is not given as several', async (probe) => {
    equal((await probe.post('/Users', aUser({ title: ['a', 'b'] }))).status, 400);
  }),
  must('value-dates', '7643 §2.3.5', 'dates are valid, and have a date and a time', async (probe) => {
    const { created, lastModified } = (await probe.user()).meta;
    for (const date of [created, lastModified]) ok(/T/.test(date) && !Number.isNaN(Date.parse(date)));
  }),
  must('value-binary', '7643 §2.3.6', 'a binary value is base64, and comes back as it was', async (probe) => {
    const x509Certificates = [{ value: 'MIIDQzCCAqygAwIBAgICEAA=' }];
    deepEqual((await probe.user({ x509Certificates })).x509Certificates, x509Certificates);
  }),
  must('value-reference', '7643 §2.3.7', 'a reference to a resource here can be followed', async (probe) => {
    const { id } = await probe.user();
    const [{ $ref }] = (await probe.group({ members: [id] })).members;
    equal((await probe.get(new URL($ref, `${probe.base}/`).href.slice(probe.base.length))).body.id, id);
  }),
  mustNot('value-one-primary', '7643 §2.4', 'primary is not true twice', async (probe) => {
    const emails = ['a@example.com', 'b@example.com'].map((value) => ({ value, primary: true }));
    const { status, body } = await probe.post('/Users', aUser({ emails }));
    ok(status === 400 || body.emails.filter(({ primary }: { primary?: boolean }) => primary).length === 1);
  }),
  shouldNot('value-twice', '7643 §2.4', 'the same type and value are not given back twice', async (probe) => {
    const email = { value: 'a@example.com', type: 'work' };
    const { status, body } = await probe.post('/Users', aUser({ emails: [email, email] }));
    ok(status === 400 || body.emails.length === 1);
  }),
  must('value-null', '7643 §2.5', 'null and [] say the same as leaving the attribute out', async (probe) => {
    const { id, title, emails } = await probe.user({ title: null, emails: [] });
    deepEqual([title, emails], [undefined, undefined]);
    equal((await probe.find('Users', `id eq "${id}" and title pr`)).body.totalResults, 0);
  }),
  must('value-replace-null', '7643 §2.5', 'so they do in a PATCH', async (probe) => {
    const { id } = await probe.user({ title: 'Boss', emails: [{ value: 'a@example.com' }] });
    await probe.patch(`/Users/${id}`, { op: 'replace', value: { title: null, emails: [] } });
    const { body } = await probe.get(`/Users/${id}`);
    deepEqual([body.title, body.emails], [undefined, undefined]);
  }),
  should('value-type-kept', '7643 §2.4', 'types beyond the canonical ones are taken', async (probe) => {
    const emails = [{ value: 'a@example.com', type: 'laboratory' }];
    deepEqual((await probe.user({ emails })).emails, emails);
  }),
  must('value-extension', '7643 §3.3', 'attributes of an extension stand under its URN', async (probe) => {
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE];
    const body = await probe.user({ schemas, [ENTERPRISE]: { employeeNumber: '7' } });
    deepEqual([body[ENTERPRISE], body.employeeNumber], [{ employeeNumber: '7' }, undefined]);
  }),
  must('value-extension-empty', '7643 §3.3', 'schemas names an extension only where it has values', async (probe) => {
    const { schemas } = await probe.user();
    equal(schemas.includes(ENTERPRISE), false);
  }),
  must('value-utf8', '7643 §2.3.1', 'strings hold any Unicode text', async (probe) => {
    const title = '𝒳 é שלום "\\';
    equal((await probe.user({ title })).title, title);
  }),
  notHere(
    'MUST',
    'value-decimal',
    '7643 §2.3.3',
    'a decimal has a digit on each side of the dot',
    'no attribute is one',
  ),
  notHere('MUST', 'value-integer', '7643 §2.3.4', 'an integer has no fraction', 'no attribute is one'),
  notHere('MUST', 'value-immutable', '7643 §2.2', 'an immutable value is never changed', 'only parts of members are'),
];
