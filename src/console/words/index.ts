import { ACCESS_DE, ACCESS_EN } from './access.ts';
import { AUDIT_DE, AUDIT_EN } from './audit.ts';
import { CONFIGURATION_DE, CONFIGURATION_EN } from './configuration.ts';
import { CONNECTION_DE, CONNECTION_EN } from './connection.ts';
import { CONNECTION_KEYS_DE, CONNECTION_KEYS_EN } from './connection-keys.ts';
import { CONNECTION_NAV_DE, CONNECTION_NAV_EN } from './connection-nav.ts';
import { CONNECTION_OPENING_DE, CONNECTION_OPENING_EN } from './connection-opening.ts';
import { CONNECTION_PLANS_DE, CONNECTION_PLANS_EN } from './connection-plans.ts';
import { CONNECTIONS_DE, CONNECTIONS_EN } from './connections.ts';
import { HOLDS_DE, HOLDS_EN } from './holds.ts';
import { HOME_DE, HOME_EN } from './home.ts';
import { INVITES_DE, INVITES_EN } from './invites.ts';
import { LAYOUT_DE, LAYOUT_EN } from './layout.ts';
import { PEOPLE_DE, PEOPLE_EN } from './people.ts';
import { REQUESTS_DE, REQUESTS_EN } from './requests.ts';
import { ROSTER_DE, ROSTER_EN } from './roster.ts';
import { RULES_DE, RULES_EN } from './rules.ts';
import { RUNS_DE, RUNS_EN } from './runs.ts';
import { SETTINGS_DE, SETTINGS_EN } from './settings.ts';
import { SOURCES_DE, SOURCES_EN } from './sources.ts';
import { TARGETS_DE, TARGETS_EN } from './targets.ts';

/** All phrases of the pages; the German ones are of the same names, or this does not compile. */
export const EN = {
  ...LAYOUT_EN,
  ...HOME_EN,
  ...PEOPLE_EN,
  ...ACCESS_EN,
  ...AUDIT_EN,
  ...CONFIGURATION_EN,
  ...CONNECTION_KEYS_EN,
  ...CONNECTION_NAV_EN,
  ...CONNECTION_OPENING_EN,
  ...CONNECTION_PLANS_EN,
  ...CONNECTION_EN,
  ...CONNECTIONS_EN,
  ...HOLDS_EN,
  ...INVITES_EN,
  ...REQUESTS_EN,
  ...ROSTER_EN,
  ...RULES_EN,
  ...RUNS_EN,
  ...SETTINGS_EN,
  ...SOURCES_EN,
  ...TARGETS_EN,
};
export type Phrase = keyof typeof EN;
export const DE: Record<Phrase, string> = {
  ...LAYOUT_DE,
  ...HOME_DE,
  ...PEOPLE_DE,
  ...ACCESS_DE,
  ...AUDIT_DE,
  ...CONFIGURATION_DE,
  ...CONNECTION_KEYS_DE,
  ...CONNECTION_NAV_DE,
  ...CONNECTION_OPENING_DE,
  ...CONNECTION_PLANS_DE,
  ...CONNECTION_DE,
  ...CONNECTIONS_DE,
  ...HOLDS_DE,
  ...INVITES_DE,
  ...REQUESTS_DE,
  ...ROSTER_DE,
  ...RULES_DE,
  ...RUNS_DE,
  ...SETTINGS_DE,
  ...SOURCES_DE,
  ...TARGETS_DE,
};
