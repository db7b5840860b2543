import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Got = { readonly headers: Record<string, string>; readonly body: string; readonly status: number };
export type Reply = { status: number; headers?: Record<string, string>; body?: string; lateMs?: number };
export type EventReceiver = {
  readonly url: string;
  /** Everything that arrived, the oldest first, with what it was answered. */
  readonly got: Got[];
  /** What was answered 2xx. */
  taken(): Got[];
  /** How it answers from now on. */
  answer: (nth: number) => Reply;
  /** Nothing listens there any more. */
  goAway(): Promise<void>;
  /** Listens again where it listened before. */
  comeBack(): Promise<void>;
  stop(): Promise<void>;
};

/** A real web server that events are posted to; what it makes of them is for the test. */
export async function startEventReceiver(usual = 202): Promise<EventReceiver> {
  const got: Got[] = [];
  const listen = async (port: number) => {
    const server = createServer(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const reply = receiver.answer(got.length);
      got.push({ headers: flat(req.headers), body: Buffer.concat(chunks).toString('utf8'), status: reply.status });
      await send(res, reply);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return server;
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  const receiver: EventReceiver = {
    url: `http://127.0.0.1:${port}/events`,
    got,
    taken: () => got.filter(({ status }) => status < 300),
    answer: () => ({ status: usual }),
    goAway: close,
    comeBack: async () => {
      server = await listen(port);
    },
    stop: close,
  };
  return receiver;
}

async function send(res: ServerResponse, { status, headers = {}, body = '', lateMs = 0 }: Reply): Promise<void> {
  if (lateMs) await new Promise((resolve) => setTimeout(resolve, lateMs));
  res.writeHead(status, headers).end(body);
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
