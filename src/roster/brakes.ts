import type { RosterProfile } from './profile.ts';
import type { Shape } from './row.ts';

/** What the comparison found, and what the last roster that was applied looked like. */
export type Found = {
  readonly shape: Shape;
  /** Rows that can be taken. */
  readonly rows: number;
  readonly rejected: number;
  /** Rejected rows of which nobody can tell whom they are about. */
  readonly keyless: number;
  readonly missing: number;
  /** People whose e-mail address changes. */
  readonly emails: number;
  /** People who were there before. */
  readonly present: number;
  readonly last: { readonly rows: number; readonly shape: Shape } | null;
};

/**
 * Why a roster must wait for a human, in words; an empty list when it can be believed. Up to `floor` rows or people never
 * hold it, however small the company.
 *
 *   what the file is like                                                      held
 *   no row that could be taken, of a full roster                               yes
 *   fewer rows than rowsPercent of the last one, of a full roster              yes, beyond the floor
 *   more than rejectedPercent of its rows rejected                             yes, beyond the floor
 *   other headers or another delimiter than the last one (headers of a CSV)    yes
 *   e-mail addresses change of more than emailsPercent of the people           yes, beyond the floor
 *   people are missing, and rows cannot say whom they are about                yes
 */
export function brakesOn(found: Found, { brakes, semantics }: Pick<RosterProfile, 'brakes' | 'semantics'>): string[] {
  const { rows, rejected, keyless, missing, emails, present, last, shape } = found;
  const { floor } = brakes;
  const all = rows + rejected;
  const full = semantics === 'fullActive' && !shape.again;
  const lost = (last?.rows ?? 0) - all;
  const reasons: (string | false | null)[] = [
    full && rows === 0 && 'there is nobody in the file that could be taken',
    full && last !== null && rows > 0 && lost > floor && all * 100 < last.rows * brakes.rowsPercent
      ? `the file has ${all} rows, the last one had ${last.rows}; fewer than ${brakes.rowsPercent} % are held`
      : null,
    rejected > floor && rejected * 100 > all * brakes.rejectedPercent
      ? `${rejected} of ${all} rows cannot be taken; more than ${brakes.rejectedPercent} % are held`
      : null,
    last && otherShape(last.shape, shape),
    emails > floor && emails * 100 > present * brakes.emailsPercent
      ? `the e-mail addresses of ${emails} of ${present} people change; more than ${brakes.emailsPercent} % are held`
      : null,
    missing > 0 && keyless > 0
      ? `${missing} people are missing, and ${keyless} rows do not say who they are about: they may be the same`
      : null,
  ];
  return reasons.filter((reason) => typeof reason === 'string');
}

function otherShape(before: Shape, now: Shape): string | null {
  if (before.format !== now.format) return `the last file was ${before.format.toUpperCase()}, this one is not`;
  if (now.format !== 'csv') return null; // what has no value is left out there
  if (before.delimiter !== now.delimiter) return `the delimiter was "${before.delimiter}" and is "${now.delimiter}"`;
  const gone = before.headers.filter((header) => !now.headers.includes(header));
  const added = now.headers.filter((header) => !before.headers.includes(header));
  if (gone.length === 0 && added.length === 0) return null;
  const words = [...(gone.length ? [`${listed(gone)} gone`] : []), ...(added.length ? [`${listed(added)} new`] : [])];
  return `the columns are others than in the last file: ${words.join(', ')}`;
}

function listed(headers: readonly string[]): string {
  const shown = headers.slice(0, 10).map((header) => `"${header.slice(0, 60)}"`);
  return `${shown.join(', ')}${headers.length > shown.length ? ' …' : ''}`;
}
