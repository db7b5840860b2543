import type { Knex } from 'knex';
import type { Connector } from '../../../src/connectors/connector.ts';
import { reconcile } from '../../../src/deliver/reconcile.ts';
import { verdict } from '../../../src/deliver/retry.ts';
import { Fault, isFault } from '../../../src/errors.ts';
import { claim, type WorkItem } from '../../../src/work/claim.ts';
import { done, failed } from '../../../src/work/finish.ts';
import { Crash, createGates, type Gates, gatedDatabase } from './gates.ts';
import type { Target } from './target.ts';

const LEASE_SECONDS = 10;

/** What the workers of one history share. */
export type Stage = {
  db: Knex;
  tenantId: string;
  target: Target;
  /** People whom the target is being told something about. */
  busy: Set<string>;
  /** Effects of calls that we gave up on: they come at the latest before we ask the target anything more. */
  late: (() => Promise<unknown>)[];
  /** What must never happen. */
  broken: string[];
  /** Errors that are neither Faults nor made by the test. */
  surprises: string[];
};

/** A worker that claims one item at a time, as deliver/worker.ts does, through gates. */
export type Puppet = { gates: Gates; item: WorkItem | null; begin(): Promise<void> };

export function createPuppet(stage: Stage): Puppet {
  const gates = createGates();
  const db = gatedDatabase(stage.db, gates, stage.tenantId);
  const puppet: Puppet = { gates, item: null, begin: () => gates.start(work) };
  const connector = gatedConnector(stage, puppet);
  const reconciler = {
    db,
    connectorOf: async () => connector,
    leaseSeconds: LEASE_SECONDS,
    stop: new AbortController().signal,
  };
  return puppet;

  async function work(): Promise<void> {
    try {
      const [item] = await claim(db, { limit: 1, leaseSeconds: LEASE_SECONDS, upToLane: 2, pausedTargets: [] });
      if (item) await handle(item);
    } catch (error) {
      if (!(error instanceof Crash) && !isFault(error, 'database_unavailable')) stage.surprises.push(String(error));
    } finally {
      puppet.item = null;
    }
  }

  async function handle(item: WorkItem): Promise<void> {
    puppet.item = item;
    try {
      const outcome = await reconcile(reconciler, item);
      const lookAgainAt = outcome.kind === 'settled' ? outcome.lookAgainAt : null;
      if (outcome.kind !== 'lease_lost') await done(db, item, lookAgainAt);
    } catch (error) {
      if (error instanceof Crash || isFault(error, 'database_unavailable')) return;
      if (!(error instanceof Fault)) stage.surprises.push(String(error));
      await failed(db, item, verdict(error, item.attempts, 0, 0));
    }
  }
}

/** The target as one worker reaches it: each read and each call is a gate, and a second one behind its effect. */
function gatedConnector(stage: Stage, puppet: Puppet): Connector {
  const { connector } = stage.target;
  const { gates } = puppet;
  const read = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    const mishap = await gates.arrive('read', what);
    await catchUp(stage);
    if (mishap === 'busy') throw new Fault('target_busy', 'not now');
    if (mishap === 'no answer' || mishap === 'lost answer' || mishap === 'late') throw new Fault('target_down', 'down');
    if (mishap === 'crash after') throw gates.die();
    return run();
  };
  const call = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    const person = puppet.item?.subjectId ?? '';
    const run = () => {
      stage.target.person = person;
      return act();
    };
    const mishap = await gates.arrive('call', what);
    await catchUp(stage);
    if (mishap === 'busy') throw new Fault('target_busy', 'not now');
    if (mishap === 'no answer') throw new Fault('target_down', 'down');
    if (mishap === 'refused') throw new Fault('target_refused', 'no');
    if (mishap === 'late') {
      stage.late.push(run);
      throw new Fault('target_down', 'timeout');
    }
    if (stage.busy.has(person)) stage.broken.push(`two deliveries at a time for ${person}: ${what}`);
    stage.busy.add(person);
    try {
      const result = await run();
      if (mishap === 'twice') await run();
      if (mishap === 'crash after') throw gates.die();
      if (mishap === 'lost answer') throw new Fault('target_down', 'the answer was lost');
      await gates.arrive('answer', what);
      return result;
    } finally {
      stage.busy.delete(person);
    }
  };
  return {
    capabilities: connector.capabilities,
    check: connector.check,
    find: (id, signal) => read('find', () => connector.find(id, signal)),
    search: (email, signal) => read('search', () => connector.search(email, signal)),
    list: connector.list,
    invite: (account, how) => call('invite', () => connector.invite(account, how)),
    update: (id, change, how) => call('update', () => connector.update(id, change, how)),
    suspend: (id, how) => call('suspend', () => connector.suspend(id, how)),
    resume: (id, how) => call('resume', () => connector.resume(id, how)),
    erase: (id, how) => call('erase', () => connector.erase(id, how)),
    anonymise: (id, how) => call('anonymise', () => connector.anonymise(id, how)),
    grant: (id, group, how) => call('grant', () => connector.grant(id, group, how)),
    effect: (id, effect, how) => call('effect', () => connector.effect(id, effect, how)),
    revoke: (id, group, how) => call('revoke', () => connector.revoke(id, group, how)),
  };
}

/** Lets happen what was asked for and given up on. */
export async function catchUp({ late }: Stage): Promise<void> {
  for (const effect of late.splice(0)) await effect().catch(() => {}); // nobody is there any more to hear of a refusal
}
