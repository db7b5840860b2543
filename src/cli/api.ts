import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { Fault, type FaultCode } from '../errors.ts';
import { addressOf } from './address.ts';

export type ApiOptions = { url?: string; key?: string; tenant?: string };
export type Api = {
  /** Where the server answers, without a trailing slash. */
  readonly url: string;
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T>;
};
type Problem = { detail?: string; code?: FaultCode; errors?: { pointer: string; detail: string }[] };

/** The JSON API as one tenant's operator sees it; throws a Fault in the server's words. */
export function createApi(options: ApiOptions): Api {
  const config = readConfig();
  const url = (options.url ?? addressOf(config)).replace(/\/+$/, '');
  let tenantId: Promise<string> | undefined;

  const send = async <T>(method: string, path: string, body?: object, tenant?: string): Promise<T> => {
    const json = 'application/json';
    const key = options.key ?? keyIn(config);
    const headers = { authorization: `Bearer ${key}`, 'content-type': json, accept: json };
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: tenant ? { ...headers, 'gangway-tenant': tenant } : headers,
      body: body ? JSON.stringify(body) : null,
      redirect: 'error', // the key goes nowhere else
    }).catch((cause: unknown) => {
      throw new Fault('config_invalid', `no Gangway answers at ${url}: is it started, and is --url right?`, { cause });
    });
    const answer = await readAnswer(response, url);
    if (!response.ok) throw faultOf(response.status, answer as Problem);
    return answer as T; // the server is of the same version
  };

  const call: Api['call'] = async (method, path, body) => {
    if (!options.tenant || path.startsWith('/tenants')) return send(method, path, body);
    tenantId ??= tenantHeader(options.tenant, () => send('GET', '/tenants'));
    return send(method, path, body, await tenantId);
  };
  return { url, call };
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

function keyIn({ dataDir }: Config): string {
  const path = join(dataDir, 'admin-key');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const mend = 'give the admin key by GANGWAY_ADMIN_KEY, or the server’s data folder by GANGWAY_DATA';
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
  const words = status === 401 ? 'the server does not take this admin key' : (detail ?? `the server answers ${status}`);
  return new Fault(code ?? 'config_invalid', words + lines.join(''));
}
