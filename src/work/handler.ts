import type { WorkItem } from './claim.ts';

/** What is left of a piece of work, and why nothing more was done: nothing until it is marked again, a look at a later time, or another worker's. */
export type WorkResult = { kind: 'done'; lookAgainAt: Date | null; waiting?: string | null } | { kind: 'lease_lost' };

/** Does one kind of work. May run at any time and any number of times; what it throws puts the work back. */
export type WorkHandler = (item: WorkItem, stop: AbortSignal) => Promise<WorkResult>;
