import { Fault } from '../../errors.ts';
import type { Call, TargetSettings } from '../connector.ts';
import type { Groups } from '../groups.ts';
import { read } from './account.ts';
import type { Caller } from './caller.ts';
import type { RestDescription } from './description.ts';
import { toCel } from './expression.ts';
import type { Change } from './operations.ts';
import type { Outcome } from './outcome.ts';
import { demand, type Reader } from './reader.ts';
import { expressionsIn, type OperationName } from './scopes.ts';
import type { Context } from './template.ts';

type AboutOne = Context & { readonly id: string };

export type Changes = {
  run(name: OperationName, change: Change, context: AboutOne, call: Call): Promise<Outcome>;
  grant(id: string, group: string, change: Change, call: Call): Promise<void>;
  revoke(id: string, group: string, change: Change, call: Call): Promise<void>;
};

/** The writes to one account. */
export function createChanges(
  { name: targetName }: RestDescription,
  target: TargetSettings,
  request: Caller,
  reader: Reader,
  groups: Groups,
): Changes {
  const settings = toCel(target.settings);

  const run: Changes['run'] = async (name, change, context, { idempotencyKey, signal }) => {
    demand('id', context.id);
    const found = looksAtItem(change) ? await reader.find(context.id, signal) : undefined;
    if (found === null) return gone(targetName, name);
    const full = { ...context, settings, idempotencyKey, item: found?.item ?? null };
    if (change.skipWhen && read(`${name}.skipWhen`, change.skipWhen, full) === true) return 'done';
    const { outcome } = await request(name, change, full, signal);
    return outcome;
  };

  return {
    run,
    grant: (id, name, change, call) => groups.grant(name, call, (group) => run('grant', change, { id, group }, call)),
    revoke: (id, name, change, call) =>
      groups.revoke(name, call, async (group) => (await run('revoke', change, { id, group }, call)) !== 'gone'),
  };
}

function looksAtItem(change: Change): boolean {
  return change.lookFirst || expressionsIn(change).some(({ variables }) => variables.includes('item'));
}

function gone(targetName: string, name: OperationName): Outcome {
  if (name === 'update' || name === 'resume' || name === 'grant' || name === 'onResume') {
    throw new Fault('target_refused', `${targetName}: ${name}: the account is gone`);
  }
  return 'gone';
}
