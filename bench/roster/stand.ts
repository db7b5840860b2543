import { openAsBlob, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../load/client.ts';
import { emptyDatabase, provision, type Server, serveGangway } from '../servers.ts';
import { PROFILE } from './generate.ts';

export type Uploaded = { ms: number; counts: Record<string, number>; peakBytes: number; lookups: readonly number[] };
export type RosterStand = {
  server: Server;
  /** Uploads a file and waits until it has been applied; look-ups go on meanwhile. */
  upload(file: string): Promise<Uploaded>;
  /** Milliseconds of look-ups while nothing else happens. */
  lookups(milliseconds: number): Promise<readonly number[]>;
  stop(): Promise<void>;
};

const POLL_MS = 25;
/** Those of `npm start`. */
const FLAGS = ['--max-semi-space-size=4', '--v8-pool-size=1'];
const LOOKUP_EVERY_MS = 20;

/** Gangway on an empty database, with a connection that takes rosters; nobody delivers what becomes due. */
export async function openRosterStand(postgres: string, name: string, dataDir: string): Promise<RosterStand> {
  const url = await emptyDatabase(postgres, name);
  const { token, connectionId } = await provision(url, true);
  const server = await serveGangway(url, token, { dataDir, flags: FLAGS });
  const api = new URL('/api/v1', server.base).href;
  const headers = { Authorization: `Bearer ${readFileSync(join(dataDir, 'admin-key'), 'utf8').trim()}` };
  const client = createClient(server.base, token);
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${api}${path}`, { ...init, headers: { ...headers, ...init.headers } });
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
  const json = { method: 'PUT', headers: { 'Content-Type': 'application/json' } };
  await ask(`/connections/${connectionId}/roster-profile`, { ...json, body: JSON.stringify(PROFILE) });

  const lookupsWhile = async (busy: () => boolean) => {
    const times: number[] = [];
    while (busy()) {
      const begin = performance.now();
      const filter = encodeURIComponent(`userName eq "person.${1 + (times.length % 900)}@corp.example"`);
      const { status } = await client.call('GET', `/Users?filter=${filter}`);
      if (status !== 200) throw new Error(`a look-up was answered ${status}`);
      times.push(performance.now() - begin);
      await sleep(LOOKUP_EVERY_MS);
    }
    return times;
  };

  return {
    server,
    async upload(file) {
      writeFileSync(`/proc/${server.pid}/clear_refs`, '5'); // forget the peak
      let busy = true;
      const lookups = lookupsWhile(() => busy);
      const begin = performance.now();
      const path = `/connections/${connectionId}/rosters`;
      const { run } = await ask(path, { method: 'POST', body: await openAsBlob(file, { type: 'text/csv' }) });
      const { id } = run as { id: string };
      const done = await untilDone(
        async () => (await ask(`/runs/${id}`)) as unknown as { state: string; counts: never },
      );
      const ms = performance.now() - begin;
      busy = false;
      return { ms, counts: done.counts, peakBytes: peakOf(server.pid), lookups: await lookups };
    },
    lookups: (milliseconds) => {
      const end = performance.now() + milliseconds;
      return lookupsWhile(() => performance.now() < end);
    },
    stop: async () => {
      client.close();
      await server.stop();
    },
  };
}

async function untilDone<Run extends { state: string }>(look: () => Promise<Run>): Promise<Run> {
  for (;;) {
    const run = await look();
    if (run.state === 'done') return run;
    if (run.state !== 'reading' && run.state !== 'compared' && run.state !== 'applying') {
      throw new Error(`the run ended otherwise: ${JSON.stringify(run)}`);
    }
    await sleep(POLL_MS);
  }
}

/** The most memory that a process has had since its peak was forgotten, in bytes. */
function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
