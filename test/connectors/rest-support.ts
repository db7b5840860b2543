import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { parseDescription } from '../../src/connectors/rest/description.ts';
import { restConnector } from '../../src/connectors/rest/rest.ts';

/** About the least that a description can say. */
export const smallest = {
  name: 'Small',
  baseUrl: '{{ settings.url }}',
  headers: { Authorization: 'Bearer {{ secrets.token }}' },
  account: {
    id: 'item.id',
    email: 'item.mail',
    status: { value: 'item.state', map: { on: 'active', new: 'invited', off: 'suspended', deleted: 'gone' } },
    attributes: { givenName: 'item.first', title: 'item.title' },
  },
  operations: {
    check: { request: 'GET /me' },
    find: { request: 'GET /users/{{ id }}', item: 'body' },
    search: { request: 'GET /users', query: { mail: '{{ email }}' }, items: 'body.users' },
    invite: {
      request: 'POST /users',
      body: { mail: '{{ email }}', first: '{{ attributes.givenName }}' },
      item: 'body',
    },
    update: {
      request: 'PATCH /users/{{ id }}',
      body: { mail: '{{ email }}', first: '{{ attributes.givenName }}', title: '{{ attributes.title }}' },
    },
    erase: { request: 'DELETE /users/{{ id }}' },
  },
};

export type Received = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
type Reply = { status?: number; headers?: Record<string, string>; body?: unknown };

/** A server that lives for one test and answers as it is told; `received` is what it was asked. */
export async function target(reply: (request: Received, res: ServerResponse) => Reply | undefined) {
  const received: Received[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const { method = '', url = '', headers } = req;
    const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
    received.push(request);
    const answer = reply(request, res);
    if (!answer) return;
    const { status = 200, body = {} } = answer;
    res.writeHead(status, answer.headers);
    res.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

/** The smallest connector with changes, at this URL. */
export function connect(url: string, changes: object = {}, options?: { now: () => number }): Connector {
  const description = parseDescription({ ...smallest, ...changes });
  return restConnector(description, { settings: { url }, secrets: { token: 'sesame-open-up' } }, options);
}

export const ada = { id: '7', mail: 'ada@example.org', state: 'on', first: 'Ada', title: null };
export const signal = () => AbortSignal.timeout(10_000);
export const call = (idempotencyKey = 'key-1') => ({ idempotencyKey, signal: signal() });
