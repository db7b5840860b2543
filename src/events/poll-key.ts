import { timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import { hashOf, lengthened, shortened } from '../directory/token-text.ts';
import { findStream, type Stream } from './streams.ts';

/** ge_<22 characters of tenant>_<43 characters of secret>: a sharded database finds the stream on one shard. */
export function pollKey(tenantId: string, secret: string): string {
  return `ge_${shortened(tenantId)}_${secret}`;
}

/** The stream that a key opens; null when there is none, or the key is another's. */
export async function streamOfKey(db: Knex, id: string, key: string): Promise<Stream | null> {
  const tenantId = lengthened(/^ge_([\w-]{22})_[\w-]{43}$/.exec(key)?.[1] ?? '');
  const stream = tenantId && (await findStream(db, { tenantId, id }));
  if (!stream) return null;
  const hash = hashOf(key);
  const former = stream.formerUntil !== null && stream.formerUntil > new Date() ? stream.formerKeyHash : null;
  return [stream.keyHash, former].some((each) => each !== null && timingSafeEqual(hash, each)) ? stream : null;
}
