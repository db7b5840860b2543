import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createLog } from '../../src/log.ts';
import { sandboxApp } from '../../src/sandbox/app.ts';
import { testDatabase } from '../support/database.ts';

export type Reply = { status: number; headers: Headers; body: Body };
/** What the sandbox answers; a test that reads a field it does not send sees undefined and fails. */
export type Body = Record<string, string | null> & {
  id: string;
  status: string;
  created_at: string;
  updated_at: string;
  groups: { id: string; name: string }[] & string[];
  users: Body[];
  received: { idempotencyKey: string; method: string; path: string; status: number; repeats: number; at: string }[];
  error: { code: string; message: string };
};

/** A sandbox on a real socket with a database of its own, mounted where the product does not mount it. */
export async function runSandbox() {
  const { db, drop } = await testDatabase();
  const app = express();
  app.use('/some/where', sandboxApp({ db, key: 'the-key', log: createLog('silent') }));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP: never a string

  async function stop(): Promise<void> {
    server.closeAllConnections(); // a hanging answer would keep close() waiting
    server.close();
    await drop();
  }
  return { origin, page: `${origin}/some/where`, call: caller(`${origin}/some/where/api/v1`), stop };
}

function caller(api: string) {
  return async (method: string, path: string, body?: unknown, more: { key?: string; signal?: AbortSignal } = {}) => {
    const headers = new Headers({ authorization: 'Bearer the-key' });
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (more.key !== undefined) headers.set('idempotency-key', more.key);
    const res = await fetch(api + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: more.signal ?? null,
    });
    const text = await res.text();
    return { status: res.status, headers: res.headers, body: text ? JSON.parse(text) : null } as Reply;
  };
}
