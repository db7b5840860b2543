/** A resource as it lies in the database: `document` is SCIM JSON text without id, meta and computed attributes. */
export type Stored = {
  id: string;
  version: number;
  document: string;
  /** Epoch milliseconds. */
  createdAt: number;
  modifiedAt: number;
  /** JSON text of the computed attribute (a user's groups, a group's members); null when empty or not asked for. */
  related: string | null;
};

/**
 * What became of a replace: `written`, `same` (nothing to change, so no new version and no work), or `conflict` (it is
 * not at the version that the caller had read).
 */
export type Replaced = Stored & { outcome: 'written' | 'same' | 'conflict' };

/** For the row as it was before the statement: why it was not written. */
export const UNWRITTEN_OUTCOME = `case when t.document::text = :document and t.version = coalesce(:version, t.version)
     then 'same' else 'conflict' end as outcome`;

/** The times of a row of alias `t`: as milliseconds, since parsing PostgreSQL's own notation costs several times that. */
export const TIMES = `date_part('epoch', t.created_at) * 1000 as "createdAt",
     date_part('epoch', t.modified_at) * 1000 as "modifiedAt"`;

/** Whose resources a statement may see: every query of the directory is bound to both. */
export type Scope = { readonly tenantId: string; readonly connectionId: string };

/** The columns that are derived from a person's document and that filters and matching use. */
export type PersonColumns = {
  userName: string;
  externalId: string | null;
  email: string | null;
  displayName: string | null;
  active: boolean;
  document: string;
  search: string;
  /** Names of the attributes that are written, for those who are told of it. */
  attributes?: readonly string[];
};

export type GroupColumns = { displayName: string; externalId: string | null; document: string; search: string };

export type Page<T> = { total: number; items: T[] };

/** Compares names the way SCIM does where a schema says caseExact false. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
