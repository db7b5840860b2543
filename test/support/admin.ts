import type { Answer, Gangway } from './gangway.ts';

/** Calls the operators' API of a running server, for a tenant where there are several. */
export function adminOf(
  { running }: Gangway,
  tenantId?: string,
): (method: string, path: string, body?: unknown) => Promise<Answer> {
  const headers = { authorization: `Bearer ${running.adminKey}`, 'content-type': 'application/json' };
  return async (method, path, body) => {
    const response = await fetch(`${running.origin}/api/v1${path}`, {
      method,
      headers: tenantId === undefined ? headers : { ...headers, 'gangway-tenant': tenantId },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
  };
}
