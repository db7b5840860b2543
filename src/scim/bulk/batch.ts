import { createPeople } from '../../directory/people-batch.ts';
import type { PersonColumns } from '../../directory/stored.ts';
import { etag } from '../answer.ts';
import { ScimError, toScimError } from '../error.ts';
import { coerceResource } from '../schema/coerce.ts';
import { personColumns } from '../user-columns.ts';
import { type Entry, fail, type Run, succeed } from './results.ts';

/** What one statement carries, in characters of JSON: a thousand people as they are, or some that are made to be large. */
const BATCH_LENGTH = 1_000_000;

type Valid = { entry: Entry; columns: PersonColumns };

/** New people that refer to nobody, in as few statements as may be. */
export async function createBatch(run: Run, batch: Entry[]): Promise<void> {
  let valid: Valid[] = [];
  let length = 0;
  const { context } = run;
  const { User } = context.schemas;
  for (const entry of batch) {
    await run.breathe();
    if (length > BATCH_LENGTH) {
      await createValid(run, valid);
      [valid, length] = [[], 0];
    }
    try {
      const columns = personColumns(User, coerceResource(User, entry.operation.data, context.leniency));
      valid.push({ entry, columns });
      length += columns.document.length + columns.search.length;
    } catch (error) {
      fail(run, entry.index, toScimError(error));
    }
  }
  await createValid(run, valid);
}

async function createValid(run: Run, valid: Valid[]): Promise<void> {
  const { context } = run;
  if (valid.length === 0) return;
  const rehire = context.connection.profile !== 'rfc';
  const people = valid.map(({ columns }) => columns);
  const created = await createPeople(context.db, context.scope, people, { rehire });
  if (created.some((person) => person && person.version > 1)) context.leniency.note?.('rehire_by_post');
  context.pages.forget(context.scope, 'people');
  context.changed();
  valid.forEach(({ entry, columns }, index) => {
    const person = created[index];
    if (person) succeed(run, entry, person.id, { status: 201, version: etag(person.version) });
    else fail(run, entry.index, nameTaken(columns.userName));
  });
}

function nameTaken(userName: string): ScimError {
  return new ScimError(409, `a user with userName "${userName}" exists already`, 'uniqueness');
}
