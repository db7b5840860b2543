import { webhookConnector } from '../../src/connectors/webhook/webhook.ts';
import { describeConnector, type Subject } from './conformance.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { newSecret, startReceiver } from './webhook-receiver.ts';

for (const ownIds of [false, true]) {
  describeConnector(`an app behind a webhook${ownIds ? ' with ids of its own' : ''}`, async (): Promise<Subject> => {
    const secret = newSecret();
    const receiver = await startReceiver(secret, { ownIds });
    const proxy = await startFaultProxy(new URL(receiver.url).origin);
    const target = { settings: { url: `${proxy.url}/hooks` }, secrets: { secret } };
    return {
      connector: webhookConnector(target),
      impatient: webhookConnector({ ...target, settings: { ...target.settings, timeoutSeconds: 0.2 } }),
      domain: 'example.org',
      view: receiver.view,
      knowsKeys: true,
      breakIt: async (mode) => proxy.set(mode),
      stop: async () => {
        await proxy.stop();
        await receiver.stop();
      },
    };
  });
}
