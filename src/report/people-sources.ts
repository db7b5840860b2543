import type { PersonState } from '../model/person-state.ts';

/** What a list of people is asked for. All strings are folded as the directory keeps them. */
export type PeopleQuery = {
  readonly tenantId: string;
  /** The beginning of a name, an address or an external id. */
  readonly search: string | null;
  readonly state: PersonState | null;
  readonly connectionId: string | null;
  readonly groupId: string | null;
  readonly changedSince: Date | null;
  readonly sort: PeopleSort;
};
export const PEOPLE_SORTS = ['created', 'userName', 'changed'] as const;
export type PeopleSort = (typeof PEOPLE_SORTS)[number];

/** An index that people can be read from in its order: entries of `from`, `key` then `id`. A key of '' is none. */
export type Source = { from: string; where: string; key: string; id: string; cast: string };

/** Where people themselves are read. */
export const PEOPLE = 'people p';
const ALIVE = 'p.deleted_at is null';
const FAMILY_NAME = `p.search #>> '{name,familyName}'`;

/** Where a search looks, each with its index. */
const SEARCHED = {
  userName: { key: 'p.user_name_key', where: ALIVE },
  // the same text twice is found once
  email: { key: 'p.email_key', where: `${ALIVE} and p.email_key <> p.user_name_key` },
  displayName: { key: 'p.display_name_key', where: `${ALIVE} and p.display_name_key is not null` },
  familyName: { key: `(${FAMILY_NAME})`, where: `${ALIVE} and ${FAMILY_NAME} is not null` },
  externalId: { key: 'lower(p.external_id)', where: `${ALIVE} and p.external_id is not null` },
} as const;

const begins = (key: string) => `${key} collate "C" >= :search and ${key} collate "C" < :searchEnd`;
const byId = (from: string, where: string, id: string): Source => ({ from, where, key: `''`, id, cast: 'text' });

const link = (state: string) => byId('links l', `l.tenant_id = :tenantId and l.state = '${state}'`, 'l.person_id');
// which of them, is tested on what was read: a page must not read on through a hundred thousand others
const gone: Source = {
  from: PEOPLE,
  where: '(p.deleted_at is not null or p.absent_at is not null or not p.active)',
  key: `''`,
  id: 'p.id',
  cast: 'text',
};

/** The states that few are in: an index holds those alone. */
const STATE_SOURCES: Partial<Record<PersonState, Source[]>> = {
  inactive: [gone],
  absent: [gone],
  deleted: [gone],
  invited: [link('inviting'), link('invited')],
  suspended: [link('suspending'), link('suspended')],
  held: [byId('hold_items h', `h.tenant_id = :tenantId and h.state = 'held'`, 'h.person_id')],
  failed: [byId('work_item w', `w.tenant_id = :tenantId and w.state = 'dead' and w.kind = 'push'`, 'w.subject_id')],
};

const SORTED: Record<PeopleSort, Source> = {
  created: { from: PEOPLE, where: 'true', key: `''`, id: 'p.id', cast: 'text' },
  userName: { from: PEOPLE, where: ALIVE, key: 'p.user_name_key collate "C"', id: 'p.id', cast: 'text' },
  changed: { from: PEOPLE, where: ALIVE, key: 'p.modified_at', id: 'p.id', cast: 'timestamptz' },
};

/**
 * The indexes that a list is read from, the narrowest first.
 *
 *   asked for     read from
 *   a search      the keys that begin like it, by key
 *   a group       its members, by id
 *   a rare state  those who are in it, by id
 *   otherwise     everybody (of the connection), as sorted
 */
export function sourcesOf(query: PeopleQuery): Source[] {
  const { search, groupId, state, connectionId, sort, changedSince } = query;
  if (search !== null) {
    return Object.values(SEARCHED).map(({ key, where }) => {
      return {
        from: PEOPLE,
        where: `${where} and ${begins(key)}`,
        key: `${key} collate "C"`,
        id: 'p.id',
        cast: 'text',
      };
    });
  }
  if (groupId !== null) {
    const members = `m.tenant_id = :tenantId and m.group_id = :groupId::uuid and m.member_type = 'User'`;
    return [byId('memberships m', members, 'm.member_id')];
  }
  const rare = state === null ? undefined : STATE_SOURCES[state];
  if (rare) return rare;
  const source = SORTED[sort];
  if (sort === 'changed' && changedSince !== null) {
    return [{ ...source, where: `${source.where} and p.modified_at >= :changedSince::timestamptz` }];
  }
  if (sort !== 'created' || connectionId === null) return [source];
  return [{ ...source, where: `${ALIVE} and p.connection_id = :connectionId::uuid` }];
}

/** The SQL of the least of the keys by which somebody is found: there they are listed. */
export function firstKey({ search }: PeopleQuery): string | null {
  if (search === null) return null;
  const keys = Object.values(SEARCHED).map(({ key, where }) => `case when ${where} and ${begins(key)} then ${key} end`);
  return `least(${keys.join(', ')}) collate "C"`;
}

const CONDITIONS: Record<PersonState, string> = {
  active: 'p.active and p.absent_at is null and p.deleted_at is null',
  inactive: 'not p.active and p.deleted_at is null',
  absent: 'p.absent_at is not null and p.deleted_at is null',
  deleted: 'p.deleted_at is not null',
  invited: some('links', `state in ('inviting', 'invited') and x.person_id = p.id`),
  suspended: some('links', `state in ('suspending', 'suspended') and x.person_id = p.id`),
  held: some('hold_items', `state = 'held' and x.person_id = p.id`),
  failed: some('work_item', `state = 'dead' and x.subject_id = p.id and x.kind = 'push'`),
};

// no `exists`: for that the planner may read everybody who is in the state before it looks at the first person
function some(table: string, condition: string): string {
  return `(select true from ${table} x where x.tenant_id = :tenantId and x.${condition} limit 1) is not null`;
}

/** What else must hold of a person `p`, as SQL. Who is deleted is listed by a state alone. */
export function conditionOf({ state, connectionId, groupId, changedSince }: PeopleQuery): string {
  const member = some('memberships', 'group_id = :groupId::uuid and x.member_id = p.id');
  const parts = [
    state ? CONDITIONS[state] : ALIVE,
    connectionId && 'p.connection_id = :connectionId::uuid',
    groupId && member,
    changedSince && 'p.modified_at >= :changedSince::timestamptz',
  ].filter((part) => part !== null);
  return parts.join(' and ');
}
