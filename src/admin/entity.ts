import type { Knex } from 'knex';
import { readTarget } from '../directory/targets.ts';
import { Fault } from '../errors.ts';
import type { Choice } from '../model/invite.ts';
import { offerOf } from '../model/offer.ts';
import type { InviteWish } from './decide.ts';

/**
 * What is chosen for the account at each target, from what the target offers.
 *
 *   the target offers     wished            entity
 *   no entities           -                 none
 *   one                   -                 that one
 *   several               -                 throws `entity_required`
 *   any                   one of them       the wished one
 *   any                   something else    throws `config_invalid`
 *
 * Access is chosen alike, but it need not be.
 */
export async function choicesAt(
  db: Knex,
  tenantId: string,
  targetIds: readonly string[],
  wish: InviteWish,
): Promise<[targetId: string, Choice][]> {
  const choices: [string, Choice][] = [];
  for (const targetId of targetIds) {
    const { name, settings } = await readTarget(db, tenantId, targetId);
    const { entities, access } = offerOf(settings);
    const only = entities.length === 1 ? entities[0] : undefined;
    if (wish.entity === undefined && entities.length > 1) {
      throw new Fault('entity_required', `target "${name}" has several entities: name one of ${entities.join(', ')}`);
    }
    demandOffered(name, 'entity', wish.entity, entities);
    demandOffered(name, 'access', wish.access, access);
    const entity = wish.entity ?? only;
    const { access: kind, channel } = wish;
    choices.push([targetId, { ...(entity && { entity }), ...(kind && { access: kind }), ...(channel && { channel }) }]);
  }
  return choices;
}

function demandOffered(target: string, what: string, wished: string | undefined, offered: readonly string[]): void {
  if (wished === undefined || offered.includes(wished)) return;
  const known = offered.length ? `it has ${offered.join(', ')}` : 'its settings declare none';
  throw new Fault('config_invalid', `target "${target}" has no ${what} "${wished.slice(0, 100)}": ${known}`);
}
