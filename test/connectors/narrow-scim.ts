import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forward } from './fault-proxy.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** Stands before a SCIM server and leaves away what narrow ones lack: PATCH, cursors, a filter by e-mail. */
export async function startNarrowScim(origin: string): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((req, res) => {
    const url = decodeURIComponent(req.url ?? '');
    if (url.startsWith('/ServiceProviderConfig')) {
      answer(res, 200, { patch: { supported: false }, filter: { supported: true }, etag: { supported: true } });
    } else if (req.method === 'PATCH') {
      answer(res, 501, { schemas: [ERROR], status: '501', detail: 'no PATCH here' });
    } else if (url.includes('emails.value')) {
      const detail = 'filter attribute emails.value is not supported for User';
      answer(res, 400, { schemas: [ERROR], status: '400', scimType: 'invalidFilter', detail });
    } else forward(origin, req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/scim+json' }).end(JSON.stringify(body));
}
