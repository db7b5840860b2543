import { expect, test } from 'vitest';
import { DEFAULT_GUARD, type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { widening } from '../../src/plan/widening.ts';

type Row = { name: string; from?: Partial<Policy>; to: Partial<Policy>; reasons?: string[] };

test.for<Row>([
  { name: 'nothing changed', to: {} },
  { name: 'suspending where nothing happened ends nothing', from: { onDelete: 'ignore' }, to: { onDelete: 'suspend' } },
  { name: 'erasing at once', to: { onDeactivate: 'erase' }, reasons: ['onDeactivate erase ends accounts for good'] },
  {
    name: 'erasing after a grace',
    from: { onDelete: 'suspend' },
    to: { onDelete: 'suspend-then-erase' },
    reasons: ['onDelete suspend-then-erase ends accounts for good'],
  },
  { name: 'erasing less', from: { onDelete: 'erase' }, to: { onDelete: 'suspend' } },
  { name: 'a mode that erases', to: { erasureMode: 'erase' }, reasons: ['erasureMode erase'] },
  { name: 'anonymising instead of erasing', from: { erasureMode: 'erase' }, to: { erasureMode: 'anonymise' } },
  {
    name: 'a shorter grace',
    from: { erasureMode: 'erase' },
    to: { erasureMode: 'erase', graceDays: 7 },
    reasons: ['graceDays 7'],
  },
  { name: 'a shorter grace that ends nothing', to: { graceDays: 7 } },
  { name: 'withdrawing invitations ends nobody’s account', to: { suspendScope: 'active' } },
  { name: 'no guard', to: { guard: 'off' }, reasons: ['the guard is switched off'] },
  { name: 'a guard where there was none', from: { guard: 'off' }, to: {} },
  { name: 'a wider guard', to: { guard: { ...DEFAULT_GUARD, floor: 50 } }, reasons: ['guard.floor 50'] },
  { name: 'a narrower guard', to: { guard: { ...DEFAULT_GUARD, floor: 1 } } },
  {
    name: 'somebody is not protected any more',
    from: { protected: ['root', 'boss'] },
    to: { protected: [' ROOT '] },
    reasons: ['boss would not be protected any more'],
  },
])('$name', ({ from, to, reasons = [] }) => {
  const before = { ...RECOMMENDED_POLICY, ...from };
  expect(widening(before, { ...RECOMMENDED_POLICY, ...to })).toEqual(reasons);
});
