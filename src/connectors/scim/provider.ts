import { isRecord } from '../http/json.ts';
import type { Client } from './client.ts';
import { unreadable } from './messages.ts';

/** What the server says it can do (RFC 7643 section 5, RFC 9865 section 3). */
export type Provider = {
  readonly patch: boolean;
  readonly filter: boolean;
  readonly etag: boolean;
  readonly cursor: boolean;
};

/** Asks once for what the server can do and keeps the answer; a failure is kept for nobody. */
export function createProvider(request: Client): { known(signal: AbortSignal): Promise<Provider>; forget(): void } {
  let kept: Provider | null = null;
  return {
    forget: () => {
      kept = null;
    },
    known: async (signal) => {
      if (kept) return kept;
      const ask = { asked: 'ServiceProviderConfig', method: 'GET', path: '/ServiceProviderConfig' } as const;
      kept = readProvider((await request(ask, signal)).body);
      return kept;
    },
  };
}

function readProvider(body: unknown): Provider {
  if (!isRecord(body) || !isRecord(body['patch'])) throw unreadable('ServiceProviderConfig does not speak of patch');
  const supported = (name: string, field = 'supported') => {
    const feature = body[name];
    return isRecord(feature) && feature[field] === true;
  };
  return {
    patch: supported('patch'),
    filter: supported('filter'),
    etag: supported('etag'),
    cursor: supported('pagination', 'cursor'),
  };
}
