import { Fault } from '../../errors.ts';
import { faultOf, meaningOf, told } from '../http/answer.ts';
import type { Answer } from '../http/send.ts';
import type { RestDescription } from './description.ts';
import { Mismatch } from './expression.ts';
import type { OperationName } from './scopes.ts';

/** What an answer means for the operation; everything else that it can mean is thrown as a Fault. */
export type Outcome = 'ok' | 'gone' | 'exists' | 'done';

type Meaning = Outcome | 'busy' | 'down' | 'refused';
type Rules = RestDescription['errors'];

/** Reads an answer by the description's own rules, then by the usual meaning of its status. */
export function judge(operation: OperationName, answer: Answer, rules: Rules): Outcome {
  const meaning = byRules(operation, answer, rules) ?? byStatus(operation, answer);
  switch (meaning) {
    case 'busy':
    case 'down':
    case 'refused':
      throw faultOf(meaning, operation, answer);
    case 'exists':
      if (operation === 'invite' || operation === 'groupCreate') return meaning;
      throw new Fault('target_refused', told(operation, answer));
    case 'gone':
      if (GONE_IS_AN_ANSWER.includes(operation)) return meaning;
      throw new Fault('target_refused', `it is gone: ${told(operation, answer)}`);
    case 'ok':
    case 'done':
      return meaning;
    default:
      return meaning satisfies never;
  }
}

const GONE_IS_AN_ANSWER: readonly OperationName[] = [
  'find',
  'search',
  'groupSearch',
  'suspend',
  'onSuspend',
  'erase',
  'anonymise',
  'revoke',
];

function byRules(operation: OperationName, answer: Answer, rules: Rules): Meaning | undefined {
  const context = answerContext(answer);
  return rules.find(({ on, when }) => (on?.includes(operation) ?? true) && holds(() => when.evaluate(context)))?.means;
}

// a rule that looks for a field which this answer does not have does not hold for it
function holds(evaluate: () => unknown): boolean {
  try {
    return evaluate() === true;
  } catch (error) {
    if (error instanceof Mismatch) return false;
    throw error;
  }
}

/**
 * The usual meaning of a status, where it depends on the operation.
 *
 *   404, 410   gone for find, suspend, erase, anonymise and revoke, if the API says so in JSON; a proxy's own page says
 *              nothing about the account, so it counts as down; refused for the others
 *   409        exists for invite and groupCreate, refused for the others
 */
function byStatus(operation: OperationName, { status, body }: Answer): Meaning {
  const usual = meaningOf(status);
  if (usual === 'conflict') return operation === 'invite' || operation === 'groupCreate' ? 'exists' : 'refused';
  if (usual !== 'missing') return usual;
  if (!MAY_BE_GONE.includes(operation)) return 'refused';
  return typeof body === 'object' && body !== null ? 'gone' : 'down';
}

const MAY_BE_GONE: readonly OperationName[] = ['find', 'suspend', 'erase', 'anonymise', 'revoke'];

/** The variables of an expression over an answer. */
export function answerContext(answer: Answer, cursor: string | null = null): Record<string, unknown> {
  return { status: BigInt(answer.status), headers: answer.headers, body: answer.body ?? null, cursor };
}
