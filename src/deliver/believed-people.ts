import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { GROUP_NAMES_OF } from '../directory/nesting.ts';
import { PERSON_STATUS } from '../directory/person.ts';
import type { AccountStatus, ActualAccount } from '../model/account.ts';
import { type Decisions, UNDECIDED } from '../model/decision.ts';
import { emailOf } from '../model/email.ts';
import type { Link } from '../model/link.ts';
import type { Person } from '../model/person.ts';
import type { Observed } from '../plan/plan.ts';
import { withManagers } from './managers.ts';

export type BelievedPerson = { userName: string; person: Person; observed: Observed; decisions: Decisions };

type Row = Pick<Person, 'id' | 'status' | 'resource' | 'groups'> & {
  userName: string;
  invite: boolean;
  adopt: string | null;
} & {
  [Field in keyof Link]: Link[Field] | null;
};

const selectPage = statement<Row>(
  'believed_page',
  `select p.id, p.user_name as "userName", p.document as resource, ${GROUP_NAMES_OF} as groups,
          ${PERSON_STATUS} as status,
          l.remote_id as "remoteId", l.state, l.origin, l.applied, l.granted, l.suspended_at as "suspendedAt",
          l.pending_effects as "pendingEffects",
          exists (select 1 from decisions d where d.tenant_id = p.tenant_id and d.target_id = :targetId
                     and d.person_id = p.id and d.kind = 'invite') as invite,
          (select d.detail->>'remoteId' from decisions d where d.tenant_id = p.tenant_id and d.target_id = :targetId
              and d.person_id = p.id and d.kind = 'adopt') as adopt
     from people p left join links l on l.tenant_id = p.tenant_id and l.target_id = :targetId and l.person_id = p.id
    where p.tenant_id = :tenantId and p.connection_id = :connectionId and p.id > :after
    order by p.id limit :limit`,
);

const FIRST = '00000000-0000-0000-0000-000000000000';
const PAGE = 500;

/**
 * Everybody of a connection as their links say, tombstones too, without asking the target: what it shows differently, and
 * accounts that are not linked, are not in it. `withManager` also finds what is known of each one's manager.
 */
export async function* believedPeople(
  db: Knex,
  key: { tenantId: string; connectionId: string; targetId: string },
  withManager = false,
): AsyncGenerator<BelievedPerson> {
  for (let after = FIRST; ; ) {
    const rows = await selectPage(db, { ...key, after, limit: PAGE });
    const people = rows.map(believedOf);
    const known = await withManagers(
      db,
      key,
      withManager,
      people.map(({ person }) => person),
    );
    for (const [index, one] of people.entries()) yield { ...one, person: known[index] ?? one.person };
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.id;
  }
}

function believedOf(row: Row): BelievedPerson {
  const {
    id,
    status,
    resource,
    groups,
    userName,
    invite,
    adopt,
    remoteId,
    state,
    origin,
    applied,
    granted,
    suspendedAt,
    pendingEffects,
  } = row;
  const link =
    state && origin && applied && granted && pendingEffects
      ? { remoteId, state, origin, applied, granted, suspendedAt, pendingEffects }
      : null;
  const actual = link?.remoteId ? accountOf(link.remoteId, link.state, emailOf(resource) ?? '') : null;
  return {
    userName,
    person: { id, status, resource, groups },
    observed: { link, actual, found: [], taken: false },
    // what was restored by hand is not looked at: it lapses with what the source says, which is not compared here
    decisions: { ...UNDECIDED, invite, adopt },
  };
}

function accountOf(remoteId: string, state: Link['state'], email: string): ActualAccount {
  const status: AccountStatus = state === 'suspended' || state === 'invited' ? state : 'active';
  return { remoteId, status, email, attributes: {}, groups: [] };
}
