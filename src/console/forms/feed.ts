import { type Filled, given, numberIn, textIn } from './fields.ts';

/** How one setting of a feed is asked for. */
export type Setting = {
  name: string;
  kind: 'text' | 'number' | 'choice' | 'switch';
  values?: readonly string[];
  more?: true;
};
/** A secret; those of several lines are keys. */
export type Secret = { name: string; lines?: true };
export type FeedForm = { settings: readonly Setting[]; secrets: readonly Secret[] };

const text = (name: string): Setting => ({ name, kind: 'text' });
const choice = (name: string, ...values: string[]): Setting => ({ name, kind: 'choice', values });
const more = (setting: Setting): Setting => ({ ...setting, more: true });
const limits = ['timeoutSeconds', 'timeoutMinutes'].map((name) => more({ name, kind: 'number' }));
const size = more({ name: 'maxMegabytes', kind: 'number' });

/** What each kind of feed asks for; what is rarely needed is marked, and shown on demand. */
export const FEED_FORMS: Readonly<Record<string, FeedForm>> = {
  https: {
    settings: [
      text('url'),
      choice('auth', 'none', 'header', 'basic', 'oauth'),
      text('username'),
      text('tokenUrl'),
      text('clientId'),
      more(text('header')),
      more(text('scope')),
      more(text('audience')),
      more(choice('clientAuth', 'basic', 'post')),
      more(choice('redirects', 'same-host', 'any')),
      more(choice('paging.by', 'next', 'page', 'offset')),
      ...['path', 'parameter', 'total', 'size.parameter'].map((name) => more(text(`paging.${name}`))),
      ...['first', 'size.rows'].map((name) => more({ name: `paging.${name}`, kind: 'number' })),
      ...limits,
      size,
    ],
    secrets: [{ name: 'password' }, { name: 'value' }, { name: 'clientSecret' }],
  },
  sftp: {
    settings: [
      text('host'),
      { name: 'port', kind: 'number' },
      text('username'),
      text('path'),
      text('hostKey'),
      more(choice('complete', 'stable', 'done-file')),
      more({ name: 'stableSeconds', kind: 'number' }),
      ...limits,
      size,
    ],
    secrets: [{ name: 'password' }, { name: 'privateKey', lines: true }, { name: 'passphrase' }],
  },
  scim: {
    settings: [
      text('url'),
      { name: 'groups', kind: 'switch' },
      more(choice('paging', 'auto', 'index', 'cursor')),
      more({ name: 'pageSize', kind: 'number' }),
      ...limits,
    ],
    secrets: [{ name: 'token' }],
  },
  google: {
    settings: [text('admin'), more(text('customer')), more(text('url')), ...limits],
    secrets: [{ name: 'serviceAccount', lines: true }],
  },
};

/** The secrets that belong to a way of showing who we are; stored ones of another way are taken away with it. */
const OF_AUTH: Readonly<Record<string, readonly string[]>> = {
  none: [],
  header: ['value'],
  basic: ['password'],
  oauth: ['clientSecret'],
};

export type FeedDocument = {
  kind: string;
  settings: Record<string, unknown>;
  schedule: { cron: string; timeZone: string };
  expectations: { minRows: number | null; maxAgeHours: number | null };
};

/** A form as a feed. A secret that is left empty stays as it is stored; one that is ticked, or does not fit, goes. */
export function feedFrom(filled: Filled, stored: readonly string[]): Record<string, unknown> {
  const kind = filled['kind'] ?? '';
  const form = FEED_FORMS[kind] ?? { settings: [], secrets: [] };
  const settings: Record<string, unknown> = {};
  for (const setting of form.settings) put(settings, setting.name.split('.'), settingIn(filled, setting));
  const fits = kind === 'https' ? OF_AUTH[textIn(filled, 's.auth') ?? 'none'] : undefined;
  const secrets = form.secrets.map(({ name }) => {
    const goes = filled[`drop.${name}`] === 'on' || (stored.includes(name) && fits?.includes(name) === false);
    const written = filled[`secret.${name}`]; // as it is: a password may begin with a blank
    return [name, goes ? null : written || undefined] as const;
  });
  return {
    kind,
    settings,
    secrets: given(Object.fromEntries(secrets)),
    schedule: { cron: textIn(filled, 'cron') ?? '', timeZone: textIn(filled, 'timeZone') ?? '' },
    expectations: given({ minRows: numberIn(filled, 'minRows'), maxAgeHours: numberIn(filled, 'maxAgeHours') }),
  };
}

/** A stored feed as its form; its secrets are not known here. */
export function feedFilled(kind: string, feed: FeedDocument | null, timeZone: string): Filled {
  const filled: Record<string, string> = { kind, cron: '30 2 * * *', timeZone };
  const known = feed?.kind === kind ? feed.settings : {};
  for (const { name, kind: control } of FEED_FORMS[kind]?.settings ?? []) {
    const value = name
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], known);
    filled[`s.${name}`] = value === undefined ? '' : String(value);
    if (control === 'switch') filled[`s.${name}`] = value === false ? '' : 'on';
  }
  if (feed) {
    Object.assign(filled, feed.schedule);
    for (const [name, value] of Object.entries(feed.expectations)) filled[name] = value === null ? '' : String(value);
  }
  return filled;
}

function settingIn(filled: Filled, { name, kind }: Setting): unknown {
  if (kind === 'switch') return filled[`s.${name}`] === 'on';
  return kind === 'number' ? numberIn(filled, `s.${name}`) : textIn(filled, `s.${name}`);
}

/** Puts a value where its name leads; what is absent makes no place. */
function put(into: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (value === undefined) return;
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const within = (into[first] ?? {}) as Record<string, unknown>;
  into[first] = within;
  put(within, rest, value);
}
