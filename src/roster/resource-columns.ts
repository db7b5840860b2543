import type { GroupColumns, PersonColumns } from '../directory/stored.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import type { Resource } from '../model/person.ts';

/** How people and groups are stored, so that a roster and the protocol store the same: handed in, because scim/ knows it. */
export type ResourceColumns = {
  person(declared: readonly ExtensionSchema[], resource: Resource): PersonColumns;
  group(displayName: string): GroupColumns;
};
