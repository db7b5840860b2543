import { randomUUID } from 'node:crypto';
import { type Client, HELLO, openingOf, type Request } from './script.ts';

export type Endpoint = { readonly base: string; readonly token: string };
type Body = Record<string, unknown>;
type Answer = { status: number; body: Body | null; words: string };
/** What became of one request. */
export type Step = {
  readonly name: string;
  readonly request: string;
  /** 0 where nothing answered. */
  readonly status: number;
  readonly passed: boolean;
  readonly words: string;
};

const WAIT_MS = 10_000;

/** Plays what a client asks first, one after the other; none of it changes anything. */
export async function playOpening(client: Client, endpoint: Endpoint): Promise<Step[]> {
  const steps: Step[] = [];
  for (const request of openingOf(client, randomUUID())) steps.push(await play(request, endpoint));
  return steps;
}

/** Whether the endpoint takes the token. */
export async function sayHello(endpoint: Endpoint): Promise<Step> {
  return play(HELLO, endpoint);
}

async function play({ name, path, does, wants }: Request, endpoint: Endpoint): Promise<Step> {
  const { status, body, words } = await ask(endpoint, path);
  const fault = faultOf(status, body, words, wants);
  return { name, request: `GET ${path}`, status, passed: fault === null, words: `${does}: ${fault ?? 'fine'}` };
}

function faultOf(status: number, body: Body | null, words: string, wants: Request['wants']): string | null {
  if (status !== 200) return words;
  return body ? wants(body) : 'the answer is no JSON: does something else answer there?';
}

async function ask({ base, token }: Endpoint, path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/scim+json' };
  try {
    const signal = AbortSignal.timeout(WAIT_MS);
    const response = await fetch(`${base}${path}`, { headers, redirect: 'error', signal }); // the token goes nowhere else
    const body = parsed(await response.text());
    return { status: response.status, body, words: wordsOf(response.status, body) };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return { status: 0, body: null, words: `nothing answers (${cause?.code ?? message})` };
  }
}

function parsed(text: string): Body | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Body) : null;
  } catch {
    return null;
  }
}

function wordsOf(status: number, body: Body | null): string {
  const detail = body?.['detail'];
  return typeof detail === 'string' ? `${status}: ${detail}` : `the answer is ${status}, and not Gangway’s`;
}
