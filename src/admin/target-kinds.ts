import { Router } from 'express';
import type { TargetKind } from '../model/target-kind.ts';

/** What a target of each kind is set up with: settings that anybody may see, and secrets that come out never again. */
export function targetKindRoutes({ kinds }: { kinds: readonly TargetKind[] }): Router {
  const router = Router();
  router.get('/', (_req, res) => {
    res.json({ kinds });
  });
  return router;
}
