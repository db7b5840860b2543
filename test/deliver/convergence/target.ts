import type { Connector } from '../../../src/connectors/connector.ts';
import { Fault } from '../../../src/errors.ts';
import type { AccountStatus, ActualAccount, Attributes } from '../../../src/model/account.ts';
import type { ActionKind } from '../../../src/model/action.ts';

export type Kept = {
  remoteId: string;
  email: string;
  status: AccountStatus;
  /** What it goes back to when it is resumed. */
  before: 'invited' | 'active';
  attributes: Record<string, string | null>;
  groups: Set<string>;
  /** Somebody may be signed in: suspending alone does not end that. */
  signedIn: boolean;
  madeBy: Who;
  anonymous: boolean;
};
export type Who = 'us' | 'they';

/** One thing that was done to an account, or tried; `changed` says whether it made a difference. */
export type Entry = {
  who: Who;
  what: Exclude<ActionKind, 'adopt'> | 'find' | 'add';
  remoteId: string;
  changed: boolean;
  at: number;
  group?: string;
  attributes?: Attributes;
  email?: string;
  /** For whom we did it. */
  person?: string | null;
};

/** A target in memory, with an exact record of who did what. E-mail addresses are unique there. */
export type Target = {
  accounts: Map<string, Kept>;
  log: Entry[];
  withEmail(email: string): Kept | undefined;
  act(entry: Omit<Entry, 'changed' | 'at'>, change: (account: Kept) => boolean): boolean;
  add(who: Who, email: string, attributes: Attributes): Kept;
  connector: Connector;
  clock: number;
  /** For whom we are doing something just now. */
  person: string | null;
};

export function createTarget(showsTitles: boolean): Target {
  const accounts = new Map<string, Kept>();
  const log: Entry[] = [];
  const invited = new Map<string, string>();
  const fold = (email: string) => email.toLowerCase();
  const withEmail = (email: string) => [...accounts.values()].find((one) => fold(one.email) === fold(email));

  const add: Target['add'] = (who, email, attributes) => {
    const remoteId = `r${log.length}`;
    const status = who === 'us' ? 'invited' : 'active';
    const kept = { remoteId, email, status, before: status, attributes: { displayName: null, title: null } } as const;
    const account: Kept = { ...kept, groups: new Set(), signedIn: true, madeBy: who, anonymous: false };
    Object.assign(account.attributes, attributes);
    accounts.set(remoteId, account);
    log.push({ who, what: who === 'us' ? 'invite' : 'add', remoteId, changed: true, at: target.clock, attributes });
    return account;
  };
  const act: Target['act'] = (entry, change) => {
    const account = accounts.get(entry.remoteId);
    const changed = account !== undefined && change(account);
    log.push({ ...entry, changed, at: target.clock, person: target.person });
    return changed;
  };
  const mustBe = (remoteId: string): void => {
    if (!accounts.has(remoteId)) throw new Fault('target_refused', `no account ${remoteId}`);
  };
  const shown = ({ remoteId, email, status, attributes, groups }: Kept): ActualAccount => {
    const { title, ...readable } = attributes;
    return {
      remoteId,
      email,
      status,
      groups: [...groups],
      attributes: showsTitles ? { ...readable, title: title ?? null } : readable,
    };
  };

  const connector: Connector = {
    capabilities: {
      attributes: ['displayName', 'title'],
      groups: true,
      suspend: true,
      erase: true,
      list: true,
      anonymise: true,
      read: true,
      effects: { suspend: [{ name: 'end sessions', whileHeld: false }], resume: [] },
    },
    check: async () => {},
    find: async (remoteId) => {
      const account = accounts.get(remoteId);
      log.push({ who: 'us', what: 'find', remoteId, changed: false, at: target.clock });
      return account ? shown(account) : null;
    },
    search: async (email) => {
      const account = withEmail(email);
      return account ? [shown(account)] : [];
    },
    list: async () => ({ accounts: [...accounts.values()].map(shown), next: null }),
    invite: async ({ email, attributes }, { idempotencyKey }) => {
      const known = invited.get(idempotencyKey);
      if (known) return { remoteId: known };
      if (withEmail(email)) throw new Fault('account_exists', `there is an account of ${email}`);
      const { remoteId } = add('us', email, attributes);
      invited.set(idempotencyKey, remoteId);
      return { remoteId };
    },
    update: async (remoteId, { email, attributes }) => {
      mustBe(remoteId);
      const other = withEmail(email);
      if (other && other.remoteId !== remoteId)
        throw new Fault('target_refused', `${email} belongs to another account`);
      act({ who: 'us', what: 'update', remoteId, attributes, email }, (account) => {
        const before = JSON.stringify([account.email, account.attributes]);
        account.email = email;
        Object.assign(account.attributes, attributes);
        return before !== JSON.stringify([account.email, account.attributes]);
      });
    },
    suspend: async (remoteId) => void act({ who: 'us', what: 'suspend', remoteId }, suspended),
    resume: async (remoteId) => {
      mustBe(remoteId);
      act({ who: 'us', what: 'resume', remoteId }, resumed);
    },
    erase: async (remoteId) => void act({ who: 'us', what: 'erase', remoteId }, () => accounts.delete(remoteId)),
    anonymise: async (remoteId) =>
      void act({ who: 'us', what: 'anonymise', remoteId }, (account) => {
        account.email = `${remoteId}@nobody.invalid`;
        account.anonymous = true;
        return true;
      }),
    grant: async (remoteId, group) => {
      mustBe(remoteId);
      act(
        { who: 'us', what: 'grant', remoteId, group },
        ({ groups }) => !groups.has(group) && groups.add(group).size > 0,
      );
    },
    effect: async (remoteId) =>
      void act({ who: 'us', what: 'effect', remoteId }, (account) => {
        const ended = account.signedIn;
        account.signedIn = false;
        return ended;
      }),
    revoke: async (remoteId, group) =>
      void act({ who: 'us', what: 'revoke', remoteId, group }, ({ groups }) => groups.delete(group)),
  };
  const target: Target = { accounts, log, withEmail, act, add, connector, clock: 0, person: null };
  return target;
}

export function suspended(account: Kept): boolean {
  if (account.status === 'suspended') return false;
  account.before = account.status;
  account.status = 'suspended';
  return true;
}

export function resumed(account: Kept): boolean {
  if (account.status !== 'suspended') return false;
  account.status = account.before;
  account.signedIn = true;
  return true;
}
