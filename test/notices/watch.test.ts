import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteAnswer, noteOutage } from '../../src/deliver/outages.ts';
import type { Log } from '../../src/log.ts';
import { watchTenant } from '../../src/notices/watch.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { csv, employees, push } from '../support/rosters.ts';
import { noticesOf, putList } from './list.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let gangway: Gangway;
const start = async (options?: Parameters<typeof startGangway>[0]) => {
  gangway = await startGangway(options);
};
beforeAll(() => start());
afterAll(() => gangway?.stop());

/** What a worker would tell at a time, again and again. */
const watchAt = async (time: number | Date) => {
  const at = new Date(time);
  const failed: unknown[] = [];
  const log = { error: (line: unknown) => failed.push(line) } as unknown as Log; // nothing else of it is used
  const watching = { db: gangway.db, log };
  await Promise.all([1, 2].map(() => watchTenant(watching, gangway.connection.tenantId, at)));
  await watchTenant(watching, gangway.connection.tenantId, at);
  expect(failed).toEqual([]);
};
const told = async (kind: string) =>
  (await noticesOf(gangway, `&kind=${kind}`)).toReversed().map(({ detail }) => detail) as Record<string, unknown>[];

// later ones let weeks pass
describe('what comes true by time alone', { shuffle: false }, () => {
  test('S39, S83: Monday morning by the tenant’s clocks the week is told, with who waits for a human', async () => {
    await putList(gangway, { recipients: [], timeZone: 'Europe/Berlin' }, 'tenant');
    const { id } = (await gangway.scim('POST', '/Users', scimUser('leaver'))).body;
    await gangway.scim('POST', '/Users', scimUser('nomail', { userName: 'nomail', emails: [] }));
    await settled(gangway.db);
    await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: false }));
    await settled(gangway.db);
    const monday = new Date();
    monday.setUTCHours(12, 0, 0, 0);
    while (monday.getUTCDay() !== 1 || monday.getTime() < Date.now()) monday.setUTCDate(monday.getUTCDate() + 1);
    const before = new Date(monday.getTime() - 7 * HOUR); // 05:00 UTC: six or seven in Berlin
    await watchAt(before);
    expect(await told('weekly')).toEqual([]);
    await watchAt(monday);
    const [week, ...others] = await told('weekly');
    expect(others).toEqual([]);
    expect(week).toMatchObject({ left: 1, waiting: 1, held: 0, overdue: false });
    expect(Number(week?.['joined'])).toBeGreaterThanOrEqual(1);
    expect(await told('waiting')).toMatchObject([{ people: 1, reasons: { missing_email: 1 } }]);
  });

  test('S29, S39: who keeps a roster is reminded when it is overdue, once and then weekly, until one comes', async () => {
    await putList(gangway, { recipients: [], expectedEvery: '7d' });
    const begun = Date.now();
    await watchAt(begun + 6 * DAY);
    expect(await told('roster_overdue')).toEqual([]);
    await watchAt(begun + 7 * DAY + HOUR);
    await watchAt(begun + 9 * DAY);
    expect(await told('roster_overdue')).toMatchObject([{ expectedEvery: '7d', lastAt: null }]);
    await watchAt(begun + 15 * DAY);
    expect(await told('roster_overdue')).toHaveLength(2);

    await push(gangway, csv(employees(3)));
    await watchAt(Date.now() + 6 * DAY);
    expect(await told('roster_overdue')).toHaveLength(2);
    await watchAt(Date.now() + 8 * DAY);
    expect((await told('roster_overdue'))[2]).toMatchObject({ lastAt: expect.any(String) });

    // the same file once more is a roster that came
    await gangway.db.raw(`update runs set finished_at = finished_at - interval '30 days' where kind = 'roster'`);
    await push(gangway, csv(employees(3)));
    await watchAt(Date.now() + 6 * DAY);
    expect(await told('roster_overdue')).toHaveLength(3);
    await gangway.admin('POST', `/connections/${gangway.connection.id}/pause`);
    await watchAt(Date.now() + 60 * DAY);
    expect(await told('roster_overdue')).toHaveLength(3);
    await gangway.admin('POST', `/connections/${gangway.connection.id}/enable`);
    await putList(gangway, { recipients: [] });
  });

  test('complaint 18, S39: a token is told of 30, 14, 7 and 1 days before its end, once each, and when it has ended', async () => {
    const end = Date.now() + 60 * DAY;
    const body = { expiresAt: new Date(end).toISOString() };
    const { id } = (await gangway.admin('POST', `/connections/${gangway.connection.id}/tokens`, body)).body;
    for (const days of [31, 29, 15, 13, 8, 6, 2, 0.5]) await watchAt(end - days * DAY);
    expect((await told('token_expiring')).map((detail) => [detail['tokenId'], detail['days']])).toEqual([
      [id, 30],
      [id, 14],
      [id, 7],
      [id, 1],
    ]);
    await watchAt(end + HOUR);
    await watchAt(end + DAY);
    expect(await told('token_expired')).toMatchObject([{ tokenId: id }]);
    await gangway.admin('DELETE', `/tokens/${id}`);
    expect((await gangway.admin('GET', '/notices?kind=token_expired')).body['notices']).toMatchObject([
      {
        connection: { name: 'idp' },
        help: { command: 'gangway token add idp', topic: 'docs/scim.md#tokens-and-oauth' },
      },
    ]);
  });

  test('S39: an app that is down for half an hour is told, and when it is back; shorter outages are not', async () => {
    const at = { tenantId: gangway.connection.tenantId, targetId: gangway.targetId };
    const begun = Date.now() - 2 * DAY;
    const minute = (minutes: number) => new Date(begun + minutes * 60_000);
    const fail = (minutes: number) => noteOutage(gangway.db, at, minute(minutes));
    await fail(0);
    await noteAnswer(gangway.db, at, minute(4));
    await watchAt(minute(10));
    expect(await told('target_down')).toEqual([]);
    for (let minutes = 20; minutes <= 60; minutes += 1) await fail(minutes);
    await watchAt(minute(45));
    expect(await told('target_down')).toHaveLength(0); // 25 minutes
    await watchAt(minute(51));
    await watchAt(minute(60));
    expect(await told('target_down')).toMatchObject([{ since: minute(20).toISOString(), until: null }]);
    await noteAnswer(gangway.db, at, minute(61));
    await fail(62); // not back yet
    await watchAt(minute(64));
    expect(await told('target_down')).toHaveLength(1);
    await noteAnswer(gangway.db, at, minute(65));
    await watchAt(minute(70));
    expect(await told('target_down')).toMatchObject([{ until: null }, { until: minute(65).toISOString() }]);
  });

  test('S39: a worker that finds an app down keeps since when, and that it answers again', async () => {
    const outage = async () =>
      (await gangway.db.raw('select ended_at from target_outages')).rows as { ended_at: Date | null }[];
    await gangway.db.raw('delete from target_outages');
    await gangway.setFault({ mode: 'unavailable' });
    await gangway.scim('POST', '/Users', scimUser('patience'));
    await eventually('it is known to be down', async () => (await outage()).length === 1);
    const before = (await told('target_down')).length;
    await gangway.db.raw(`update target_outages set since = since - interval '40 minutes'`);
    await watchAt(Date.now());
    expect((await told('target_down')).slice(before)).toMatchObject([{ targetId: gangway.targetId, until: null }]);
    await gangway.setFault({ mode: 'none' });
    await eventually('it answers', async () => (await outage())[0]?.ended_at);
    await watchAt(Date.now() + 3 * 60_000);
    expect((await told('target_down')).slice(before)).toMatchObject([{ until: null }, { until: expect.any(String) }]);
    await settled(gangway.db);
  });

  test('the watch is armed for each tenant that there is, and re-arms itself', async () => {
    const armed = async () =>
      (
        await gangway.db.raw(
          `select state, next_at > now() + interval '9 minutes' as later from work_item where kind = 'watch'`,
        )
      ).rows;
    await putList(gangway, { recipients: [] });
    await gangway.db.raw(`update work_item set next_at = now() where kind = 'watch'`);
    await settled(gangway.db);
    expect(await armed()).toEqual([{ state: 'ready', later: true }]);
  });

  test('after ninety days a notice is forgotten, with what was mailed of it', async () => {
    await gangway.db.raw(
      `insert into notices (tenant_id, id, kind, subject, detail, created_at)
     values (?, '01000000-0000-7000-8000-000000000000', 'weekly', 'old', '{}', now() - interval '91 days')`,
      [gangway.connection.tenantId],
    );
    await watchAt(Date.now());
    const { rows } = await gangway.db.raw(`select 1 from notices where subject = 'old'`);
    expect(rows).toEqual([]);
  });
});
