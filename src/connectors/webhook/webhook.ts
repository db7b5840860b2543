import { Fault } from '../../errors.ts';
import { NO_SIDE_EFFECTS } from '../../model/side-effect.ts';
import type { Call, Connector, TargetSettings } from '../connector.ts';
import { isRecord } from '../http/json.ts';
import { createSender, type EventType } from './sender.ts';
import { readWebhookSettings } from './settings.ts';

/**
 * The connector for an app without an API: each action is one signed event of Standard Webhooks, and the app says when
 * it has applied it. The app cannot be read, so what it has confirmed is kept with the link.
 */
export function webhookConnector(target: TargetSettings): Connector {
  const settings = readWebhookSettings(target);
  const { host } = settings.endpoint;
  const sender = createSender(settings, target);

  const tell = async (type: EventType, id: string, more: object, call: Call): Promise<void> => {
    await sender.send(type, { account: { id: demand(host, id) }, ...more }, call);
  };
  const unreadable = async (): Promise<never> => {
    throw new Fault('target_refused', `${host}: an app behind a webhook cannot be read`);
  };

  return {
    capabilities: {
      attributes: [...settings.attributes, ...settings.extensionAttributes],
      groups: settings.groups,
      suspend: true,
      erase: true,
      list: false,
      anonymise: false,
      read: false,
      effects: NO_SIDE_EFFECTS, // the app does them when it is told of the suspension
    },
    check: (signal) => sender.check(signal),
    find: unreadable,
    search: unreadable,
    list: unreadable,
    // groups follow one by one: what the app took from an invite, nobody would know to be ours to revoke
    invite: async ({ email, attributes }, call) => {
      const account = { id: call.idempotencyKey, email, attributes };
      const { body } = await sender.send('account.invite', { account }, call);
      return { remoteId: ownId(body) ?? call.idempotencyKey };
    },
    update: async (id, { email, attributes }, call) => {
      await sender.send('account.update', { account: { id: demand(host, id), email, attributes } }, call);
    },
    suspend: (id, call) => tell('account.suspend', id, {}, call),
    resume: (id, call) => tell('account.resume', id, {}, call),
    erase: (id, call) => tell('account.erase', id, {}, call),
    effect: async (_id, { name }) => {
      throw new Fault('target_refused', `${host}: there is no event for the side effect "${name}"`);
    },
    anonymise: async () => {
      throw new Fault('target_refused', `${host}: there is no event for anonymising`);
    },
    grant: (id, group, call) => tell('group.grant', id, { group: { name: group } }, call),
    revoke: (id, group, call) => tell('group.revoke', id, { group: { name: group } }, call),
  };
}

/** The app's own id for the account, where its answer gives one. */
function ownId(body: unknown): string | null {
  const id = isRecord(body) ? body['id'] : undefined;
  if (typeof id === 'bigint' || typeof id === 'number') return String(id);
  return typeof id === 'string' && id !== '' ? id : null;
}

function demand(host: string, id: string): string {
  if (id !== '' && id.isWellFormed()) return id;
  throw new Fault('target_refused', `${host}: the id of the account is empty or not well-formed text`);
}
