import type { Knex } from 'knex';
import type { QueryConfig } from 'pg';
import type { Mishap } from './history.ts';

/** What a worker is about to do where it is stopped. `answer` lies between a call's effect and our hearing of it. */
export type GateKind = 'statement' | 'transaction' | 'read' | 'call' | 'answer';

/** The end of a worker's process: nothing of it happens any more. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Stops one worker before everything that leaves the process, until it is let through. */
export type Gates = {
  /** Resolves when the worker may go on; throws Crash when it must not. */
  arrive(kind: GateKind, what: string): Promise<Mishap>;
  /** Lets the worker through and resolves when it stops again, or has ended. */
  pass(mishap: Mishap): Promise<void>;
  /** Where the worker waits; null while it has nothing to do. */
  place(): { kind: GateKind; what: string } | null;
  die(): Crash;
  isDead(): boolean;
  /** A task for the worker; resolves when it stops at the first gate, or has ended. */
  start(task: () => Promise<void>): Promise<void>;
};

export function createGates(): Gates {
  let waiting: { kind: GateKind; what: string; go(mishap: Mishap): void } | null = null;
  let stopped = () => {};
  let dead = false;
  const untilStopped = (act: () => void) =>
    new Promise<void>((resolve) => {
      stopped = resolve;
      act();
    });
  return {
    async arrive(kind, what) {
      if (dead) throw new Crash(what);
      const mishap = await new Promise<Mishap>((go) => {
        waiting = { kind, what, go };
        stopped();
      });
      if (mishap === 'crash') dead = true;
      if (dead) throw new Crash(what);
      return mishap;
    },
    pass(mishap) {
      const { go } = waiting ?? { go: () => stopped() };
      waiting = null;
      return untilStopped(() => go(mishap));
    },
    place: () => waiting,
    die() {
      dead = true;
      return new Crash('died');
    },
    isDead: () => dead,
    start(task) {
      dead = false;
      return untilStopped(() => void task().finally(() => stopped()));
    },
  };
}

type Lender = {
  config: object;
  acquireConnection(): Promise<Client>;
  releaseConnection(client: Client): Promise<void>;
};
type Client = { query(query: QueryConfig): Promise<{ rows: unknown[] }> };

/** An error as pg throws it when the connection breaks. */
function outage(): Error {
  return Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' });
}

/**
 * The database as one worker sees it: each statement and each transaction is a gate. Only this tenant's work can be
 * claimed, since many histories share the tables.
 */
export function gatedDatabase(db: Knex, gates: Gates, tenantId: string): Knex {
  const lender = db.client as Lender;
  const query = async (asked: QueryConfig) => {
    const client = await lender.acquireConnection();
    try {
      return await client.query(asked.name === 'work_claim' ? onlyOf(tenantId, asked) : asked);
    } finally {
      await lender.releaseConnection(client);
    }
  };
  const gated = async (asked: QueryConfig) => around(gates, 'statement', String(asked.name), () => query(asked));
  const client = {
    config: lender.config,
    acquireConnection: async () => ({ query: gated }),
    releaseConnection: async () => {},
  };
  const transaction = (body: (trx: Knex.Transaction) => Promise<unknown>) =>
    around(gates, 'transaction', 'transaction', (mishap) =>
      db.transaction((trx) => body(mishap === 'crash inside' ? dyingInside(trx, gates) : trx)),
    );
  return { client, isTransaction: false, transaction } as unknown as Knex; // all that statements and deliver/ use of it
}

async function around<T>(gates: Gates, kind: GateKind, what: string, run: (mishap: Mishap) => Promise<T>): Promise<T> {
  const mishap = await gates.arrive(kind, what);
  if (mishap === 'no answer') throw outage();
  const result = await run(mishap);
  if (mishap === 'crash after') throw gates.die();
  if (mishap === 'lost answer') throw outage();
  return result;
}

/** A transaction whose worker dies behind its second statement: PostgreSQL rolls it back. */
function dyingInside(trx: Knex.Transaction, gates: Gates): Knex.Transaction {
  const lender = trx.client as Lender;
  let statements = 0;
  const acquireConnection = async () => {
    if (++statements > 2) throw gates.die();
    return lender.acquireConnection();
  };
  const client = { config: lender.config, acquireConnection, releaseConnection: lender.releaseConnection.bind(lender) };
  return { client, isTransaction: true, isCompleted: () => trx.isCompleted() } as unknown as Knex.Transaction;
}

function onlyOf(tenantId: string, { name, text, values = [] }: QueryConfig): QueryConfig {
  const narrowed = text.replace(
    /\bwhere state = 'ready'/,
    `where tenant_id = $${values.length + 1} and state = 'ready'`,
  );
  if (narrowed === text) throw new Error('the statement that claims work has changed: it cannot be narrowed');
  return { name: `${name}_of_tenant`, text: narrowed, values: [...values, tenantId] };
}
