import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export type ForwardProxy = { readonly url: string; readonly seen: string[]; stop(): Promise<void> };

/** A proxy as companies have it, which knows the way to hosts that nobody else knows: by CONNECT, and for plain requests. */
export async function startForwardProxy(ports: Readonly<Record<string, number>>): Promise<ForwardProxy> {
  const seen: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((req, res) => {
    const { host, pathname, search } = new URL(req.url ?? '');
    seen.push(`${req.method} ${host}`);
    const { method, headers } = req;
    const onward = request({ host: '127.0.0.1', port: ports[host] ?? 1, path: pathname + search, method, headers });
    onward.on('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => res.writeHead(502).end());
    req.pipe(onward);
  });
  server.on('connect', (req, inward: Socket, head: Buffer) => {
    seen.push(`CONNECT ${req.url}`);
    const outward = connect(ports[(req.url ?? '').replace(/:(80|443)$/, '')] ?? 1, '127.0.0.1', () => {
      inward.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      outward.write(head);
      outward.pipe(inward).pipe(outward);
    });
    outward.on('error', () => inward.destroy());
    inward.on('error', () => outward.destroy());
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, stop };
}
