import { z } from 'zod';
import { Fault } from '../../errors.ts';
import { ATTRIBUTES } from '../attributes.ts';
import type { TargetSettings } from '../connector.ts';
import { httpUrl } from '../http/url.ts';
import { attributeNames, extensionAttributes, flag, limits, number, offer, readSettings } from '../settings.ts';
import { readSecret } from './signature.ts';

const schema = z.strictObject({
  /** Where the events go. */
  url: z.string(),
  attributes: attributeNames.default(() => [...ATTRIBUTES]),
  /** Attributes of the tenant's own extensions that are sent, too. */
  extensionAttributes,
  groups: flag.default(true),
  /** How long to wait after "accepted", where the app does not say it by Retry-After. */
  acceptedSeconds: number.int().max(86_400).default(30),
  ...limits,
  ...offer,
});

/** What can be set, by name. */
export const WEBHOOK_SETTINGS = schema.shape;

export type WebhookSettings = z.output<typeof schema> & {
  readonly endpoint: URL;
  /** Keys of the secrets to sign with, the newest first. */
  readonly keys: readonly Buffer[];
};

/** Reads what a target of kind `webhook` was set up with; throws Fault `config_invalid`. */
export function readWebhookSettings(target: TargetSettings): WebhookSettings {
  const settings = readSettings('webhook', schema, target);
  const { secret, formerSecret } = target.secrets;
  if (!secret) throw new Fault('config_invalid', 'a target of kind webhook needs the secret secret (whsec_…)');
  const keys = [readSecret('secret', secret), ...(formerSecret ? [readSecret('formerSecret', formerSecret)] : [])];
  return { ...settings, endpoint: httpUrl(settings.url, 'settings.url', { query: true }), keys };
}
