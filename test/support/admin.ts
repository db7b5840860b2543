import type { Answer, Gangway } from './gangway.ts';

/** Calls the operators' API of a running server. */
export function adminOf({ running }: Gangway): (method: string, path: string, body?: unknown) => Promise<Answer> {
  return async (method, path, body) => {
    const response = await fetch(`${running.origin}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${running.adminKey}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
  };
}
