import { ACCESS_DE, ACCESS_EN } from './access.ts';
import { AUDIT_DE, AUDIT_EN } from './audit.ts';
import { CONFIGURATION_DE, CONFIGURATION_EN } from './configuration.ts';
import { HOLDS_DE, HOLDS_EN } from './holds.ts';
import { HOME_DE, HOME_EN } from './home.ts';
import { INVITES_DE, INVITES_EN } from './invites.ts';
import { LAYOUT_DE, LAYOUT_EN } from './layout.ts';
import { PEOPLE_DE, PEOPLE_EN } from './people.ts';
import { ROSTER_DE, ROSTER_EN } from './roster.ts';
import { RUNS_DE, RUNS_EN } from './runs.ts';
import { SETTINGS_DE, SETTINGS_EN } from './settings.ts';
import { TARGETS_DE, TARGETS_EN } from './targets.ts';

/** All phrases of the pages; the German ones are of the same names, or this does not compile. */
export const EN = {
  ...LAYOUT_EN,
  ...HOME_EN,
  ...PEOPLE_EN,
  ...ACCESS_EN,
  ...AUDIT_EN,
  ...CONFIGURATION_EN,
  ...HOLDS_EN,
  ...INVITES_EN,
  ...ROSTER_EN,
  ...RUNS_EN,
  ...SETTINGS_EN,
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
  ...HOLDS_DE,
  ...INVITES_DE,
  ...ROSTER_DE,
  ...RUNS_DE,
  ...SETTINGS_DE,
  ...TARGETS_DE,
};
