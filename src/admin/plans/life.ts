import { z } from 'zod';
import { disconnectPlan } from '../../deliver/disconnect-plan.ts';
import { firstPlan } from '../../deliver/first-plan.ts';
import { countNeverInvited } from '../../directory/connection-life.ts';
import { readConnection } from '../../directory/connections.ts';
import { atEachTarget, move } from '../connection-life.ts';
import { planKind } from './kind.ts';

/** Enabling a connection (S14): everybody with what would become of them. */
export const enablePlan = planKind({
  schema: z.strictObject({ kind: z.literal('enable'), connectionId: z.uuid() }),
  look: async (options, { tenantId, change }, each) => {
    const connection = await readConnection(options.db, tenantId, change.connectionId);
    await atEachTarget(options, connection, (connector, targetId) =>
      firstPlan(options.db, connector, connection, targetId, (personId, { userName, remoteId, fate }) => {
        each({ personId, userName: userName ?? '', targetId, before: remoteId ?? 'no account', after: fate }, fate);
      }),
    );
    return [];
  },
  apply: async (trx, { tenantId, change, actor }) => {
    await move(trx, tenantId, change.connectionId, 'enable', actor);
  },
});

/** Disconnecting (S63–S65): how many accounts stay, are suspended or revoked. */
export const disconnectingPlan = planKind({
  schema: z.strictObject({ kind: z.literal('disconnect'), connectionId: z.uuid() }),
  look: async (options, { tenantId, change }, each) => {
    const connection = await readConnection(options.db, tenantId, change.connectionId);
    const many = { personId: '', before: 'followed' };
    const targets = await atEachTarget(options, connection, (connector, targetId) =>
      disconnectPlan(options.db, connector, connection, targetId),
    );
    for (const { targetId, name, keep, suspend, revoke } of targets) {
      const after = `${keep} accounts stay, ${suspend} are suspended, ${revoke} invitations are revoked`;
      each({ ...many, userName: `everybody at ${name}`, targetId, after }, 'disconnect');
    }
    const without = await countNeverInvited(options.db, connection);
    const after = connection.policy.onDisconnect.neverInvited;
    each({ ...many, userName: `${without} people without an account`, targetId: '', after }, 'neverInvited');
    return [];
  },
  apply: async (trx, { tenantId, change, actor }) => {
    await move(trx, tenantId, change.connectionId, 'disconnect', actor);
  },
});
