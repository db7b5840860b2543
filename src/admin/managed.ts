import { Router } from 'express';
import { listConnections } from '../directory/connections.ts';
import { readMapping } from '../directory/mappings.ts';
import { readTarget } from '../directory/targets.ts';
import { Fault } from '../errors.ts';
import { managedAttributes } from '../plan/managed.ts';
import { summaryOf } from '../report/summary.ts';
import { knownId } from './input.ts';
import type { TargetMaker } from './targets.ts';

/** Which attributes of somebody's accounts a connection manages, and what becomes of edits that others make there. */
export function managedRoutes({ db, vault, create }: TargetMaker): Router {
  const router = Router();
  router.param('id', knownId('person'));
  router.get('/:id/managed', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const person = await summaryOf(db, tenantId, req.params.id);
    if (!person) throw new Fault('not_found', `no person ${req.params.id}`);
    const connection = (await listConnections(db, tenantId)).find(({ id }) => id === person.connection.id);
    const { mapping } = await readMapping(db, tenantId, person.connection.id);
    const linked = person.links.filter(({ remoteId, state }) => remoteId !== null && state !== 'erased');
    const targets = linked.map(async ({ targetId, remoteId }) => {
      const { name, kind, settings, secrets } = await readTarget(db, tenantId, targetId);
      const { capabilities } = create(kind, { settings, secrets: vault.open(secrets) });
      const attributes = connection ? managedAttributes(capabilities.attributes, mapping, connection.policy) : [];
      return { target: { id: targetId, name }, remoteId, connection: person.connection, attributes };
    });
    res.json({ id: person.id, userName: person.userName, targets: await Promise.all(targets) });
  });
  return router;
}
