import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/report/runs.ts';
import { comesDue, feedOf, fetched, fetchNow, SELDOM, setFeed } from '../support/feeds.ts';
import { type FileServer, serves, startFileServer } from '../support/file-server.ts';
import { eventually, type Gangway, settled, startGangway } from '../support/gangway.ts';
import { csv, employees, push } from '../support/rosters.ts';

let gangway: Gangway;
let files: FileServer;
const runs = async () => (await gangway.admin('GET', '/runs?limit=100')).body['runs'] as Run[];
const setCsv = (more: Record<string, unknown> = {}) =>
  setFeed(gangway, { kind: 'https', settings: { url: `${files.origin}/all.csv` }, ...more });
const connection = (change: string) => gangway.admin('POST', `/connections/${gangway.connection.id}/${change}`);
const audited = async () => {
  const { rows } = await gangway.db.raw(`select action from audit where action like 'feed.%' order by id`);
  return rows.map(({ action }: { action: string }) => action);
};

describe('S43: the work of a feed', { shuffle: false }, () => {
  beforeAll(async () => {
    gangway = await startGangway();
    files = await startFileServer(serves(csv(employees(8)), '"one"'));
  });
  afterAll(async () => {
    await gangway?.stop();
    await files?.stop();
  });

  test('S43: however many nights were missed, one fetch makes up for them', async () => {
    await setCsv();
    await gangway.db.raw(`update feeds set next_at = now() - interval '9 days'`);
    const last = await comesDue(gangway);
    expect(last.result).toBe('done');
    expect(new Date(last.nextAt).getTime()).toBeGreaterThan(Date.now());
    expect(files.asked).toHaveLength(1);
  });

  test('S14: a paused connection goes on taking rosters in, and nothing leaves', async () => {
    await connection('pause');
    files.answer = serves(csv(employees(9)), '"two"');
    expect(await comesDue(gangway)).toMatchObject({ result: 'done' });
    expect(await gangway.accounts()).toHaveLength(8);
    await connection('enable');
    await settled(gangway.db);
    expect(await gangway.accounts()).toHaveLength(9);
  });

  test('a disconnected one fetches nothing, whatever is due', async () => {
    await connection('disconnect');
    const before = files.asked.length;
    await gangway.db.raw(`update feeds set next_at = now() - interval '1 day'`);
    await gangway.db.raw(
      `update work_item set next_at = now(), state = 'ready', wanted_rev = wanted_rev + 1 where kind = 'feed'`,
    );
    await eventually('it has been looked at', async () => {
      const { rows } = await gangway.db.raw(`select next_at > now() as later from work_item where kind = 'feed'`);
      return rows[0]?.later === true;
    });
    expect(files.asked).toHaveLength(before);
    const refused = await gangway.admin('POST', feedOf(gangway, '/fetch'));
    expect([refused.status, refused.body['code']]).toEqual([409, 'connection_not_enabled']);
    await connection('connect');
    await connection('enable');
    expect(await comesDue(gangway)).toMatchObject({ result: 'unchanged' });
  });

  test('S33: after somebody has uploaded another roster, the feed does not believe that nothing has changed', async () => {
    await push(gangway, csv(employees(10)));
    expect(await comesDue(gangway)).toMatchObject({ result: 'done' });
    expect((await runs())[0]).toMatchObject({ askedBy: 'feed', counts: { missing: 1 } });
  });

  test('too few rows fail the run, and none of them counts', async () => {
    files.answer = serves(csv(employees(7)), '"few"');
    await setCsv({ expectations: { minRows: 50 } });
    const last = await comesDue(gangway);
    expect(last).toMatchObject({ result: 'failed', words: expect.stringContaining('at least 50 are expected') });
    expect((await runs())[0]).toMatchObject({ id: last.runId, state: 'failed', error: last.words });
    expect((await gangway.db.raw('select count(*)::int as n from roster_rows')).rows).toEqual([{ n: 0 }]);
  });

  test('while another roster is read, it waits and is no failure', async () => {
    await setCsv();
    const { tenantId, id } = gangway.connection;
    const run = '01a20000-0000-7000-8000-00000000000a';
    await gangway.db.raw(
      `insert into runs (tenant_id, id, connection_id, kind, state, lease, started_at)
      values (?, ?, ?, 'roster', 'reading', ?, now())`,
      [tenantId, run, id, run],
    );
    await gangway.db.raw(
      `insert into rosters (tenant_id, run_id, connection_id, profile, dry_run, alive_at)
      values (?, ?, ?, '{}', false, now())`,
      [tenantId, run, id],
    );
    const before = files.asked.length;
    await gangway.admin('POST', feedOf(gangway, '/fetch'));
    await eventually('it was asked', async () => files.asked.length > before);
    await gangway.db.raw('delete from runs where id = ?', [run]);
    await gangway.db.raw(`update work_item set next_at = now(), wanted_rev = wanted_rev + 1 where kind = 'feed'`);
    expect(await fetched(gangway, new Date(0))).toMatchObject({ failures: 0 });
  });

  test('a feed that was changed while it was fetched is not told what the former one found', async () => {
    const before = files.asked.length;
    files.answer = async (_req, res) => {
      await setCsv({ settings: { url: `${files.origin}/other.csv` } });
      files.answer = serves(csv(employees(9)), '"two"');
      files.answer(_req, res);
    };
    await gangway.admin('POST', feedOf(gangway, '/fetch'));
    await fetched(gangway, new Date(0));
    await eventually('the new one was asked', async () => files.asked.at(-1)?.url === '/other.csv');
    expect(files.asked.length).toBeGreaterThan(before + 1);
  });

  test('two servers fetch it once', async () => {
    await gangway.another();
    await settled(gangway.db);
    const before = files.asked.length;
    await fetchNow(gangway);
    expect(files.asked).toHaveLength(before + 1);
  });

  test('a secret stays when it is left out, and must be given again where it would go elsewhere', async () => {
    const settings = { url: `${files.origin}/all.csv`, auth: 'basic', username: 'a' };
    const schedule = SELDOM;
    await setCsv({ settings, secrets: { password: 'kept-password' } });
    expect(await setCsv({ settings: { ...settings, username: 'b' } })).toMatchObject({ secrets: ['password'] });
    const moved = { kind: 'https', schedule, settings: { ...settings, url: 'https://attacker.example/all.csv' } };
    for (const [method, path] of [
      ['PUT', ''],
      ['POST', '/test'],
    ] as const) {
      const { status, body } = await gangway.admin(method, feedOf(gangway, path), moved);
      expect([status, body['detail']]).toEqual([422, expect.stringContaining('give secrets.password again')]);
    }
  });

  test('a server that stops in the middle of a fetch leaves it to the next one', async () => {
    await setCsv({ secrets: { password: null } });
    let asked = () => {};
    const begun = new Promise<void>((resolve) => {
      asked = resolve;
    });
    files.answer = (_req, res) => {
      res.writeHead(200, { 'content-length': 1_000_000 }).write(csv(employees(3)));
      asked();
    };
    const [gone] = [gangway.running];
    await gangway.admin('POST', feedOf(gangway, '/fetch'));
    await begun;
    files.answer = serves(csv(employees(9)), '"two"');
    const another = await gangway.another();
    await gone.stop();
    gangway.running = another;
    await eventually(
      'the next one has fetched it',
      async () => {
        const { rows } = await gangway.db.raw('select last_result, asked_at from feeds');
        return rows[0]?.last_result !== null && rows[0]?.asked_at === null;
      },
      30_000,
    );
    const { rows } = await gangway.db.raw('select last_result from feeds');
    expect(['done', 'unchanged']).toContain(rows[0].last_result);
    const suspended = await gangway.db.raw(
      `select count(*)::int as n from people where absent_at is not null and external_id <> '10'`,
    );
    expect(suspended.rows).toEqual([{ n: 0 }]);
  }, 60_000);

  test('every change is in the audit', async () => {
    const entries = await audited();
    expect(new Set(entries)).toEqual(new Set(['feed.set', 'feed.fetch']));
  });
});
