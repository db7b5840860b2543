import type { Knex } from 'knex';
import type { z } from 'zod';
import type { PlanItem } from '../../deliver/plans.ts';
import type { TargetMaker } from '../targets.ts';

/** Takes one line of a plan, and what it is counted as. */
export type Each = (item: PlanItem, outcome: string) => void;

/** Who asks for what. */
export type Asked<Change> = { tenantId: string; change: Change; actor: string };

/** One kind of change that can be looked at before it is made. */
export type PlanKind<Schema extends z.ZodType> = {
  readonly schema: Schema;
  /** Tells everything that the change would do; changes nothing. Returns why a second person must approve it. */
  look(options: TargetMaker, asked: Asked<z.output<Schema>>, each: Each): Promise<string[]>;
  /** Makes the change; call in a transaction. */
  apply(trx: Knex, asked: Asked<z.output<Schema>>): Promise<void>;
};

/** Ties the types of a kind together. */
export function planKind<Schema extends z.ZodType>(kind: PlanKind<Schema>): PlanKind<Schema> {
  return kind;
}
