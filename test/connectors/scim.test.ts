import { scimConnector } from '../../src/connectors/scim/scim.ts';
import { startScim } from '../support/app.ts';
import { describeConnector, type Subject } from './conformance.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { startNarrowScim } from './narrow-scim.ts';

// Gangway's own endpoint is a SCIM server like any other, here behind a proxy that breaks it on demand
async function subject(url: string, token: string, settings: object, stop: () => Promise<void>): Promise<Subject> {
  const proxy = await startFaultProxy(url);
  // small pages, so that five accounts fill several
  const target = { settings: { url: proxy.url, pageSize: 2, ...settings }, secrets: { token } };
  return {
    connector: scimConnector(target),
    impatient: scimConnector({ ...target, settings: { ...target.settings, timeoutSeconds: 0.2 } }),
    domain: 'example.org',
    begins: 'active',
    knowsKeys: false,
    breakIt: async (mode) => proxy.set(mode),
    stop: async () => {
      await proxy.stop();
      await stop();
    },
  };
}

describeConnector('a SCIM server', async () => {
  const server = await startScim({ profile: 'rfc' });
  return subject(server.base, server.token, {}, server.stop);
});

describeConnector('a narrow SCIM server', async () => {
  const server = await startScim({ profile: 'rfc' });
  const narrow = await startNarrowScim(server.base);
  return subject(narrow.url, server.token, { memberships: 'scan', pageSize: 10 }, async () => {
    await narrow.stop();
    await server.stop();
  });
});
