import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { emailOf } from '../model/email.ts';
import type { Resource } from '../model/person.ts';
import type { RunKey } from './runs.ts';

export const VERDICTS = ['new', 'changed', 'returned', 'missing'] as const;
export type Verdict = (typeof VERDICTS)[number];

type Row = { line: number; key: string; resource: Resource | null; document: Resource | null };

/** A row that would change something, as people read it. */
export type ChangingRow = {
  /** Where it stands in the file; null for who is missing from it. */
  line: number | null;
  key: string;
  userName: string | null;
  name: string | null;
  email: string | null;
  /** The attributes that would become others, of who is known already. */
  changes: string[];
};
export type RowPage = { readonly verdict: Verdict; readonly after: number | null; readonly limit: number };

// tries = 0: so the index serves; what is put off while a file is applied is not shown
const selectRows = statement<Row>(
  'roster_changing_rows',
  `select x.line, x.key, x.document as resource, p.document
     from roster_changes x left join people p on p.tenant_id = x.tenant_id and p.id = x.person_id
    where x.tenant_id = :tenantId and x.run_id = :runId and x.tries = 0 and x.verdict = :verdict and x.line > :after
    order by x.line limit :limit`,
);

const BEFORE_ALL = -2_147_483_648;

/**
 * The rows of one verdict, a page at a time, and where the next page begins. They are there while a roster is held or is
 * being applied; of a dry run, the first of each until the next file comes.
 */
export async function changingRows(
  db: Knex,
  { tenantId, runId }: RunKey,
  { verdict, after, limit }: RowPage,
): Promise<{ rows: ChangingRow[]; next: number | null }> {
  const found = await selectRows(db, { tenantId, runId, verdict, after: after ?? BEFORE_ALL, limit });
  return { rows: found.map(shown), next: found.length < limit ? null : (found.at(-1)?.line ?? null) };
}

function shown({ line, key, resource, document }: Row): ChangingRow {
  const person = resource ?? document ?? {};
  const userName = person['userName'];
  return {
    line: line > 0 ? line : null,
    key,
    userName: typeof userName === 'string' ? userName : null,
    name: nameOf(person),
    email: emailOf(person),
    changes: resource && document ? changesBetween(document, resource) : [],
  };
}

function nameOf(person: Resource): string | null {
  const { givenName, familyName } = (person['name'] ?? {}) as Record<string, unknown>;
  const parts = [givenName, familyName].filter((part) => typeof part === 'string');
  const display = person['displayName'];
  return parts.length > 0 ? parts.join(' ') : typeof display === 'string' ? display : null;
}

/** What is not an attribute of the person alone: named by reference, or the same for everybody. */
const ASIDE = ['schemas', 'id', 'meta', 'groups', 'externalId'];

/** Names of attributes that differ; those of extensions are named by themselves. */
function changesBetween(before: Resource, after: Resource): string[] {
  const [old, fresh] = [flat(before), flat(after)];
  const names = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  return [...names].filter((name) => !ASIDE.includes(name) && !isDeepStrictEqual(old[name], fresh[name])).toSorted();
}

function flat(resource: Resource): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(resource).flatMap(([name, value]) =>
      name.startsWith('urn:') && typeof value === 'object' && value !== null ? Object.entries(value) : [[name, value]],
    ),
  );
}
