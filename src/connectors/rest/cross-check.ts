import type { z } from 'zod';
import { ATTRIBUTES } from '../attributes.ts';
import type { RestDescription } from './description.ts';
import { OPERATIONS, READS } from './operations.ts';
import { attributesRead } from './scopes.ts';

/** What a single field cannot say: parts that need each other, and rules that would make a read lie. */
export function crossCheck(description: RestDescription, ctx: z.RefinementCtx): void {
  const { account, group, operations: ops, onSuspend, onResume, errors } = description;
  const fault = (path: PropertyKey[], message: string) => ctx.addIssue({ code: 'custom', path, message });
  const has = (name: keyof typeof ops) => ops[name] !== undefined;
  if (!has('suspend') && !has('erase')) fault(['operations'], 'needs suspend or erase: nobody could ever leave');
  for (const [one, other] of pairs) if (has(one) && !has(other)) fault(['operations', other], `is needed with ${one}`);
  if (has('anonymise') && !has('suspend')) fault(['operations', 'suspend'], 'is needed with anonymise');
  if (has('grant') && !account.groups) fault(['account', 'groups'], 'is needed with grant');
  if (has('groupSearch') && !group) fault(['group'], 'is needed with groupSearch');
  if (onSuspend.length > 0 && !has('suspend')) fault(['onSuspend'], 'needs operations.suspend');
  if (onResume.length > 0 && !has('resume')) fault(['onResume'], 'needs operations.resume');
  for (const [list, effects] of Object.entries({ onSuspend, onResume })) {
    for (const [index, { name }] of effects.entries()) {
      if (effects.findIndex((other) => other.name === name) < index) {
        fault([list, index, 'name'], `"${name}" is there twice: give each a \`name\` of its own`);
      }
    }
  }
  for (const [index, { whileHeld }] of onResume.entries()) {
    if (whileHeld) fault(['onResume', index, 'whileHeld'], 'is for onSuspend: the guard holds no resumption');
  }
  if (!ops.invite.item && !ops.invite.followedBy.includes('search')) {
    fault(['operations', 'invite'], 'needs `item` (the answer carries the account) or `followedBy: [search]`');
  }
  if (ops.search.match === 'contains' && !ops.search.next) {
    fault(['operations', 'search', 'next'], 'is needed with `match: contains`: the account may be on a later page');
  }
  if (ops.invite.followedBy.includes('update') && !has('update'))
    fault(['operations', 'update'], 'is needed by invite.followedBy');
  for (const [name, operation] of Object.entries(ops)) {
    if (operation?.request.method === 'GET' && operation.body) {
      fault(['operations', name, 'body'], 'a GET request has no body; parameters go to query');
    }
  }
  for (const [path, name] of unknownAttributes(description)) {
    const known = `known are ${ATTRIBUTES.join(', ')}, and what extensionAttributes lists`;
    fault(path, `there is no attribute "${name}"; ${known}`);
  }
  for (const [index, { on, means }] of errors.entries()) {
    if (means === 'done' && (on ?? OPERATIONS).some((name) => READS.includes(name) || name === 'invite')) {
      fault(['errors', index, 'on'], '`done` must name the writes it holds for; a read or an invite has to answer');
    }
  }
}

/** True for an attribute of the mapping; any other must be one that the tenant has declared. */
export function isMapped(name: string): boolean {
  return ATTRIBUTES.some((mapped) => mapped === name);
}

function unknownAttributes({ account, operations, extensionAttributes }: RestDescription): [string[], string][] {
  const isKnown = (name: string) => isMapped(name) || extensionAttributes.includes(name);
  const shown = Object.keys(account.attributes).map((name): [string[], string] => [
    ['account', 'attributes', name],
    name,
  ]);
  const sent = Object.entries(operations).flatMap(([operation, parts]) =>
    Object.entries(parts ?? {}).flatMap(([part, compiled]) =>
      attributesRead(compiled).map((name): [string[], string] => [['operations', operation, part], name]),
    ),
  );
  return [...shown, ...sent].filter(([, name]) => !isKnown(name));
}

const pairs = [
  ['suspend', 'resume'],
  ['resume', 'suspend'],
  ['grant', 'revoke'],
  ['revoke', 'grant'],
  ['groupCreate', 'groupSearch'],
] as const;
