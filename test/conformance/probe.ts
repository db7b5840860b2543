import { equal } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Profile } from '../../src/model/connection.ts';
import type { Answer, Body, Client, Scim } from '../support/app.ts';
import { aGroup, aPatch, aUser } from '../support/people.ts';

type Headers = Record<string, string>;
type Resource = Record<string, unknown>;

/** What a check may do: requests as one client, whose exchanges are remembered for the report. */
export type Probe = {
  readonly profile: Profile;
  readonly base: string;
  /** The last request and its answer, in one line. */
  last(): string;
  send(method: string, path: string, body?: unknown, headers?: Headers): Promise<Answer>;
  get(path: string, headers?: Headers): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  put(path: string, body: unknown, headers?: Headers): Promise<Answer>;
  patch(path: string, ...operations: unknown[]): Promise<Answer>;
  /** A resource that was made just now, as the answer showed it. */
  user(more?: Resource): Promise<Body>;
  group(more?: Resource & { members?: readonly string[] }): Promise<Body>;
  /** The list that a filter gives. */
  find(endpoint: 'Users' | 'Groups', filter: string, more?: string): Promise<Answer>;
  /** Without a token, or with the headers given. */
  anonymous(method: string, path: string, headers?: Headers): Promise<Answer>;
  /** A client of another connection. */
  stranger(): Promise<Client>;
};

/** A probe that speaks as the client of one profile; its connection is its own. */
export function probeOf(scim: Scim, profile: Profile): Probe {
  const client = scim.as[profile];
  let last = 'no request';
  const noted = async (words: string, answer: Promise<Answer>): Promise<Answer> => {
    const { status, headers, text } = await answer;
    last = `${words} -> ${status} ${cut(text || (headers.get('location') ?? ''))}`;
    return answer;
  };
  const send: Probe['send'] = (method, path, body, headers) =>
    noted(wordsOf(method, path, body, headers), client.request(method, path, body, headers));
  const made = async (path: string, body: unknown): Promise<Body> => {
    const answer = await send('POST', path, body);
    equal(answer.status, 201);
    return answer.body;
  };
  return {
    profile,
    base: scim.base,
    last: () => last,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body) => send('POST', path, body),
    put: (path, body, headers) => send('PUT', path, body, headers),
    patch: (path, ...operations) => send('PATCH', path, aPatch(...operations)),
    user: (more) => made('/Users', aUser(more)),
    group: (more) => made('/Groups', aGroup(more)),
    find: (endpoint, filter, more = '') => send('GET', `/${endpoint}?filter=${encodeURIComponent(filter)}${more}`),
    anonymous: (method, path, headers = {}) =>
      noted(wordsOf(method, path, undefined, headers), bare(`${scim.base}${path}`, method, headers)),
    stranger: () => scim.stranger(scim.tenantId),
  };
}

/** A word that nothing else in the directory has. */
export function unique(prefix = 'x'): string {
  return `${prefix}-${randomUUID()}`;
}

/** The userNames of a list, without what is behind the mark that makes them unique. */
export function namesIn(answer: Answer): string[] {
  return (answer.body?.Resources ?? []).map(({ userName }: Body) => String(userName).split('-')[0]);
}

async function bare(url: string, method: string, headers: Headers): Promise<Answer> {
  const response = await fetch(url, { method, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text ? JSON.parse(text) : undefined };
}

function wordsOf(method: string, path: string, body: unknown, headers: Headers = {}): string {
  const more = Object.entries(headers).map(([name, value]) => ` ${name}: ${value}`);
  return `${method} ${path}${more.join('')}${body === undefined ? '' : ` ${cut(JSON.stringify(body))}`}`;
}

function cut(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
