import { setImmediate } from 'node:timers/promises';
import type { Knex } from 'knex';
import { copyIn, copyLine } from '../database/copy.ts';
import { uuidv7 } from '../database/uuid.ts';
import { fold } from '../directory/stored.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import type { Resource } from '../model/person.ts';
import type { Differing } from './differing.ts';
import type { PositionsBy } from './positions.ts';
import { recordOf } from './raw.ts';
import { type PersonReader, personOf } from './read/person.ts';
import type { ResourceColumns } from './resource-columns.ts';
import type { RosterItem, RosterRow } from './row.ts';
import type { RunKey } from './runs.ts';
import { keepRejects } from './stage.ts';

/** How the text of a row becomes what is stored of a person. */
export type Drawing = {
  readonly reader: PersonReader;
  readonly headers: readonly string[];
  readonly positions: PositionsBy;
  readonly declared: readonly ExtensionSchema[];
  readonly columns: ResourceColumns;
};

const INTO = `roster_changes (tenant_id, run_id, line, verdict, key, hash, person_id, new_id, user_name, user_name_key,
  external_id, email_key, display_name_key, active, document, search, manager, above, manager_key, position, groups)`;
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** After so many people others have their turn: one takes as long as a small request. */
const TURN = 50;

/** Reads rows as people and keeps them as changes, and those that cannot be taken as rejects. */
export async function keepChanges(
  db: Knex,
  run: RunKey,
  rows: AsyncIterable<readonly Differing[]>,
  drawing: Drawing,
  alive: (count: number) => Promise<void>,
): Promise<number> {
  let kept = Promise.resolve();
  let count = 0;
  for await (const batch of rows) {
    count += batch.length;
    const { lines, rejects } = await drawn(run, batch, drawing);
    await kept;
    kept = send(db, run, lines, rejects).then(() => alive(count));
    kept.catch(() => {}); // whoever awaits it next is told
  }
  await kept;
  return count;
}

async function send(db: Knex, run: RunKey, lines: readonly string[], rejects: readonly object[]): Promise<void> {
  if (lines.length > 0) await copyIn(db, INTO, lines);
  if (rejects.length > 0) await keepRejects(db, run, rejects);
}

async function drawn(run: RunKey, batch: readonly Differing[], drawing: Drawing) {
  const rejects: object[] = [];
  const lines: string[] = [];
  for (const [index, differing] of batch.entries()) {
    if (index % TURN === TURN - 1) await setImmediate();
    const item = itemOf(differing, drawing);
    if (item.kind === 'row') lines.push(changeLine(run, differing, item.row, drawing));
    else {
      const { line, key, raw } = differing;
      rejects.push({ line, key, raw: JSON.parse(raw), rejects: item.rejects });
    }
  }
  return { lines, rejects };
}

function itemOf({ line, raw }: Differing, { reader, headers }: Drawing): RosterItem {
  return personOf(recordOf(line, raw, headers), reader);
}

/** What is stored of a row, and what its position adds; `manager` is the key of whom it names. */
function stored(row: RosterRow, manager: string | null, { positions, columns, declared }: Drawing) {
  const { resource, ...placed } = positions.placed(row);
  return { ...placed, person: columns.person(declared, manager === null ? resource : withManager(resource, manager)) };
}

function changeLine({ tenantId, runId }: RunKey, from: Differing, row: RosterRow, drawing: Drawing): string {
  const { manager, position } = row;
  const { person, above, groups } = stored(row, manager, drawing);
  const { userName, externalId, email, displayName, active, document, search } = person;
  return copyLine([
    ...[tenantId, runId, from.line, from.personId ? 'changed' : 'new', from.key, from.hash, from.personId, uuidv7()],
    ...[userName, fold(userName), externalId, email === null ? null : fold(email)],
    ...[displayName === null ? null : fold(displayName), active, document, search],
    ...[manager, manager === null ? above : null, manager, position, groups],
  ]);
}

/** The same row, now that it is known whom it names as manager; null where it is none any more. */
export function rewritten(differing: Differing, manager: string, drawing: Drawing) {
  const item = itemOf(differing, drawing);
  if (item.kind !== 'row') return null;
  const { document, search } = stored(item.row, manager, drawing).person;
  return { line: differing.line, document, search };
}

/** A manager is named by the key, which is their externalId: so the order in which people come does not matter. */
function withManager(resource: Resource, value: string): Resource {
  const { schemas, ...rest } = resource;
  const enterprise = rest[ENTERPRISE] as object | undefined;
  const names = [...(schemas as string[]).filter((urn) => urn !== ENTERPRISE), ENTERPRISE];
  return { schemas: names, ...rest, [ENTERPRISE]: { ...enterprise, manager: { value } } };
}
