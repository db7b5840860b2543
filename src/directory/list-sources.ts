import type { ListSource } from './list.ts';

/** JSON text of the groups that a row of alias `t` (a person or a nested group) is a direct member of. */
export const GROUPS_OF = `(select json_agg(json_build_object('value', g.id, '$ref', 'Groups/' || g.id, 'display', g.display_name,
          'type', 'direct') order by g.id)::text
     from memberships m join groups g on g.tenant_id = m.tenant_id and g.id = m.group_id
    where m.tenant_id = t.tenant_id and m.member_id = t.id)`;

/** JSON text of the members of a group of alias `t`. */
export const MEMBERS_OF = `(select json_agg(json_build_object('value', m.member_id, '$ref', m.member_type || 's/' || m.member_id,
          'type', m.member_type) order by m.member_id)::text
     from memberships m where m.tenant_id = t.tenant_id and m.group_id = t.id)`;

const COMMON = {
  id: { sql: 't.id', type: 'uuid' },
  externalId: { sql: 't.external_id', type: 'text' },
  displayName: { sql: 't.display_name_key', type: 'text' },
  'meta.created': { sql: 't.created_at', type: 'instant' },
  'meta.lastModified': { sql: 't.modified_at', type: 'instant' },
} as const;

export const PEOPLE: ListSource = {
  table: 'people',
  visible: 't.deleted_at is null',
  related: GROUPS_OF,
  columns: {
    ...COMMON,
    userName: { sql: 't.user_name_key', type: 'text' },
    active: { sql: 't.active', type: 'boolean' },
  },
  relations: {
    groups: {
      from: `memberships m join groups g on g.tenant_id = m.tenant_id and g.id = m.group_id
              where m.tenant_id = t.tenant_id and m.member_id = t.id`,
      columns: {
        value: { sql: 'm.group_id', type: 'uuid' },
        display: { sql: 'g.display_name_key', type: 'text' },
        type: { sql: `text 'direct'`, type: 'text' },
      },
    },
  },
};

export const GROUPS: ListSource = {
  table: 'groups',
  visible: 'true',
  related: MEMBERS_OF,
  columns: COMMON,
  relations: {
    members: {
      from: 'memberships m where m.tenant_id = t.tenant_id and m.group_id = t.id',
      columns: {
        value: { sql: 'm.member_id', type: 'uuid' },
        type: { sql: 'lower(m.member_type)', type: 'text' },
      },
    },
  },
};
