import { connect as connectTcp } from 'node:net';

export type Answer = { status: number; text: string };
export type Client = {
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  close(): void;
};

type Pending = { resolve(answer: Answer): void; reject(error: Error): void };
type Wire = { isFresh(): boolean; send(request: string): Promise<Answer>; close(): void };

const TIMEOUT_MS = 60_000;
/** Servers close a connection that has been quiet for five seconds; one that is about to be closed must not be used. */
const FRESH_MS = 2_000;
const HEAD_END = '\r\n\r\n';

/**
 * Keep-alive HTTP/1.1, one request at a time on each connection. On bare sockets, because the driver shares the machine
 * with what it measures and node:http's client costs more than some of the servers.
 */
export function createClient(base: string, token: string): Client {
  const url = new URL(base);
  const idle: Wire[] = [];
  const fixed = `Host: ${url.host}\r\nAccept: application/scim+json\r\nAuthorization: Bearer ${token}\r\n`;
  return {
    async call(method, path, body) {
      let wire = idle.pop();
      while (wire && !wire.isFresh()) {
        wire.close();
        wire = idle.pop();
      }
      wire ??= await openWire(url);
      const answer = await wire.send(`${method} ${url.pathname}${path} HTTP/1.1\r\n${fixed}${bodyPart(body)}`);
      idle.push(wire); // one that failed is not used again
      return answer;
    },
    close() {
      for (const wire of idle.splice(0)) wire.close();
    },
  };
}

function bodyPart(body: unknown): string {
  if (body === undefined) return '\r\n';
  const text = JSON.stringify(body);
  return `Content-Type: application/scim+json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

async function openWire(url: URL): Promise<Wire> {
  const socket = connectTcp({ host: url.hostname, port: Number(url.port), noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let pending: Pending | null = null;
  let lastUsed = performance.now();
  let received: Buffer = Buffer.alloc(0);
  const settle = (use: (waiting: Pending) => void) => {
    const waiting = pending;
    pending = null;
    if (waiting) use(waiting);
  };
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
  socket.on('error', (error) => settle(({ reject }) => reject(error)));
  socket.on('close', () => settle(({ reject }) => reject(new Error('the server closed the connection'))));
  socket.on('data', (chunk: Buffer) => {
    received = received.length ? Buffer.concat([received, chunk]) : chunk;
    try {
      const answer = readAnswer(received);
      if (!answer) return;
      received = Buffer.alloc(0);
      lastUsed = performance.now();
      settle(({ resolve }) => resolve(answer));
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  return {
    isFresh: () => socket.readyState === 'open' && performance.now() - lastUsed < FRESH_MS,
    send: (request) =>
      new Promise((resolve, reject) => {
        pending = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** Null until the whole answer is there. Both servers send Content-Length, or a status that has no body. */
function readAnswer(bytes: Buffer): Answer | null {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const length = status === 204 ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(length)) throw new Error(`an answer without Content-Length: ${head}`);
  const start = end + HEAD_END.length;
  return bytes.length < start + length ? null : { status, text: bytes.toString('utf8', start, start + length) };
}
