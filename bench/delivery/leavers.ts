import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf } from '../load/scenario.ts';
import { aPatch } from '../load/users.ts';
import type { Stand } from './stand.ts';

export type Latency = { p50: number; p95: number; worst: number; count: number };
export type Leaver = { id: string; email: string };

const EVERY_MS = 50;
const LIMIT_MS = 900_000;

/** People who come by SCIM and have their account: they are to leave later. */
export async function hire(stand: Stand, prefix: string, count: number): Promise<Leaver[]> {
  const hired: Leaver[] = [];
  const before = (await stand.seen()).invited;
  for (let n = 0; n < count; n++) {
    const userName = `${prefix}-${n}@corp.example`;
    const answer = await stand.client.call('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
      displayName: `Leaver ${n}`,
      active: true,
    });
    hired.push({ id: String(bodyOf(answer, 201, 'hire')['id']), email: userName });
  }
  await until(async () => (await stand.seen()).invited >= before + count);
  return hired;
}

/** From the moment at which `active: false` is sent by SCIM to the moment at which the target has acknowledged it. */
export async function leave(stand: Stand, leavers: readonly Leaver[]): Promise<Latency> {
  const sent = new Map<string, number>();
  for (const { id, email } of leavers) {
    sent.set(email, performance.timeOrigin + performance.now());
    const { status } = await stand.client.call(
      'PATCH',
      `/Users/${id}`,
      aPatch({ op: 'replace', path: 'active', value: false }),
    );
    if (status !== 200 && status !== 204) throw new Error(`active: false was answered ${status}`);
    await sleep(EVERY_MS);
  }
  const acknowledged = await until(async () => {
    const { suspendedAt } = await stand.seen();
    return leavers.every(({ email }) => suspendedAt[email]) ? suspendedAt : null;
  });
  const times = leavers.map(({ email }) => (acknowledged[email] ?? Number.NaN) - (sent.get(email) ?? Number.NaN));
  return latencyOf(times);
}

function latencyOf(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), worst: at(1), count: sorted.length };
}

/** What `check` gives once it is neither null nor false. */
export async function until<T>(check: () => Promise<T | null | false>): Promise<T> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const result = await check();
    if (result) return result;
    if (performance.now() > end) throw new Error(`the target has not acknowledged everything within ${LIMIT_MS} ms`);
    await sleep(EVERY_MS);
  }
}
