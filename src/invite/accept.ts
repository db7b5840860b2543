import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Invite } from '../model/invite.ts';
import { record } from '../report/audit.ts';
import { type Hosts, readHosts } from './about.ts';
import { codeHash, tenantOfCode } from './code.ts';
import { INVITE_COLUMNS } from './invites.ts';

/** What a code stands for: `open` can be accepted, the others cannot any more. */
export type Invitation = {
  readonly invite: Invite;
  readonly hosts: Hosts;
  readonly standing: 'open' | 'accepted' | 'expired' | 'revoked';
};

type Row = Invite & { here: boolean; over: boolean };

const selectByCode = statement<Row>(
  'invites_by_code',
  `select ${INVITE_COLUMNS}, p.active and p.deleted_at is null and p.absent_at is null as here, coalesce(i.expires_at <= now(), false) as over
     from invites i join people p on p.tenant_id = i.tenant_id and p.id = i.person_id
    where i.tenant_id = :tenantId and i.code_hash = :hash`,
);

const acceptOpen = statement<{ id: string }>(
  'invites_accept',
  `update invites i set state = 'accepted', accepted_at = now(), next_at = null, last_answer = null
    where i.tenant_id = :tenantId and i.code_hash = :hash and i.state in ('queued', 'sending', 'sent', 'delivered', 'bounced')
      and (i.expires_at is null or i.expires_at > now())
      and exists (select 1 from people p where p.tenant_id = i.tenant_id and p.id = i.person_id and p.active
                     and p.deleted_at is null and p.absent_at is null)
   returning i.id`,
);

/** The invite of a code; null for a code that stands for none. Found by its hash, so that no time tells how near it is. */
export async function findByCode(db: Knex, code: string): Promise<Invitation | null> {
  const tenantId = tenantOfCode(code);
  if (tenantId === null) return null;
  const [row] = await selectByCode(db, { tenantId, hash: codeHash(code) });
  if (!row) return null;
  const { here, over, ...invite } = row;
  const hosts = await readHosts(db, invite);
  return hosts && { invite, hosts, standing: standingOf(invite, here, over) };
}

/** Accepts the invite of a code; false when it is no longer open. */
export async function acceptByCode(db: Knex, code: string): Promise<boolean> {
  const tenantId = tenantOfCode(code);
  if (tenantId === null) return false;
  return inTransaction(db, async (trx) => {
    const [accepted] = await acceptOpen(trx, { tenantId, hash: codeHash(code) });
    if (!accepted) return false;
    await record(trx, { tenantId, action: 'invite.accept', subject: accepted.id, detail: {}, actor: 'invitee' });
    return true;
  });
}

function standingOf({ state }: Invite, here: boolean, over: boolean): Invitation['standing'] {
  if (state === 'accepted' || state === 'expired' || state === 'revoked') return state;
  if (!here) return 'revoked';
  return over ? 'expired' : 'open';
}
