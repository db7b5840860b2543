import type { Run } from '../../src/report/runs.ts';
import { adminOf } from './admin.ts';
import { eventually, type Gangway, settled } from './gangway.ts';

/** Asks for a reconcile run by the API, and waits until it has ended and its people are dealt with. */
export async function reconcileNow(gangway: Gangway, body: { force?: boolean } = {}): Promise<Run> {
  const admin = adminOf(gangway);
  const asked = await admin('POST', `/connections/${gangway.connection.id}/reconcile`, body);
  if (asked.status !== 202) throw new Error(`not accepted: ${asked.status} ${JSON.stringify(asked.body)}`);
  const [{ id }] = asked.body['runs'] as [Run];
  const run = await eventually('the run has ended', async () => {
    const { body: found } = await admin('GET', `/runs/${id}`);
    return found['finishedAt'] ? (found as unknown as Run) : null;
  });
  await settled(gangway.db);
  return run;
}
