import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecret, type Receiver, startReceiver } from '../connectors/webhook-receiver.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { linkIn, type MailServer, startMailServer } from '../support/mail-server.ts';

let mail: MailServer;
let app: Receiver;
let gangway: Gangway;
beforeAll(async () => {
  mail = await startMailServer();
  const secret = newSecret();
  app = await startReceiver(secret);
  gangway = await startGangway({
    policy: { invite: 'manual', inviteChannel: ['email'] },
    environment: { GANGWAY_SMTP_URL: mail.url, GANGWAY_MAIL_FROM: 'it@acme.example' },
    target: {
      kind: 'webhook',
      settings: {
        url: app.url,
        extensionAttributes: 'entity,access',
        entities: ['Acme GmbH', 'Acme Ltd'],
        access: 'Card, Reimbursements only',
        signInUrl: 'https://app.example/sign-in',
      },
      secrets: { secret },
    },
  });
});
afterAll(async () => {
  await gangway?.stop();
  await mail?.stop();
  await app?.stop();
});

type Result = { person: string; result: string; code?: string; detail?: string };
const email = (name: string) => `${name}@example.com`;
async function joiner(name: string): Promise<string> {
  return String((await gangway.scim('POST', '/Users', scimUser(name))).body['id']);
}
async function batch(body: object): Promise<Result[]> {
  const { status, body: answer } = await gangway.admin('POST', '/invites/batch', body);
  expect(status).toBe(202);
  return answer['results'] as Result[];
}
const mailsTo = (name: string) => mail.mails.filter(({ to }) => to.includes(email(name)));
const attributesOf = (name: string) =>
  [...app.accounts.values()].find((account) => account.email === email(name))?.attributes;

describe('people who wait to be invited', { shuffle: false }, () => {
  let ada: string;

  test('S50, S58: who joins waits, without an account and without a mail', async () => {
    ada = await joiner('ada');
    await joiner('bob');
    await settled(gangway.db);
    expect(app.events).toEqual([]);
    expect(mail.mails).toEqual([]);
    const { people } = (await gangway.admin('GET', '/people?state=staged')).body as { people: { email: string }[] };
    expect(people.map((person) => person.email)).toEqual([email('ada'), email('bob')]);
  });

  test('S60: with several entities one must be named, and the answer lists them', async () => {
    const [refused] = await batch({ people: [email('ada')] });
    expect(refused).toMatchObject({ result: 'refused', code: 'entity_required' });
    expect(refused?.detail).toContain('Acme GmbH, Acme Ltd');
    const { status, body } = await gangway.admin('POST', `/people/${ada}/invite`);
    expect([status, body['code']]).toEqual([422, 'entity_required']);
    const [wrong] = await batch({ people: [ada], entity: 'Evil Corp' });
    expect(wrong).toMatchObject({ result: 'refused', code: 'config_invalid' });
  });

  test('S59, S61: a batch tells of each person; entity and access reach the account', async () => {
    const results = await batch({
      people: [ada, email('nobody'), email('bob')],
      entity: 'Acme Ltd',
      access: 'Card',
    });
    expect(results.map(({ result }) => result)).toEqual(['inviting', 'refused', 'inviting']);
    await eventually('both have a mail', async () => mailsTo('ada').length === 1 && mailsTo('bob').length === 1);
    expect(attributesOf('ada')).toMatchObject({ entity: 'Acme Ltd', access: 'Card' });
  });

  test('S60: what was chosen stays when the person changes', async () => {
    await gangway.scim('PATCH', `/Users/${ada}`, patchOp({ op: 'replace', path: 'title', value: 'Boss' }));
    await eventually('the title is there', async () => attributesOf('ada')?.['title'] === 'Boss');
    await settled(gangway.db);
    expect(attributesOf('ada')).toMatchObject({ entity: 'Acme Ltd', access: 'Card' });
    const updates = app.events.filter(({ type }) => type.includes('update'));
    expect(JSON.stringify(updates)).not.toContain('entity');
  });

  test('invited once more, the former link is dead; accepting leads to the sign-in', async () => {
    const [old] = mailsTo('ada').map(linkIn);
    const [again] = await batch({ people: [ada], entity: 'Acme Ltd' });
    expect(again).toMatchObject({ result: 'again' });
    await eventually('a second mail', async () => mailsTo('ada').length === 2);
    const fresh = linkIn(mailsTo('ada')[1] ?? { to: [], raw: '' });
    expect((await fetch(String(old))).status).toBe(404);
    const accepted = await fetch(fresh, { method: 'POST', redirect: 'manual' });
    expect([accepted.status, accepted.headers.get('location')]).toEqual([303, 'https://app.example/sign-in']);
    expect((await batch({ people: [ada], entity: 'Acme Ltd' }))[0]).toMatchObject({ result: 'accepted' });
  });

  test('S15: nobody is invited while the connection is paused', async () => {
    const eve = await joiner('eve');
    await gangway.admin('POST', `/connections/${gangway.connection.id}/pause`);
    const [refused] = await batch({ people: [eve], entity: 'Acme Ltd' });
    expect(refused).toMatchObject({ result: 'refused', code: 'connection_not_enabled' });
    const { invites } = (await gangway.admin('GET', '/invites?state=sent')).body as { invites: { id: string }[] };
    const resent = await gangway.admin('POST', `/invites/${invites[0]?.id}/resend`);
    expect([resent.status, resent.body['code']]).toEqual([409, 'connection_not_enabled']);
  });
});

test('a sign-in address that is none, and entities that are no list, are refused', async () => {
  for (const settings of [{ signInUrl: 'javascript:alert(1)' }, { entities: 7 }]) {
    const body = { name: 'odd', kind: 'sandbox', settings };
    expect((await gangway.admin('POST', '/targets', body)).status).toBe(422);
  }
});
