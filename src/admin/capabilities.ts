import { Router } from 'express';
import type { Connector } from '../connectors/connector.ts';
import { readConnection } from '../directory/connections.ts';
import type { Connection } from '../model/connection.ts';
import { atEachTarget } from './connection-life.ts';
import { knownId } from './input.ts';
import type { TargetMaker } from './targets.ts';

/** One thing that may be missing, and why (S19). */
export type Ability = { ability: string; able: boolean; why: string | null };

/** What works between a connection and each of its targets, by what the target can and how the connection was made. */
export function capabilityRoutes(options: TargetMaker): Router {
  const router = Router();
  router.param('id', knownId('connection'));
  router.get('/:id/capabilities', async (req, res) => {
    const connection = await readConnection(options.db, res.locals['tenantId'], req.params.id);
    const targets = await atEachTarget(options, connection, async ({ capabilities }) => ({
      abilities: abilitiesOf(capabilities, connection),
      attributes: capabilities.attributes,
      sideEffects: capabilities.effects,
    }));
    res.json({ connection: { id: connection.id, name: connection.name, state: connection.state }, targets });
  });
  return router;
}

function abilitiesOf(can: Connector['capabilities'], { policy }: Connection): Ability[] {
  const app = (able: boolean, why: string) => ({ able, why: able ? null : why });
  const granted = policy.grantedBy === 'admin';
  const mere = 'a mere user made this connection (policy grantedBy): it takes no access away';
  return [
    { ability: 'invite and update', ...app(true, '') },
    { ability: 'suspend leavers', ...app(can.suspend && granted, granted ? 'the app cannot suspend' : mere) },
    { ability: 'erase', ...app(can.erase && granted, granted ? 'the app cannot erase' : mere) },
    { ability: 'anonymise', ...app(can.anonymise && granted, granted ? 'the app cannot anonymise' : mere) },
    { ability: 'groups', ...app(can.groups, 'the app has no groups, or they are not described') },
    { ability: 'side effects', ...app(can.effects.suspend.length > 0, 'none are described for this app') },
    { ability: 'read back', ...app(can.read, 'the app takes messages only: what it confirmed is believed') },
    { ability: 'compare all accounts', ...app(can.list, 'the app cannot be listed') },
  ];
}
