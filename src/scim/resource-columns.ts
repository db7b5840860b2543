import type { GroupColumns, PersonColumns } from '../directory/stored.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import type { Resource } from '../model/person.ts';
import { groupColumns } from './group-columns.ts';
import { schemasFor } from './schema/custom.ts';
import { GROUP } from './schema/schemas.ts';
import { personColumns } from './user-columns.ts';

/** What the directory keeps of people and groups that come by another way than a request, in the same form. */
export const RESOURCE_COLUMNS = {
  person: (declared: readonly ExtensionSchema[], resource: Resource): PersonColumns =>
    personColumns(schemasFor(declared).User, { ...resource }),
  group: (displayName: string): GroupColumns => groupColumns(GROUP, { schemas: [GROUP.id], displayName }),
};
