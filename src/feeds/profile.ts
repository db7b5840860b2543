import type { Knex } from 'knex';
import { ZodError } from 'zod';
import { listExtensions } from '../directory/extensions.ts';
import { Fault } from '../errors.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import { readProfile } from '../roster/connection-profile.ts';
import { parseProfile, type RosterProfile, type RosterProfileInput } from '../roster/profile.ts';
import type { Source } from './feed.ts';
import type { FeedKey } from './feeds.ts';

/** What a connection's profile says as it is set, and what its tenant has declared. */
export type SetProfile = { readonly set: RosterProfileInput; readonly extensions: readonly ExtensionSchema[] };

/** How a connection's rosters are read, before a source adds its own. */
export async function readSetProfile(db: Knex, { tenantId, connectionId }: FeedKey): Promise<SetProfile> {
  return { set: await readProfile(db, tenantId, connectionId), extensions: await listExtensions(db, tenantId) };
}

/**
 * By which profile a source is read.
 *
 *   the connection's profile   read by
 *   names columns              it alone
 *   names no columns           it, and what the source says of the rows that it makes itself
 */
export function profileOf({ set, extensions }: SetProfile, source: Pick<Source, 'profile'>): RosterProfile {
  try {
    return parseProfile(set.columns ? set : { ...source.profile, ...set }, extensions);
  } catch (cause) {
    if (!(cause instanceof ZodError)) throw cause;
    const faults = cause.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
    throw new Fault('config_invalid', `the roster profile fits no more: ${faults}`, { cause });
  }
}
