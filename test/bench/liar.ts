import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a liar does instead of passing a request on; null: nothing, it is honest about this one. */
export type Lie = (method: string, path: string, body: string) => { status: number; text: string } | null;

/** Stands in front of a server and answers some requests by itself. */
export async function startLiar(base: string, lie: Lie): Promise<{ base: string; stop(): void }> {
  const { origin } = new URL(base);
  const server = createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const { method = 'GET', url = '/' } = req;
    const body = Buffer.concat(chunks);
    const { status, text } = lie(method, url, body.toString()) ?? (await pass(origin + url, method, body));
    res.writeHead(status, status === 204 ? {} : { 'Content-Length': Buffer.byteLength(text) }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`, stop };
}

async function pass(url: string, method: string, body: Buffer) {
  const response = await fetch(url, { method, ...(body.length ? { body: body.toString() } : {}) });
  return { status: response.status, text: await response.text() };
}
