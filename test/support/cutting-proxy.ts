import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type CuttingProxy = { readonly url: string; readonly cuts: () => number; stop(): Promise<void> };

/** A line to a server that breaks: so many times, each after so many bytes, and holds from then on. */
export async function startCuttingProxy(
  origin: string,
  options: { times: number; bytes: number },
): Promise<CuttingProxy> {
  const target = new URL(origin);
  let cuts = 0;
  const open = new Set<Socket>();
  const server = createServer((inward) => {
    const outward = connect(Number(target.port), target.hostname);
    let passed = 0;
    inward.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      if (passed <= options.bytes || cuts >= options.times) return void outward.write(chunk);
      cuts++;
      // what fits still arrives: the server has begun to read
      outward.write(chunk.subarray(0, 1_000), () => outward.resetAndDestroy());
      inward.resetAndDestroy();
    });
    inward.once('end', () => outward.end());
    outward.pipe(inward);
    for (const socket of [inward, outward]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        open.delete(socket);
        inward.destroy();
        outward.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.destroy(); // clients keep connections for the next request
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cuts: () => cuts, stop };
}
