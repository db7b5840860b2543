import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { tokenNotice } from '../plan/token-notice.ts';
import { tell } from '../report/notices.ts';

type Token = { id: string; connectionId: string; prefix: string; createdAt: Date; expiresAt: Date };

const selectEnding = statement<Token>(
  'notice_tokens',
  `select k.id, k.connection_id as "connectionId", k.prefix, k.created_at as "createdAt", k.expires_at as "expiresAt"
     from credentials k join connections c on c.tenant_id = k.tenant_id and c.id = k.connection_id
    where k.tenant_id = :tenantId and k.client_id is null and k.revoked_at is null and c.state <> 'disconnected'
      and k.expires_at between :now::timestamptz - interval '7 days' and :now::timestamptz + interval '30 days'
    order by k.expires_at`,
);

/** Tells of tokens that end within 30, 14, 7 and 1 days, once each, and of those that have ended. */
export async function tellTokens(db: Knex, tenantId: string, now: Date): Promise<void> {
  for (const token of await selectEnding(db, { tenantId, now })) {
    const about = tokenNotice(token, now);
    if (about === null) continue;
    const { id, connectionId, prefix } = token;
    const detail = { tokenId: id, prefix, expiresAt: token.expiresAt.toISOString() };
    const told = { tenantId, connectionId, subject: `${id} ${about}` };
    if (about === 'expired') await tell(db, { ...told, kind: 'token_expired', detail });
    else await tell(db, { ...told, kind: 'token_expiring', detail: { ...detail, days: about } });
  }
}
