import type { ManagedAccount } from './account.ts';

export type Language = 'en' | 'de';

/** Every text of a badge. {connection} and {fields} are filled in. */
const WORDS = {
  en: {
    managed: 'Managed by {connection}',
    added: 'added via {connection}',
    locked: 'Locked: {fields}',
    notManaged: 'Not managed',
    unknown: 'There is no such badge',
    invited: 'invited',
    active: 'active',
    suspended: 'suspended',
    synced: 'up to date',
    pending: 'a change is on its way',
    held: 'a change waits for approval',
    error: 'a change did not work',
    staged: 'a change is on its way',
    manual: 'managed by hand',
  },
  de: {
    managed: 'Verwaltet durch {connection}',
    added: 'hinzugefügt über {connection}',
    locked: 'Hier nicht änderbar: {fields}',
    notManaged: 'Nicht verwaltet',
    unknown: 'Diese Plakette gibt es nicht',
    invited: 'eingeladen',
    active: 'aktiv',
    suspended: 'gesperrt',
    synced: 'auf dem neuesten Stand',
    pending: 'eine Änderung ist unterwegs',
    held: 'eine Änderung wartet auf Freigabe',
    error: 'eine Änderung ist fehlgeschlagen',
    staged: 'eine Änderung ist unterwegs',
    manual: 'von Hand verwaltet',
  },
} as const satisfies Record<Language, Record<string, string>>;

const FIELDS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    email: 'e-mail',
    userName: 'user name',
    givenName: 'given name',
    familyName: 'family name',
    displayName: 'display name',
    employeeNumber: 'employee number',
    externalId: 'external id',
  },
  de: {
    email: 'E-Mail',
    userName: 'Benutzername',
    givenName: 'Vorname',
    familyName: 'Nachname',
    displayName: 'Anzeigename',
    title: 'Position',
    department: 'Abteilung',
    employeeNumber: 'Personalnummer',
    manager: 'Führungskraft',
    phone: 'Telefon',
    language: 'Sprache',
    externalId: 'externe Kennung',
  },
};

/** What a badge says: one line that matters, and others below it. */
export type Said = { readonly title: string; readonly lines: readonly string[] };

/** The words of a badge; null: there is no such badge. An attribute of a tenant's own is called by its name. */
export function wordsOf(account: ManagedAccount | null, language: Language): Said {
  const words = WORDS[language];
  if (account === null) return { title: words.unknown, lines: [] };
  if (!account.managed) return { title: words.notManaged, lines: [] };
  const connection = account.connection.name;
  const fields = account.locked.map((name) => FIELDS[language][name] ?? name).join(', ');
  return {
    title: words.managed.replace('{connection}', () => connection),
    lines: [
      words.added.replace('{connection}', () => connection),
      `${words[account.state]}, ${words[account.syncState]}`,
      ...(fields ? [words.locked.replace('{fields}', () => fields)] : []),
    ],
  };
}
