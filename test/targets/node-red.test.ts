import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, type Gangway, settled, startGangway } from '../support/gangway.ts';
import { ended } from '../support/rosters.ts';
import { type NodeRed, startNodeRed } from './support/node-red.ts';

let gangway: Gangway;
let nodeRed: NodeRed;
beforeAll(async () => {
  gangway = await startGangway();
  const { running, connection, token } = gangway;
  nodeRed = await startNodeRed({
    ROSTER_URL: `${running.origin}/api/v1/connections/${connection.id}/rosters?fileName=flow.csv&as=node-red`,
    ADMIN_KEY: running.adminKey,
    SCIM_URL: `${running.origin}/scim/v2`,
    SCIM_TOKEN: token,
  });
}, 300_000);
afterAll(async () => {
  await nodeRed?.stop();
  await gangway?.stop();
});

const post = (path: string, type: string, body: string) =>
  fetch(`${nodeRed.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body });
const personCalled = async (userName: string) => {
  const { body } = await gangway.admin('GET', `/people?userName=${encodeURIComponent(userName)}`);
  return (body['people'] as { userName: string; resource?: unknown }[])[0];
};

describe('Node-RED as the HR system', { shuffle: false }, () => {
  test('S27–S28, S43: a flow with a csv node pushes a roster by REST', async () => {
    const rows = [
      { employeeNumber: '1001', givenName: 'Jörg', familyName: 'Müller', email: 'joerg.mueller@example.com' },
      { employeeNumber: '1002', givenName: 'Änne "Ann"', familyName: 'Özdemir; Größ', email: 'aenne@example.com' },
    ];
    const response = await post('/export', 'application/json', JSON.stringify(rows));
    const answer = (await response.json()) as { run: { id: string } };
    expect(response.status).toBe(202);
    const run = await ended(gangway, answer.run.id);
    expect(run).toMatchObject({
      state: 'done',
      askedBy: 'node-red',
      counts: { rows: 2, new: 2, rejected: 0, applied: 2 },
    });
    const { body } = await gangway.scim('GET', `/Users?filter=${encodeURIComponent('externalId eq "1002"')}`);
    expect(body['Resources']).toMatchObject([{ name: { givenName: 'Änne "Ann"', familyName: 'Özdemir; Größ' } }]);
    expect((await gangway.accounts()).map(({ email }) => email).toSorted()).toEqual([
      'aenne@example.com',
      'joerg.mueller@example.com',
    ]);
  });

  test('S25: another one creates people through SCIM, one for each row of a CSV', async () => {
    const csv =
      'employeeNumber;givenName;familyName;email\r\n2001;Zoë;"O""Neill; Jr";zoe@example.com\r\n2002;李;明;ming@example.com\r\n';
    expect((await post('/hire', 'text/plain', csv)).status).toBe(200);
    for (const email of ['zoe@example.com', 'ming@example.com']) {
      await eventually(`${email} is in the directory`, () => personCalled(email));
    }
    await settled(gangway.db);
    const { body } = await gangway.scim('GET', `/Users?filter=${encodeURIComponent('userName eq "zoe@example.com"')}`);
    expect(body['Resources']).toMatchObject([
      { externalId: '2001', name: { givenName: 'Zoë', familyName: 'O"Neill; Jr' } },
    ]);
    expect((await gangway.accounts()).length).toBe(4);
  });
});
