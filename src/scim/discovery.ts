import SCIMMY from 'scimmy';
import { SCIM_EVENTS } from '../model/event.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import { listText } from './answer.ts';
import { MAX_OPERATIONS, MAX_PAYLOAD_BYTES } from './bulk/request.ts';
import type { Context } from './context.ts';
import { CURSOR_SECONDS } from './cursor.ts';
import { ScimError } from './error.ts';
import { DEFAULT_COUNT, MAX_COUNT } from './list.ts';
import { extensionText } from './schema/describe.ts';
import { ENTERPRISE_URN, type Schemas } from './schema/schemas.ts';

/** Stands in the prepared texts for the URL that a client used. */
const BASE = '{base}';

type Document = { id: string; text: string };
export type Endpoint = 'ServiceProviderConfig' | 'Schemas' | 'ResourceTypes';

/**
 * /ServiceProviderConfig, /ResourceTypes and /Schemas (RFC 7644 §4), all or the one called `id`. Prepared once as text:
 * SCIMMY's own endpoints would put the base URL of whoever asked last into everybody's answers.
 */
export function discover({ base, query, schemas }: Context, endpoint: Endpoint, id: string | null): string {
  if (endpoint === 'ServiceProviderConfig') return withBase(SERVICE_PROVIDER_CONFIG, base);
  const documents = documentsOf(endpoint, schemas, base);
  if (id !== null) {
    const document = documents.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
    if (!document) throw new ScimError(404, `${endpoint} has no "${id.slice(0, 100)}"`);
    return document.text;
  }
  // RFC 7644 §4: a filter here is forbidden, since the answer would not be the whole truth
  if ('filter' in query) throw new ScimError(403, `${endpoint} cannot be filtered`);
  const texts = documents.map(({ text }) => text);
  return listText(texts, texts.length, { startIndex: 1 });
}

/** What everybody sees, and what the tenant has declared itself. */
function documentsOf(endpoint: 'Schemas' | 'ResourceTypes', { declared }: Schemas, base: string): Document[] {
  const core = endpoint === 'ResourceTypes' && declared.length ? resourceTypeDocuments(declared) : CORE[endpoint];
  const documents = core.map(({ id, text }) => ({ id, text: withBase(text, base) }));
  if (endpoint === 'ResourceTypes') return documents;
  return [...documents, ...declared.map((extension) => ({ id: extension.urn, text: extensionText(extension, base) }))];
}

function withBase(text: string, base: string): string {
  return text.replaceAll(BASE, base);
}

function schemaDocuments(): Document[] {
  const definitions = [SCIMMY.Schemas.User, SCIMMY.Schemas.EnterpriseUser, SCIMMY.Schemas.Group].map(
    (schema) => schema.definition,
  );
  return definitions.map((definition) => ({
    id: definition.id,
    text: JSON.stringify(definition.describe(`${BASE}/Schemas`)),
  }));
}

function resourceTypeDocuments(declared: readonly ExtensionSchema[]): Document[] {
  const own = (type: 'User' | 'Group') =>
    declared
      .filter(({ resourceType }) => resourceType === type)
      .map(({ urn, required }) => ({ schema: urn, required }));
  const enterprise = { schema: ENTERPRISE_URN, required: false };
  return [
    resourceType('User', 'User Account', [enterprise, ...own('User')]),
    resourceType('Group', 'Group', own('Group')),
  ];
}

type SchemaExtension = { schema: string; required: boolean };

/** RFC 7643 §6. */
function resourceType(name: 'User' | 'Group', description: string, schemaExtensions: SchemaExtension[]): Document {
  const document = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint: `/${name}s`,
    description,
    schema: SCIMMY.Schemas[name].definition.id,
    ...(schemaExtensions.length ? { schemaExtensions } : {}),
    meta: { resourceType: 'ResourceType', location: `${BASE}/ResourceTypes/${name}` },
  };
  return { id: name, text: JSON.stringify(document) };
}

function serviceProviderConfig(): string {
  return JSON.stringify({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: MAX_OPERATIONS, maxPayloadSize: MAX_PAYLOAD_BYTES },
    filter: { supported: true, maxResults: MAX_COUNT },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    // RFC 9865 §3
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: DEFAULT_COUNT,
      maxPageSize: MAX_COUNT,
      cursorTimeout: CURSOR_SECONDS,
    },
    // RFC 9967: what streams of events can carry (docs/events.md)
    securityEvents: { asyncRequest: 'none', eventUris: Object.values(SCIM_EVENTS) },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth Bearer Token',
        description: 'A token of this connection, sent as "Authorization: Bearer <token>"',
        specUri: 'https://datatracker.ietf.org/doc/html/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${BASE}/ServiceProviderConfig` },
  });
}

const SERVICE_PROVIDER_CONFIG = serviceProviderConfig();
const CORE = { Schemas: schemaDocuments(), ResourceTypes: resourceTypeDocuments([]) };
