import type { Knex } from 'knex';
import type { History } from './history.ts';
import { faultsAtRest } from './oracle.ts';
import { calmDown, drain, lookAgain, open, take } from './play.ts';

/** What a history came to: `faults` are what is not as it should be. */
export type Told = { faults: string[]; gates: number; mishaps: number; surprises: string[]; log: string[] };

/**
 * Plays a history and lets all faults stop; then everybody who was marked, then everybody at all, and then everybody once
 * more is looked at.
 */
export async function outcomeOf(db: Knex, history: History): Promise<Told> {
  const play = await open(db, history);
  const { stage, target, world } = play;
  for (const step of history.steps) await take(play, step);
  await calmDown(play);
  await drain(play);
  const faults = await faultsAtRest(play, false);
  if (world.everEnabled && !world.enabled) await world.change({ do: 'enable' });
  await lookAgain(play);
  faults.push(...(await faultsAtRest(play, true)));
  const before = target.log.length;
  await lookAgain(play);
  const again = target.log.slice(before).filter(({ who, what }) => who === 'us' && what !== 'find');
  faults.push(...again.map(({ what, remoteId }) => `settled, and yet we did ${what} ${remoteId} again`));
  const log = target.log.map((entry) => JSON.stringify(entry));
  return { faults: [...new Set(faults)], gates: play.gates, mishaps: play.mishaps, surprises: stage.surprises, log };
}
