import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Connector } from '../../src/connectors/connector.ts';
import type { ActualAccount } from '../../src/model/account.ts';

// biome-ignore lint/suspicious/noExplicitAny: an app reads what it is sent
type Data = any;
export type Event = { readonly id: string; readonly type: string; readonly timestamp: string; readonly data: Data };
type Reply = { status: number; headers?: Record<string, string>; body?: unknown };

export type Receiver = {
  readonly url: string;
  /** Every event whose signature was good, repeats included. */
  readonly events: Event[];
  readonly accounts: Map<string, ActualAccount>;
  readonly view: Pick<Connector, 'find' | 'search'>;
  /** Answers the next events by this instead of applying them; undefined lets one through. */
  answer(reply: ((event: Event) => Reply | undefined) | null): void;
  /** The secret by which it verifies from now on. */
  trust(secret: string): void;
  stop(): Promise<void>;
};

export const newSecret = () =>
  `whsec_${Buffer.from(randomUUID() + randomUUID())
    .subarray(0, 32)
    .toString('base64')}`;

/**
 * A small app that is driven by webhooks alone: it verifies what it gets with the reference library, applies each
 * webhook-id once, and answers a repeat as it answered the first. With `ownIds` it names accounts in its own way, and
 * knows them by the id of the invite as well.
 */
export async function startReceiver(secret: string, { ownIds = false } = {}): Promise<Receiver> {
  const accounts = new Map<string, ActualAccount>();
  const names = new Map<string, string>();
  const answered = new Map<string, Reply>();
  const events: Event[] = [];
  let trusted = secret;
  let instead: ((event: Event) => Reply | undefined) | null = null;

  const receive = (text: string, headers: Record<string, string>): Reply => {
    let message: Omit<Event, 'id'>;
    try {
      message = new Webhook(trusted).verify(text, headers) as Omit<Event, 'id'>;
    } catch (error) {
      return { status: 401, body: { message: error instanceof Error ? error.message : 'not verified' } };
    }
    const event = { ...message, id: headers['webhook-id'] ?? '' };
    events.push(event);
    const told = instead?.(event);
    if (told) return told;
    const before = answered.get(event.id);
    if (before) return before;
    const reply = apply(event);
    if (reply.status < 300) answered.set(event.id, reply);
    return reply;
  };

  const apply = ({ type, data }: Event): Reply => {
    if (type === 'endpoint.check') return { status: 204 };
    if (type === 'account.invite') return invite(data.account);
    const id = names.get(data.account.id) ?? data.account.id;
    const account = accounts.get(id);
    if (!account) return { status: 404, body: { message: `no account ${id}` } };
    const changed = change(account, type, data);
    if (changed) accounts.set(id, changed);
    else accounts.delete(id);
    return { status: 200, body: {} };
  };

  const invite = ({ id, email, attributes }: Data): Reply => {
    const taken = [...accounts.values()].some((account) => fold(account.email) === fold(email));
    if (taken) return { status: 409, body: { message: 'this address has an account' } };
    const remoteId = ownIds ? randomUUID() : id;
    names.set(id, remoteId);
    accounts.set(remoteId, { remoteId, email, attributes, status: 'invited', groups: [] });
    return ownIds ? { status: 201, body: { id: remoteId } } : { status: 204 };
  };

  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const { status, headers, body } = receive(Buffer.concat(chunks).toString(), req.headers as Record<string, string>);
    res.writeHead(status, { 'content-type': 'application/json', ...headers });
    res.end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?app=1`,
    events,
    accounts,
    view: {
      find: async (id) => accounts.get(id) ?? null,
      search: async (email) => [...accounts.values()].filter((account) => fold(account.email) === fold(email)),
    },
    answer: (reply) => {
      instead = reply;
    },
    trust: (other) => {
      trusted = other;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The account after an event; null when it is erased. */
function change(account: ActualAccount, type: string, data: Data): ActualAccount | null {
  const { email = account.email, attributes = {} } = data.account;
  const others = account.groups.filter((group) => group !== data.group?.name);
  switch (type) {
    case 'account.update':
      return { ...account, email, attributes: { ...account.attributes, ...attributes } };
    case 'account.suspend':
      return { ...account, status: 'suspended' };
    case 'account.resume':
      return { ...account, status: 'active' };
    case 'account.erase':
      return null;
    case 'group.grant':
      return { ...account, groups: [...others, data.group.name] };
    case 'group.revoke':
      return { ...account, groups: others };
    default:
      throw new Error(`there is no event ${type}`);
  }
}

const fold = (email: string) => email.toLowerCase();
