import type { Knex } from 'knex';
import { inTransaction } from '../../../src/database/transaction.ts';
import { decideHold } from '../../../src/deliver/hold-decision.ts';
import { isFault } from '../../../src/errors.ts';
import { markConnection } from '../../../src/work/mark.ts';
import type { History, Mishap, Passes, Step } from './history.ts';
import { createTarget, type Kept, resumed, suspended, type Target } from './target.ts';
import { catchUp, createPuppet, type Puppet, type Stage } from './worker.ts';
import { addressOf, createWorld, type World } from './world.ts';

/** A history while it is played. */
export type Play = {
  db: Knex;
  stage: Stage;
  target: Target;
  world: World;
  workers: readonly [Puppet, Puppet];
  /** Whether the guard let nothing pass unjudged, and nobody released anything. */
  guarded: boolean;
  gates: number;
  mishaps: number;
};

const ENOUGH = 400;
export const SECONDS: Record<Passes, number> = {
  '20 seconds': 20,
  '20 minutes': 1_200,
  '1 day': 86_400,
  '31 days': 31 * 86_400,
};

/** Sets the stage of a history: people are posted, and may have their accounts already. */
export async function open(db: Knex, history: History): Promise<Play> {
  const world = await createWorld(db, history.policy);
  const target = createTarget(history.showsTitles);
  const tenantId = world.scope.tenantId;
  const stage: Stage = { db, tenantId, target, busy: new Set(), late: [], broken: [], surprises: [] };
  const workers = [createPuppet(stage), createPuppet(stage)] as const;
  const guarded = history.policy.guard !== 'off';
  const play: Play = { db, stage, target, world, workers, guarded, gates: 0, mishaps: 0 };
  for (let who = 0; who < history.people; who++) await world.change({ do: 'post', who });
  if (history.enabled) await world.change({ do: 'enable' });
  if (history.settled) await drain(play);
  return play;
}

/** Makes one step happen. */
export async function take(play: Play, step: Step): Promise<void> {
  const { stage, target, world } = play;
  const before = target.log.length;
  switch (step.do) {
    case 'work':
      await work(play, play.workers[step.worker], step.gates, step.mishap);
      break;
    case 'time':
      await timePasses(play, SECONDS[step.passes]);
      break;
    case 'release':
    case 'discard':
      await decideAll(play, step.do);
      break;
    case 'they add':
      if (!target.withEmail(addressOf(step.email)))
        target.add('they', addressOf(step.email), { displayName: 'Theirs' });
      break;
    case 'they suspend':
    case 'they resume':
    case 'they delete':
    case 'they accept':
    case 'they write':
    case 'they grant':
      theyAct(play, step);
      break;
    default:
      await world.change(step);
      if (step.do === 'policy' && step.policy.guard === 'off') play.guarded = false;
  }
  if (!world.everEnabled && target.log.slice(before).some(({ who }) => who === 'us')) {
    stage.broken.push('something left before the connection was enabled');
  }
}

type Gates = Extract<Step, { do: 'work' }>['gates'];

/** Lets a worker pass gates; it begins with a new item when it has nothing to do. */
async function work(play: Play, { gates, begin }: Puppet, number: Gates, mishap: Mishap): Promise<void> {
  if (!gates.place()) await begin();
  for (let passed = 1; gates.place(); passed++) {
    const last = number === 'to a call' ? gates.place()?.kind === 'call' : passed === number;
    if (last && mishap !== 'none') play.mishaps += 1;
    play.gates += 1;
    await gates.pass(last ? mishap : 'none');
    if (last) return;
  }
}

type Theirs = Extract<Step, { do: `they ${'suspend' | 'resume' | 'delete' | 'accept' | 'write' | 'grant'}` }>;

function theyAct({ target, world }: Play, step: Theirs): void {
  const account = target.withEmail(world.people.get(step.who)?.email ?? addressOf(step.who));
  if (!account) return;
  const { remoteId } = account;
  const act = (what: Parameters<Target['act']>[0]['what'], change: (account: Kept) => boolean, more = {}) =>
    target.act({ who: 'they', what, remoteId, ...more }, change);
  switch (step.do) {
    case 'they suspend':
      act('suspend', suspended);
      break;
    case 'they resume':
      act('resume', resumed);
      break;
    case 'they accept':
      act('update', (one) => {
        if (one.status === 'invited') one.status = 'active';
        one.before = 'active';
        return true;
      });
      break;
    case 'they delete':
      act('erase', () => target.accounts.delete(remoteId));
      break;
    case 'they write': {
      const attributes = { displayName: step.value };
      act('update', (one) => Object.assign(one.attributes, attributes) !== null, { attributes });
      break;
    }
    case 'they grant': {
      const group = `group ${step.group}`;
      act('grant', (one) => !one.groups.has(group) && one.groups.add(group).size > 0, { group });
      break;
    }
    default:
      step satisfies never;
  }
}

/**
 * Time passes: everything that is kept of times moves into the past. A worker that is asking the target keeps its lease,
 * as its heartbeat does; one that stands still anywhere else may lose it.
 */
export async function timePasses({ stage, target, workers }: Play, seconds: number): Promise<void> {
  target.clock += seconds;
  const asking = workers.filter(({ gates }) => ['call', 'answer', 'read'].includes(gates.place()?.kind ?? ''));
  const kept = asking.flatMap(({ item }) => (item ? [item.lease] : []));
  const { db, tenantId } = stage;
  const move = (table: string, column: string) =>
    `update ${table} set ${column} = ${column} - make_interval(secs => ${seconds}) where tenant_id = '${tenantId}'`;
  const leases = kept.map((lease) => `'${lease}'`).join(',');
  const held = kept.length ? ` and (lease_token is null or lease_token not in (${leases}))` : '';
  // slices of the guard are five minutes long
  const slow =
    seconds < 1_200
      ? []
      : [
          move('links', 'suspended_at'),
          move('guard_counts', 'slice'),
          move('guard_losses', 'counted_at'),
          move('connection_targets', 'guard_counted_at'),
        ];
  await db.raw([`${move('work_item', 'next_at')}${held}`, ...slow].join(';'));
}

async function decideAll(play: Play, kind: 'release' | 'discard'): Promise<void> {
  const {
    db,
    world: {
      scope: { tenantId },
    },
  } = play;
  const { rows } = await db.raw(`select id from holds where tenant_id = ? and state = 'held'`, [tenantId]);
  if (!rows.length) return;
  play.guarded = false;
  for (const actor of ['one', 'two']) {
    await inTransaction(db, (trx) => decideHold(trx, tenantId, rows[0].id, { kind, actor })).catch((error) => {
      if (!isFault(error, 'hold_closed')) throw error;
    });
  }
}

/** Faults stop: what was given up on happens, and whoever is at work comes to an end. */
export async function calmDown(play: Play): Promise<void> {
  await catchUp(play.stage);
  for (const worker of play.workers) if (worker.gates.place()) await work(play, worker, ENOUGH, 'none');
}

/** Works until nothing is due or will be within the hour; what is planned for a later day waits. */
export async function drain(play: Play): Promise<void> {
  const { db, stage, workers } = play;
  for (let rounds = 0; rounds < 40; rounds++) {
    const [row] = (
      await db.raw(
        `select count(*) filter (where next_at <= now())::int as due,
                count(*) filter (where next_at <= now() + interval '1 hour')::int as soon
           from work_item where tenant_id = ? and state = 'ready'`,
        [stage.tenantId],
      )
    ).rows;
    if (!row.soon) return;
    if (!row.due) await timePasses(play, SECONDS['20 minutes']);
    for (let left = row.due; left > 0; left--) await work(play, workers[0], ENOUGH, 'none');
  }
  stage.broken.push('the work does not end');
}

/** As a scan for drift would: everybody is looked at again. */
export async function lookAgain(play: Play): Promise<void> {
  const { tenantId, connectionId } = play.world.scope;
  await markConnection(play.db, { tenantId, id: connectionId });
  await drain(play);
}
