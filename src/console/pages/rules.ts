import { Router } from 'express';
import { feedPages } from './feed.ts';
import { mappingPages } from './mapping.ts';
import { connectionNoticePages, tenantNoticePages } from './notices.ts';
import { planPages } from './plans.ts';
import { connectionPolicyPages, tenantPolicyPages } from './policy.ts';
import { rosterProfilePages } from './roster-profile.ts';

/** What connections do and why, and the changes to it that wait. */
export function rulePages(): Router {
  const router = Router();
  router.use('/connections', connectionPolicyPages(), mappingPages(), rosterProfilePages());
  router.use('/connections', feedPages(), connectionNoticePages());
  router.use('/settings', tenantPolicyPages(), tenantNoticePages());
  router.use('/plans', planPages());
  return router;
}
