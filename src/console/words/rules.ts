import { FEED_EN } from './feed.ts';
import { FEED_DE } from './feed-de.ts';
import { MAPPING_DE, MAPPING_EN } from './mapping.ts';
import { NOTICES_DE, NOTICES_EN } from './notices.ts';
import { PLANS_DE, PLANS_EN } from './plans.ts';
import { POLICY_DE, POLICY_EN } from './policy.ts';
import { POLICY_VALUES_DE, POLICY_VALUES_EN } from './policy-values.ts';
import { PROFILE_DE, PROFILE_EN } from './profile.ts';

/** What is said of what a connection does: its policy, mapping, roster, feed and notices, and the plans to change them. */
export const RULES_EN = {
  ...FEED_EN,
  ...MAPPING_EN,
  ...NOTICES_EN,
  ...PLANS_EN,
  ...POLICY_EN,
  ...POLICY_VALUES_EN,
  ...PROFILE_EN,
};
export const RULES_DE: Record<keyof typeof RULES_EN, string> = {
  ...FEED_DE,
  ...MAPPING_DE,
  ...NOTICES_DE,
  ...PLANS_DE,
  ...POLICY_DE,
  ...POLICY_VALUES_DE,
  ...PROFILE_DE,
};
