import type { RosterProfileInput } from '../roster/profile.ts';
import type { FeedSettings, Source } from './feed.ts';
import { googleSource } from './google/source.ts';
import { httpsSource } from './https/source.ts';
import type { TokenMemory } from './https/token.ts';
import { scimSource } from './scim/source.ts';
import { sftpSource } from './sftp/source.ts';

/** The source of a feed; throws Fault `config_invalid` when its settings do not fit. `profile` is the connection's. */
export function sourceOf(feed: FeedSettings, memory: TokenMemory, profile: RosterProfileInput): Source {
  switch (feed.kind) {
    case 'https':
      return httpsSource(feed, memory, profile.rows ?? '');
    case 'sftp':
      return sftpSource(feed);
    case 'scim':
      return scimSource(feed);
    case 'google':
      return googleSource(feed, memory);
    default:
      return feed.kind satisfies never;
  }
}
