import { Fault } from '../../errors.ts';
import type { DesiredAccount } from '../../model/account.ts';
import type { Call, Connector } from '../connector.ts';
import type { Answer } from '../http/send.ts';
import { read, readId } from './account.ts';
import type { Caller } from './caller.ts';
import type { Changes } from './changes.ts';
import type { RestDescription } from './description.ts';
import { answerContext } from './outcome.ts';
import type { Reader } from './reader.ts';

/** The invite of a target, with the look before it and the steps after it that the description asks for. */
export function createInvite(
  description: RestDescription,
  request: Caller,
  reader: Reader,
  changes: Changes,
): Connector['invite'] {
  const { name, account: schema } = description;
  const { invite: operation, update } = description.operations;

  const idAfter = async (answer: Answer, email: string, call: Call): Promise<string> => {
    if (operation.item) {
      return readId(schema.id, read('invite.item', operation.item, answerContext(answer)));
    }
    const [found, ...others] = await reader.search(email, call.signal);
    if (!found) throw new Fault('target_busy', `${name}: the invited account is not to be found yet`);
    if (others.length > 0) throw new Fault('target_refused', `${name}: several accounts have this e-mail`);
    return found.remoteId;
  };

  return async (account: DesiredAccount, call: Call) => {
    const { email } = account;
    const taken = () => new Fault('account_exists', `${name}: an account with this e-mail exists`);
    if (operation.lookFirst && (await reader.search(email, call.signal)).length > 0) throw taken();
    const context = { ...account, idempotencyKey: call.idempotencyKey };
    const { outcome, answer } = await request('invite', operation, context, call.signal);
    if (outcome === 'exists') throw taken();
    const remoteId = await idAfter(answer, email, call);
    if (update && operation.followedBy.includes('update')) {
      const key = { ...call, idempotencyKey: `${call.idempotencyKey}-update` };
      await changes.run('update', update, { id: remoteId, email, attributes: account.attributes }, key);
    }
    return { remoteId };
  };
}
