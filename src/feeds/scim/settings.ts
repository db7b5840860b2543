import { z } from 'zod';
import { Fault } from '../../errors.ts';
import type { FeedSettings } from '../feed.ts';
import { fields, readSecrets, readSettings } from '../read-settings.ts';
import { secureUrl } from '../request.ts';

const schema = z.strictObject({
  /** The SCIM base URL, the one that ends before `/Users`. */
  url: fields.text,
  /** Whether the groups are read, with their members. */
  groups: z.boolean().default(true),
  pageSize: z.number().int().min(2).max(1000).default(100),
  /** `auto` takes cursors (RFC 9865) where the server says that it has them. */
  paging: z.enum(['auto', 'index', 'cursor']).default('auto'),
  timeoutSeconds: fields.timeoutSeconds,
  timeoutMinutes: fields.timeoutMinutes,
});

export type ScimFeedSettings = z.output<typeof schema> & { readonly base: URL; readonly token: string };

/** Reads what a feed of kind scim was set up with; throws Fault `config_invalid`. */
export function readScimFeed(feed: FeedSettings): ScimFeedSettings {
  const settings = readSettings(feed, schema);
  const { token = '' } = readSecrets(feed, ['token']);
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Fault('config_invalid', 'secrets.token must be one line without spaces, as it stands behind "Bearer"');
  }
  const base = secureUrl(settings.url, 'settings.url');
  if (base.search) throw new Fault('config_invalid', 'settings.url must end before /Users, without a query');
  return { ...settings, base, token };
}
