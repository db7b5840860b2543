import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/gangway.ts';
import { linkIn, type MailServer, startMailServer } from '../../support/mail-server.ts';
import { type Company, dayIn, startCompany, startsIn, WORKPLACE } from '../workplace.ts';

let mail: MailServer;
let gateway: Server;
const messages: { to: string; text: string }[] = [];
let company: Company;

beforeAll(async () => {
  mail = await startMailServer();
  gateway = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk) => {
      text += chunk;
    });
    req.on('end', () => {
      messages.push(JSON.parse(text));
      res.writeHead(202).end('{}');
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  company = await startCompany({
    policy: { preset: 'frontline' },
    workplace: true,
    environment: {
      GANGWAY_SMTP_URL: mail.url,
      GANGWAY_MAIL_FROM: 'People Team <people@acme.example>',
      GANGWAY_SMS_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/send`,
      GANGWAY_SMS_SECRET: 'gateway-secret',
    },
  });
});
afterAll(async () => {
  await company?.stop();
  await mail?.stop();
  gateway?.close();
});

type Invite = { personId: string; channel: string; state: string };
const inviteOf = (personId: string, state: string) =>
  eventually(`the invite is ${state}`, async () => {
    const { invites } = (await company.must('GET', '/invites?limit=1000')) as { invites: Invite[] };
    return invites.find((invite) => invite.personId === personId && invite.state === state);
  });
const mailsTo = (name: string) => mail.mails.filter(({ to }) => to.includes(`${name}@example.com`));

/** What the network prefers, whoever ran before. */
const prefer = (...inviteChannel: ('email' | 'sms' | 'print')[]) =>
  company.setPolicy({ preset: 'frontline', guard: 'off', inviteChannel });

test('S66: a new hire is invited on the first day, not before', async () => {
  const first = dayIn(2);
  const id = await company.join('ada', { [WORKPLACE]: { startDate: first } });
  expect(await company.status('ada')).toBe('none');
  expect(mailsTo('ada')).toEqual([]);
  const { people } = (await company.must('GET', '/people?state=staged&limit=1000')) as { people: { id: string }[] };
  expect(people.map((person) => person.id)).toContain(id);
  // looked at again at eight in the morning of that day, by itself
  expect(await company.nextLook(id)).toEqual(new Date(`${first}T08:00:00Z`));
  await company.say(id, `${WORKPLACE}:startDate`, dayIn(-1));
  expect(await company.status('ada')).toBe('invited');
});

test('S66: whose first day has been is invited at once; whose first day is unknown waits', async () => {
  await company.join('bea', startsIn(-1));
  expect(await company.status('bea')).toBe('invited');
  const id = await company.join('cid');
  expect(await company.status('cid')).toBe('none');
  expect(await company.nextLook(id)).toBeNull();
});

test('S72: a new record is recognised and invited by e-mail', async () => {
  await company.setPolicy({ preset: 'frontline', guard: 'off' });
  const id = await company.join('dot', startsIn(-1));
  expect(await inviteOf(id, 'sent')).toMatchObject({ channel: 'email' });
  const [one, ...others] = mailsTo('dot');
  expect(others).toEqual([]);
  if (!one) throw new Error('no mail');
  expect((await fetch(linkIn(one), { method: 'POST' })).status).toBe(200);
  await inviteOf(id, 'accepted');
});

test('S73: where the network has it so, the invitation is a text message', async () => {
  await prefer('sms', 'print');
  const phoneNumbers = [{ type: 'mobile', value: '+49 151 12345678' }];
  const id = await company.join('eve', { ...startsIn(-1), phoneNumbers });
  expect(await inviteOf(id, 'sent')).toMatchObject({ channel: 'sms' });
  expect(messages.find(({ to }) => to === '+4915112345678')?.text).toMatch(/\/join\/[\w-]{44}$/);
  expect(mailsTo('eve')).toEqual([]);
});

test('S73, S74: without a mobile number the next way is taken: a sheet to print', async () => {
  await prefer('sms', 'print');
  const id = await company.join('fay', startsIn(-1));
  expect(await inviteOf(id, 'queued')).toMatchObject({ channel: 'print' });
});

test('S74: credentials are printed, one sheet a person, and work once', async () => {
  await prefer('print');
  const addresses = [{ type: 'work', locality: 'Bonn' }];
  const id = await company.join('gus', { ...startsIn(-1), addresses, displayName: 'Gus Frontline' });
  await inviteOf(id, 'queued');
  const response = await fetch(`${company.running.origin}/api/v1/invites/print`, {
    method: 'POST',
    headers: { authorization: `Bearer ${company.running.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ connection: company.connection.id, location: 'Bonn' }),
  });
  const sheets = await response.text();
  expect(sheets.match(/<section/g)).toHaveLength(1);
  expect(sheets).toContain('Gus Frontline');
  const link = /https?:\/\/[^\s"<]+\/join\/[\w-]{44}/.exec(sheets)?.[0] ?? '';
  expect((await fetch(link, { method: 'POST' })).status).toBe(200);
  await inviteOf(id, 'accepted');
  expect((await fetch(link, { method: 'POST' })).status).toBe(410);
});
