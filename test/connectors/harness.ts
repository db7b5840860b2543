import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, type TestContext } from 'vitest';
import type { Call, Capabilities, Connector } from '../../src/connectors/connector.ts';
import { isFault } from '../../src/errors.ts';
import type { ActualAccount, Attributes, DesiredAccount } from '../../src/model/account.ts';

export type FaultMode = 'none' | 'unavailable' | 'reset' | 'hang' | 'garbage' | 'busy' | 'lost_answer';

/** What the suite needs of a target that it runs against. */
export type Subject = {
  readonly connector: Connector;
  /** The same target with a time limit of well below a second, for a target that hangs. */
  readonly impatient: Connector;
  /** Domain of the made-up addresses; some targets take only real ones. */
  readonly domain: string;
  /** How an account begins at this target; some know no `invited`. */
  readonly begins?: 'invited' | 'active';
  /** What the app itself shows, where the connector cannot read it. */
  readonly view?: Pick<Connector, 'find' | 'search'>;
  /** True when the target knows a repeated invite by its key; others must answer `account_exists` to it. */
  readonly knowsKeys: boolean;
  /** Makes the target misbehave; `lost_answer` holds for one write, the others until `none`. */
  breakIt?(mode: FaultMode): Promise<void>;
  stop(): Promise<void>;
};

const EVERY_ATTRIBUTE: Attributes = {
  givenName: 'Ada',
  familyName: 'Lovelace-Žižek',
  displayName: 'Ada Lovelace 🎩',
  title: 'Countess',
  department: 'Engines & Looms',
  employeeNumber: '00042',
  manager: 'Charles',
  phone: '+44 20 7946 0000',
  language: 'en-GB',
};

export type Harness = ReturnType<typeof createHarness>;

/** What the tests of the conformance suite share; call it inside a `describe`. */
export function createHarness(name: string, setUp: () => Promise<Subject>) {
  let subject: Subject;
  const skipped = new Map<string, number>();
  const signal = () => AbortSignal.timeout(15_000);
  const newCall = (): Call => ({ idempotencyKey: randomUUID(), signal: signal() });
  const newEmail = () => `p-${randomUUID().slice(0, 13)}@${subject.domain}`;
  const skip = (ctx: TestContext, ability: string) => {
    skipped.set(ability, (skipped.get(ability) ?? 0) + 1);
    ctx.skip(`${name} has no ${ability}`);
  };

  beforeAll(async () => {
    subject = await setUp();
  });
  afterEach(async () => {
    await subject?.breakIt?.('none');
  });
  afterAll(async () => {
    const lacking = [...skipped].map(([ability, tests]) => `${ability} (${tests})`).join(', ');
    if (lacking) process.stderr.write(`${name}: tests skipped for lack of ${lacking}\n`);
    await subject?.stop();
  });

  const somebody = (): DesiredAccount => {
    const { attributes } = subject.connector.capabilities;
    const unique = { userName: `ada.${randomUUID().slice(0, 8)}`, externalId: randomUUID() };
    const known = Object.entries({ ...EVERY_ATTRIBUTE, ...unique });
    const kept = Object.fromEntries(known.filter(([attribute]) => attributes.includes(attribute)));
    return { email: newEmail(), attributes: kept, groups: [] };
  };

  return {
    signal,
    newCall,
    newEmail,
    /** Somebody new, with every attribute that the target can store. */
    somebody,
    // the subject is there only when the tests run, not when they are declared
    subject: () => subject,
    connector: () => subject.connector,
    begins: () => subject.begins ?? 'invited',
    find: (id: string) => (subject.view ?? subject.connector).find(id, signal()),
    search: (email: string) => (subject.view ?? subject.connector).search(email, signal()),
    invited: async () => {
      const account = somebody();
      const { remoteId } = await subject.connector.invite(account, newCall());
      return { ...account, remoteId };
    },
    /** Skips the test when the target lacks the ability. */
    needs: (ctx: TestContext, ability: keyof Omit<Capabilities, 'attributes'>) => {
      if (!subject.connector.capabilities[ability]) skip(ctx, ability);
    },
    breakIt: async (ctx: TestContext, mode: FaultMode) => {
      if (subject.breakIt) await subject.breakIt(mode);
      else skip(ctx, 'switch for faults');
    },
    /** Runs it twice under one key, as after a crash between the answer and its record. */
    twice: async (write: (call: Call) => Promise<unknown>) => {
      const call = newCall();
      await write(call);
      await write(call);
    },
  };
}

/** The attributes of an account that any value may go into; the others must differ from person to person. */
export function freeAttributes(account: ActualAccount | null): string[] {
  return Object.keys(account?.attributes ?? {}).filter((name) => name !== 'userName' && name !== 'externalId');
}

/** A target may refuse a strange value; whatever else goes wrong is a fault of the connector. */
export function refusedOnly(error: unknown): undefined {
  if (isFault(error, 'target_refused')) return undefined;
  throw error;
}
