import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../src/report/runs.ts';
import { comesDue, feedOf, setFeed } from '../support/feeds.ts';
import { type Gangway, startGangway } from '../support/gangway.ts';
import { type GoogleDouble, startGoogle } from '../support/google.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
let gangway: Gangway;
let google: GoogleDouble;
const settings = () => ({ url: google.server.origin, admin: 'admin@acme.example' });
const runs = async () => (await gangway.admin('GET', '/runs?limit=100')).body['runs'] as Run[];

describe('S43, S70: a feed reads the users of a Google Workspace', { shuffle: false }, () => {
  beforeAll(async () => {
    gangway = await startGangway();
    google = await startGoogle();
  });
  afterAll(async () => {
    await gangway?.stop();
    await google?.server.stop();
  });

  test('S43, S70: everybody on all pages is taken, under the id that stays; one token serves all of it', async () => {
    await setFeed(gangway, {
      kind: 'google',
      settings: settings(),
      secrets: { serviceAccount: google.serviceAccount },
    });
    expect(await comesDue(gangway)).toMatchObject({ result: 'done' });
    expect((await runs())[0]?.counts).toMatchObject({ rows: 5, new: 5, rejected: 0 });
    expect(google.server.asked.filter(({ url }) => url.startsWith('/admin'))).toHaveLength(3);
    expect(google.assertions).toHaveLength(1);
  });

  test('what Google knows of somebody is in the directory, and managers are found by any of their addresses', async () => {
    const { rows } = await gangway.db.raw('select external_id as key, active, document from people order by 1');
    expect(rows.map(({ key, active }: { key: string; active: boolean }) => [key.slice(-2), active])).toEqual([
      ['01', true],
      ['02', true],
      ['03', false], // suspended
      ['04', false], // archived
      ['05', true],
    ]);
    expect(rows[0].document).toMatchObject({
      userName: 'ada@acme.example',
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      preferredLanguage: 'de',
      phoneNumbers: [{ type: 'work', value: '+4989123456' }],
      [ENTERPRISE]: { employeeNumber: '1001', department: 'Engines', costCenter: '4711', organization: 'Acme' },
    });
    expect(rows[1].document[ENTERPRISE].manager).toMatchObject({ value: '108523423423423423401' });
    expect((await gangway.accounts()).map(({ email }) => email).toSorted()).toEqual([
      'ada@acme.example',
      'grace@acme.example',
      'vera@acme.example',
    ]);
  });

  test('a token that was withdrawn is not used twice', async () => {
    google.withdraw();
    expect(await comesDue(gangway)).toMatchObject({
      result: 'failed',
      words: expect.stringMatching(/401: Invalid Credentials/),
    });
    expect(await comesDue(gangway)).toMatchObject({ result: 'unchanged' });
    expect(google.assertions).toHaveLength(2);
  });

  test.for([
    {
      name: 'pages that go round in a circle',
      page: (page: object) => ({ ...page, nextPageToken: '2' }),
      words: /listed twice|circle/,
    },
    { name: 'nobody at all', page: () => ({}), words: /nobody in the list/ },
    { name: 'users that are no list', page: () => ({ users: 'none' }), words: /not a list/ },
  ])('S43: $name: a failed run, and nobody has left', async ({ page, words }) => {
    google.page = page;
    expect(await comesDue(gangway)).toMatchObject({ result: 'failed', words: expect.stringMatching(words) });
    google.page = (all) => all;
    expect((await runs())[0]).toMatchObject({ kind: 'roster', state: 'failed', askedBy: 'feed' });
    expect((await gangway.accounts()).filter(({ status }) => status === 'suspended')).toEqual([]);
  });

  test('another administrator, or another key, is refused by Google in its own words', async () => {
    const body = { kind: 'google', settings: { ...settings(), admin: 'stranger@acme.example' } };
    const answer = await gangway.admin('POST', feedOf(gangway, '/test'), {
      ...body,
      schedule: { cron: '@daily', timeZone: 'UTC' },
    });
    expect([answer.status, answer.body['detail']]).toEqual([502, expect.stringMatching(/no token:.*"sub" claim/)]);
  });

  test('a key file that is none is refused without being repeated', async () => {
    const secrets = { serviceAccount: '{"private_key":"not-to-be-seen"}' };
    const body = { kind: 'google', settings: settings(), secrets, schedule: { cron: '@daily', timeZone: 'UTC' } };
    const answer = await gangway.admin('PUT', feedOf(gangway), body);
    expect([answer.status, answer.body['detail']]).toEqual([
      422,
      expect.stringMatching(/client_email and private_key/),
    ]);
    expect(JSON.stringify(answer.body)).not.toContain('not-to-be-seen');
  });
});
