import type { Config } from '../config.ts';

/** Where the server of this configuration answers, without a trailing slash; a wildcard is reached by loopback. */
export function addressOf({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
