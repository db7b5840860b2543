import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { eventually, scimUser } from '../support/gangway.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { type ServerProcess, startProcess } from '../support/process.ts';

let mail: MailServer;
let database: TestDatabase;
let dataDir: string;
let server: ServerProcess;
const start = () =>
  startProcess({
    DATABASE_URL: database.url,
    GANGWAY_DATA: dataDir,
    GANGWAY_SMTP_URL: mail.url,
    GANGWAY_MAIL_FROM: 'it@acme.example',
  });
beforeAll(async () => {
  mail = await startMailServer();
  database = await testDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'gangway-'));
  server = await start();
});
afterAll(async () => {
  await server?.end('SIGTERM');
  await mail?.stop();
  await database?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function send(method: string, url: string, token: string, body: object): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return (await fetch(url, { method, headers, body: JSON.stringify(body) })).status;
}

test('killed while the mail server has the text: sent, unconfirmed, and not mailed again', {
  timeout: 120_000,
}, async () => {
  const adminKey = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
  const { rows } = await database.db.raw('select id from connections');
  const policy = `${server.scim.replace('/scim/v2', '')}/api/v1/connections/${rows[0].id}/policy`;
  expect(await send('PUT', policy, adminKey, { invite: 'automatic', inviteChannel: ['email'], guard: 'off' })).toBe(
    200,
  );
  mail.mode = 'say nothing after the text';
  expect(await send('POST', `${server.scim}/Users`, server.token, scimUser('ada'))).toBe(201);
  await eventually('the mail server has the text', async () => mail.mails.length === 1, 60_000);
  await server.end('SIGKILL');

  mail.mode = 'take';
  server = await start();
  const invite = await eventually(
    'the invite is sent',
    async () => (await database.db.raw(`select confirmed, sends from invites where state = 'sent'`)).rows[0],
    60_000,
  );
  expect(invite).toEqual({ confirmed: false, sends: 1 });
  expect(mail.mails).toHaveLength(1);
});
