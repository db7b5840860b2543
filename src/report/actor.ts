import { AsyncLocalStorage } from 'node:async_hooks';

const acting = new AsyncLocalStorage<string>();

/** Runs `work` in the name of somebody: what it records in the audit says so, unless it names another actor itself. */
export function actingAs<T>(name: string, work: () => T): T {
  return acting.run(name, work);
}

/** In whose name this runs; without anybody's, `operator`: whoever has the key of the installation. */
export function actorNow(): string {
  return acting.getStore() ?? 'operator';
}
