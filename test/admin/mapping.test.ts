import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXPRESSION_NAMES } from '../../src/plan/mapping-expression.ts';
import { gangway } from '../cli/gangway.ts';
import { auditOf, type RunningServer, runServer } from './running.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const STORE = 'urn:example:params:scim:Shop:1.0:User';

let server: RunningServer;
let tenantId: string;
let targetId: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  tenantId = (await server.call('POST', '/tenants', { body: { name: 'only' } })).body.tenantId;
  targetId = (await server.call('POST', '/targets', { body: { name: 'app', kind: 'sandbox' } })).body.id;
  const declared = { name: 'Shop', attributes: [{ name: 'storeId' }] };
  expect((await server.call('PUT', `/extensions/${STORE}`, { body: declared })).status).toBeLessThan(300);
});
afterAll(() => server.stop());

async function connect(name: string, enabled = true) {
  const policy = { invite: 'automatic', guard: 'off' };
  const { id } = (await server.call('POST', '/connections', { body: { name, targets: [targetId], policy } })).body;
  const { token } = (await server.call('POST', `/connections/${id}/tokens`)).body;
  if (enabled) await server.call('POST', `/connections/${id}/enable`);
  const add = async (user: string, more: object = {}) => {
    const response = await fetch(`${server.origin}/scim/v2/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: `${user}@${name}.example`,
        active: true,
        ...more,
      }),
    });
    expect(response.status).toBe(201);
    return ((await response.json()) as { id: string }).id;
  };
  return { id, add, path: `/connections/${id}/mapping` };
}

const works = (department: string) => ({ [ENTERPRISE]: { department } });

async function atRest(): Promise<void> {
  const due = async () =>
    (await server.db.raw(`select 1 from work_item where state = 'ready' and next_at < now() + interval '1 minute'`))
      .rows.length;
  await expect.poll(due, { timeout: 15_000 }).toBe(0);
}

test('a mapping is stored as it was sent, audited with what was before, and marks the people', async () => {
  const { id, add, path } = await connect('stored');
  const person = await add('ada', { title: 'Clerk', ...works('102') });
  await atRest();
  expect((await server.call('GET', path)).body).toEqual({ mapping: {} });
  const mapping = { attributes: { department: { from: 'department', table: { '102': 'Supply Chain' } } } };
  expect(await server.call('PUT', path, { body: mapping })).toMatchObject({ status: 200, body: { mapping } });
  expect((await server.call('GET', path)).body).toEqual({ mapping });
  await atRest();
  const actions = await server.db.raw(`select detail from actions where person_id = ? and kind = 'update'`, [person]);
  expect(actions.rows).toMatchObject([{ detail: { attributes: { department: 'Supply Chain' } } }]);
  const { rows } = await server.db.raw(
    `select detail from audit where action = 'connection.mapping' and subject = ? order by id`,
    [id],
  );
  expect(rows).toEqual([{ detail: { before: {}, after: mapping } }]);
  expect(await auditOf(server.db, tenantId)).toContain('connection.mapping');
});

test.for([
  [{ attributes: { department: {} } }, '#/attributes/department', 'either from or expression'],
  [{ attributes: { x: { from: 'title', expression: 'title' } } }, '#/attributes/x', 'either from or expression'],
  [{ attributes: { x: { from: 'deparment' } } }, '#/attributes/x/from', 'was department meant?'],
  [{ attributes: { x: { from: 'Title' } } }, '#/attributes/x/from', 'was title meant?'],
  [{ attributes: { x: { from: 'storeId' } } }, '#/attributes/x/from', `write ${STORE}:storeId`],
  [{ attributes: { x: { from: `${STORE}:shopId` } } }, '#/attributes/x/from', 'gangway extension list'],
  [{ attributes: { x: { from: 'urn:no:such:storeId' } } }, '#/attributes/x/from', 'no extension'],
  [{ attributes: { email: { from: 'title' } } }, '#/attributes/email', 'cannot be mapped'],
  [{ attributes: { x: { expression: 'departmnt' } } }, '#/attributes/x/expression', 'departmnt'],
  [{ attributes: { x: { expression: 'title.matches("a")' } } }, '#/attributes/x/expression', 'matches() is not among'],
  [{ attributes: { x: { from: 'title', table: { a: '1', ' A': '2' }, fold: true } } }, '#/attributes/x/table', 'twice'],
  [{ attributes: { x: { from: 'title', otherwise: 'empty' } } }, '#/attributes/x/otherwise', ''],
  [{ attributes: { 'x y': { from: 'title' } } }, '#/attributes/x y', 'must be a letter'],
  [{ attributes: { x: { from: 'title', table: { 'a\0': 'b' } } } }, '#/attributes/x/table/a\0', 'stored'],
  [{ attributes: { x: { from: 'title', table: { a: 'b\0' } } } }, '#/attributes/x/table/a', 'stored'],
  [{ groups: { otherwise: 'drop' } }, '#/groups/otherwise', 'give a table'],
  [{ groups: { from: [{ expression: 'nothing' }] } }, '#/groups/from/0/expression', 'Unknown variable'],
  [{ scope: 'department' }, '#/scope', 'true or false is needed'],
  [{ scope: 'department == null' }, '#/scope', 'absent is ""'],
  [{ scope: `${'('.repeat(60)}true${')'.repeat(60)}` }, '#/scope', ''],
  [{ scope: `department == "${'x'.repeat(3000)}"` }, '#/scope', 'longer than'],
  [{ neverManaged: [''] }, '#/neverManaged/0', ''],
  [{ attribute: {} }, '#/', 'attribute'],
] as const)('%j is refused where it is wrong', async ([body, pointer, words]) => {
  const { path } = await connect(`refused ${JSON.stringify(body).slice(0, 150)}`, false);
  for (const [method, where, sent] of [
    ['PUT', path, body],
    ['POST', `${path}/preview`, body],
  ] as const) {
    const answer = await server.call(method, where, { body: sent });
    const [first] = answer.body['errors'] as { pointer: string; detail: string }[];
    expect([answer.status, first?.pointer]).toEqual([422, pointer]);
    expect(first?.detail).toContain(words);
  }
});

test('S71: the test box shows what a mapping makes of somebody, and changes nothing', async () => {
  const { path, add } = await connect('box', false);
  const id = await add('ada', { title: 'Clerk', ...works('supply') });
  const mapping = {
    attributes: { department: { from: 'department', table: { Supply: 'Supply Chain' }, otherwise: 'drop' } },
    scope: 'title != ""',
  };
  const ask = async (body: object) => (await server.call('POST', `${path}/test`, { body })).body;
  for (const person of [id, 'ADA@box.example']) {
    expect(await ask({ person, mapping })).toEqual({
      userName: 'ada@box.example',
      scope: 'in',
      problem: null,
      account: { email: 'ada@box.example', attributes: { department: null }, groups: [] },
      steps: [expect.objectContaining({ name: 'department', source: 'supply', result: [], unmatched: true })],
      unmatched: [{ code: 'unmatched_value', attribute: 'department', value: 'supply', near: ['Supply'] }],
    });
  }
  const sketch = { userName: 'new@box.example', ...works('Supply') };
  expect(await ask({ resource: sketch, mapping })).toMatchObject({ scope: 'out', account: null });
  expect(await ask({ resource: { ...sketch, title: 'x' }, groups: ['Staff'], mapping })).toMatchObject({
    scope: 'in',
    account: { attributes: { department: 'Supply Chain' }, groups: ['Staff'] },
  });
  expect(await ask({ person: id, mapping: { scope: 'int(title) > 1' } })).toMatchObject({
    scope: 'failed',
    problem: expect.stringMatching(/^scope: /),
  });
  expect((await ask({ person: id }))['account']).toMatchObject({
    attributes: { department: 'supply', title: 'Clerk' },
  });
  expect((await server.call('POST', `${path}/test`, { body: { person: 'nobody' } })).status).toBe(404);
  expect((await server.call('POST', `${path}/test`, { body: {} })).status).toBe(422);
  expect((await server.call('GET', path)).body).toEqual({ mapping: {} });
});

test('S82: what no table names is reported with how many it concerns, and never applied', async () => {
  const { path, add } = await connect('report', false);
  for (const [name, department] of Object.entries({ a: '102', b: 'Slaes', c: 'Slaes', d: 'Purchasing', e: 'sales ' })) {
    await add(name, { title: name === 'd' ? 'x' : '1', ...works(department) });
  }
  await server.call('PUT', path, {
    body: {
      attributes: { department: { from: 'department', table: { '102': 'Supply', Sales: 'Revenue' } } },
      scope: 'int(title) == 1',
    },
  });
  const { body } = await server.call('GET', `${path}/unmatched`);
  const common = { code: 'unmatched_value', attribute: 'department', place: 'attributes.department' };
  expect(body).toMatchObject({
    looked: 5,
    outOfScope: 0,
    failed: 1,
    failures: [{ userName: 'd@report.example' }],
    count: 2,
    values: [
      { ...common, value: 'Slaes', people: 2, near: ['Sales'] },
      { ...common, value: 'sales ', people: 1, near: ['Sales'] },
    ],
  });
});

test('a preview says who would change and how, and changes nothing', async () => {
  const { path, add } = await connect('preview');
  await add('ada', works('102'));
  await add('ben', works('103'));
  await add('cid', works('104'));
  await atRest();
  const mapping = {
    attributes: { department: { from: 'department', table: { '102': 'Supply Chain' } } },
    groups: { from: [{ from: 'department', table: { '103': 'Sales' } }] },
    scope: 'department != "104"',
  };
  const { body } = await server.call('POST', `${path}/preview`, { body: mapping });
  const department = { before: '102', after: 'Supply Chain' };
  expect(body).toMatchObject({
    looked: 3,
    changed: 3,
    counts: { attributes: 1, groups: 1, suspend: 1 },
    people: [
      { userName: 'ada@preview.example', attributes: { department }, granted: [], before: 'nothing', after: 'nothing' },
      { userName: 'ben@preview.example', attributes: {}, granted: ['Sales'], revoked: [] },
      { userName: 'cid@preview.example', before: 'nothing', after: 'suspend the account' },
    ],
  });
  await server.call('PUT', path, { body: mapping });
  await atRest();
  expect((await server.call('POST', `${path}/preview`, { body: mapping })).body).toMatchObject({ changed: 0 });
  expect((await server.call('POST', `${path}/preview`, { body: {} })).body).toMatchObject({
    counts: { attributes: 1, groups: 1, resume: 1 },
  });
  const policy = { body: { invite: 'automatic', guard: 'off', onDeactivate: 'ignore' } };
  const byPolicy = await server.call('POST', path.replace(/mapping$/, 'policy/preview'), policy);
  expect(byPolicy.body).toMatchObject({ looked: 3, changed: 0 });
});

test('another tenant’s mapping is not found', async () => {
  const { path, id } = await connect('private');
  await server.call('POST', '/tenants', { body: { name: 'stranger' } });
  const asked = [
    ['GET', path],
    ['PUT', path],
    ['POST', `${path}/preview`],
    ['POST', `${path}/test`],
    ['GET', `${path}/unmatched`],
  ] as const;
  for (const [method, where] of asked) {
    for (const place of [where, where.replace(id, 'abc')]) {
      const { status } = await server.call(method, place, {
        tenant: 'stranger',
        body: method === 'GET' ? undefined : {},
      });
      expect([method, place, status]).toEqual([method, place, 404]);
    }
  }
  await server.db.raw(`delete from audit where tenant_id in (select tenant_id from tenants where name = 'stranger')`);
  await server.db.raw(`delete from tenants where name = 'stranger'`);
});

test('the command line sets, shows, previews, tests and tells what is unmatched', { timeout: 60_000 }, async () => {
  const { add } = await connect('shell');
  await add('ada', works('999'));
  await atRest();
  const file = join(server.dataDir, 'mapping.yaml');
  writeFileSync(
    file,
    'attributes:\n  department:\n    from: department\n    table: { 102: Supply Chain, 998: Sales }\n    otherwise: drop\n',
  );
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await gangway(args, env);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  expect(await run('mapping', 'preview', 'shell', '--file', file)).toContain('department "999" becomes nothing');
  expect(await run('mapping', 'set', 'shell', '--file', file)).toContain('holds from now on');
  expect(await run('mapping', 'show', 'shell')).toMatch(/^attributes:\n {2}department:\n[\s\S]*"102": Supply Chain\n/);
  const told =
    'department: "999" (department) becomes nothing; unmatched_value: the table does not name it; meant: 998?';
  expect(await run('mapping', 'test', 'shell', '--person', 'ada@shell.example')).toContain(told);
  expect(await run('mapping', 'unmatched', 'shell')).toMatch(/^department +999 +1 +998$/m);
  await atRest();
  expect(await run('why', 'ada@shell.example')).toContain(`mapping: ${told}`);
  const nothing = await gangway(['mapping', 'set', 'shell'], env);
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('--file PATH')]);
  writeFileSync(file, 'scope: depatment == "1"');
  const wrong = await gangway(['mapping', 'set', 'shell', '--file', file], env);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('#/scope: Unknown variable: depatment')]);
});

test('docs/mapping.md tells every field, and every name of an expression', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/mapping.md'), 'utf8');
  const fields = ['from', 'expression', 'table', 'fold', 'otherwise', 'default', 'scope', 'neverManaged'];
  const told = [...fields, ...EXPRESSION_NAMES.texts, ...EXPRESSION_NAMES.lists];
  expect(told.filter((name) => !text.includes(`\`${name}`))).toEqual([]);
});
