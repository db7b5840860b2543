import { Fault } from '../errors.ts';

/** One account as the sandbox's page lists it. */
export type Account = {
  readonly id: string;
  readonly email: string;
  readonly status: 'invited' | 'active' | 'suspended';
  readonly displayName: string | null;
  readonly title: string | null;
  readonly department: string | null;
  readonly groups: readonly string[];
};
/** Accounts by e-mail address. */
export type Accounts = ReadonlyMap<string, Account>;
export type Counts = Record<Account['status'], number>;

export type Sandbox = {
  /** Looks at all accounts now. */
  look(): Promise<Accounts>;
  /** The invited person takes the account into use, as by the button on the page. */
  accept(id: string): Promise<void>;
};

/** The sandbox's page, read as JSON. */
export function sandboxPage(url: string): Sandbox {
  return {
    async look() {
      const response = await fetch(`${url}/accounts`, { headers: { accept: 'application/json' } });
      if (!response.ok) throw new Fault('config_invalid', `${url}/accounts answers ${response.status}`);
      const accounts = (await response.json()) as Account[];
      return new Map(accounts.map((account) => [account.email.toLowerCase(), account]));
    },
    async accept(id) {
      const response = await fetch(`${url}/accounts/${id}/accept`, { method: 'POST', redirect: 'manual' });
      if (response.status >= 400) throw new Fault('config_invalid', `accepting answers ${response.status}`);
    },
  };
}

/** How many accounts there are in each status. */
export function countsOf(accounts: Accounts): Counts {
  const counts: Counts = { invited: 0, active: 0, suspended: 0 };
  for (const { status } of accounts.values()) counts[status] += 1;
  return counts;
}
