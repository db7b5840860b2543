import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Summary } from './summary.ts';
import { type SyncState, syncStateOf } from './sync-state.ts';

/** An account that a connection manages, without a word of whose it is. */
export type AccountFacts = {
  readonly connectionId: string;
  readonly origin: 'invited' | 'adopted';
  readonly state: 'invited' | 'active' | 'suspended';
  readonly syncState: SyncState;
};
type Found = {
  connectionId: string;
  origin: AccountFacts['origin'];
  state: string;
  work: Summary['work'][number] | null;
  held: boolean;
};

// the unique index of accounts finds it; what was let go lies in another table
const selectAccount = statement<Found>(
  'account_managed',
  `select l.connection_id as "connectionId", l.origin, l.state,
          (select json_build_object('targetId', w.target_id, 'state', w.state, 'attempts', w.attempts,
                    'nextAt', w.next_at, 'lastError', w.last_error)
             from work_item w where w.tenant_id = l.tenant_id and w.target_id = l.target_id and w.kind = 'push'
              and w.subject_id = l.person_id) as work,
          exists (select 1 from hold_items i where i.tenant_id = l.tenant_id and i.person_id = l.person_id
                     and i.target_id = l.target_id and i.state = 'held') as held
     from links l
    where l.tenant_id = :tenantId and l.target_id = :targetId and l.remote_id = :remoteId and l.state <> 'erased'`,
);

/** What is known of an account of a target; null for one that no connection manages, or manages no longer. */
export async function accountFacts(
  db: Knex,
  at: { tenantId: string; targetId: string; remoteId: string },
): Promise<AccountFacts | null> {
  const [found] = await selectAccount(db, at);
  if (!found) return null;
  const { targetId, remoteId } = at;
  const { connectionId, origin, state, work, held } = found;
  const facts = {
    links: [{ targetId, remoteId, state, origin, settledAt: null }],
    work: work ? [work] : [],
    held: held ? [targetId] : [],
    released: [],
  };
  return { connectionId, origin, state: shownState(state), syncState: syncStateOf(facts, targetId, new Date()) };
}

/** What the target may have been told already counts as done. */
function shownState(state: string): AccountFacts['state'] {
  if (state === 'inviting' || state === 'invited') return 'invited';
  return state === 'active' ? 'active' : 'suspended';
}
