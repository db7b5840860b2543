import type { ListSource } from './list.ts';
import { GROUP_ROWS_OF, GROUPS_OF, GROUPS_OF_PAGE, PEOPLE_IN } from './nesting.ts';

/** JSON text of the members of a group of alias `t`; put together as text, since json_agg costs three times as much. */
const MEMBERS = `'[' || string_agg('{"value":"' || m.member_id || '","$ref":"' || m.member_type || 's/'
          || m.member_id || '","type":"' || m.member_type || '"}', ',' order by m.member_id) || ']'`;
export const MEMBERS_OF = `(select ${MEMBERS} from memberships m where m.tenant_id = t.tenant_id and m.group_id = t.id)`;
const MEMBERS_OF_PAGE = `
   select m.group_id as id, ${MEMBERS} as related
     from memberships m where m.tenant_id = :tenantId and m.group_id in (select id from page) group by m.group_id`;

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
  relatedOfPage: GROUPS_OF_PAGE,
  columns: {
    ...COMMON,
    'meta.resourceType': { sql: `text 'User'`, type: 'text' },
    userName: { sql: 't.user_name_key', type: 'text' },
    active: { sql: 't.active', type: 'boolean' },
  },
  relations: {
    groups: {
      holding: PEOPLE_IN,
      from: `${GROUP_ROWS_OF} m join groups g on g.tenant_id = t.tenant_id and g.id = m.group_id where true`,
      columns: {
        value: { sql: 'm.group_id', type: 'uuid' },
        display: { sql: 'g.display_name_key', type: 'text' },
        type: { sql: 'm.type', type: 'text' },
      },
    },
  },
};

export const GROUPS: ListSource = {
  table: 'groups',
  visible: 'true',
  related: MEMBERS_OF,
  relatedOfPage: MEMBERS_OF_PAGE,
  columns: { ...COMMON, 'meta.resourceType': { sql: `text 'Group'`, type: 'text' } },
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
