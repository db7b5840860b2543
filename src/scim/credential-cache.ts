import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import { type Credential, findByToken, recordUse, USE_RECORDED_EVERY_MS } from '../directory/credentials.ts';

/** How long other instances believe a look-up; in the one that revokes a token or moves a connection it ends at once. */
const CACHE_MS = 2_000;
const CACHE_SIZE = 10_000;

export type CredentialCache = {
  /** What a token stands for, or null. */
  find(token: string): Promise<Credential | null>;
  /** Forgets everything: a token, a connection or its policy has changed. */
  clear(): void;
};

/** Look-ups by token, kept for a moment and keyed by hash, so that no token lies in memory longer than its request. */
export function createCredentialCache(db: Knex): CredentialCache {
  const cache = new Map<string, { credential: Credential; readAt: number }>();
  const noteUse = useRecorder(db);
  let generation = 0;
  return {
    async find(token) {
      const key = hash('sha256', token, 'base64');
      const cached = cache.get(key);
      const now = Date.now();
      if (cached && now - cached.readAt < CACHE_MS && now < cached.credential.expiresAt) {
        return cached.credential;
      }
      const asked = generation;
      const credential = await findByToken(db, token);
      cache.delete(key);
      if (!credential) return null;
      noteUse(credential, now);
      if (cache.size >= CACHE_SIZE) cache.clear();
      // what was read before a clear may be what was cleared
      if (asked === generation) cache.set(key, { credential, readAt: now });
      return credential;
    },
    clear() {
      generation++;
      cache.clear();
    },
  };
}

/** Records that a token is in use without keeping its request waiting, once a minute. */
function useRecorder(db: Knex): (credential: Credential, now: number) => void {
  const recorded = new Map<string, number>();
  return (credential, now) => {
    const { id } = credential;
    if (now - (recorded.get(id) ?? 0) < USE_RECORDED_EVERY_MS) return;
    if (recorded.size >= CACHE_SIZE) recorded.clear();
    recorded.set(id, now);
    // an outage is reported by the request itself, and a minute later there is another chance
    recordUse(db, credential, now).catch(() => {});
  };
}
