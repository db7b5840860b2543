import { expect } from 'vitest';
import type { PolicyDocument } from '../../src/model/policy-layers.ts';
import {
  type Answer,
  eventually,
  type Gangway,
  type GangwayOptions,
  patchOp,
  type SandboxAccount,
  scimUser,
  settled,
  startGangway,
} from '../support/gangway.ts';

export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const WORKPLACE = 'urn:example:params:scim:Workplace:1.0:User';
const DAY_MS = 86_400_000;

export type Company = Gangway & {
  /** The connection's path in the operators' API. */
  path: string;
  /** Sends something that must succeed, to the operators' API. */
  must(method: string, path: string, body?: unknown): Promise<Answer['body']>;
  setPolicy(policy: PolicyDocument): Promise<void>;
  /** A person at the source; returns their id once they have been dealt with. */
  join(name: string, more?: Record<string, unknown>): Promise<string>;
  say(id: string, path: string, value: unknown): Promise<void>;
  setActive(id: string, active: boolean): Promise<void>;
  account(name: string): Promise<SandboxAccount | undefined>;
  status(name: string): Promise<string>;
  becomes(name: string, what: string, check: (account: SandboxAccount) => boolean): Promise<SandboxAccount>;
  /** Whoever was invited takes the account into use at the app. */
  accept(name: string): Promise<SandboxAccount>;
  /** A group at the source with these members; returns its id. */
  group(displayName: string, members: string[]): Promise<string>;
  /** What was done for a person, the oldest first. */
  actions(id: string): Promise<string[]>;
  /** What one person's work waits for, if it waits. */
  nextLook(id: string): Promise<Date | null>;
  /** As if so many days went by for somebody who is suspended. */
  pass(id: string, days: number): Promise<void>;
};

export type CompanyOptions = Pick<GangwayOptions, 'environment' | 'target'> & {
  policy: PolicyDocument;
  mapping?: object;
  /** Declares attributes of the company's own: where people work, and since when. */
  workplace?: boolean;
  /** Called before the connection is enabled. */
  prepare?: (company: Company) => Promise<void>;
};

/** A running server whose connection got its policy and mapping by the operators' API and was enabled then. */
export async function startCompany({ policy, mapping, workplace, prepare, ...options }: CompanyOptions) {
  const company = companyOf(await startGangway({ ...options, enabled: false }));
  await company.setPolicy({ guard: 'off', ...policy });
  if (workplace) await company.must('PUT', `/extensions/${WORKPLACE}`, WORKPLACE_SCHEMA);
  if (mapping) await company.must('PUT', `${company.path}/mapping`, mapping);
  await prepare?.(company);
  await company.must('POST', `${company.path}/enable`);
  return company;
}

const WORKPLACE_SCHEMA = {
  urn: WORKPLACE,
  name: 'Workplace',
  attributes: [{ name: 'storeId' }, { name: 'jobFunction' }, { name: 'startDate' }, { name: 'birthday' }],
};

/** The date so many days from now, as a source would send it. */
export function dayIn(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

export const worksIn = (department: string) => ({ [ENTERPRISE]: { department } });
export const startsIn = (days: number) => ({ [WORKPLACE]: { startDate: dayIn(days) } });

function companyOf(gangway: Gangway): Company {
  const path = `/connections/${gangway.connection.id}`;
  const must: Company['must'] = async (method, to, body) => {
    const answer = await gangway.admin(method, to, body);
    if (answer.status >= 300) throw new Error(`${method} ${to}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const setPolicy: Company['setPolicy'] = async (policy) => {
    await must('PUT', `${path}/policy`, policy);
    await settled(gangway.db);
  };
  return { ...gangway, path, must, setPolicy, ...sourceOf(gangway), ...appOf(gangway), ...recordsOf(gangway) };
}

function sourceOf({ db, scim }: Gangway): Pick<Company, 'join' | 'say' | 'setActive' | 'group'> {
  const send = async (method: string, path: string, body: unknown) => {
    const answer = await scim(method, path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    await settled(db);
    return String(answer.body['id']);
  };
  const say: Company['say'] = async (id, path, value) => {
    await send('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path, value }));
  };
  return {
    join: (name, more = {}) => send('POST', '/Users', scimUser(name, more)),
    say,
    setActive: (id, active) => say(id, 'active', active),
    group: (displayName, members) =>
      send('POST', '/Groups', { displayName, members: members.map((value) => ({ value })) }),
  };
}

function appOf({ running, accounts }: Gangway): Pick<Company, 'account' | 'status' | 'becomes' | 'accept'> {
  const account: Company['account'] = async (name) =>
    (await accounts()).find(({ email }) => email === `${name}@example.com`);
  return {
    account,
    status: async (name) => (await account(name))?.status ?? 'none',
    becomes: (name, what, check) =>
      eventually(`${name} ${what}`, async () => {
        const found = await account(name);
        return found && check(found) ? found : null;
      }),
    accept: async (name) => {
      const { id = '' } = (await account(name)) ?? {};
      await fetch(`${running.origin}/sandbox/accounts/${id}/accept`, { method: 'POST', redirect: 'manual' });
      const accepted = await account(name);
      if (accepted?.status !== 'active') throw new Error(`${name} has nothing to accept`);
      return accepted;
    },
  };
}

function recordsOf({ db }: Gangway): Pick<Company, 'actions' | 'nextLook' | 'pass'> {
  return {
    actions: async (id) => {
      const { rows } = await db.raw<{ rows: { kind: string; state: string; name: string | null }[] }>(
        `select kind, state, coalesce(detail->>'group', detail->>'name') as name from actions
          where person_id = ? order by id`,
        [id],
      );
      return rows.map(({ kind, state, name }) => [kind, name, state].filter(Boolean).join(' '));
    },
    nextLook: async (id) => {
      const { rows } = await db.raw<{ rows: { at: Date }[] }>(
        `select next_at as at from work_item where subject_id = ? and kind = 'push' and state = 'ready'`,
        [id],
      );
      return rows[0]?.at ?? null;
    },
    pass: async (id, days) => {
      await db.raw('update links set suspended_at = suspended_at - make_interval(days => ?) where person_id = ?', [
        days,
        id,
      ]);
      await db.raw(
        `update work_item set next_at = next_at - make_interval(days => ?) where subject_id = ? and state = 'ready'`,
        [days, id],
      );
      await settled(db);
    },
  };
}

/** The app's own doing: puts somebody into a group there, or takes them out. */
export async function byHand(
  { sandbox, account }: Company,
  method: 'PUT' | 'DELETE',
  name: string,
  group: string,
): Promise<void> {
  const found = (await sandbox('GET', `/groups?name=${encodeURIComponent(group)}`)).body['groups'] as { id: string }[];
  const id = found[0]?.id ?? String((await sandbox('POST', '/groups', { name: group })).body['id']);
  const answer = await sandbox(method, `/groups/${id}/members/${(await account(name))?.id}`);
  expect(answer.status).toBe(204);
}

/** An account as the app's own API shows it, with all that it keeps. */
export async function profileOf({ sandbox }: Gangway, name: string): Promise<Record<string, unknown> | undefined> {
  const { body } = await sandbox('GET', `/users?email=${name}@example.com`);
  return (body['users'] as Record<string, unknown>[])[0];
}

/** Writes that have arrived at the app, the oldest first. */
export async function arrived({ sandbox }: Gangway): Promise<string[]> {
  const { received } = (await sandbox('GET', '/received')).body as { received: { method: string; path: string }[] };
  return received.toReversed().map(({ method, path }) => `${method} ${path}`);
}
