import pg from 'pg';
import { uuidv7 } from '../../src/database/uuid.ts';
import { cpuMicros } from '../load/cpu.ts';
import { emptyDatabase, runSql } from '../servers.ts';
import type { Rate } from './drain.ts';
import { startTarget } from './stand.ts';

/*
 * The least that a crash-safe invite can do, as bare statements and requests: take the work, read the person, ask the
 * target whether there is an account, record the action, invite, record the answer, read the account back, finish the
 * work. Four durable writes, one read, three requests.
 */
const SCHEMA = `
  create table work (id uuid primary key, lease uuid, state text not null) with (fillfactor = 70);
  create table person (id uuid primary key, doc text not null);
  create table action (id uuid primary key, person uuid not null, state text not null) with (fillfactor = 80);
`;
const TAKE = 'update work set lease = $2 where id = $1';
const PERSON = 'select doc from person where id = $1';
const START = `insert into action (id, person, state) values ($1, $2, 'started')`;
const FINISH = `update action set state = 'done' where id = $1`;
const END = `update work set lease = null, state = 'idle' where id = $1`;

export const WRITES = 4;
export const REQUESTS = 3;

/** How many bare invites a second this machine does at this concurrency, against the same kind of target. */
export async function measureFloor(
  postgres: { url: string; pid: number },
  options: { name: string; concurrency: number; seconds: number; latencyMs: number },
): Promise<Rate> {
  const { concurrency, seconds, latencyMs } = options;
  const url = await emptyDatabase(postgres.url, options.name);
  await runSql(url, SCHEMA);
  const ids = Array.from(
    { length: Math.ceil(1.5 * seconds * concurrency * (1000 / latencyMs / REQUESTS)) + 100 },
    uuidv7,
  );
  await runSql(url, `insert into work select unnest('{${ids.join(',')}}'::uuid[]), null, 'ready'`);
  await runSql(url, `insert into person select id, repeat('x', 400) from work`);
  await runSql(url, 'vacuum (analyze)');
  const target = await startTarget(latencyMs);
  const pool = new pg.Pool({ connectionString: url, max: concurrency });
  const run = (name: string, text: string, ...values: string[]) => pool.query({ name, text, values });
  const pids = [process.pid, postgres.pid];
  let next = 0;
  const stretch = async (ms: number): Promise<Rate> => {
    const [first, cpu, start] = [next, cpuMicros(pids), performance.now()];
    const worker = async () => {
      while (performance.now() < start + ms && next < ids.length)
        await bareInvite(run, target.base, ids[next++] as string);
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    const invites = next - first;
    const perSecond = invites / ((performance.now() - start) / 1000);
    return { invites, perSecond, cpuUs: (cpuMicros(pids) - cpu) / invites };
  };
  await stretch(seconds * 500); // compilers and caches are cold
  const rate = await stretch(seconds * 1000);
  await pool.end();
  await target.stop();
  return rate;
}

type Run = (name: string, text: string, ...values: string[]) => Promise<unknown>;

async function bareInvite(run: Run, base: string, id: string): Promise<void> {
  const action = uuidv7();
  await run('take', TAKE, id, action);
  await run('person', PERSON, id);
  await (await fetch(`${base}/accounts?email=${id}@corp.example`)).json();
  await run('start', START, action, id);
  const body = JSON.stringify({ email: `${id}@corp.example`, name: 'Person' });
  const made = (await (await fetch(`${base}/accounts`, { method: 'POST', body })).json()) as { id: string };
  await run('finish', FINISH, action);
  await (await fetch(`${base}/accounts/${made.id}`)).json();
  await run('end', END, id);
}
