import { randomUUID } from 'node:crypto';
import { statement } from '../database/statement.ts';
import type { Log } from '../log.ts';
import { giveUpReading, SILENT_SECONDS } from './leftovers.ts';
import { type CutOff, resumeRoster, type TakeOptions } from './take.ts';

const takeSilent = statement<CutOff>(
  'roster_take_silent',
  `with silent as (
     select r.tenant_id, r.id from runs r join rosters o on o.tenant_id = r.tenant_id and o.run_id = r.id
      where r.kind = 'roster' and r.state in ('compared', 'applying')
        and o.alive_at < now() - make_interval(secs => ${SILENT_SECONDS})
      order by r.id limit 1 for update of r skip locked),
   taken as (
     update runs r set lease = :lease from silent s where r.tenant_id = s.tenant_id and r.id = s.id
     returning r.tenant_id, r.id, r.connection_id, r.state, r.lease, r.forced)
   update rosters o set alive_at = now() from taken t where o.tenant_id = t.tenant_id and o.run_id = t.id
   returning t.tenant_id as "tenantId", t.id as "runId", t.connection_id as "connectionId", t.state, t.lease,
             o.profile, o.dry_run as "dryRun", o.hold, t.forced, o.looked`,
);

/**
 * Goes on with rosters whose process has ended: what was read to its end is compared and applied, whatever was applied
 * before; what was still being read is given up, because nobody else has the file. True when there was one to go on with.
 */
export async function resumeCutOff(options: TakeOptions): Promise<boolean> {
  const { db } = options;
  await giveUpReading(db);
  const [silent] = await takeSilent(db, { lease: randomUUID() });
  if (!silent) return false;
  await resumeRoster(options, silent);
  return true;
}

const LOOK_MS = 5_000;

/** Looks for such rosters every few seconds until `stop`; several processes may. */
export function startResuming(options: TakeOptions & { log: Log }): { stop(): void } {
  const { log } = options;
  let busy = false;
  const look = async () => {
    if (busy) return;
    busy = true;
    try {
      while (await resumeCutOff(options));
    } catch (error) {
      log.error({ err: error }, 'a roster that was cut off could not be worked on');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return { stop: () => clearInterval(timer) };
}
