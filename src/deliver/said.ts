import { createHash } from 'node:crypto';
import type { Person } from '../model/person.ts';

/** Stands for all that the source says of a person: a human's no or yes rests until it says something else. */
export function saidOf({ status, resource, groups }: Person): string {
  return createHash('sha256')
    .update(JSON.stringify([status, resource, groups.toSorted()]))
    .digest('base64url');
}
