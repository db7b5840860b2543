import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import { duplexPair, type Readable } from 'node:stream';
import { vouchFor } from '../access/principal.ts';
import type { Principal } from '../model/principal.ts';

export type Asked = {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Readable;
};

/** Asks a server of this process as `principal`, and gives the answer once its head is there. */
export type Inside = (principal: Principal, asked: Asked) => Promise<IncomingMessage>;

/**
 * HTTP without a network: both ends of each connection are in this process, so that nobody else can be the one who asks,
 * while the server sees a request like any other.
 */
export function insideOf(listener: RequestListener): Inside {
  const askers = new WeakMap<object, Principal>();
  const server = createServer((req, res) => {
    const principal = askers.get(req.socket);
    if (principal) vouchFor(req, principal);
    listener(req, res);
  });
  server.requestTimeout = 0; // a roster takes as long as its upload does
  return (principal, { method, url, headers, body }) =>
    new Promise((resolve, reject) => {
      const [ours, theirs] = duplexPair();
      askers.set(theirs, principal);
      server.emit('connection', theirs);
      const length = typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
      const asking = request({
        method,
        path: url,
        headers: { host: 'inside', ...headers, ...length },
        createConnection: () => ours as never,
      });
      asking.once('response', resolve).once('error', reject);
      if (typeof body === 'object') streamInto(body, asking, reject);
      else asking.end(body);
    });
}

function streamInto(body: Readable, asking: ReturnType<typeof request>, reject: (error: Error) => void): void {
  body.once('error', (error) => {
    asking.destroy(error);
    reject(error);
  });
  body.pipe(asking);
}
