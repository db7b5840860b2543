import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { apiFor, Refusal } from '../../src/console/api.ts';
import { insideOf } from '../../src/console/inside.ts';
import type { Principal } from '../../src/model/principal.ts';

const ada: Principal = { kind: 'operator', id: 'a', name: 'Ada', roles: new Map(), signedInAt: 0 };

async function digestOf(stream: IncomingMessage | Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** A server that tells what it was asked, or does what the path says. */
const listener: RequestListener = async (req, res) => {
  const path = req.url ?? '';
  if (path.startsWith('/api/v1/digest')) return res.end(JSON.stringify({ digest: await digestOf(req) }));
  if (path.startsWith('/api/v1/large')) {
    res.setHeader('content-type', 'text/csv');
    return Readable.from(large()).pipe(res);
  }
  if (path.startsWith('/api/v1/refused')) {
    res.writeHead(422, { 'content-type': 'application/problem+json' });
    return res.end(JSON.stringify({ status: 422, detail: 'no', errors: [{ pointer: '#/name', detail: 'too long' }] }));
  }
  if (path.startsWith('/api/v1/gone')) return req.socket.destroy();
  if (path.startsWith('/api/v1/nothing')) return res.writeHead(204).end();
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const { method, url, headers } = req;
  res.end(JSON.stringify({ method, url, tenant: headers['gangway-tenant'], body: Buffer.concat(chunks).toString() }));
};

const CHUNK = 'x'.repeat(65_536);
function* large() {
  for (let count = 0; count < 200; count += 1) yield CHUNK;
}

describe('the API asked within the process', () => {
  const api = apiFor(insideOf(listener), ada, 'acme');

  test('gets what is asked, without what is empty', async () => {
    const answer = await api.get('/people', { search: 'Ä & b', state: undefined, cursor: null, limit: 50, after: '' });
    expect(answer).toMatchObject({ method: 'GET', tenant: 'acme', body: '' });
    expect(answer).toMatchObject({ url: '/api/v1/people?search=%C3%84+%26+b&limit=50' });
  });

  test('sends JSON of any letters', async () => {
    const answer = await api.send('PUT', '/x', { name: 'Zoë 李' });
    expect(answer).toMatchObject({ method: 'PUT', body: '{"name":"Zoë 李"}' });
    expect(await api.send('DELETE', '/nothing')).toBeNull();
  });

  test('hands a file on as it comes, whatever its size', async () => {
    const sent = await digestOf(Readable.from(large()));
    const stream = Readable.from(large());
    expect(await api.upload('/digest', { stream, headers: { 'content-type': 'text/csv' } })).toEqual({ digest: sent });
  });

  test('gives a long answer on as it comes', async () => {
    const { type, body } = await api.stream('/large', 'text/csv');
    expect([type, await digestOf(body)]).toEqual(['text/csv', await digestOf(Readable.from(large()))]);
  });

  test.for(['get', 'stream'] as const)('throws what was refused, by %s', async (how) => {
    const asked = how === 'get' ? api.get('/refused') : api.stream('/refused', 'text/csv');
    const error = await asked.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).problem).toMatchObject({ status: 422, errors: [{ pointer: '#/name' }] });
  });

  test('a server that hangs up is an error, and the next question is answered', async () => {
    await expect(api.get('/gone')).rejects.toThrow();
    await expect(api.get('/x')).resolves.toMatchObject({ method: 'GET' });
  });

  test('many at once keep apart', async () => {
    const asked = Array.from({ length: 100 }, (_, index) => api.get<{ url: string }>(`/x/${index}`));
    const urls = (await Promise.all(asked)).map(({ url }) => url);
    expect(urls).toEqual(asked.map((_, index) => `/api/v1/x/${index}`));
  });
});
