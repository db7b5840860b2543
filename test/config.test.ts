import { expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createVault } from '../src/vault.ts';

test('without an environment everything has a default', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 8080,
    dataDir: '.gangway',
    databaseUrl: null,
    key: null,
    logLevel: 'info',
    trustedProxies: 0,
    workerConcurrency: 16,
    rateLimitPerSecond: 5000,
    publicUrl: null,
    mail: null,
    sms: null,
    apiKey: null,
    openid: null,
    endWithParent: false,
  });
});

test('empty values count as unset', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 8080, databaseUrl: null });
});

test.for([
  { PORT: '70000' },
  { PORT: '80.5' },
  { DATABASE_URL: 'mysql://localhost' },
  { GANGWAY_KEY: 'short' },
  { LOG_LEVEL: 'loud' },
  { WORKER_CONCURRENCY: '0' },
  { TRUSTED_PROXIES: '-1' },
  { RATE_LIMIT_PER_SECOND: '24' },
  { PUBLIC_URL: 'https://gangway.example.com/scim' },
  { GANGWAY_SMTP_URL: 'mail.example.com', GANGWAY_MAIL_FROM: 'it@acme.example' },
  { GANGWAY_MAIL_FROM: 'it@acme.example' },
  { GANGWAY_MAIL_FROM: 'Acme\r\nBcc: all@example.com', GANGWAY_SMTP_URL: 'smtp://mail.example.com' },
  { GANGWAY_SMS_URL: 'sms.example.com' },
  { GANGWAY_SMS_TEMPLATE: '{"to":"{to}"}' },
  { GANGWAY_SMS_TEMPLATE: '["{to}","{text}"]' },
  { GANGWAY_OIDC_ISSUER: 'https://login.example.com' },
  { GANGWAY_OIDC_ISSUER: 'http://login.example.com', GANGWAY_OIDC_CLIENT_ID: 'x' },
  { GANGWAY_OIDC_ROLES: '{"group": "hr"}' },
  { GANGWAY_OIDC_ROLES: '[{"group": "hr", "tenant": "acme", "rights": ["root"]}]' },
  { GANGWAY_OIDC_SCOPES: 'profile email' },
  { GANGWAY_API_KEY: 'a SCIM token' },
])('%o is refused by name', (environment) => {
  expect(() => readConfig(environment)).toThrow(new RegExp(Object.keys(environment)[0] ?? ''));
});

test('OpenID Connect needs an issuer, a client and roles', () => {
  const roles = [{ group: 'hr', tenant: 'acme', rights: ['people'] }];
  const environment = { GANGWAY_OIDC_ISSUER: 'https://login.example.com', GANGWAY_OIDC_CLIENT_ID: 'gangway' };
  expect(readConfig({ ...environment, GANGWAY_OIDC_ROLES: JSON.stringify(roles) }).openid).toEqual({
    issuer: 'https://login.example.com',
    clientId: 'gangway',
    clientSecret: null,
    scopes: 'openid profile email',
    groupsClaim: 'groups',
    roles,
  });
  expect(() => readConfig(environment)).toThrow(/GANGWAY_OIDC_ROLES belong together/);
});

test('all faults are named at once', () => {
  expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/PORT[\s\S]*LOG_LEVEL/);
});

const key = Buffer.alloc(32, 1);

test('sealed secrets open with the same key only, and say nothing of themselves', () => {
  const sealed = createVault(key).seal({ token: 'open sesame' });
  expect(sealed.toString('latin1')).not.toContain('sesame');
  expect(createVault(key).open(sealed)).toEqual({ token: 'open sesame' });
  expect(createVault(key).seal({ token: 'open sesame' })).not.toEqual(sealed);
  expect(() => createVault(Buffer.alloc(32, 2)).open(sealed)).toThrow(/GANGWAY_KEY/);
});

test('a changed byte is noticed', () => {
  const sealed = createVault(key).seal({ token: 'x' });
  sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1);
  expect(() => createVault(key).open(sealed)).toThrow(/cannot be decrypted/);
});

test('no secrets are an empty record', () => {
  expect(createVault(key).open(null)).toEqual({});
});
