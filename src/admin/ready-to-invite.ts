import type { Knex } from 'knex';
import { listConnections } from '../directory/connections.ts';
import { emailOf } from '../model/email.ts';
import { stagedPeople } from '../report/staged.ts';

const FIRST = '00000000-0000-0000-0000-000000000000';

export type Ready = {
  id: string;
  userName: string;
  email: string | null;
  displayName: string | null;
  connection: { id: string; name: string; state: string };
  targetIds: string[];
  dueAt: Date | null;
};

/**
 * The list "ready to invite" (S58): who is known and has no account, where the policy waits for a human or a first day.
 * By id, so that the last one's id is the next page's `after`.
 */
export async function readyToInvite(
  db: Knex,
  tenantId: string,
  page: { connection?: string | undefined; after?: string | undefined; limit: number },
): Promise<Ready[]> {
  const connectionIds = (await listConnections(db, tenantId))
    .filter(({ id }) => page.connection === undefined || page.connection === id)
    .filter(({ state, policy }) => state !== 'disconnected' && policy.invite !== 'automatic')
    .map(({ id }) => id);
  const rows = await stagedPeople(db, { tenantId, connectionIds, after: page.after ?? FIRST, limit: page.limit });
  return rows.map(({ said, ...row }) => {
    const name = said['displayName'];
    return { ...row, email: emailOf(said), displayName: typeof name === 'string' ? name : null };
  });
}
