import type { z } from 'zod';
import type { KindSetting, TargetKind } from '../model/target-kind.ts';
import { ATTRIBUTES } from './attributes.ts';
import type { CONNECTOR_KINDS } from './index.ts';
import { EFFECTS, SANDBOX_SETTINGS } from './sandbox.ts';
import { SCIM_SETTINGS } from './scim/settings.ts';
import { type limits, offer } from './settings.ts';
import { WEBHOOK_SETTINGS } from './webhook/settings.ts';

type Told = Pick<KindSetting, 'shape' | 'help' | 'choices'>;
/** Words for each setting of a schema: one without words does not compile. */
type ToldOf<Shape> = Record<keyof Shape, Told>;

const OFFER: ToldOf<typeof offer> = {
  entities: { shape: 'list', help: 'Parts of the company that an account belongs to one of' },
  access: { shape: 'list', help: 'Kinds of access that an account may have one of' },
  signInUrl: { shape: 'url', help: 'Where people sign in after they have accepted an invite' },
  badgeOrigins: {
    shape: 'list',
    help: 'Web sites that may frame badges, like https://app.example.com; any where left out',
  },
};
const LIMITS: ToldOf<typeof limits> = {
  timeoutSeconds: { shape: 'number', help: 'Seconds that one request may take, 300 at most' },
  concurrency: { shape: 'number', help: 'Requests at once, in each Gangway process' },
  perSecond: { shape: 'number', help: 'Requests started in a second, in each Gangway process' },
};
const attributes: Told = { shape: 'list', choices: ATTRIBUTES, help: 'What is sent and kept up to date' };

const SCIM: ToldOf<typeof SCIM_SETTINGS> = {
  url: { shape: 'url', help: 'The SCIM base URL, the one that ends before /Users' },
  attributes,
  userFilter: {
    shape: 'choice',
    choices: SCIM_SETTINGS.userFilter.unwrap().options,
    help: 'How an account is found by its e-mail address',
  },
  groups: { shape: 'flag', help: 'Whether groups are followed' },
  createGroups: { shape: 'flag', help: 'Whether a group that is missing is made' },
  memberships: {
    shape: 'choice',
    choices: SCIM_SETTINGS.memberships.unwrap().options,
    help: 'Where the groups of an account are read',
  },
  membersAtOnce: { shape: 'number', help: 'Members that one PATCH may carry' },
  pageSize: { shape: 'number', help: 'Accounts or groups asked for at once' },
  ...LIMITS,
  ...OFFER,
};
const WEBHOOK: ToldOf<typeof WEBHOOK_SETTINGS> = {
  url: { shape: 'url', help: 'Where the events go; it may have a query' },
  attributes,
  extensionAttributes: { shape: 'list', help: 'Attributes of your own extensions that are sent, too' },
  groups: { shape: 'flag', help: 'Whether group events are sent' },
  acceptedSeconds: { shape: 'number', help: 'Seconds to wait after a 202 that has no Retry-After' },
  ...LIMITS,
  ...OFFER,
};
const SANDBOX: ToldOf<typeof SANDBOX_SETTINGS> = {
  effects: { shape: 'list', choices: EFFECTS, help: 'Side effects that are wanted after suspending and giving back' },
};

const KINDS: Record<(typeof CONNECTOR_KINDS)[number], Omit<TargetKind, 'kind'>> = {
  scim: {
    help: 'The app is a SCIM 2.0 server: it needs its URL and a token',
    guide: 'docs/targets.md#a-scim-server',
    settings: told(SCIM_SETTINGS, SCIM),
    secrets: [{ name: 'token', required: true, help: 'The bearer token that the app gave you' }],
    free: false,
  },
  rest: {
    help: 'The app has an HTTP API of its own: it needs one YAML file that says how the API works',
    guide: 'docs/targets.md',
    settings: [
      {
        name: 'description',
        shape: 'file',
        required: true,
        default: null,
        help: 'The description of the API, as YAML',
      },
      ...told(offer, OFFER),
    ],
    secrets: [],
    free: true,
  },
  webhook: {
    help: 'The app has no API: it takes signed events at one URL',
    guide: 'docs/targets.md#an-app-without-an-api',
    settings: told(WEBHOOK_SETTINGS, WEBHOOK),
    secrets: [
      { name: 'secret', required: true, help: 'whsec_ and 24 to 64 random bytes in base64; it signs each event' },
      { name: 'formerSecret', required: false, help: 'The one before, while the app still checks by it' },
    ],
    free: false,
  },
  sandbox: {
    help: 'The small app that comes with Gangway, to try things out',
    guide: 'docs/targets.md',
    settings: [...told(SANDBOX_SETTINGS, SANDBOX), ...told(offer, OFFER)],
    secrets: [],
    free: false,
  },
};

/** Each kind of target with what it is set up with; what is required, and what counts otherwise, its schema itself says. */
export const TARGET_KINDS: readonly TargetKind[] = Object.entries(KINDS).map(([kind, one]) => ({ kind, ...one }));

function told<Shape extends Record<string, z.ZodType>>(shape: Shape, words: ToldOf<Shape>): KindSetting[] {
  return Object.entries<Told>(words).map(([name, one]) => {
    const without = shape[name]?.safeParse(undefined);
    const { success = false, data = null } = without ?? {};
    return { name, ...one, required: !success, default: data ?? null };
  });
}
