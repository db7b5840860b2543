import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tell } from '../../src/report/notices.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { decoded, type MailServer, startMailServer } from '../support/mail-server.ts';
import { reconcileNow } from '../support/runs.ts';
import { minutesPass, noticesOf, putList } from './list.ts';

let mail: MailServer;
let gangway: Gangway;
beforeAll(async () => {
  mail = await startMailServer();
  gangway = await startGangway({
    policy: {
      invite: 'automatic',
      guard: { floor: 2, perHourPercent: 1, perDayPercent: 1, twoPeoplePercent: 50, whileHeld: 'wait' },
    },
    environment: { GANGWAY_SMTP_URL: mail.url, GANGWAY_MAIL_FROM: 'gangway@acme.example' },
  });
});
afterAll(async () => {
  await gangway?.stop();
  await mail?.stop();
});

const mailsTo = (name: string) => mail.mails.filter(({ to }) => to.includes(`${name}@acme.example`));
const arrived = (name: string, count: number) =>
  eventually(`mail ${count} to ${name}`, async () => mailsTo(name)[count - 1]);
let number = 0;
/** Something happens that is told at once. */
const refuse = (reason = 'it cannot be read') =>
  tell(gangway.db, {
    tenantId: gangway.connection.tenantId,
    connectionId: gangway.connection.id,
    kind: 'roster_refused',
    subject: `run ${++number}`,
    detail: { runId: '01a20000-0000-7000-8000-000000000000', reason },
  });
const mailsOf = async () => (await noticesOf(gangway)).flatMap(({ mails }) => mails);
/** Somebody alone on the list, who has got no mail yet. */
const only = (name: string) => putList(gangway, { recipients: [{ address: `${name}@acme.example` }] });
const stateFor = async (name: string) => (await mailsOf()).find(({ address }) => address === `${name}@acme.example`);

describe('S39: a notice reaches its address', { shuffle: false }, () => {
  test('S8: losses that the guard holds: how many, of whom, what to do, and whether a second person is needed', async () => {
    await only('guard');
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      ids.push(String((await gangway.scim('POST', '/Users', scimUser(name))).body['id']));
    await settled(gangway.db);
    for (const id of ids) {
      await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: false }));
    }
    await eventually('three are held', async () => {
      const { rows } = await gangway.db.raw(`select 1 from hold_items where state = 'held'`);
      return rows.length === 3;
    });
    expect(mailsTo('guard')).toEqual([]); // a little later there is more to tell
    await minutesPass(gangway, 2);
    const one = await arrived('guard', 1);
    const text = decoded(one);
    expect(one.raw).toMatch(/^Subject: Losses of access are held \(people: 3\) \(idp\)\r$/m);
    expect(text).toContain(
      'People who would lose access at app: 3. Accounts there: 5. Until somebody decides, they keep what they have.',
    );
    expect(text).toContain('Two different people must release this one.');
    expect(text).toMatch(/gangway hold show [\w-]{36}/);
    expect(text).toMatch(/[a-e]@example\.com/);
  });

  test('accounts that were given back behind our back are an alarm', async () => {
    await only('alarm');
    const account = (await gangway.accounts()).find(({ status }) => status === 'suspended');
    await gangway.db.raw(`update sandbox.accounts set status = 'active' where id = ?`, [String(account?.id)]);
    await reconcileNow(gangway);
    const one = await arrived('alarm', 1);
    expect(decoded(one)).toContain('had suspended and that are in use again: 1.');
    expect(one.raw).toMatch(/^Subject: Alarm: the accounts at app are not as expected \(idp\)\r$/m);
  });

  test('names with line breaks and markup make neither headers nor markup', async () => {
    await only('inject');
    await refuse('x\r\nBcc: all@example.com\r\n\r\n<b>y</b>');
    const { id } = gangway.connection;
    expect((await gangway.admin('PATCH', `/connections/${id}`, { name: 'i\r\nBcc: all@example.com' })).status).toBe(
      200,
    );
    await minutesPass(gangway, 0);
    const one = await arrived('inject', 1);
    await gangway.admin('PATCH', `/connections/${id}`, { name: 'idp' });
    expect(one.raw).not.toMatch(/^Bcc:/im);
    expect(decoded(one)).toContain('&lt;b&gt;y&lt;/b&gt;');
    expect(one.to).toEqual(['inject@acme.example']);
  });

  test('a mail server that is down or busy loses nothing, and holds nobody’s account up', async () => {
    await only('later');
    const port = Number(new URL(mail.url).port);
    await mail.stop();
    await refuse();
    await eventually('it was tried', async () => (await stateFor('later'))?.answer?.includes('ECONNREFUSED'));
    expect(await stateFor('later')).toMatchObject({ state: 'waiting' });
    await gangway.scim('POST', '/Users', scimUser('meanwhile'));
    await eventually('she has an account', async () =>
      (await gangway.accounts()).some(({ email }) => email === 'meanwhile@example.com'),
    );
    mail = await startMailServer(port);
    mail.mode = 'try later';
    await minutesPass(gangway, 1);
    await eventually('it was tried', async () => (await stateFor('later'))?.answer?.includes('greylisted'));
    mail.mode = 'take';
    await minutesPass(gangway, 1);
    await arrived('later', 1);
    await settled(gangway.db);
    expect(mailsTo('later')).toHaveLength(1);
    expect(await stateFor('later')).toMatchObject({ state: 'sent', confirmed: true });
  });

  test('an answer that got lost: the same mail once more, under the same id', async () => {
    await only('lost');
    mail.mode = 'hang up after the text';
    await refuse();
    await arrived('lost', 1);
    await eventually('it is kept open', async () => (await stateFor('lost'))?.answer);
    mail.mode = 'take';
    await minutesPass(gangway, 3);
    await arrived('lost', 2);
    await settled(gangway.db);
    const ids = mailsTo('lost').map(({ raw }) => /^Message-ID: (.*)\r$/im.exec(raw)?.[1]);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect(await stateFor('lost')).toMatchObject({ state: 'sent', confirmed: true });
  });

  test('a process that died while it handed a mail over: the same', async () => {
    await only('died');
    await refuse();
    await arrived('died', 1);
    await settled(gangway.db);
    await gangway.db.raw(
      `update notice_mails set state = 'sending', next_at = now() where address = 'died@acme.example'`,
    );
    await minutesPass(gangway, 0);
    await arrived('died', 2);
    await eventually('it is sent', async () => (await stateFor('died'))?.state === 'sent');
  });

  test('an address that is refused is shown, and not tried again', async () => {
    await only('nobody');
    mail.mode = 'no such mailbox';
    await refuse();
    const refused = await eventually('it is refused', async () => {
      const found = await stateFor('nobody');
      return found?.state === 'refused' && found;
    });
    mail.mode = 'take';
    expect(refused.answer).toContain('no such mailbox');
    await minutesPass(gangway, 60);
    await settled(gangway.db);
    expect(mailsTo('nobody')).toEqual([]);
  });

  test('whoever is taken off the list gets nothing any more, not even what waits', async () => {
    await only('gone');
    await refuse();
    await arrived('gone', 1);
    await refuse();
    await settled(gangway.db);
    await only('stays');
    await minutesPass(gangway, 10);
    await eventually('it is dropped', async () => (await mailsOf()).some(({ state }) => state === 'dropped'));
    expect(mailsTo('gone')).toHaveLength(1);
  });

  test('two workers and the same happening told ten times at once: one mail', async () => {
    await gangway.another('worker');
    await only('twice');
    const same = number;
    await Promise.all(
      Array.from({ length: 10 }, () => {
        number = same;
        return refuse();
      }),
    );
    await arrived('twice', 1);
    await settled(gangway.db);
    expect(mailsTo('twice')).toHaveLength(1);
  });

  test('a change that is taken back tells nothing', async () => {
    const before = (await noticesOf(gangway)).length;
    const undone = gangway.db.transaction(async (trx) => {
      await tell(trx, {
        tenantId: gangway.connection.tenantId,
        connectionId: null,
        kind: 'waiting',
        subject: 'undone',
        detail: { people: 1, reasons: {} },
      });
      throw new Error('taken back');
    });
    await expect(undone).rejects.toThrow('taken back');
    expect(await noticesOf(gangway)).toHaveLength(before);
  });
});

test('S21: a test mail goes to one address, in its language', async () => {
  const path = `/connections/${gangway.connection.id}/notice-list/test`;
  const sent = await gangway.admin('POST', path, { address: 'probe@acme.example', language: 'de' });
  expect(sent).toMatchObject({ status: 200, body: { address: 'probe@acme.example', confirmed: true } });
  const [one] = mailsTo('probe');
  expect(one?.raw).toMatch(/^Subject: Gangway: Probe der Meldeliste\r$/m);
  expect(one && decoded(one)).toContain('Diese Adresse kann Meldungen von test bekommen.');
  mail.mode = 'no such mailbox';
  const refused = await gangway.admin('POST', path, { address: 'nowhere@acme.example' });
  mail.mode = 'take';
  expect(refused).toMatchObject({ status: 422, body: { detail: expect.stringContaining('no such mailbox') } });
});
