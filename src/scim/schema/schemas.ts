import SCIMMY from 'scimmy';
import type { ExtensionSchema } from '../../model/extension.ts';
import { compileSchema, type ResourceSchema } from './attribute.ts';

SCIMMY.Schemas.User.definition.extend(SCIMMY.Schemas.EnterpriseUser.definition, false);

/** The User resource type with the enterprise extension (RFC 7643 §4.1, §4.3). */
export const USER = compileSchema(SCIMMY.Schemas.User.definition);
/** The Group resource type (RFC 7643 §4.2). */
export const GROUP = compileSchema(SCIMMY.Schemas.Group.definition);

/** What each resource type looks like to one tenant, and what of that the tenant has declared itself. */
export type Schemas = {
  readonly User: ResourceSchema;
  readonly Group: ResourceSchema;
  readonly declared: readonly ExtensionSchema[];
};

/** The types as the RFC has them, without any tenant's own extensions. */
export const CORE_SCHEMAS: Schemas = { User: USER, Group: GROUP, declared: [] };

export const ENTERPRISE_URN = SCIMMY.Schemas.EnterpriseUser.definition.id;
