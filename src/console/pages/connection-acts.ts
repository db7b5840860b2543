import { type Request, Router } from 'express';
import { act, type Done, fieldOf } from '../act.ts';
import type { Visit } from '../visit.ts';
import type { Phrase } from '../words/index.ts';
import { placeOf, wholeOf } from './connection.ts';
import { textOf } from './connections.ts';

/** What a form does, and where its page goes on. */
type Step = { method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; body?: object; place: string };

/** What can be done with a connection: its targets, its state, its name and profile, and another look. */
export function connectionActs(): Router {
  const router = Router();
  for (const change of ['enable', 'pause', 'connect', 'disconnect'] as const) {
    router.post(
      `/:id/${change}`,
      act((req, visit) => carryOut(req, visit, change, { method: 'POST', path: `/${change}`, place: '#enable' })),
    );
  }
  router.post(
    '/:id/reconcile',
    act((req, visit) => carryOut(req, visit, 'reconcile', { method: 'POST', path: '/reconcile', place: '#rhythm' })),
  );
  router.post(
    '/:id/targets',
    act((req, visit) => changeTarget(req, visit, 'PUT', 'attach')),
  );
  router.post(
    '/:id/targets/detach',
    act((req, visit) => changeTarget(req, visit, 'DELETE', 'detach')),
  );
  router.post(
    '/:id/change',
    act((req, visit) => {
      const body = { name: fieldOf(req, 'name'), profile: fieldOf(req, 'profile') };
      return carryOut(req, visit, 'change', { method: 'PATCH', path: '', body, place: '' });
    }),
  );
  return router;
}

async function carryOut(req: Request, visit: Visit, what: string, { method, path, body, place }: Step): Promise<Done> {
  const connection = await wholeOf(req, visit);
  await visit.api.send(method, `/connections/${connection.id}${path}`, body);
  const resumed = what === 'enable' && connection.state === 'paused';
  const told = visit.say(`connection.done.${resumed ? 'resume' : what}` as Phrase, { name: connection.name });
  const source = textOf(req, 'source');
  const chosen = source === undefined ? '' : `?${new URLSearchParams({ source })}`;
  return { to: `${placeOf(req, visit)}${chosen}${place}`, told };
}

function changeTarget(req: Request, visit: Visit, method: 'PUT' | 'DELETE', what: string): Promise<Done> {
  const target = encodeURIComponent(fieldOf(req, 'target') ?? '');
  return carryOut(req, visit, what, { method, path: `/targets/${target}`, place: '#target' });
}
