import type { Need } from '../../model/principal.ts';

/** What it takes to decide on a plan of each kind: as much as making the change without a plan does. */
const NEEDS: Readonly<Record<string, Need>> = {
  policy: [['integrations']],
  'tenant-policy': [['integrations']],
  mapping: [['integrations']],
  undo: [['people']],
  recover: [['people']],
  invite: [['people']],
  enable: [['people'], ['integrations']],
  disconnect: [['people'], ['integrations']],
};

/** The rights that a plan of this kind needs; for one that nobody has declared, the owner's. */
export function needOfPlan(kind: string): Need {
  return NEEDS[kind] ?? [['owner']];
}
