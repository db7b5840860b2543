import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { type Credential, findByToken } from '../directory/credentials.ts';
import type { Connection } from '../model/connection.ts';

/** How long other instances believe a look-up; in the one that revokes a token or moves a connection it ends at once. */
const CACHE_MS = 2_000;
const CACHE_SIZE = 10_000;

export type CredentialCache = {
  /** The connection that a token stands for, or null. */
  find(token: string): Promise<Connection | null>;
  /** Forgets everything: a token, a connection or its policy has changed. */
  clear(): void;
};

/** Look-ups by token, kept for a moment and keyed by hash, so that no token lies in memory longer than its request. */
export function createCredentialCache(db: Knex): CredentialCache {
  const cache = new Map<string, { credential: Credential; readAt: number }>();
  let generation = 0;
  return {
    async find(token) {
      const key = createHash('sha256').update(token).digest('base64');
      const cached = cache.get(key);
      const now = Date.now();
      if (cached && now - cached.readAt < CACHE_MS && now < cached.credential.expiresAt) {
        return cached.credential.connection;
      }
      const asked = generation;
      const credential = await findByToken(db, token);
      cache.delete(key);
      if (!credential) return null;
      if (cache.size >= CACHE_SIZE) cache.clear();
      // what was read before a clear may be what was cleared
      if (asked === generation) cache.set(key, { credential, readAt: now });
      return credential.connection;
    },
    clear() {
      generation++;
      cache.clear();
    },
  };
}
