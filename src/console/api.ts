import type { Readable } from 'node:stream';
import type { Principal } from '../model/principal.ts';
import type { Inside } from './inside.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type Problem = { status: number; detail: string; code?: string; errors?: { pointer: string; detail: string }[] };
export type File = { stream: Readable; headers: Readonly<Record<string, string>> };

const JSON_SENT = { 'content-type': 'application/json', accept: 'application/json' };

/** What the JSON API answered instead of doing what it was asked: a problem of RFC 9457. */
export class Refusal extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** The JSON API as whoever is signed in sees it. Every call throws a Refusal where the API answers with a problem. */
export type Api = {
  get<Answer>(path: string, query?: Query): Promise<Answer>;
  send<Answer>(method: Exclude<Method, 'GET'>, path: string, body?: unknown, query?: Query): Promise<Answer>;
  upload<Answer>(path: string, file: File, query?: Query): Promise<Answer>;
  /** An answer that is no JSON, as it comes. */
  stream(path: string, accept: string, query?: Query): Promise<{ type: string; body: Readable }>;
};

/**
 * Calls the JSON API within this process for an operator: so no page knows more or does more than the API lets them, and
 * all they do is recorded there. Whether it was their own browser that asked has been checked before.
 */
export function apiFor(inside: Inside, principal: Principal, tenant: string): Api {
  const ask = (method: Method, url: string, sent: Readonly<Record<string, string>> = {}, body?: string | Readable) => {
    const headers = { 'gangway-tenant': tenant, ...sent };
    return inside(principal, body === undefined ? { method, url, headers } : { method, url, headers, body });
  };
  const call = async <Answer>(...asked: Parameters<typeof ask>) => {
    const answer = await ask(...asked);
    return answerOf<Answer>(answer.statusCode ?? 500, await textOf(answer));
  };
  return {
    get: (path, query) => call('GET', urlOf(path, query)),
    send: (method, path, body = {}, query) => call(method, urlOf(path, query), JSON_SENT, JSON.stringify(body)),
    upload: (path, file, query) => call('POST', urlOf(path, query), file.headers, file.stream),
    stream: async (path, accept, query) => {
      const body = await ask('GET', urlOf(path, query), { accept });
      const { statusCode: status = 500, headers } = body;
      if (status >= 400) return answerOf(status, await textOf(body));
      return { type: headers['content-type'] ?? accept, body };
    },
  };
}

function urlOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return search.size > 0 ? `/api/v1${path}?${search}` : `/api/v1${path}`;
}

function answerOf<Answer>(status: number, text: string): Answer {
  const body: unknown = text === '' ? null : JSON.parse(text);
  if (status >= 400) throw new Refusal({ ...(body as Problem), status });
  return body as Answer;
}

async function textOf(stream: Readable): Promise<string> {
  return Buffer.concat(await stream.toArray()).toString();
}
