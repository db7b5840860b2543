/**
 * The floor's tables. `place` numbers the users as they come, so that a page costs the same wherever it begins and the
 * total is the last number; it works because nobody is ever deleted here.
 */
export const FLOOR_SCHEMA = `
  create table users (
    id uuid primary key, place bigint generated always as identity, user_name text not null, external_id text,
    version int not null default 1, doc json not null, created text not null, modified text not null)
    with (fillfactor = 85);
  create unique index users_place on users (place);
  create unique index users_name on users (user_name);
  create index users_external on users (external_id);
  create table groups (
    id uuid primary key, display_name text not null, version int not null default 1, doc json not null,
    created text not null, modified text not null);
  create index groups_name on groups (display_name);
  create table members (group_id uuid not null, user_id uuid not null, primary key (group_id, user_id));
  create table outbox (id bigint generated always as identity primary key, subject_id uuid not null);
`;

const USER = 'id, version, doc::text as doc, created, modified';
const OUTBOX = (from: string, subject: string) =>
  `noted as (insert into outbox (subject_id) select ${subject} from ${from})`;
const MEMBER = `'{"value":"' || user_id || '","$ref":"Users/' || user_id || '","type":"User"}'`;
const THERE = 'select count(*)::int as total from groups where id = $1';
/** A change of members is a new version of the group, and only then. */
const TOUCH = `touched as (
  update groups set version = version + 1, modified = $3 where id = $1 and exists (select 1 from changed))`;

/** One statement for each kind of request; whatever writes puts a row into the outbox too. */
export const FLOOR = {
  user: `select ${USER} from users where id = $1`,
  userByName: `select ${USER} from users where user_name = $1`,
  userByExternal: `select ${USER} from users where external_id = $1`,
  page: `select ${USER}, (select max(place) from users)::int as total from users
          where place >= $1 and place < $2 order by place`,
  createUser: `with written as (
      insert into users (id, user_name, external_id, doc, created, modified) values ($1, $2, $3, $4, $5, $5)
      returning id), ${OUTBOX('written', 'id')}
    select id from written`,
  createUsers: `with written as (
      insert into users (id, user_name, external_id, doc, created, modified)
      select u.id, u.user_name, u.external_id, u.doc::json, $5, $5
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as u (id, user_name, external_id, doc)
      returning id), ${OUTBOX('written', 'id')}
    select count(*)::int as total from written`,
  replaceUser: `with written as (
      update users set user_name = $2, external_id = $3, doc = $4, modified = $5, version = version + 1
       where id = $1 returning id, version, created, modified), ${OUTBOX('written', 'id')}
    select id, version, created, modified from written`,
  patchUser: `with written as (
      update users set doc = (doc::jsonb || $2::jsonb)::text::json, modified = $3, version = version + 1
       where id = $1 returning id), ${OUTBOX('written', 'id')}
    select id from written`,
  group: `select ${USER}, (select string_agg(${MEMBER}, ',') from members where group_id = g.id) as members
            from groups g where id = $1`,
  groupByName: `select ${USER} from groups where display_name = $1`,
  createGroup: `with written as (
      insert into groups (id, display_name, doc, created, modified) values ($1, $2, $3, $4, $4) returning id),
    changed as (
      insert into members select written.id, users.id from written, users where users.id = any($5::uuid[])
      returning user_id), ${OUTBOX('changed', 'user_id')}
    select id from written`,
  addMembers: `with changed as (
      insert into members select groups.id, users.id from groups, users
       where groups.id = $1 and users.id = any($2::uuid[]) on conflict do nothing returning user_id),
    ${TOUCH}, ${OUTBOX('changed', 'user_id')}
    ${THERE}`,
  removeMembers: `with changed as (
      delete from members where group_id = $1 and user_id = any($2::uuid[]) returning user_id),
    ${TOUCH}, ${OUTBOX('changed', 'user_id')}
    ${THERE}`,
} as const;
