/* What both halves of a record say about a link. */

export const KEY = 'l.tenant_id = :tenantId and l.target_id = :targetId and l.person_id = :personId';

export const GIVEN = `l.applied || jsonb_build_object('given', coalesce(l.applied->'given', '{}') || :given::jsonb)`;

// told: what an app that cannot be read has confirmed; see model/link.ts
const TOLD = `coalesce(l.applied->'told', '{}')`;
const tell = (change: string) => `jsonb_build_object('told', ${TOLD} || ${change})`;
export const TELL_ACCOUNT = tell(`jsonb_build_object('email', :email::text, 'attributes',
  coalesce(l.applied#>'{told,attributes}', '{}') || :told::jsonb)`);
export const tellGroups = (groups: string) => tell(`jsonb_build_object('groups', ${groups})`);
export const TOLD_GROUPS = `(coalesce(l.applied#>'{told,groups}', '[]') - :group::text)`;
