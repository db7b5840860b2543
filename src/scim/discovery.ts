import { Router } from 'express';
import SCIMMY from 'scimmy';
import { listText } from './answer.ts';
import { MAX_OPERATIONS, MAX_PAYLOAD_BYTES } from './bulk/request.ts';
import { CURSOR_SECONDS } from './cursor.ts';
import { ScimError } from './error.ts';
import { DEFAULT_COUNT, MAX_COUNT } from './list.ts';

/** Stands in the prepared texts for the URL that a client used. */
const BASE = '{base}';

type Document = { id: string; text: string };

/**
 * /ServiceProviderConfig, /ResourceTypes and /Schemas (RFC 7644 §4), described by SCIMMY once and kept as text. SCIMMY's
 * own endpoints would put the base URL of whoever asked last into everybody's answers.
 */
export function discoveryRoutes(baseOf: (req: import('express').Request) => string): Router {
  const router = Router();
  const schemas = schemaDocuments();
  const types = resourceTypeDocuments();
  router.get('/ServiceProviderConfig', (req, res) => {
    res.send(withBase(serviceProviderConfig(), baseOf(req)));
  });
  serve('Schemas', schemas);
  serve('ResourceTypes', types);
  return router;

  function serve(name: string, documents: Document[]): void {
    router.get(`/${name}`, (req, res) => {
      // RFC 7644 §4: a filter here is forbidden, since the answer would not be the whole truth
      if ('filter' in req.query) throw new ScimError(403, `${name} cannot be filtered`);
      const texts = documents.map((document) => withBase(document.text, baseOf(req)));
      res.send(listText(texts, texts.length, { startIndex: 1 }));
    });
    router.get(`/${name}/:id`, (req, res) => {
      const wanted = req.params.id.toLowerCase();
      const document = documents.find(({ id }) => id.toLowerCase() === wanted);
      if (!document) throw new ScimError(404, `${name} has no "${req.params.id.slice(0, 100)}"`);
      res.send(withBase(document.text, baseOf(req)));
    });
  }
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

function resourceTypeDocuments(): Document[] {
  return Object.values(SCIMMY.Resources.declared() as Record<string, typeof SCIMMY.Types.Resource>).map((Resource) => {
    const description = Resource.describe();
    const document = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      ...description,
      meta: { resourceType: 'ResourceType', location: `${BASE}/ResourceTypes/${description.id}` },
    };
    return { id: description.id, text: JSON.stringify(document) };
  });
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
