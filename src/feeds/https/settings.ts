import { z } from 'zod';
import { Fault } from '../../errors.ts';
import type { FeedSettings } from '../feed.ts';
import { fields, readSecrets, readSettings } from '../read-settings.ts';
import { secureUrl } from '../request.ts';

const { text } = fields;
const parameter = z.string().regex(/^[\w.$[\]-]{1,100}$/, 'must be the name of a query parameter');
const path = z
  .string()
  .regex(/^[^/\0]{1,100}(\/[^/\0]{1,100}){0,9}$/, 'must be names with / between them, like links/next');
const total = path.optional();
const size = z.strictObject({ parameter, rows: z.number().int().min(1).max(100_000) });

const paging = z.discriminatedUnion('by', [
  /** The page says where the next one is. */
  z.strictObject({ by: z.literal('next'), path, total }),
  z.strictObject({
    by: z.literal('page'),
    parameter,
    first: z.number().int().min(0).default(1),
    size: size.optional(),
    total,
  }),
  z.strictObject({ by: z.literal('offset'), parameter, size: size.optional(), total }),
]);
export type Paging = z.output<typeof paging>;

const schema = z.strictObject({
  url: text,
  auth: z.enum(['none', 'header', 'basic', 'oauth']).default('none'),
  header: z
    .string()
    .regex(/^[\w-]{1,100}$/, 'must be the name of a header')
    .default('Authorization'),
  username: text.optional(),
  tokenUrl: text.optional(),
  clientId: text.optional(),
  clientAuth: z.enum(['basic', 'post']).default('basic'),
  scope: text.optional(),
  audience: text.optional(),
  /** Where a redirect may lead: to the same host, or to any public one, which gets no secret. */
  redirects: z.enum(['same-host', 'any']).default('same-host'),
  paging: paging.optional(),
  timeoutSeconds: fields.timeoutSeconds,
  timeoutMinutes: fields.timeoutMinutes,
  maxMegabytes: fields.maxMegabytes,
});

/** How a request shows who we are. */
export type Authentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | ({
      readonly kind: 'oauth';
      readonly tokenUrl: URL;
      readonly clientId: string;
      readonly clientSecret: string;
    } & Pick<z.output<typeof schema>, 'clientAuth' | 'scope' | 'audience'>);

export type HttpsSettings = Omit<z.output<typeof schema>, 'url'> & {
  readonly url: URL;
  readonly authentication: Authentication;
};

/** Reads what a feed of kind https was set up with; throws Fault `config_invalid`. */
export function readHttpsSettings(feed: FeedSettings): HttpsSettings {
  const settings = readSettings(feed, schema);
  return {
    ...settings,
    url: secureUrl(settings.url, 'settings.url'),
    authentication: authenticationOf(feed, settings),
  };
}

function authenticationOf(feed: FeedSettings, settings: z.output<typeof schema>): Authentication {
  const { auth, header, username, tokenUrl, clientId, clientAuth, scope, audience } = settings;
  switch (auth) {
    case 'none':
      readSecrets(feed, []);
      return { kind: 'none' };
    case 'header':
      return { kind: 'header', name: header, value: sendable(readSecrets(feed, ['value']).value ?? '') };
    case 'basic': {
      const { password = '' } = readSecrets(feed, ['password']);
      const pair = Buffer.from(`${demanded(username, 'username', auth)}:${password}`).toString('base64');
      return { kind: 'header', name: 'Authorization', value: `Basic ${pair}` };
    }
    case 'oauth': {
      const { clientSecret = '' } = readSecrets(feed, ['clientSecret']);
      const place = secureUrl(demanded(tokenUrl, 'tokenUrl', auth), 'settings.tokenUrl');
      const client = { clientId: demanded(clientId, 'clientId', auth), clientSecret, clientAuth, scope, audience };
      return { kind: 'oauth', tokenUrl: place, ...client };
    }
    default:
      return auth satisfies never;
  }
}

function demanded(value: string | undefined, name: string, auth: string): string {
  if (value !== undefined) return value;
  throw new Fault('config_invalid', `with settings.auth ${auth}, settings.${name} is needed`);
}

function sendable(value: string): string {
  if (/^[\x20-\x7e]+$/.test(value)) return value;
  throw new Fault('config_invalid', 'secrets.value must be one line of ASCII, as it stands in the header');
}
