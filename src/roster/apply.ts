import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { markAbsent, markPresent } from '../directory/absence.ts';
import { replacePerson } from '../directory/people.ts';
import { createPeople } from '../directory/people-batch.ts';
import { fold, type PersonColumns } from '../directory/stored.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import type { Resource } from '../model/person.ts';
import { LANE, mark } from '../work/mark.ts';
import { setMemberships } from './memberships.ts';
import type { ResourceColumns } from './resource-columns.ts';
import { type OpenRoster, stayAlive } from './runs.ts';

type Verdict = 'new' | 'changed' | 'returned' | 'missing';
type Row = {
  line: number;
  key: string;
  hash: string;
  managerKey: string | null;
  groups: string[];
  resource: Resource | null;
  personId: string | null;
  verdict: Verdict;
};

const RUN = 'tenant_id = :tenantId and run_id = :runId';

// who changes first: an address may go from one to another
const selectBatch = statement<Row>(
  'roster_batch',
  `select line, key, content_hash || coalesce(' ' || manager_key, '') as hash, manager_key as "managerKey", groups, resource,
          person_id as "personId", verdict
     from roster_rows where ${RUN} and verdict is not null and tries = :tries
    order by verdict, line limit :limit`,
);

const selectTaken = statement<{ name: string }>(
  'roster_names_taken',
  `select w.name from json_to_recordset(:wanted::json) as w (id uuid, name text)
     join people p on p.tenant_id = :tenantId and p.connection_id = :connectionId and p.user_name_key = w.name
      and p.deleted_at is null and p.id is distinct from w.id`,
);

const dropRows = statement<never>(
  'roster_applied',
  `delete from roster_rows where ${RUN} and line = any(:lines::int[])`,
);

const putOff = statement<never>(
  'roster_put_off',
  `update roster_rows set tries = tries + 1 where ${RUN} and line = any(:lines::int[])`,
);

const rejectTaken = statement<never>(
  'roster_reject_taken',
  `with bad as (delete from roster_rows where ${RUN} and line = any(:lines::int[])
                returning line, key, raw, user_name_key)
   insert into roster_rejects (tenant_id, run_id, line, key, raw, rejects)
   select :tenantId, :runId, b.line, b.key, b.raw, json_build_array(json_build_object('line', b.line,
            'column', :column::text, 'code', 'duplicate_email', 'found', left(b.user_name_key, 100))) from bad b`,
);

const forgetKeys = statement<never>(
  'roster_keys_forget',
  `delete from roster_people k using json_to_recordset(:rows::json) as r (key text, "personId" uuid)
    where k.tenant_id = :tenantId and k.person_id = r."personId" and k.key <> r.key`,
);

const rememberRows = statement<never>(
  'roster_remember',
  `insert into roster_people (tenant_id, connection_id, key, person_id, row_hash)
   select :tenantId, :connectionId, r.key, r."personId", r.hash
     from json_to_recordset(:rows::json) as r (key text, "personId" uuid, hash text) order by r.key
   on conflict (tenant_id, connection_id, key) do update set person_id = excluded.person_id, row_hash = excluded.row_hash`,
);

const countBatch = statement<never>(
  'roster_count_applied',
  `update runs set counts = jsonb_set(counts, '{applied}', to_jsonb(coalesce((counts->>'applied')::int, 0) + :applied::int))
                   || jsonb_build_object('rejected', (counts->>'rejected')::int + :rejected::int)
    where tenant_id = :tenantId and id = :runId`,
);

export type ApplyOptions = {
  readonly columns: ResourceColumns;
  readonly declared: readonly ExtensionSchema[];
  /** Whether the file says who is in which group. */
  readonly withGroups: boolean;
  /** The column of the address, for the error file. */
  readonly emailColumn: string | null;
  /** Told after each batch, so that the worker looks. */
  readonly changed: () => void;
  readonly batch?: number;
};

const BATCH = 500;
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * Writes what differs, a batch in a transaction: people, memberships, their work, and what was applied, or nothing of it.
 * Who is in the way of somebody else's new address is tried again when all others have been written.
 */
export async function applyRoster(db: Knex, run: OpenRoster, options: ApplyOptions): Promise<void> {
  for (const tries of [0, 1]) {
    while (await inTransaction(db, (trx) => applyBatch(trx, run, tries, options))) options.changed();
  }
}

/** False when nothing is left to do. */
async function applyBatch(
  trx: Knex.Transaction,
  run: OpenRoster,
  tries: number,
  options: ApplyOptions,
): Promise<boolean> {
  const { tenantId, runId } = run;
  await stayAlive(trx, run); // a run that was given up writes nothing more
  const all = await selectBatch(trx, { tenantId, runId, tries, limit: options.batch ?? BATCH });
  if (all.length === 0) return false;
  const rows = all.map((row) => ({ ...row, columns: columnsOf(row, options) }));
  const taken = await takenNames(trx, run, rows);
  const inTheWay = (row: Written) => row.columns !== null && taken.has(fold(row.columns.userName));
  const blocked = rows.filter(inTheWay).map(({ line }) => line);
  const done = await write(
    trx,
    run,
    rows.filter((row) => !inTheWay(row)),
    options,
  );
  if (blocked.length > 0) await later(trx, run, blocked, tries, options.emailColumn);
  await dropRows(trx, { tenantId, runId, lines: done });
  await countBatch(trx, { tenantId, runId, applied: done.length, rejected: tries > 0 ? blocked.length : 0 });
  return true;
}

type Written = Row & { columns: PersonColumns | null };

function columnsOf({ resource, managerKey }: Row, { columns, declared }: ApplyOptions): PersonColumns | null {
  if (resource === null) return null;
  return columns.person(declared, managerKey === null ? resource : withManager(resource, managerKey));
}

/** A manager is named by the key, which is their externalId: so the order in which people come does not matter. */
function withManager(resource: Resource, value: string): Resource {
  const { schemas, ...rest } = resource;
  const enterprise = rest[ENTERPRISE] as object | undefined;
  const names = [...(schemas as string[]).filter((urn) => urn !== ENTERPRISE), ENTERPRISE];
  return { schemas: names, ...rest, [ENTERPRISE]: { ...enterprise, manager: { value } } };
}

async function takenNames(trx: Knex, run: OpenRoster, rows: readonly Written[]): Promise<Set<string>> {
  const { tenantId, connectionId } = run;
  const wanted = rows.flatMap(({ columns, personId }) =>
    columns ? [{ id: personId, name: fold(columns.userName) }] : [],
  );
  const found = await selectTaken(trx, { tenantId, connectionId, wanted: JSON.stringify(wanted) });
  return new Set(found.map(({ name }) => name));
}

async function later(trx: Knex, run: OpenRoster, lines: number[], tries: number, column: string | null): Promise<void> {
  const { tenantId, runId } = run;
  if (tries === 0) await putOff(trx, { tenantId, runId, lines });
  else await rejectTaken(trx, { tenantId, runId, lines, column });
}

/** Writes people whose names are free; returns the lines that have been dealt with. */
async function write(
  trx: Knex.Transaction,
  run: OpenRoster,
  rows: readonly Written[],
  options: ApplyOptions,
): Promise<number[]> {
  const { tenantId, connectionId, runId } = run;
  const scope = { tenantId, connectionId };
  const ids = (of: Verdict) => rows.filter(({ verdict }) => verdict === of).flatMap(({ personId }) => personId ?? []);
  await markAbsent(trx, scope, ids('missing'), runId);
  await markPresent(trx, scope, ids('returned'), runId);
  const people = [...(await replaceAll(trx, scope, rows)), ...(await createAll(trx, scope, rows))];
  await mark(trx, { ...scope, ids: people.map(({ personId }) => personId), lane: LANE.invite, runId });
  if (options.withGroups) await setMemberships(trx, scope, people, options.columns.group);
  const remembered = JSON.stringify(people.map(({ key, personId, hash }) => ({ key, personId, hash })));
  await forgetKeys(trx, { ...scope, rows: remembered }); // whose key is another now
  await rememberRows(trx, { ...scope, rows: remembered });
  return rows.map(({ line }) => line);
}

type Scope = { tenantId: string; connectionId: string };
type Done = Row & { personId: string };

async function replaceAll(trx: Knex, scope: Scope, rows: readonly Written[]): Promise<Done[]> {
  const done: Done[] = [];
  for (const row of rows) {
    const { personId, columns } = row;
    if (row.verdict === 'missing' || personId === null || columns === null) continue;
    // who was deleted this moment is new to the next roster
    if (await replacePerson(trx, scope, personId, null, columns, false)) done.push({ ...row, personId });
  }
  return done;
}

async function createAll(trx: Knex, scope: Scope, rows: readonly Written[]): Promise<Done[]> {
  const fresh = rows.flatMap((row) => (row.verdict === 'new' && row.columns ? [{ row, columns: row.columns }] : []));
  if (fresh.length === 0) return [];
  const people = fresh.map(({ columns }) => columns);
  const created = await createPeople(trx, scope, people, { rehire: false });
  // null: somebody else took the name this moment; the next roster finds them
  return fresh.flatMap(({ row }, index) => {
    const personId = created[index]?.id;
    return personId === undefined ? [] : [{ ...row, personId }];
  });
}
