/*
 * Groups may be members of groups (RFC 7643 §4.2). Membership is followed upwards to say which groups a person is in,
 * and downwards to say whom a change touches. `union` drops what was seen before, so a circle of groups ends.
 */

/** Whether any group of the connection lies in another: asked once a statement, not once a row, of a tiny index. */
const NESTED = `exists (select 1 from memberships n
  where n.tenant_id = :tenantId and n.connection_id = :connectionId and n.member_type = 'Group')`;

const ABOVE = (alias: string) => `with recursive above as (
     select m.group_id, 'direct' as type from memberships m where m.tenant_id = ${alias}.tenant_id and m.member_id = ${alias}.id
     union
     select m.group_id, 'indirect' from above a
       join memberships m on m.tenant_id = ${alias}.tenant_id and m.member_id = a.group_id)`;

const DIRECT = `'[' || string_agg('{"value":"' || g.id || '","$ref":"Groups/' || g.id || '","display":'
     || to_json(g.display_name) || ',"type":"direct"}', ',' order by g.id) || ']'`;

/** Groups in groups are followed by a function of the database, and only for somebody who is in a group at all. */
const GROUPS_TEXT = (member: string) =>
  `case when count(*) > 0 and ${NESTED} then groups_of(:tenantId, ${member}) else ${DIRECT} end`;

/** JSON text of the groups that a row of alias `t` is in, directly or through another group. */
export const GROUPS_OF = `(
   select ${GROUPS_TEXT('t.id')}
     from memberships m join groups g on g.tenant_id = m.tenant_id and g.id = m.group_id
    where m.tenant_id = t.tenant_id and m.member_id = t.id)`;

/** The same for all rows of a CTE `page` at once, as rows (id, related). */
export const GROUPS_OF_PAGE = `
   select m.member_id as id, ${GROUPS_TEXT('m.member_id')} as related
     from memberships m join groups g on g.tenant_id = m.tenant_id and g.id = m.group_id
    where m.tenant_id = :tenantId and m.member_id in (select id from page)
    group by m.member_id`;

/** The rows (group_id, type) behind a user's `groups`, as a table for filters: of each group one, direct where it is. */
export const GROUP_ROWS_OF = `(
   select m.group_id, 'direct' as type from memberships m
    where m.tenant_id = t.tenant_id and m.member_id = t.id and not ${NESTED}
   union all
   select a.group_id, a.type from (${ABOVE('t')} select group_id, min(type) as type from above group by group_id) a
    where ${NESTED})`;

/** The condition that `t` is in one group, asked from the group downwards: what the membership key serves. */
export const PEOPLE_IN = (group: string): string => `t.id in (
   with recursive below as (
     select m.member_id, m.member_type from memberships m where m.tenant_id = :tenantId and m.group_id = ${group}::uuid
     union
     select m.member_id, m.member_type from below b
       join memberships m on m.tenant_id = :tenantId and m.group_id = b.member_id where b.member_type = 'Group')
   select member_id from below)`;

/** The display names of all groups that a row of alias `p` is in, as an array. */
export const GROUP_NAMES_OF = `array(
   ${ABOVE('p')}
   select distinct g.display_name from above a join groups g on g.tenant_id = p.tenant_id and g.id = a.group_id)`;

/**
 * The people whom a change of memberships touches, as the CTE `subjects`; needs `with recursive`. `changed` is a CTE of
 * (tenant_id, connection_id, member_id, member_type).
 */
export const subjectsUnder = (changed: string, lane: 0 | 1): string => `
   below as (
     select tenant_id, connection_id, member_id, member_type from ${changed}
     union
     select m.tenant_id, m.connection_id, m.member_id, m.member_type
       from below b join memberships m on m.tenant_id = b.tenant_id and m.group_id = b.member_id
      where b.member_type = 'Group'),
   subjects as (
     select tenant_id, connection_id, member_id as subject_id, ${lane}::smallint as lane from below
      where member_type = 'User')`;
