import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { Invite } from '../model/invite.ts';

/** One person at one target. */
export type InviteKey = { tenantId: string; targetId: string; personId: string };

export const INVITE_COLUMNS = `i.tenant_id as "tenantId", i.id, i.target_id as "targetId", i.person_id as "personId",
  i.connection_id as "connectionId", i.cause, i.channel, i.state, i.renewable, i.confirmed, i.language, i.edition, i.sends, i.failures,
  i.bounces, i.reminders, i.created_at as "createdAt", i.sent_at as "sentAt", i.next_at as "nextAt",
  i.expires_at as "expiresAt", i.accepted_at as "acceptedAt", i.last_answer as "lastAnswer", i.location, i.batch`;

const selectLatest = statement<Invite>(
  'invites_latest',
  `select ${INVITE_COLUMNS} from invites i
    where i.tenant_id = :tenantId and i.target_id = :targetId and i.person_id = :personId order by i.id desc limit 1`,
);

const selectOne = statement<Invite>(
  'invites_get',
  `select ${INVITE_COLUMNS} from invites i where i.tenant_id = :tenantId and i.id = :id`,
);

// two workers at once make one: the open one of a person is unique
const insertInvite = statement<never>(
  'invites_make',
  `insert into invites (tenant_id, id, target_id, person_id, connection_id, cause, channel, state, language, location,
                        last_answer, created_at)
   values (:tenantId, :id, :targetId, :personId, :connectionId, :cause, :channel, 'queued', :language, :location,
           :lastAnswer, now())
   on conflict (tenant_id, target_id, person_id)
     where state in ('queued', 'sending', 'sent', 'delivered', 'bounced') do nothing`,
);

export type InviteItem = Omit<Invite, 'tenantId' | 'cause'> & { userName: string };

const selectPage = statement<InviteItem>(
  'invites_list',
  `select ${INVITE_COLUMNS}, p.user_name as "userName"
     from invites i join people p on p.tenant_id = i.tenant_id and p.id = i.person_id
    where i.tenant_id = :tenantId and i.id > :after and (:state::text is null or i.state = :state)
      and (:connection::uuid is null or i.connection_id = :connection)
      and (:channel::text is null or i.channel = :channel)
    order by i.id limit :limit`,
);

/** The person's newest invite at the target, open or closed; null when there never was one. */
export async function latestInvite(db: Knex, key: InviteKey): Promise<Invite | null> {
  const [row] = await selectLatest(db, key);
  return row ?? null;
}

/** One invite; throws `not_found`. */
export async function readInvite(db: Knex, tenantId: string, id: string): Promise<Invite> {
  const [row] = await selectOne(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no invite ${id}`);
  return row;
}

/** Makes an invite that waits to be sent, unless one is open already. */
export async function makeInvite(
  db: Knex,
  invite: Pick<
    Invite,
    'tenantId' | 'targetId' | 'personId' | 'connectionId' | 'cause' | 'channel' | 'language' | 'location' | 'lastAnswer'
  >,
): Promise<void> {
  await insertInvite(db, { ...invite, id: uuidv7() });
}

export type InvitePage = {
  tenantId: string;
  state: string | null;
  connection: string | null;
  channel: string | null;
  after: string;
  limit: number;
};

/** A page of invites, the oldest first. */
export async function listInvites(db: Knex, page: InvitePage): Promise<InviteItem[]> {
  return selectPage(db, page);
}
