import { type Request, type Response, Router } from 'express';
import type { ExtensionSchema } from '../../model/extension.ts';
import { act, fieldOf } from '../act.ts';
import { type Problem, Refusal } from '../api.ts';
import { sendPage } from '../page.ts';
import { visitIn } from '../visit.ts';

const EXAMPLE = {
  urn: 'urn:ietf:params:scim:schemas:extension:store:2.0:User',
  name: 'Store',
  resourceType: 'User',
  attributes: [{ name: 'storeId', type: 'string', description: 'The number above the door' }],
};

/** Attributes of the tenant's own. */
export function extensionPages(): Router {
  const router = Router();
  router.get('/', (req, res) => show(req, res));
  router.post(
    '/',
    act(
      async (req, visit) => {
        const declared = declarationIn(fieldOf(req, 'json') ?? '', visit.say('extensions.notJson'));
        const urn = String(declared['urn'] ?? declared['id'] ?? '');
        if (urn === '') throw new Refusal({ status: 422, detail: visit.say('extensions.noUrn') });
        await visit.api.send('PUT', `/extensions/${encodeURIComponent(urn)}`, declared, forced(req));
        return { to: `${visit.base}/settings/extensions`, told: visit.say('extensions.saved', { urn }) };
      },
      (req, res, problem) => show(req, res, problem),
    ),
  );
  router.post(
    '/remove',
    act(async (req, visit) => {
      const urn = fieldOf(req, 'urn') ?? '';
      await visit.api.send('DELETE', `/extensions/${encodeURIComponent(urn)}`, undefined, forced(req));
      return { to: `${visit.base}/settings/extensions`, told: visit.say('extensions.removed', { urn }) };
    }),
  );
  return router;
}

async function show(req: Request, res: Response, problem: Problem | null = null): Promise<void> {
  const visit = visitIn(res);
  const { extensions } = await visit.api.get<{ extensions: ExtensionSchema[] }>('/extensions');
  const view = {
    extensions: extensions.map((one) => ({ ...one, json: JSON.stringify(one, null, 2) })),
    given: fieldOf(req, 'json') ?? JSON.stringify(EXAMPLE, null, 2),
  };
  const title = visit.say('settings.extensions');
  sendPage(req, res, { template: 'extensions', title, part: 'settings', view, problem }, problem?.status ?? 200);
}

function declarationIn(text: string, words: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // said below, as for what is JSON of another shape
  }
  throw new Refusal({ status: 422, detail: words });
}

function forced(req: Request) {
  return fieldOf(req, 'force') === undefined ? {} : { force: true };
}
