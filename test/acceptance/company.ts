import type { PolicyDocument } from '../../src/model/policy-layers.ts';
import type { PresetName } from '../../src/model/presets.ts';
import {
  type Answer,
  eventually,
  type Gangway,
  type GangwayOptions,
  patchOp,
  scimUser,
  settled,
  startGangway,
} from '../support/gangway.ts';

export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const PATIENT = { timeout: 30_000 };

/** An account as the app itself shows it. */
export type AppAccount = {
  id: string;
  email: string;
  status: string;
  title: string | null;
  department: string | null;
  manager: string | null;
  groups: string[];
  cards: string;
  sessions: number;
};
type Send = Gangway['scim'];

/** One company's HR software, connected with a preset to the app. */
export type Source = {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  readonly scim: Send;
  /** The HR software sends somebody; answers their id. */
  hire(name: string, more?: Record<string, unknown>): Promise<string>;
  /** The HR software changes one attribute. */
  say(id: string, path: string, value: unknown): Promise<Answer>;
  /** Asks the API about this connection. */
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
};

export type Company = {
  readonly gangway: Gangway;
  /** The connection that the server was started with, enabled. */
  readonly hr: Source;
  /** One more connection to the same app, with the same preset; enabled unless it says otherwise. */
  connect(name: string, options?: { policy?: PolicyDocument; profile?: string; enabled?: boolean }): Promise<Source>;
  stop(): Promise<void>;
};

/** A running server whose policy is a preset, set and enabled by the API as operators would. The guard is off. */
export async function company(preset: PresetName, options: GangwayOptions = {}): Promise<Company> {
  const gangway = await startGangway({ ...options, policy: {}, enabled: false });
  const base = { preset, guard: 'off', ...options.policy } as const;
  const { id, name } = gangway.connection;
  const hr = sourceOf(gangway, { id, name, token: gangway.token });
  await done(hr.ask('PUT', '/policy', base));
  await done(hr.ask('POST', '/enable'));
  return {
    gangway,
    hr,
    connect: async (other, { policy = {}, profile = 'generic', enabled = true } = {}) => {
      const wanted = { name: other, profile, policy: { ...base, ...policy }, targets: [gangway.targetId] };
      const { body } = await done(gangway.admin('POST', '/connections', wanted));
      const made = String(body['id']);
      const { body: issued } = await done(gangway.admin('POST', `/connections/${made}/tokens`));
      const source = sourceOf(gangway, { id: made, name: other, token: String(issued['token']) });
      if (enabled) await done(source.ask('POST', '/enable'));
      return source;
    },
    stop: () => gangway.stop(),
  };
}

function sourceOf(gangway: Gangway, { id, name, token }: { id: string; name: string; token: string }): Source {
  const scim: Send = (method, path, body, headers) =>
    gangway.scim(method, path, body, { authorization: `Bearer ${token}`, ...headers });
  return {
    id,
    name,
    token,
    scim,
    hire: async (who, more) => String((await done(scim('POST', '/Users', scimUser(who, more)))).body['id']),
    say: (person, path, value) => done(scim('PATCH', `/Users/${person}`, patchOp({ op: 'replace', path, value }))),
    ask: (method, path, body) => gangway.admin(method, `/connections/${id}${path}`, body),
  };
}

/** The answer, where it is a good one. */
export async function done(answer: Promise<Answer>): Promise<Answer> {
  const { status, headers, body } = await answer;
  if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return { status, headers, body };
}

/** What the app shows under this e-mail address, or under the name of a test's person. */
export async function accountOf({ gangway }: Company, name: string): Promise<AppAccount | undefined> {
  const email = name.includes('@') ? name : `${name}@example.com`;
  const { body } = await gangway.sandbox('GET', `/users?email=${encodeURIComponent(email)}`);
  return (body['users'] as AppAccount[])[0];
}

/** Waits until the account is like this, and nothing is left to do. */
export async function becomes(at: Company, name: string, check: (account: AppAccount) => boolean): Promise<AppAccount> {
  await eventually(`${name} is as awaited`, async () => {
    const account = await accountOf(at, name);
    return account && check(account);
  });
  await settled(at.gangway.db);
  const account = await accountOf(at, name);
  if (!account || !check(account)) throw new Error(`${name} did not stay as awaited: ${JSON.stringify(account)}`);
  return account;
}

/** Somebody takes their invitation into use, at the app. */
export async function accept(at: Company, name: string): Promise<void> {
  const account = await accountOf(at, name);
  const url = `${at.gangway.running.origin}/sandbox/accounts/${account?.id}/accept`;
  await fetch(url, { method: 'POST', redirect: 'manual' });
}

/** An account that people at the app made without Gangway; accepted where it is to be in use. */
export async function madeAtApp(
  at: Company,
  name: string,
  { accepted = true, ...profile }: { accepted?: boolean; title?: string } = {},
): Promise<AppAccount> {
  const email = name.includes('@') ? name : `${name}@example.com`;
  const { body } = await done(at.gangway.sandbox('POST', '/invitations', { email, ...profile }));
  if (accepted) await accept(at, email);
  return body as unknown as AppAccount;
}

/** Somebody who works there: known to the HR software, with an account in use. */
export async function works(at: Company, name: string, more: Record<string, unknown> = {}, hr = at.hr) {
  await madeAtApp(at, name);
  const id = await hr.hire(name, more);
  await becomes(at, name, ({ status }) => status === 'active');
  return id;
}

type Standing = { syncState: string; label: string | null };
/** How somebody's profile page would show them, for the app that follows. */
export async function standing({ gangway }: Company, id: string): Promise<Standing> {
  await settled(gangway.db);
  const { targets } = (await done(gangway.admin('GET', `/people/${id}`))).body as { targets: Standing[] };
  const [one] = targets;
  if (!one) throw new Error('no target follows');
  return one;
}

type Why = { actions: string[]; waiting: string | null; link: { origin: string; remoteId: string } | null };
/** What would be done for somebody now, and what it waits for. */
export async function why({ gangway }: Company, id: string): Promise<Why> {
  await settled(gangway.db);
  const { targets } = (await done(gangway.admin('GET', `/people/${id}/plan`))).body as { targets: Why[] };
  const [one] = targets;
  if (!one) throw new Error('no target follows');
  return one;
}

/** What was delivered for somebody, in order: kinds, and names of side effects. */
export async function delivered({ gangway }: Company, id: string): Promise<string[]> {
  await settled(gangway.db);
  const { rows } = await gangway.db.raw(
    `select coalesce(detail->>'name', kind) as what from actions where person_id = ? and state = 'done' order by id`,
    [id],
  );
  return rows.map(({ what }: { what: string }) => what);
}

/** How many writes the app has got so far, in all. */
export async function writes({ gangway }: Company): Promise<number> {
  const { rows } = await gangway.db.raw(`select coalesce(sum(repeats + 1), 0)::int as n from sandbox.received`);
  return rows[0].n;
}
