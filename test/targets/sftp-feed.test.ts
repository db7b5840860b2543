import { appendFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/report/runs.ts';
import { comesDue, feedOf, SELDOM, setFeed } from '../support/feeds.ts';
import { type Gangway, startGangway } from '../support/gangway.ts';
import { csv, employees } from '../support/rosters.ts';
import { installSshd, type Sshd, startSshd } from './support/sshd.ts';

const missing = await installSshd();
if (missing) process.stderr.write(`targets: no OpenSSH here: ${missing}\n`);

describe.skipIf(missing !== null)('S43, S70: a feed fetches from OpenSSH', { shuffle: false }, () => {
  let gangway: Gangway;
  let sshd: Sshd;
  beforeAll(async () => {
    gangway = await startGangway();
    sshd = await startSshd();
  });
  afterAll(async () => {
    await gangway?.stop();
    await sshd?.stop();
  });
  const secrets = () => ({ privateKey: sshd.privateKey });
  const settings = (more: Record<string, unknown> = {}) => ({
    ...{ host: '127.0.0.1', port: sshd.port, username: sshd.username, stableSeconds: 1 },
    ...{ path: `${sshd.folder}/employees-*.csv`, hostKey: sshd.fingerprint, ...more },
  });
  const put = async (name: string, people: number, seconds: number) => {
    const path = join(sshd.folder, name);
    await writeFile(path, csv(employees(people)));
    await utimes(path, seconds, seconds);
    return path;
  };

  test('the first test shows the fingerprint that ssh-keygen shows', async () => {
    const body = { kind: 'sftp', settings: settings({ hostKey: undefined }), secrets: secrets(), schedule: SELDOM };
    const answer = await gangway.admin('POST', feedOf(gangway, '/test'), body);
    expect([answer.status, answer.body['detail']]).toEqual([422, expect.stringContaining(sshd.fingerprint)]);
  });

  test('S43, S70: the newest of several files is taken, as large as it is', async () => {
    await put('employees-1.csv', 3, 1_700_000_000);
    await put('employees-2.csv', 5_000, 1_700_000_100);
    await setFeed(gangway, { kind: 'sftp', settings: settings(), secrets: secrets() });
    const { body } = await gangway.admin('POST', feedOf(gangway, '/test'));
    expect(body).toMatchObject({ fileName: 'employees-2.csv', rows: 100, taken: 100, problem: null });
    await put('employees-3.csv', 40, 1_700_000_200);
    expect(await comesDue(gangway)).toMatchObject({ result: 'done' });
    const { runs } = (await gangway.admin('GET', '/runs')).body as { runs: Run[] };
    expect(runs[0]?.counts).toMatchObject({ rows: 40, new: 40 });
    expect(await comesDue(gangway)).toMatchObject({ result: 'unchanged' });
  });

  test('a file that still grows is not taken', async () => {
    const path = await put('employees-4.csv', 40, 1_700_000_300);
    const grows = setInterval(() => void appendFile(path, 'x'), 50);
    const last = await comesDue(gangway);
    clearInterval(grows);
    expect(last).toMatchObject({ result: 'failed', words: expect.stringContaining('still being written') });
  });

  test('S43: after a new installation its key is another: nothing is sent to it until somebody has pinned the new one', async () => {
    await put('employees-5.csv', 41, 1_800_000_000);
    const before = sshd.fingerprint;
    const now = await sshd.newKey();
    const last = await comesDue(gangway);
    expect(last).toMatchObject({ result: 'failed', words: expect.stringContaining(`${now} instead of ${before}`) });
    await setFeed(gangway, { kind: 'sftp', settings: settings({ hostKey: now }) });
    expect(await comesDue(gangway)).toMatchObject({ result: 'done', failures: 0 });
  });

  test('a key that it does not know is refused in words', async () => {
    const stranger = await startSshd();
    const last = await (async () => {
      const hostKey = await sshd.newKey();
      await setFeed(gangway, {
        kind: 'sftp',
        settings: settings({ hostKey }),
        secrets: { privateKey: stranger.privateKey },
      });
      return comesDue(gangway);
    })().finally(() => stranger.stop());
    expect(last).toMatchObject({ result: 'failed', words: expect.stringMatching(/does not let ".+" in/) });
  });
});
