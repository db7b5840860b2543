import { randomUUID } from 'node:crypto';
import { type Finding, fine, wrong } from './doctor-finding.ts';

export type Endpoint = { readonly base: string; readonly token: string };
type Body = Record<string, unknown>;
type Answer = { status: number; body: Body | null; words: string };
/** One request of a client, and what it wants to see; null when it is content. */
type Request = { check: string; path: string; does: string; wants: (body: Body) => string | null };

const WAIT_MS = 10_000;

/** Plays the requests that a client of this profile sends first; none of them changes anything. */
export async function playClient(profile: string, endpoint: Endpoint): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const request of requestsOf(profile)) findings.push(await play(request, endpoint));
  return findings;
}

/** GET with the token; status 0 when nothing answered. */
export async function ask({ base, token }: Endpoint, path: string): Promise<Answer> {
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

async function play({ check, path, does, wants }: Request, endpoint: Endpoint): Promise<Finding> {
  const { status, body, words } = await ask(endpoint, path);
  if (status !== 200) return wrong(check, `${does}: ${words}`);
  const fault = body ? wants(body) : 'the answer is no JSON: does something else answer there?';
  return fault ? wrong(check, `${does}: ${fault}`) : fine(check, `${does}: fine`);
}

function requestsOf(profile: string): Request[] {
  const nobody = filter('userName', `${randomUUID()}@example.com`);
  const noGroup = filter('displayName', randomUUID());
  if (profile === 'entra') {
    return [
      {
        check: 'credentials',
        path: `/Users?${nobody}`,
        does: 'Entra’s connection test, a search for nobody',
        wants: empty,
      },
      {
        check: 'groups',
        path: `/Groups?excludedAttributes=members&${noGroup}`,
        does: 'Entra’s search for a group',
        wants: empty,
      },
    ];
  }
  if (profile === 'okta') {
    return [
      { check: 'users', path: '/Users?startIndex=1&count=2', does: 'Okta’s first page of users', wants: page },
      {
        check: 'credentials',
        path: `/Users?${nobody}&startIndex=1&count=100`,
        does: 'Okta’s search for a userName',
        wants: empty,
      },
      { check: 'groups', path: '/Groups?startIndex=1&count=100', does: 'Okta’s page of groups', wants: page },
    ];
  }
  return [
    { check: 'users', path: '/Users?count=1', does: 'a page of users', wants: page },
    { check: 'credentials', path: `/Users?${nobody}`, does: 'a search for a userName', wants: empty },
    { check: 'groups', path: '/Groups?count=1', does: 'a page of groups', wants: page },
  ];
}

function filter(attribute: string, value: string): string {
  return new URLSearchParams({ filter: `${attribute} eq "${value}"` }).toString();
}

function page({ totalResults, Resources = [] }: Body): string | null {
  return Number.isInteger(totalResults) && Array.isArray(Resources) ? null : 'the answer is no list of SCIM';
}

function empty(body: Body): string | null {
  return (
    page(body) ?? (body['totalResults'] === 0 ? null : 'it found somebody whom it cannot have: filters do not work')
  );
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
