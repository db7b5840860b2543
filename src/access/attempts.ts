import { isIPv6 } from 'node:net';
import type { Knex } from 'knex';
import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import { hashOf } from '../directory/token-text.ts';

/** Counts what was tried at sign-in, for all instances together. */
export type Attempts = {
  /** Takes one try; false when there were too many lately. It is taken before the password is looked at. */
  take(name: string, address: string): Promise<boolean>;
  /** Forgets the tries for an account that was signed in to, and takes back the one of its address. */
  forget(name: string, address: string): Promise<void>;
};

const WINDOW_SECONDS = 15 * 60;
const PER_ACCOUNT = 10;
const PER_ADDRESS = 50;

/** Tries are counted in the schema `ratelimit`; when it cannot be reached nobody signs in. */
export function createAttempts(db: Knex): Attempts {
  let limiters: Promise<{ account: RateLimiterPostgres; address: RateLimiterPostgres }> | undefined;
  const open = () => {
    limiters ??= openLimiters(db);
    return limiters;
  };
  return {
    take: async (name, address) => {
      const { account, address: place } = await open();
      const taken = await Promise.all([account.penalty(accountKey(name), 1), place.penalty(addressKey(address), 1)]);
      const [ofAccount, ofAddress] = taken.map(({ consumedPoints }) => consumedPoints);
      return (ofAccount ?? 0) <= PER_ACCOUNT && (ofAddress ?? 0) <= PER_ADDRESS;
    },
    forget: async (name, address) => {
      const { account, address: place } = await open();
      await Promise.all([account.delete(accountKey(name)), place.reward(addressKey(address), 1)]);
    },
  };
}

async function openLimiters(db: Knex) {
  const { default: Limiter } = await import('rate-limiter-flexible/lib/RateLimiterPostgres.js');
  const common = {
    storeClient: db,
    storeType: 'knex',
    schemaName: 'ratelimit',
    tableName: 'counters',
    tableCreated: true, // by our migration
    points: 1, // of no matter: what is too much is decided here
    duration: WINDOW_SECONDS,
  };
  return {
    account: new Limiter({ ...common, keyPrefix: 'sign-in-account' }),
    address: new Limiter({ ...common, keyPrefix: 'sign-in-address' }),
  };
}

/** Names are people's: the table of counters gets a hash. */
function accountKey(name: string): string {
  return hashOf(name.trim().toLowerCase()).toString('base64url');
}

/** Whoever has one address of IPv6 has the 64 bits behind it too. */
function addressKey(address: string): string {
  return hashOf(isIPv6(address) && !address.startsWith('::ffff:') ? prefixOf(address) : address).toString('base64url');
}

function prefixOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}
