import { scimConnector } from '../../src/connectors/scim/scim.ts';
import { type Received, target } from './rest-support.ts';

export const TOKEN = 'sesame-open-up';
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
export const CONFIG = { patch: { supported: true }, filter: { supported: true }, etag: { supported: false } };

/** A User as a server answers it. */
export const ada = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: '7',
  userName: 'ada',
  active: true,
  name: { givenName: 'Ada' },
  emails: [{ value: 'ada@example.org', type: 'work', primary: true }],
};

export const list = (...Resources: object[]) => ({ totalResults: Resources.length, Resources });
export const error = (status: number, scimType?: string, detail = 'no') => ({
  status,
  body: { schemas: [ERROR], status: String(status), scimType, detail },
});

type Reply = { status?: number; headers?: Record<string, string>; body?: unknown };
/** `/Users?filter=…` as it is asked for, decoded; `+` stands for a space in a query. */
export const asked = ({ method, url }: Pick<Received, 'method' | 'url'>) =>
  `${method} ${decodeURIComponent(url.replaceAll('+', ' '))}`;

/** A connector at a server that answers as it is told; what is not told is 501. ServiceProviderConfig is known. */
export async function server(
  replies: Record<string, Reply | ((request: Received) => Reply)>,
  settings: object = {},
  config: object = CONFIG,
) {
  const { url, received } = await target((request) => {
    const path = asked(request);
    if (path.includes('/ServiceProviderConfig')) return { body: config };
    const key = Object.keys(replies).find((start) => path.startsWith(start));
    const reply = key === undefined ? { status: 501, body: { detail: `not told: ${path}` } } : replies[key];
    return typeof reply === 'function' ? reply(request) : reply;
  });
  const connector = scimConnector({ settings: { url, ...settings }, secrets: { token: TOKEN } });
  return { connector, received, writes: () => received.filter(({ method }) => method !== 'GET') };
}
