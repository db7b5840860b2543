import * as http from 'node:http';
import { readClientEnvironment } from '../config.ts';
import { Fault } from '../errors.ts';

/** What is on this machine is never asked by way of another. */
const NEAR = 'localhost,127.0.0.1,[::1],::1';

/** Sends all requests by the proxies that the environment names (HTTPS_PROXY, HTTP_PROXY), but for NO_PROXY. */
export function useProxies({ proxies, proxiesByNode } = readClientEnvironment()): void {
  if (proxiesByNode || (!proxies['http_proxy'] && !proxies['https_proxy'])) return;
  // what the types promise came with Node 24.14
  const set: typeof http.setGlobalProxyFromEnv | undefined = http.setGlobalProxyFromEnv;
  if (!set) throw new Fault('config_invalid', 'for HTTPS_PROXY this Node needs NODE_USE_ENV_PROXY=1 beside it');
  const none = proxies['no_proxy'];
  set({ ...proxies, no_proxy: none ? `${none},${NEAR}` : NEAR });
}
