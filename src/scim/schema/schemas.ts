import SCIMMY from 'scimmy';
import { compileSchema } from './attribute.ts';

SCIMMY.Schemas.User.definition.extend(SCIMMY.Schemas.EnterpriseUser.definition, false);

/** The User resource type with the enterprise extension (RFC 7643 §4.1, §4.3). */
export const USER = compileSchema(SCIMMY.Schemas.User.definition);
/** The Group resource type (RFC 7643 §4.2). */
export const GROUP = compileSchema(SCIMMY.Schemas.Group.definition);

export const ENTERPRISE_URN = SCIMMY.Schemas.EnterpriseUser.definition.id;
