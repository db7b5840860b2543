import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Client } from './app.ts';

type Step = {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** What the answer must be; `body` is a part of the answer's, `absent` are members that it must not have. */
  answer: { status: number; body?: unknown; absent?: string[]; headers?: Record<string, string> };
  /** Remembers a value of the answer for the steps after, by its path in the body. */
  keep?: Record<string, string>;
};
export type Fixture = { name: string; steps: Step[] };

/** The recorded conversations of a client, in the order of their files. */
export function fixturesOf(client: string): Fixture[] {
  const folder = join(import.meta.dirname, '..', 'fixtures', client);
  return readdirSync(folder)
    .toSorted()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture);
}

/** Plays a conversation; `{word}` in a request or an expected answer stands for what was kept before. */
export async function play(fixture: Fixture, client: Client): Promise<void> {
  const kept: Record<string, string> = { unique: crypto.randomUUID() };
  for (const [index, raw] of fixture.steps.entries()) {
    const { method, path, headers, body, answer, keep } = filled(raw, kept);
    const got = await client.request(method, path, body, headers);
    const step = `step ${index + 1}: ${method} ${path}`;
    expect({ step, status: got.status, body: got.body }).toEqual({ step, status: answer.status, body: got.body });
    if (answer.body !== undefined) expect(got.body, step).toMatchObject(answer.body as object);
    for (const name of answer.absent ?? [])
      expect(got.body, step).not.toHaveProperty(name.includes(':') ? [name] : name);
    for (const [name, value] of Object.entries(answer.headers ?? {}))
      expect(got.headers.get(name), step).toContain(value);
    for (const [word, at] of Object.entries(keep ?? {})) kept[word] = String(valueAt(got.body, at));
  }
}

/** The same step with each `{word}` filled in, percent-encoded inside a path. */
function filled(step: Step, kept: Record<string, string>): Step {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, word: string) => kept[word] ?? whole);
  const { path, ...rest } = JSON.parse(fill(JSON.stringify(step))) as Step;
  const [route = '', query] = path.split('?');
  const encoded = query?.replace(/[ "[\]]/g, (character) => encodeURIComponent(character));
  return { ...rest, path: encoded === undefined ? route : `${route}?${encoded}` };
}

function valueAt(body: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], body);
}
