import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { Fault, type FaultCode } from '../errors.ts';
import { addressOf } from './address.ts';

export type ApiOptions = {
  url?: string | undefined;
  key?: string | undefined;
  /** Where the key is read from, when it is not said itself. */
  keyFile?: string | undefined;
  tenant?: string | undefined;
};
export type Api = {
  /** Where the server answers, without a trailing slash. */
  readonly url: string;
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T>;
  /** Sends a body as it comes, without keeping it whole. */
  upload<T>(path: string, body: ReadableStream, headers: Record<string, string>): Promise<T>;
  /** What is no JSON, as it comes; `type` is what to ask for where a route answers with several. */
  text(path: string, type?: string): Promise<string>;
};
type Problem = { detail?: string; code?: FaultCode; errors?: { pointer: string; detail: string }[] };

/** The JSON API as one tenant's operator sees it; throws a Fault in the server's words. */
export function createApi(options: ApiOptions): Api {
  const config = readConfig();
  const url = (options.url ?? addressOf(config)).replace(/\/+$/, '');
  let tenantId: Promise<string> | undefined;

  const request = async (method: string, path: string, init: Sent, tenant?: string): Promise<Response> => {
    const key = options.key ?? keyIn(options.keyFile, config);
    const headers = { accept: 'application/json', ...init.headers, authorization: `Bearer ${key}` };
    return fetch(`${url}/api/v1${path}`, {
      method,
      headers: tenant ? { ...headers, 'gangway-tenant': tenant } : headers,
      body: init.body ?? null,
      ...(init.body instanceof ReadableStream ? STREAMED : {}),
      redirect: 'error', // the key goes nowhere else
    }).catch((cause: unknown) => {
      throw new Fault('server_unreachable', `no Gangway answers at ${url}: is it started, and is --url right?`, {
        cause,
      });
    });
  };
  const send = async <T>(method: string, path: string, sent: Sent, tenant?: string): Promise<T> => {
    const response = await request(method, path, sent, tenant);
    const answer = await readAnswer(response, url);
    if (!response.ok) throw faultOf(response.status, answer as Problem);
    return answer as T; // the server is of the same version
  };
  const tenantFor = (path: string): Promise<string> | undefined => {
    if (!options.tenant || path.startsWith('/tenants')) return undefined;
    tenantId ??= tenantHeader(options.tenant, () => send('GET', '/tenants', {}));
    return tenantId;
  };
  return {
    url,
    call: async (method, path, body) => send(method, path, json(body), await tenantFor(path)),
    upload: async (path, body, headers) => send('POST', path, { body, headers }, await tenantFor(path)),
    text: async (path, type) => {
      const sent = type === undefined ? {} : { headers: { accept: type } };
      const response = await request('GET', path, sent, await tenantFor(path));
      if (!response.ok) throw faultOf(response.status, (await readAnswer(response, url)) as Problem);
      return response.text();
    },
  };
}

type Sent = { body?: string | ReadableStream; headers?: Record<string, string> };

/** The answer may come when all has been sent; the types know no bodies that are sent as they come. */
const STREAMED: object = { duplex: 'half' };

function json(body: object | undefined): Sent {
  return { headers: { 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) };
}

/** A header takes no letters beyond ASCII, so a name that has some is sent as its id. */
async function tenantHeader(
  named: string,
  list: () => Promise<{ tenants: { tenantId: string; name: string }[] }>,
): Promise<string> {
  if (/^[\x21-\x7e]+$/.test(named)) return named;
  const found = (await list()).tenants.find(({ name }) => name === named);
  if (!found) throw new Fault('not_found', `no tenant "${named}"`);
  return found.tenantId;
}

function keyIn(keyFile: string | undefined, { dataDir, apiKey }: Config): string {
  if (apiKey !== null) return apiKey;
  const path = keyFile ?? join(dataDir, 'admin-key');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const mend =
      'give the admin key by GANGWAY_ADMIN_KEY, its file by GANGWAY_KEY_FILE, an API key by GANGWAY_API_KEY, or the ' +
      'server’s data folder by GANGWAY_DATA';
    throw new Fault('config_invalid', `cannot read ${path}: ${mend}`, { cause });
  }
}

async function readAnswer(response: Response, url: string): Promise<unknown> {
  const text = await response.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('config_invalid', `what answers at ${url} is no Gangway (status ${response.status})`, { cause });
  }
}

function faultOf(status: number, { detail, code, errors = [] }: Problem): Fault {
  const lines = errors.map((error) => `\n  ${error.pointer}: ${error.detail}`);
  const words = status === 401 ? 'the server does not take this key' : (detail ?? `the server answers ${status}`);
  return new Fault(code ?? 'config_invalid', words + lines.join(''));
}
