import type { Knex } from 'knex';
import { type Account, emailKey, newId, type Profile } from './account.ts';
import { brokenRule, Refusal } from './refusal.ts';

const ACCOUNT = `a.id, a.email, a.status, a.profile, a.created_at as "createdAt", a.updated_at as "updatedAt",
  a.accepted_at as "acceptedAt", a.cards_frozen as "cardsFrozen", a.sessions,
  array(select g.name from sandbox.group_members m join sandbox.groups g on g.id = m.group_id
         where m.account_id = a.id order by g.name collate "C") as groups`;

export type Invitation = { readonly email: string; readonly profile: Profile; readonly key: string | null };

/** One page of accounts by id; `after` is the last id of the page before. */
export async function listAccounts(
  db: Knex,
  page: { email: string | null; after: string; limit: number },
): Promise<Account[]> {
  const { rows } = await db.raw<{ rows: Account[] }>(
    `select ${ACCOUNT} from sandbox.accounts a
      where a.id > :after and (cast(:emailKey as text) is null or a.email_key = :emailKey)
      order by a.id limit :limit`,
    { after: page.after, limit: page.limit, emailKey: page.email === null ? null : emailKey(page.email) },
  );
  return rows;
}

/** The newest accounts first, at most `limit` (null for all). */
export async function newestAccounts(db: Knex, email: string | null, limit: number | null): Promise<Account[]> {
  const { rows } = await db.raw<{ rows: Account[] }>(
    `select ${ACCOUNT} from sandbox.accounts a
      where cast(:emailKey as text) is null or a.email_key = :emailKey
      order by a.created_at desc, a.id limit :limit`,
    { limit, emailKey: email === null ? null : emailKey(email) },
  );
  return rows;
}

/** How many accounts there are in each status. */
export async function countAccounts(db: Knex): Promise<Record<Account['status'], number>> {
  const { rows } = await db.raw<{ rows: { status: Account['status']; count: number }[] }>(
    'select a.status, cast(count(*) as integer) as count from sandbox.accounts a group by a.status',
  );
  const counts = { invited: 0, active: 0, suspended: 0 };
  for (const { status, count } of rows) counts[status] = count;
  return counts;
}

export async function findAccount(db: Knex, id: string): Promise<Account> {
  const { rows } = await db.raw<{ rows: Account[] }>(`select ${ACCOUNT} from sandbox.accounts a where a.id = :id`, {
    id,
  });
  return known(rows[0], id);
}

/**
 * Makes an invited account; with a key that was used before, answers the account it made then and changes nothing.
 * The insert yields to either constraint: naming one as arbiter lets a race on the other surface as an error.
 */
export async function inviteAccount(
  db: Knex,
  { email, profile, key }: Invitation,
): Promise<{ account: Account; repeated: boolean }> {
  const { rows } = await db.raw<{ rows: Account[] }>(
    `insert into sandbox.accounts as a (id, email, email_key, status, profile, invitation_key)
     values (:id, :email, :emailKey, 'invited', jsonb_strip_nulls(cast(:profile as jsonb)), :key)
         on conflict do nothing
     returning ${ACCOUNT}`,
    { id: newId('acc'), email, emailKey: emailKey(email), profile: JSON.stringify(profile), key },
  );
  if (rows[0]) return { account: rows[0], repeated: false };
  const earlier = await findInvited(db, key);
  if (!earlier) throw emailTaken();
  return { account: earlier, repeated: true };
}

// a statement of its own: the insert's snapshot does not show the row that another request committed meanwhile
async function findInvited(db: Knex, key: string | null): Promise<Account | undefined> {
  const { rows } = await db.raw<{ rows: Account[] }>(
    `select ${ACCOUNT} from sandbox.accounts a where a.invitation_key = :key`,
    { key },
  );
  return rows[0];
}

/** Changes what the change names; a null unsets. */
export async function updateAccount(
  db: Knex,
  id: string,
  { email, profile }: { email: string | undefined; profile: Profile },
): Promise<Account> {
  const statement = db.raw<{ rows: Account[] }>(
    `update sandbox.accounts a
        set email = coalesce(:email, a.email), email_key = coalesce(:emailKey, a.email_key),
            profile = jsonb_strip_nulls(a.profile || cast(:profile as jsonb)), updated_at = now()
      where a.id = :id
      returning ${ACCOUNT}`,
    { id, email: email ?? null, emailKey: email ? emailKey(email) : null, profile: JSON.stringify(profile) },
  );
  const { rows } = await statement.catch((error: unknown) => {
    throw brokenRule(error, { accounts_email_taken: emailTaken() }) ?? error;
  });
  return known(rows[0], id);
}

export async function suspendAccount(db: Knex, id: string): Promise<Account> {
  return setStatus(db, id, `'suspended'`);
}

/** Back to where the account was: a suspended invitation is still only an invitation. */
export async function resumeAccount(db: Knex, id: string): Promise<Account> {
  return setStatus(db, id, `case when a.accepted_at is null then 'invited' else 'active' end`);
}

async function setStatus(db: Knex, id: string, status: string): Promise<Account> {
  const { rows } = await db.raw<{ rows: Account[] }>(
    `update sandbox.accounts a
        set status = ${status}, updated_at = case when a.status = ${status} then a.updated_at else now() end
      where a.id = :id
      returning ${ACCOUNT}`,
    { id },
  );
  return known(rows[0], id);
}

/** Payment cards stay frozen until somebody unfreezes them: giving the account back does not. */
export async function freezeCards(db: Knex, id: string, frozen: boolean): Promise<Account> {
  const { rows } = await db.raw<{ rows: Account[] }>(
    `update sandbox.accounts a set cards_frozen = :frozen where a.id = :id returning ${ACCOUNT}`,
    { id, frozen },
  );
  return known(rows[0], id);
}

/** Signs the account out everywhere. */
export async function endSessions(db: Knex, id: string): Promise<Account> {
  const { rows } = await db.raw<{ rows: Account[] }>(
    `update sandbox.accounts a set sessions = 0 where a.id = :id returning ${ACCOUNT}`,
    { id },
  );
  return known(rows[0], id);
}

/** The invited person takes the account into use; any other account stays as it is. */
export async function acceptInvitation(db: Knex, id: string): Promise<void> {
  await db.raw(
    `update sandbox.accounts set status = 'active', accepted_at = now(), updated_at = now(), sessions = 1
      where id = :id and status = 'invited'`,
    { id },
  );
}

/** Removes the account and its memberships for good. */
export async function eraseAccount(db: Knex, id: string): Promise<void> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    'delete from sandbox.accounts where id = :id returning id',
    {
      id,
    },
  );
  known(rows[0], id);
}

function known<Row>(row: Row | undefined, id: string): Row {
  if (!row) throw new Refusal(404, 'user_not_found', `there is no user ${id}`);
  return row;
}

function emailTaken(): Refusal {
  return new Refusal(409, 'email_taken', 'a user with this e-mail address already exists');
}
