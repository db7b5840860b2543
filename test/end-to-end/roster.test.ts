import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/report/runs.ts';
import { type Gangway, startGangway } from '../support/gangway.ts';
import { csv, employee, employees, ended, push, upload } from '../support/rosters.ts';

let gangway: Gangway;
const start = (options: Parameters<typeof startGangway>[0] = {}) => {
  beforeAll(async () => {
    gangway = await startGangway(options);
  });
  afterAll(() => gangway?.stop());
};
const statusOf = async (email: string) => (await gangway.accounts()).find((one) => one.email === email)?.status ?? null;
const actions = async () =>
  (await gangway.db.raw<{ rows: { n: number }[] }>('select count(*)::int as n from actions')).rows[0]?.n ?? 0;

describe('S27–S28: a roster by the API', { shuffle: false }, () => {
  start();

  test('S43–S44: everybody in a CSV gets an account; the answer is 202 with the run to ask for', async () => {
    const { status, body } = await upload(gangway, csv(employees(12)), {
      query: '?fileName=all.csv&as=technical-user',
    });
    expect(status).toBe(202);
    const run = await ended(gangway, body.run?.id ?? '');
    expect(run).toMatchObject({ kind: 'roster', state: 'done', askedBy: 'technical-user' });
    expect(run.counts).toMatchObject({ rows: 12, new: 12, applied: 12, rejected: 0 });
    expect(await gangway.accounts()).toHaveLength(12);
  });

  test('S33: the identical file does nothing', async () => {
    const before = await actions();
    const { status, body } = await upload(gangway, csv(employees(12)));
    expect(status).toBe(200);
    expect(body.note).toContain('nothing to do');
    expect(body.run?.counts).toMatchObject({ new: 12 }); // the earlier run
    expect(await actions()).toBe(before);
  });

  test('S33: the whole roster again with one change touches one person', async () => {
    const before = await actions();
    const run = await push(gangway, csv([employee(1, { givenName: 'Ada' }), ...employees(12).slice(1)]));
    expect(run.counts).toMatchObject({ rows: 12, new: 0, changed: 1, unchanged: 11, missing: 0 });
    expect((await actions()) - before).toBe(1);
  });

  test('S43: an upload that is repeated with its Idempotency-Key is the same run, packed with gzip or not', async () => {
    const file = gzipSync(csv([employee(1, { givenName: 'Adele' }), ...employees(12).slice(1)]));
    const headers = { 'idempotency-key': 'night-1' };
    const first = await upload(gangway, file, { headers });
    const again = await upload(gangway, file, { headers });
    expect([first.status, again.status]).toEqual([202, 200]);
    expect(again.body.run?.id).toBe(first.body.run?.id);
    await ended(gangway, first.body.run?.id ?? '');
  });

  test('S46: a dry run says what would happen and changes nothing', async () => {
    const before = await actions();
    const run = await push(gangway, csv(employees(11)), { query: '?dryRun=true' });
    expect(run.state).toBe('done');
    expect(run.counts).toMatchObject({ rows: 11, changed: 1, missing: 1, applied: 0 });
    expect(await actions()).toBe(before);
    expect(await statusOf('e12@example.com')).toBe('invited');
  });

  test('S34: who is missing from the roster loses access', async () => {
    const run = await push(gangway, csv(employees(11)));
    expect(run.counts).toMatchObject({ missing: 1, applied: 2 });
    expect(await statusOf('e12@example.com')).toBe('suspended');
    expect(await statusOf('e11@example.com')).toBe('invited');
  });

  test('who returns gets the same account back', async () => {
    const before = (await gangway.accounts()).find(({ email }) => email === 'e12@example.com');
    const run = await push(gangway, csv(employees(12)));
    expect(run.counts).toMatchObject({ returned: 1, missing: 0, new: 0 });
    const after = (await gangway.accounts()).find(({ email }) => email === 'e12@example.com');
    expect(after).toEqual({ ...before, status: 'invited', updatedAt: expect.any(String) });
  });

  test('S38, S82: bad rows are in the error file, good ones are taken, and who is in a bad one stays', async () => {
    const bad = [employee(2, { email: 'nowhere' }), employee(3, { givenName: '', familyName: '' })];
    const twins = [employee(20), employee(20, { email: 'other@example.com' }), employee(21, { manager: 'nobody' })];
    const run = await push(gangway, csv([employee(1), ...bad, ...employees(13).slice(3), ...twins]));
    expect(run.state).toBe('done');
    expect(run.counts).toMatchObject({ rejected: 5, new: 1, missing: 0 });
    expect(await statusOf('e2@example.com')).toBe('invited');
    expect(await statusOf('e13@example.com')).toBe('invited');
    const errors = await errorsOf(run.id, 'json');
    const codes = (JSON.parse(errors) as { rejects: { code: string }[] }[]).map(({ rejects }) => rejects[0]?.code);
    expect(codes).toEqual(['invalid_email', 'missing_name', 'duplicate_key', 'duplicate_key', 'unknown_manager']);
    expect(await errorsOf(run.id, 'csv')).toContain('nobody');
    expect(await errorsOf(run.id, 'xml')).toContain('code="duplicate_key"');
  });

  test('S38: the error file, mended, can be uploaded as it is: nobody else is missing from it', async () => {
    const { body } = await gangway.admin('GET', '/runs?limit=1');
    const [{ id }] = body['runs'] as [{ id: string }];
    const mended = (await errorsOf(id, 'csv')).replaceAll('nobody', '1');
    const run = await push(gangway, mended);
    expect(run.counts).toMatchObject({ rows: 1, new: 1, missing: 0, rejected: 4 });
    expect(await statusOf('e21@example.com')).toBe('invited');
    expect(await statusOf('e11@example.com')).toBe('invited');
  });

  test('S71, S82: a department that the mapping does not name is in the error file', async () => {
    const { id } = gangway.connection;
    const department = { from: 'department', table: { '102': 'Supply Chain' } };
    await gangway.admin('PUT', `/connections/${id}/mapping`, { attributes: { department } });
    await gangway.admin('PUT', `/connections/${id}/roster-profile`, { departments: 'mapping', semantics: 'delta' });
    const run = await push(gangway, csv([employee(31, { department: '102' }), employee(32, { department: '103' })]));
    expect(run.counts).toMatchObject({ new: 1, rejected: 1 });
    expect(await errorsOf(run.id, 'csv')).toMatch(/103.*unknown_department|unknown_department.*103/);
    await gangway.admin('PUT', `/connections/${id}/mapping`, {});
    await gangway.admin('PUT', `/connections/${id}/roster-profile`, {});
  });

  test('with delta semantics the file names only whom something changed for', async () => {
    const { body } = await gangway.admin('PUT', `/connections/${gangway.connection.id}/roster-profile`, {
      semantics: 'delta',
    });
    expect(body['profile']).toMatchObject({ semantics: 'delta', key: 'employeeNumber' });
    const run = await push(gangway, csv([employee(22)]));
    expect(run.counts).toMatchObject({ rows: 1, new: 1, missing: 0 });
    expect(await statusOf('e22@example.com')).toBe('invited');
  });

  test('what is no roster is refused with the reason, and nothing of it counts', async () => {
    const { status, body } = await upload(gangway, 'name,mail\nAda,ada@example.com\n');
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'roster_unreadable' });
    const { body: list } = await gangway.admin('GET', '/runs?limit=1');
    expect(list['runs']).toMatchObject([{ state: 'failed', error: expect.stringContaining('employeeNumber') }]);
  });
});

describe('S41: an XML employee file', { shuffle: false }, () => {
  start();

  test('S41: the example is taken, with its groups and managers', async () => {
    const file = readFileSync(join(import.meta.dirname, '../../examples/rosters/employees.xml'));
    const run = await push(gangway, file, { type: 'application/xml' });
    expect(run).toMatchObject({ state: 'done', counts: { rejected: 0 } });
    const accounts = await gangway.accounts();
    expect(accounts).toHaveLength(Number(run.counts['rows']));
    expect(accounts.some(({ groups }) => groups.length > 0)).toBe(true);
  });
});

describe('a roster as JSON', { shuffle: false }, () => {
  start();

  test('S27: is taken by the API under its own type, from where the profile says', async () => {
    const path = `/connections/${gangway.connection.id}/roster-profile`;
    expect((await gangway.admin('PUT', path, { rows: 'data/employees' })).status).toBe(200);
    const file = JSON.stringify({ data: { employees: employees(3) } });
    const run = await push(gangway, file, { type: 'application/json' });
    expect(run).toMatchObject({ state: 'done', counts: { new: 3, rejected: 0 } });
    expect(await gangway.accounts()).toHaveLength(3);
  });
});

describe('what a held roster waits for', { shuffle: false }, () => {
  start();
  const admin = (method: string, path: string, body?: unknown) => gangway.admin(method, path, body);
  let held: string;

  test('a shrunken file is held, and nobody loses access', async () => {
    await push(gangway, csv(employees(40)));
    const run = await push(gangway, csv(employees(20)));
    expect(run).toMatchObject({ state: 'held', error: expect.stringContaining('20 rows, the last one had 40') });
    expect(run.counts).toMatchObject({ missing: 20, applied: 0 });
    held = run.id;
    expect((await gangway.accounts()).filter(({ status }) => status === 'suspended')).toEqual([]);
  });

  test('a newer file overtakes it', async () => {
    const run = await push(gangway, csv(employees(21)));
    expect(run.state).toBe('held');
    expect((await admin('GET', `/runs/${held}`)).body).toMatchObject({ state: 'discarded' });
    expect((await admin('POST', `/runs/${held}/release`, { actor: 'Ada' })).body['code']).toBe('run_closed');
    held = run.id;
  });

  test('released by somebody, it is applied', async () => {
    expect((await admin('POST', `/runs/${held}/release`, { actor: 'Ada' })).status).toBe(202);
    expect(await ended(gangway, held)).toMatchObject({ state: 'done', forced: true });
    expect((await gangway.accounts()).filter(({ status }) => status === 'suspended')).toHaveLength(19);
  });

  test('an empty file, and one with other columns, are held and can be discarded', async () => {
    expect(await push(gangway, csv([]))).toMatchObject({ state: 'held', error: expect.stringContaining('nobody') });
    const other = await push(gangway, csv(employees(21), ['employeeNumber', 'email', 'givenName']));
    expect(other).toMatchObject({ state: 'held', error: expect.stringContaining('"familyName"') });
    expect((await admin('POST', `/runs/${other.id}/discard`, { actor: 'Ada' })).body).toMatchObject({
      run: { state: 'discarded', error: 'discarded by Ada' },
    });
  });
});

describe('S35, S76: missing people by policy', { shuffle: false }, () => {
  start({ policy: { invite: 'automatic', onAbsence: 'erase' } });

  test('S35, S76: with onAbsence erase they are erased in the next cycle', async () => {
    await push(gangway, csv(employees(10)));
    await push(gangway, csv(employees(9)));
    expect(await statusOf('e10@example.com')).toBe(null);
    expect(await gangway.accounts()).toHaveLength(9);
  });

  test('an address that moves from one to another is theirs in the end', async () => {
    const moved = [employee(1, { email: 'e2@example.com' }), employee(2, { email: 'second@example.com' })];
    const run = await push(gangway, csv([...moved, ...employees(9).slice(2)]));
    expect(run.counts).toMatchObject({ changed: 2, rejected: 0, applied: 2 });
    const { rows } = await gangway.db.raw(
      'select external_id as key, user_name as name from people where external_id in (?, ?) order by 1',
      ['1', '2'],
    );
    expect(rows).toEqual([
      { key: '1', name: 'e2@example.com' },
      { key: '2', name: 'second@example.com' },
    ]);
  });
});

describe('the guard', { shuffle: false }, () => {
  const guard = { floor: 2, perHourPercent: 1, perDayPercent: 1, twoPeoplePercent: 100, whileHeld: 'wait' } as const;
  start({ policy: { invite: 'automatic', guard } });

  test('S34: counts those who are missing as well: beyond its limits nobody is cut off without a human', async () => {
    await push(gangway, csv(employees(20)));
    const run = await push(gangway, csv(employees(16)));
    expect(run).toMatchObject({ state: 'done', counts: { missing: 4, applied: 4 } });
    const { body } = await gangway.admin('GET', '/holds');
    expect(body['holds']).toMatchObject([{ state: 'held', people: { held: 2 } }]);
    expect((await gangway.accounts()).filter(({ status }) => status === 'suspended')).toHaveLength(2);
  });
});

describe('a roster that is cut off', { shuffle: false }, () => {
  start({ enabled: false });

  test('between two batches: the next upload does the rest, and nothing twice', async () => {
    // the database refuses the second batch, as if the process had ended there
    await gangway.db.raw(`create function refuse() returns trigger language plpgsql as
      $$ begin if (select count(*) from roster_people) > 2000 then raise 'no more'; end if; return null; end $$`);
    await gangway.db.raw('create trigger refuse after insert on roster_people execute function refuse()');
    const run = await push(gangway, csv(employees(2100)));
    expect(run).toMatchObject({ state: 'failed', counts: { applied: 2000 } });
    await gangway.db.raw('drop trigger refuse on roster_people');
    const again = await push(gangway, csv(employees(2100)));
    expect(again).toMatchObject({ state: 'done', counts: { unchanged: 2000, new: 100, missing: 0 } });
    const { rows } = await gangway.db.raw('select count(*)::int as people from people');
    expect(rows).toEqual([{ people: 2100 }]);
  });

  test('while it was read: it is given up, at the latest by the next upload', async () => {
    const { body } = await upload(gangway, csv(employees(2101)), { query: '?dryRun=true' });
    const id = body.run?.id ?? '';
    await ended(gangway, id);
    await gangway.db.raw(`update runs set state = 'reading', finished_at = null where id = ?`, [id]);
    expect((await upload(gangway, csv(employees(2102)))).body.code).toBe('roster_busy');
    await gangway.db.raw(`update rosters set alive_at = now() - interval '1 minute' where run_id = ?`, [id]);
    expect((await push(gangway, csv(employees(2102)))).state).toBe('done');
    expect((await gangway.admin('GET', `/runs/${id}`)).body).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('cut off'),
    });
  });
});

describe('a roster that is uploaded to be looked at', { shuffle: false }, () => {
  start({});

  test('is held in any case, and what is released is what was looked at, or it is held once more', async () => {
    await push(gangway, csv(employees(6)));
    const held = await push(gangway, csv([employee(1, { givenName: 'Ada' }), ...employees(6).slice(1, 5)]), {
      query: '?hold=true',
    });
    expect(held).toMatchObject({
      state: 'held',
      counts: { changed: 1, missing: 1 },
      error: expect.stringContaining('looked at'),
    });
    const release = () => gangway.admin('POST', `/runs/${held.id}/release`, { actor: 'Ada' });
    // another person is not there any more: what the file would do has become something else
    await gangway.db.raw(`update people set deleted_at = now() where external_id = '2'`);
    await release();
    expect(await ended(gangway, held.id)).toMatchObject({
      state: 'held',
      error: expect.stringContaining('look again'),
    });
    await release();
    expect(await ended(gangway, held.id)).toMatchObject({ state: 'done', counts: { new: 1, changed: 1, missing: 1 } });
  });
});

describe('a roster that is being worked on', { shuffle: false }, () => {
  start({ enabled: false });

  test('can be followed as events until it has ended', async () => {
    const { body } = await upload(gangway, csv(employees(3000)));
    const { origin, adminKey } = gangway.running;
    const answer = await fetch(`${origin}/api/v1/runs/${body.run?.id}/events`, {
      headers: { authorization: `Bearer ${adminKey}` },
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const events = (await answer.text()).split('\n\n').filter((event) => event.startsWith('event: run\n'));
    const runs = events.map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)) as Run);
    expect(runs.at(-1)).toMatchObject({ state: 'done', counts: { read: 3000, applied: 3000 } });
    const applied = runs.map(({ counts }) => Number(counts['applied'] ?? 0));
    expect(applied).toEqual(applied.toSorted((a, b) => a - b));
  });
});

async function errorsOf(runId: string, format: string): Promise<string> {
  const { origin, adminKey } = gangway.running;
  const answer = await fetch(`${origin}/api/v1/runs/${runId}/errors?format=${format}`, {
    headers: { authorization: `Bearer ${adminKey}` },
  });
  return answer.text();
}
