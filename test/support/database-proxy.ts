import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export type DatabaseProxy = {
  /** The database's URL, through the proxy. */
  url: string;
  /** Cuts every connection and refuses new ones, as when the server dies. */
  cut(): Promise<void>;
  /** Lets everybody in again, at the same address. */
  restore(): Promise<void>;
};

/** A TCP proxy in front of PostgreSQL that can be cut. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let server = forwarder(target, sockets);
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const through = new URL(databaseUrl);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  return {
    url: through.href,
    cut: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
    restore: async () => {
      server = forwarder(target, sockets);
      await listen(server, port);
    },
  };
}

function forwarder(target: URL, sockets: Set<Socket>): Server {
  return createServer((inward) => {
    const outward = connect(Number(target.port), target.hostname);
    for (const socket of [inward, outward]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        inward.destroy();
        outward.destroy();
      });
    }
    inward.pipe(outward).pipe(inward);
  });
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}
