import { AUTHENTICATION } from './checks/authentication.ts';
import { BULK } from './checks/bulk.ts';
import { BULK_REFERENCES } from './checks/bulk-references.ts';
import { CONFIG } from './checks/config.ts';
import { CREATE } from './checks/create.ts';
import { CURSORS } from './checks/cursors.ts';
import { DELETE } from './checks/delete.ts';
import { ERRORS } from './checks/errors.ts';
import { FILTER_GRAMMAR } from './checks/filter-grammar.ts';
import { FILTER_OPERATORS } from './checks/filter-operators.ts';
import { LIST } from './checks/list.ts';
import { PATCH_ADD } from './checks/patch-add.ts';
import { PATCH_MESSAGE } from './checks/patch-message.ts';
import { PATCH_REMOVE } from './checks/patch-remove.ts';
import { PATCH_REPLACE } from './checks/patch-replace.ts';
import { PROJECTION } from './checks/projection.ts';
import { READ } from './checks/read.ts';
import { REPLACE } from './checks/replace.ts';
import { RESOURCE_TYPES } from './checks/resource-types.ts';
import { SCHEMAS } from './checks/schemas.ts';
import { SEARCH } from './checks/search.ts';
import { SORT } from './checks/sort.ts';
import { USERS_AND_GROUPS } from './checks/users-and-groups.ts';
import { VALUES } from './checks/values.ts';
import { VERSIONS } from './checks/versions.ts';
import type { Requirement } from './requirement.ts';

/** Everything that RFC 7643, 7644 and 9865 ask of a service provider, in the order of the report. */
export const REQUIREMENTS: readonly Requirement[] = [
  ...VALUES,
  ...USERS_AND_GROUPS,
  ...AUTHENTICATION,
  ...CONFIG,
  ...RESOURCE_TYPES,
  ...SCHEMAS,
  ...CREATE,
  ...READ,
  ...LIST,
  ...FILTER_OPERATORS,
  ...FILTER_GRAMMAR,
  ...SORT,
  ...SEARCH,
  ...PROJECTION,
  ...REPLACE,
  ...PATCH_MESSAGE,
  ...PATCH_ADD,
  ...PATCH_REMOVE,
  ...PATCH_REPLACE,
  ...DELETE,
  ...BULK,
  ...BULK_REFERENCES,
  ...ERRORS,
  ...VERSIONS,
  ...CURSORS,
];
