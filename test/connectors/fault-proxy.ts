import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultMode } from './harness.ts';

export type FaultProxy = { readonly url: string; set(mode: FaultMode): void; stop(): Promise<void> };

/** Stands before a real application and misbehaves on demand; `lost_answer` loses the answer to the next write. */
export async function startFaultProxy(origin: string): Promise<FaultProxy> {
  let mode: FaultMode = 'none';
  const server = createServer((req, res) => {
    const now = mode;
    if (now === 'lost_answer' && req.method === 'GET') return forward(origin, req, res);
    if (now === 'lost_answer') mode = 'none';
    misbehave(now, origin, req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (next) => {
      mode = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function misbehave(mode: FaultMode, origin: string, req: IncomingMessage, res: ServerResponse): void {
  switch (mode) {
    case 'none':
      forward(origin, req, res);
      break;
    case 'unavailable':
      res.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Service Unavailable</h1>');
      break;
    case 'reset':
      req.socket.resetAndDestroy();
      break;
    case 'hang':
      break;
    case 'garbage':
      res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Please sign in to the guest network</h1>');
      break;
    case 'busy':
      res.writeHead(429, { 'retry-after': '7', 'content-type': 'application/json' }).end('{}');
      break;
    case 'lost_answer':
      forward(origin, req, res, () => req.socket.destroy());
      break;
    default:
      mode satisfies never;
  }
}

/** Passes a request on and its answer back; `instead` runs in place of the answer. */
export function forward(origin: string, req: IncomingMessage, res: ServerResponse, instead?: () => void): void {
  const { method, headers } = req;
  const onward = request(`${origin}${req.url}`, { method: method ?? 'GET', headers }, (answer) => {
    if (instead) {
      answer.resume();
      answer.once('end', instead);
      return;
    }
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  });
  onward.once('error', () => req.socket.destroy());
  req.pipe(onward);
}
