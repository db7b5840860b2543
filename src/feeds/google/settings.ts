import { z } from 'zod';
import { isRecord, parseJson } from '../../connectors/http/json.ts';
import { Fault } from '../../errors.ts';
import type { FeedSettings } from '../feed.ts';
import { fields, readSecrets, readSettings } from '../read-settings.ts';
import { secureUrl } from '../request.ts';

const schema = z.strictObject({
  /** The administrator in whose name the service account reads. */
  admin: z.email('must be the e-mail address of an administrator'),
  customer: fields.text.default('my_customer'),
  url: fields.text.default('https://admin.googleapis.com'),
  timeoutSeconds: fields.timeoutSeconds,
  timeoutMinutes: fields.timeoutMinutes,
});

/** What is used of the key file that Google gives for a service account. */
export type ServiceAccount = {
  readonly email: string;
  readonly keyId: string | undefined;
  readonly privateKey: string;
  readonly tokenUrl: URL;
};
export type GoogleSettings = Omit<z.output<typeof schema>, 'url'> & {
  readonly url: URL;
  readonly account: ServiceAccount;
};

const GOOGLE_TOKENS = 'https://oauth2.googleapis.com/token';

/** Reads what a feed of kind google was set up with; throws Fault `config_invalid`. */
export function readGoogleSettings(feed: FeedSettings): GoogleSettings {
  const settings = readSettings(feed, schema);
  const { serviceAccount = '' } = readSecrets(feed, ['serviceAccount']);
  return { ...settings, url: secureUrl(settings.url, 'settings.url'), account: accountIn(serviceAccount) };
}

function accountIn(text: string): ServiceAccount {
  const key = parseJson(text);
  const textAt = (name: string) => (isRecord(key) && typeof key[name] === 'string' ? key[name] : undefined);
  const [email, privateKey] = [textAt('client_email'), textAt('private_key')];
  if (!email || !privateKey) {
    // what it is instead is not repeated: it may be another secret
    throw new Fault(
      'config_invalid',
      'secrets.serviceAccount must be the whole JSON key of a service account, with client_email and private_key',
    );
  }
  const tokenUrl = secureUrl(textAt('token_uri') ?? GOOGLE_TOKENS, 'token_uri of the service account');
  return { email, privateKey, keyId: textAt('private_key_id'), tokenUrl };
}
