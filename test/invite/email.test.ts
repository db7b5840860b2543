import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { decoded, linkIn, type MailServer, startMailServer } from '../support/mail-server.ts';

let mail: MailServer;
let gangway: Gangway;
beforeAll(async () => {
  mail = await startMailServer();
  gangway = await startGangway({
    policy: { invite: 'automatic', inviteChannel: ['email'] },
    environment: { GANGWAY_SMTP_URL: mail.url, GANGWAY_MAIL_FROM: 'Acme IT <it@acme.example>' },
  });
});
afterAll(async () => {
  await gangway?.stop();
  await mail?.stop();
});

type Row = {
  id: string;
  personId: string;
  state: string;
  confirmed: boolean;
  lastAnswer: string | null;
  sends: number;
};

async function join(name: string, more: Record<string, unknown> = {}): Promise<string> {
  return String((await gangway.scim('POST', '/Users', scimUser(name, more))).body['id']);
}
async function inviteOf(personId: string): Promise<Row | undefined> {
  const { invites } = (await gangway.admin('GET', '/invites?limit=1000')).body as { invites: Row[] };
  return invites.find((invite) => invite.personId === personId);
}
const until = (personId: string, state: string) =>
  eventually(`the invite is ${state}`, async () => {
    const invite = await inviteOf(personId);
    return invite?.state === state && invite;
  });
const mailsTo = (name: string) => mail.mails.filter(({ to }) => to.includes(`${name}@example.com`));
/** Lets an hour that is planned for later come now. */
async function timePasses(id: string, columns: string): Promise<void> {
  await gangway.db.raw(`update invites set ${columns} where id = ?`, [id]);
  await gangway.db.raw(
    `update work_item w set next_at = now(), state = 'ready' from invites i
    where i.id = ? and w.subject_id = i.person_id and w.kind = 'invite'`,
    [id],
  );
}

test('S62, S72: a joiner gets one mail with a link, and accepts by a button, not by looking', async () => {
  const id = await join('ada');
  const invite = await until(id, 'sent');
  await settled(gangway.db);
  const [one, ...others] = mailsTo('ada');
  expect(others).toEqual([]);
  if (!one) throw new Error('no mail');
  expect(one.raw).toContain(`Message-ID: <${invite.id}.0.0@acme.example>`);
  expect(one.raw).toMatch(/^Subject: Your invitation to app\r$/m);
  expect(decoded(one)).toContain('test has opened an account for you in app.');

  const link = linkIn(one);
  const page = await fetch(link);
  expect([page.status, page.headers.get('referrer-policy')]).toEqual([200, 'no-referrer']);
  expect(await page.text()).toContain('Accept the invitation');
  await fetch(link, { method: 'HEAD' });
  expect(await until(id, 'sent')).toBeTruthy();

  expect((await fetch(link, { method: 'POST' })).status).toBe(200);
  await until(id, 'accepted');
  expect((await fetch(link)).status).toBe(410);
  expect((await fetch(link, { method: 'POST' })).status).toBe(410);
  const { rows } = await gangway.db.raw(`select actor from audit where action = 'invite.accept' and subject = ?`, [
    invite.id,
  ]);
  expect(rows).toEqual([{ actor: 'invitee' }]);
});

test('S21: whoever prefers German is invited in German, page included', async () => {
  const id = await join('juergen', { preferredLanguage: 'de-CH', displayName: 'Jürgen Groß' });
  await until(id, 'sent');
  const [one] = mailsTo('juergen');
  if (!one) throw new Error('no mail');
  expect(decoded(one)).toContain('Guten Tag Jürgen Groß,');
  expect(await (await fetch(linkIn(one))).text()).toContain('Einladung annehmen');
});

test('a name with line breaks and markup makes neither a header nor markup', async () => {
  const id = await join('mallory', { displayName: 'M\r\nBcc: all@example.com\r\n\r\n<b>x</b>' });
  await until(id, 'sent');
  const [one] = mailsTo('mallory');
  expect(one?.raw).not.toMatch(/^Bcc:/im);
  expect(one && decoded(one)).toContain('&lt;b&gt;x&lt;/b&gt;');
  expect(one?.to).toEqual(['mallory@example.com']);
});

test('codes that are unknown or malformed are a friendly 404', async () => {
  for (const code of ['x', 'A'.repeat(44), '%00', '%E0%A4%A', `${'_'.repeat(22)}${'B'.repeat(22)}`]) {
    const { status } = await fetch(`${gangway.running.origin}/join/${code}`);
    expect([code, status]).toEqual([code, 404]);
  }
});

test('the code is stored as a hash alone', async () => {
  const id = await join('hash');
  await until(id, 'sent');
  const [one] = mailsTo('hash');
  const code = one && linkIn(one).slice(-44);
  const { rows } = await gangway.db.raw(`select i::text as text from invites i where person_id = ?`, [id]);
  expect(rows[0].text).not.toContain(String(code).slice(22));
});

test('S62: read-back accepts: whoever accepts at the app is invited no more', async () => {
  const id = await join('back');
  await until(id, 'sent');
  const account = (await gangway.accounts()).find(({ email }) => email === 'back@example.com');
  await gangway.db.raw(`update sandbox.accounts set status = 'active' where id = ?`, [String(account?.id)]);
  await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'title', value: 'Boss' }));
  await until(id, 'accepted');
});

test('a leaver’s invite is revoked and the link is dead', async () => {
  const id = await join('leaver');
  await until(id, 'sent');
  const [one] = mailsTo('leaver');
  await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: false }));
  const link = one ? linkIn(one) : '';
  await until(id, 'revoked');
  expect([(await fetch(link)).status, (await fetch(link, { method: 'POST' })).status]).toEqual([410, 410]);
});

test('who left before accepting, and comes back, is invited anew; whose invite somebody withdrew is not', async () => {
  const active = (id: string, value: boolean) =>
    gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value }));
  const [back, withdrawn] = [await join('returner'), await join('withdrawn')];
  const { id: first } = await until(back, 'sent');
  const { id: other } = await until(withdrawn, 'sent');
  await gangway.admin('POST', `/invites/${other}/revoke`);
  for (const id of [back, withdrawn]) await active(id, false);
  await until(back, 'revoked');
  await settled(gangway.db);
  for (const id of [back, withdrawn]) await active(id, true);
  const second = await eventually('another mail', async () => mailsTo('returner')[1]);
  expect((await gangway.admin('GET', `/invites/${first}`)).body['state']).toBe('revoked');
  await settled(gangway.db);
  const [former = ''] = mailsTo('returner').map(linkIn);
  expect([(await fetch(former)).status, (await fetch(linkIn(second))).status]).toEqual([410, 200]);
  expect(mailsTo('withdrawn')).toHaveLength(1);
});

test('reminders carry the same link and stop with the last; then the invite expires and can be sent again', async () => {
  const id = await join('slow');
  const { id: invite } = await until(id, 'sent');
  await settled(gangway.db);
  for (const count of [2, 3]) {
    await timePasses(invite, 'next_at = now()');
    await eventually(`mail ${count}`, async () => mailsTo('slow').length === count);
    await settled(gangway.db);
  }
  const links = new Set(mailsTo('slow').map(linkIn));
  expect(links.size).toBe(1);
  expect(mailsTo('slow').at(-1)?.raw).toMatch(/^Subject: Reminder: /m);
  await timePasses(invite, 'expires_at = now()');
  await until(id, 'expired');
  const [old = ''] = links;
  expect((await fetch(old)).status).toBe(410);

  expect((await gangway.admin('POST', `/invites/${invite}/resend`)).status).toBe(200);
  await eventually('a fourth mail', async () => mailsTo('slow').length === 4);
  const [fresh] = mailsTo('slow').slice(-1).map(linkIn);
  expect(fresh).not.toBe(old);
  expect((await fetch(old)).status).toBe(404);
  expect((await fetch(String(fresh))).status).toBe(200);
});

test('a revoked invite and another’s id are refused; states that do not fit are 409', async () => {
  const id = await join('revoked');
  const { id: invite } = await until(id, 'sent');
  expect((await gangway.admin('POST', `/invites/${invite}/revoke`)).body['state']).toBe('revoked');
  expect((await gangway.admin('POST', `/invites/${invite}/accept`)).status).toBe(409);
  expect((await gangway.admin('POST', `/invites/${id}/revoke`)).status).toBe(404);
});

// the mail server misbehaves in turns
describe('complaint 17: mails neither missing nor twice', { shuffle: false }, () => {
  test('a mailbox that is not there yet bounces once, is tried a day later, and then shown', async () => {
    mail.mode = 'no such mailbox';
    const id = await join('early');
    const { id: invite, lastAnswer } = await until(id, 'bounced');
    expect(lastAnswer).toContain('no such mailbox');
    const { rows } = await gangway.db.raw(
      `select next_at > now() + interval '23 hours' as later from invites where id = ?`,
      [invite],
    );
    expect(rows).toEqual([{ later: true }]);
    mail.mode = 'take';
    await timePasses(invite, 'next_at = now()');
    await until(id, 'sent');
    expect(mailsTo('early')).toHaveLength(1);
  });

  test('a bounce that is reported later counts, too; the second is for a human', async () => {
    const id = await join('late');
    const { id: invite } = await until(id, 'sent');
    const report = { state: 'bounced', reason: 'mailbox unavailable' };
    expect((await gangway.admin('POST', `/invites/${invite}/delivery`, report)).body['state']).toBe('bounced');
    await settled(gangway.db);
    await timePasses(invite, 'next_at = now()');
    await until(id, 'sent');
    const second = (await gangway.admin('POST', `/invites/${invite}/delivery`, report)).body;
    expect(second).toMatchObject({ state: 'bounced', nextAt: null, lastAnswer: 'mailbox unavailable' });
  });

  test('a server that says "later" gets it later', async () => {
    mail.mode = 'try later';
    const id = await join('grey');
    await eventually('it was tried', async () => (await inviteOf(id))?.lastAnswer?.includes('greylisted'));
    const waiting = await until(id, 'queued');
    mail.mode = 'take';
    await timePasses(waiting.id, 'next_at = now()');
    await until(id, 'sent');
    expect(mailsTo('grey')).toHaveLength(1);
  });

  test('no mail server: everything waits, and goes when it is back', async () => {
    const port = Number(new URL(mail.url).port);
    await mail.stop();
    const id = await join('down');
    const waiting = await eventually('it was tried', async () => {
      const invite = await inviteOf(id);
      return invite?.lastAnswer?.includes('ECONNREFUSED') && invite;
    });
    mail = await startMailServer(port);
    await timePasses(waiting.id, 'next_at = now()');
    await until(id, 'sent');
    expect(mailsTo('down')).toHaveLength(1);
  });

  test('a connection lost after the text: sent, unconfirmed, and never mailed again but by a human', async () => {
    mail.mode = 'hang up after the text';
    const id = await join('unsure');
    expect(await until(id, 'sent')).toMatchObject({ confirmed: false });
    mail.mode = 'take';
    await settled(gangway.db);
    expect(mailsTo('unsure')).toHaveLength(1);
    const invite = await inviteOf(id);
    await gangway.admin('POST', `/invites/${invite?.id}/resend`);
    await eventually('a second mail', async () => mailsTo('unsure').length === 2);
  });

  test('a worker that died while it handed a mail over: unconfirmed, not mailed again', async () => {
    const id = await join('crash');
    const { id: invite } = await until(id, 'sent');
    await settled(gangway.db);
    await timePasses(invite, `state = 'sending', sent_at = null, expires_at = null, next_at = null`);
    expect(await until(id, 'sent')).toMatchObject({ confirmed: false });
    expect(mailsTo('crash')).toHaveLength(1);
  });

  test('two workers and forty joiners: forty mails', { timeout: 90_000 }, async () => {
    await gangway.another('worker');
    const names = Array.from({ length: 40 }, (_, index) => `many${index}`);
    await Promise.all(names.map((name) => join(name)));
    await eventually('all are invited', async () => names.every((name) => mailsTo(name).length > 0), 60_000);
    await settled(gangway.db);
    expect(names.filter((name) => mailsTo(name).length !== 1)).toEqual([]);
  });
});
