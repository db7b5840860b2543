import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The target of the benchmark: as little of an app as there can be, in a process of its own. It answers after a fixed
 * latency and remembers when it acknowledged what.
 */
type Account = { id: string; email: string; name: string | null; status: 'invited' | 'active' | 'suspended' };

const LATENCY_MS = Number(process.env['LATENCY_MS'] ?? 5);
const accounts = new Map<string, Account>();
const byEmail = new Map<string, Account>();
/** When the suspension of each address was acknowledged, in milliseconds of the clock that all processes share. */
const suspendedAt: Record<string, number> = {};
let invited = 0;

function invite({ email, name }: Account): { status: number; body: unknown } {
  if (byEmail.has(email)) return { status: 409, body: { error: 'exists' } };
  const account: Account = { id: `a${accounts.size}`, email, name, status: 'active' };
  accounts.set(account.id, account);
  byEmail.set(email, account);
  return { status: 201, body: account };
}

function change(account: Account, { status, name }: Partial<Account>): { status: number; body: unknown } {
  account.status = status ?? account.status;
  account.name = name ?? account.name;
  return { status: 200, body: account };
}

function answer(method: string, url: URL, text: string): { status: number; body: unknown } {
  const id = url.pathname.slice('/accounts/'.length);
  if (method === 'POST') return invite(JSON.parse(text));
  if (!id) {
    const found = byEmail.get(url.searchParams.get('email') ?? '');
    return { status: 200, body: { accounts: found ? [found] : [] } };
  }
  const account = accounts.get(id);
  if (!account) return { status: 404, body: { error: 'gone' } };
  return method === 'PATCH' ? change(account, JSON.parse(text)) : { status: 200, body: account };
}

async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const url = new URL(req.url ?? '', 'http://target');
  if (url.pathname === '/seen') return void res.end(JSON.stringify({ invited, suspendedAt }));
  const { status, body } = answer(req.method ?? '', url, Buffer.concat(chunks).toString());
  await sleep(LATENCY_MS);
  const text = JSON.stringify(body);
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }).end(text);
  if (status === 201) invited += 1;
  const { email, status: state } = body as Account;
  if (req.method === 'PATCH' && state === 'suspended')
    suspendedAt[email] ??= performance.timeOrigin + performance.now();
}

const server = createServer((req, res) => void handle(req, res).catch(() => res.destroy()));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
process.stdout.write(`${JSON.stringify({ scim: `http://127.0.0.1:${port}`, pid: process.pid })}\n`);
