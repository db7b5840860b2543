import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, scimUser, settled } from '../../support/gangway.ts';
import { reconcileNow } from '../../support/runs.ts';
import { byHand, type Company, profileOf, startCompany, startsIn, WORKPLACE } from '../workplace.ts';

const NEVER = ['employeeNumber', 'phone'];

let company: Company;
beforeAll(async () => {
  company = await startCompany({
    policy: { preset: 'employee-programme' },
    workplace: true,
    mapping: { neverManaged: NEVER },
  });
});
afterAll(() => company?.stop());

type Managed = { targets: { connection: { name: string }; attributes: { name: string; locked: boolean }[] }[] };
const managedOf = async (id: string) => {
  const [target] = ((await company.must('GET', `/people/${id}/managed`)) as Managed).targets;
  if (!target) throw new Error('no account');
  return target;
};

test('everybody whom the source knows as active is in, without anybody’s help', async () => {
  await company.join('ada');
  expect(await company.status('ada')).toBe('invited');
});

test('S30: from enabling on, every managed field is locked, and its owner is named', async () => {
  const { connection, attributes } = await managedOf(await company.join('bea', { title: 'Clerk' }));
  expect(connection.name).toBe('idp');
  expect(attributes.map(({ name }) => name)).toEqual(expect.arrayContaining(['email', 'displayName', 'title']));
  expect(attributes.every(({ locked }) => locked)).toBe(true);
});

test('S31: what somebody enters at the app is changed back; only the source changes it', async () => {
  const id = await company.join('cid', { title: 'Clerk', displayName: 'Cid' });
  const account = await company.account('cid');
  await company.sandbox('PATCH', `/users/${account?.id}`, { title: 'President', display_name: 'His Majesty' });
  expect((await reconcileNow(company)).counts).toMatchObject({ differs: 1 });
  expect(await company.account('cid')).toMatchObject({ title: 'Clerk', displayName: 'Cid' });
  await company.say(id, 'title', 'Head clerk');
  expect(await company.account('cid')).toMatchObject({ title: 'Head clerk' });
});

test('S31: nor does anybody at the app put people into the source’s groups', async () => {
  await company.group('Managers', [await company.join('dot')]);
  await company.join('eve');
  await byHand(company, 'PUT', 'eve', 'Managers');
  await byHand(company, 'PUT', 'eve', 'Choir');
  await reconcileNow(company);
  expect((await company.account('eve'))?.groups).toEqual(['Choir']);
  expect((await company.account('dot'))?.groups).toEqual(['Managers']);
});

test('S32: some data is always entered by hand: it is never locked, overwritten or emptied', async () => {
  const phoneNumbers = [{ type: 'work', value: '+49 228 1' }];
  const id = await company.join('fay', { phoneNumbers });
  expect(await profileOf(company, 'fay')).toMatchObject({ phone: null, employee_number: null });
  const names = (await managedOf(id)).attributes.map(({ name }) => name);
  expect(names.filter((name) => NEVER.includes(name))).toEqual([]);
  const account = await company.account('fay');
  await company.sandbox('PATCH', `/users/${account?.id}`, { phone: '+49 30 2', employee_number: '4711' });
  await company.say(id, 'title', 'Clerk');
  await company.say(id, 'phoneNumbers', [{ type: 'work', value: '+49 228 3' }]);
  await reconcileNow(company);
  expect(await profileOf(company, 'fay')).toMatchObject({ phone: '+49 30 2', employee_number: '4711', title: 'Clerk' });
});

test('S32: a start date and a birthday that the source sends stay here', async () => {
  const born = '1990-01-17';
  await company.join('gus', { [WORKPLACE]: { ...startsIn(-1)[WORKPLACE], birthday: born } });
  expect(JSON.stringify(await profileOf(company, 'gus'))).not.toContain(born);
});

test('who becomes inactive is deleted in the same cycle, without grace', async () => {
  const id = await company.join('hal');
  await company.accept('hal');
  await company.setActive(id, false);
  expect(await company.status('hal')).toBe('none');
  expect((await company.actions(id)).at(-1)).toBe('erase done');
});

test('whose record is deleted is deleted, too; who was inactive from the start never gets an account', async () => {
  const id = await company.join('ida');
  expect((await company.scim('DELETE', `/Users/${id}`)).status).toBe(204);
  await settled(company.db);
  expect(await company.status('ida')).toBe('none');
  await company.join('joe', { active: false });
  expect(await company.status('joe')).toBe('none');
});

test('accounts of a programme that runs already are taken over where the address is the same', async () => {
  await company.sandbox('POST', '/invitations', { email: 'kim@example.com', title: 'Entered by hand' });
  await company.sandbox('POST', '/invitations', { email: 'guest@example.com', title: 'A guest' });
  const before = await company.account('kim');
  await company.join('kim', { title: 'Clerk' });
  expect(await company.account('kim')).toMatchObject({ id: before?.id, title: 'Clerk' });
  expect(await company.account('guest')).toMatchObject({ status: 'invited', title: 'A guest' });
});

test('S37: a key is shown once, kept as a hash, listed by its beginning, and two work side by side', async () => {
  const issued = await company.must('POST', `${company.path}/tokens`);
  const token = String(issued['token']);
  const use = (bearer: string) =>
    company.scim('POST', '/Users', scimUser(`key${bearer.length}`), { authorization: `Bearer ${bearer}` });
  expect((await use(token)).status).toBe(201);
  expect((await company.scim('GET', '/Users?count=1')).status).toBe(200); // the one before works still
  type Listed = { id: string; prefix: string; lastUsedAt: string | null };
  const listed = await eventually('its use is noted', async () => {
    const { tokens } = (await company.must('GET', `${company.path}/tokens`)) as { tokens: Listed[] };
    return tokens.find(({ id, lastUsedAt }) => id === issued['id'] && lastUsedAt !== null);
  });
  expect(token).toContain(listed.prefix);
  expect(JSON.stringify(await company.must('GET', `${company.path}/tokens`))).not.toContain(token);
  const { rows } = await company.db.raw('select c::text as text from credentials c');
  expect(JSON.stringify(rows)).not.toContain(token);
  await company.must('DELETE', `/tokens/${issued['id']}`);
  expect((await use(token)).status).toBe(401);
  expect((await company.scim('GET', '/Users?count=1')).status).toBe(200);
});
