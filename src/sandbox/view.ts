import type { Account } from './account.ts';
import type { Faults } from './faults.ts';
import type { Received } from './received.ts';

type PageData = {
  readonly accounts: readonly Account[];
  readonly counts: Readonly<Record<Account['status'], number>>;
  readonly received: readonly Received[];
  readonly faults: Faults;
  /** The only e-mail address shown; null for all. */
  readonly email: string | null;
  readonly now: Date;
};

/** One account in the page's JSON form. */
export function toListed({ id, email, status, profile, groups, createdAt, updatedAt }: Account) {
  return {
    id,
    email,
    status,
    displayName: profile.display_name ?? null,
    firstName: profile.first_name ?? null,
    lastName: profile.last_name ?? null,
    title: profile.title ?? null,
    department: profile.department ?? null,
    groups,
    createdAt,
    updatedAt,
  };
}

/** All that the template shows, in words. */
export function pageView({ accounts, counts, received, faults, email, now }: PageData) {
  const total = counts.invited + counts.active + counts.suspended;
  return {
    accounts: accounts.map((account) => toRow(account, now)),
    counts,
    total,
    // with a filter the total says nothing about what is left out
    more: email === null ? total - accounts.length : 0,
    received: received.map((call) => ({ ...call, failed: call.status >= 400, ago: ago(call.at, now) })),
    trouble: trouble(faults),
    email,
  };
}

function toRow(account: Account, now: Date) {
  const { id, email, status, profile, groups, cardsFrozen, sessions } = account;
  const name = displayName(account);
  return {
    id,
    email,
    status,
    groups,
    cardsFrozen,
    sessions,
    name,
    initials: initials(name ?? email),
    position: [profile.title, profile.department].filter(Boolean).join(' · '),
    updatedAt: account.updatedAt,
    ago: ago(account.updatedAt, now),
  };
}

function displayName({ profile }: Account): string | null {
  return profile.display_name || [profile.first_name, profile.last_name].filter(Boolean).join(' ') || null;
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('');
}

/** How long ago, roughly: the page is read at a glance and renews itself. */
function ago(at: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return at.toISOString().slice(0, 10);
}

const TROUBLE: Record<Faults['mode'], string | null> = {
  none: null,
  unavailable: 'the API answers 503',
  reset: 'the API breaks every connection',
  hang: 'the API never answers',
  garbage: 'the API answers nonsense',
  lost_answer: 'the API does the work but its answer gets lost',
  slow: 'the API is slow',
};

function trouble({ mode, remaining, perSecond }: Faults): string | null {
  const count = remaining === null ? '' : ` (${remaining} more ${remaining === 1 ? 'time' : 'times'})`;
  const fault = TROUBLE[mode] && `${TROUBLE[mode]}${count}`;
  const limit = perSecond === null ? null : `the API takes ${perSecond} requests a second`;
  return [fault, limit].filter(Boolean).join('; ') || null;
}
