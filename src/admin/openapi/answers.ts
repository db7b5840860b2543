import { z } from 'zod';

/*
 * What routes answer with. Answers may grow: whoever reads them passes over what they do not know.
 */

const id = z.string();
const time = z.string();
const named = z.looseObject({ id, name: z.string() });
const next = z.string().nullable();
const list = <T extends z.ZodType>(name: string, item: T) => z.looseObject({ [name]: z.array(item) });

export const Anything = z.looseObject({});
export const Tenant = z.looseObject({
  tenantId: id,
  name: z.string(),
  environment: z.enum(['live', 'test']),
  denied: z.record(z.string(), z.string()).optional(),
});
export const Tenants = list('tenants', Tenant);
export const Target = z.looseObject({
  id,
  name: z.string(),
  kind: z.string(),
  environment: z.enum(['live', 'test']),
  settings: z.record(z.string(), z.unknown()),
});
export const Rights = z.array(z.string());
export const Me = z.looseObject({
  kind: z.enum(['installation', 'operator', 'technical']),
  name: z.string().nullable(),
  tenants: z.array(Tenant.extend({ rights: Rights })),
  language: z.enum(['en', 'de']).nullable(),
  connection: named.nullable(),
});
export const Operator = z.looseObject({ id, name: z.string(), rights: Rights });
export const Operators = list('operators', Operator);
export const Link = z.looseObject({ url: z.string() });
export const Sessions = list('sessions', Anything);
export const TechnicalUser = z.looseObject({ id, name: z.string(), rights: Rights });
export const TechnicalUsers = list('technicalUsers', TechnicalUser);
export const Keys = list('keys', z.looseObject({ id, prefix: z.string(), expiresAt: time.nullable() }));
const health = { downSince: time.nullable() };
export const Targets = list('targets', Target.extend(health));
export const OneTarget = Target.extend({ ...health, secrets: z.array(z.string()) });
const KindPart = z.looseObject({ name: z.string(), required: z.boolean(), help: z.string() });
export const TargetKinds = list(
  'kinds',
  z.looseObject({
    kind: z.string(),
    help: z.string(),
    guide: z.string(),
    settings: z.array(KindPart.extend({ shape: z.string(), default: z.unknown() })),
    secrets: z.array(KindPart),
    free: z.boolean(),
  }),
);
export const Checked = z.looseObject({ status: z.literal('ok'), capabilities: Anything });
export const ManagedAccount = z.looseObject({
  account: z.string(),
  managed: z.boolean(),
  connection: named.optional(),
  label: z.string().optional(),
  origin: z.enum(['invited', 'adopted']).optional(),
  state: z.enum(['invited', 'active', 'suspended']).optional(),
  syncState: z.enum(['synced', 'pending', 'held', 'error', 'staged', 'manual']).optional(),
  attributes: z.array(z.looseObject({ name: z.string(), manualEdits: z.string(), locked: z.boolean() })).optional(),
  locked: z.array(z.string()).optional(),
});
export const Badges = list(
  'badges',
  z.looseObject({ account: z.string(), token: z.string(), svg: z.string(), html: z.string() }),
);
export const BadgeKey = z.looseObject({ prefix: z.string(), key: z.string(), url: z.string() });
export const Connection = z.looseObject({
  id,
  name: z.string(),
  profile: z.string(),
  state: z.enum(['draft', 'connected', 'enabled', 'paused', 'disconnected']),
  policy: Anything,
});
export const Connections = list('connections', Connection.extend({ targetIds: z.array(id) }));
export const OneConnection = Connection.extend({
  targets: z.array(named),
  people: z.looseObject({ value: z.number(), exact: z.boolean() }),
  tokenEndsAt: time.nullable(),
  setup: z.looseObject({ done: z.array(z.string()), open: z.string().nullable() }),
});
export const AtTargets = z.looseObject({ connection: named, targets: z.array(Anything) });
export const Tokens = list('tokens', z.looseObject({ id, prefix: z.string(), expiresAt: time.nullable() }));
export const EndingTokens = list(
  'tokens',
  z.looseObject({ id, prefix: z.string(), expiresAt: time, connection: named }),
);
export const NewSecret = z.looseObject({ id });
export const Clients = list('clients', z.looseObject({ id }));
export const Policy = z.looseObject({ set: Anything });
export const Mapping = z.looseObject({ mapping: Anything });
export const Quirks = list('quirks', Anything);
const Request = z.looseObject({
  id,
  at: time,
  method: z.string(),
  path: z.string(),
  status: z.number(),
  milliseconds: z.number(),
  tokenPrefix: z.string(),
  userAgent: z.string().nullable(),
  quirks: z.array(z.string()),
});
export const Requests = z.looseObject({ requests: z.array(Request), next });
export const OneRequest = Request.extend({ request: z.string().nullable(), answer: z.string().nullable() });
export const RequestLog = z.looseObject({ until: time.nullable() });
export const OpeningCheck = z.looseObject({
  client: z.string(),
  passed: z.boolean(),
  steps: z.array(
    z.looseObject({
      name: z.string(),
      request: z.string(),
      status: z.number(),
      passed: z.boolean(),
      words: z.string(),
    }),
  ),
});
export const Run = z.looseObject({
  id,
  kind: z.string(),
  state: z.string(),
  connection: named,
  target: named.nullable(),
  counts: Anything,
  error: z.string().nullable(),
  startedAt: time,
  finishedAt: time.nullable(),
  roster: z.looseObject({ fileName: z.string().nullable(), dryRun: z.boolean(), hold: z.boolean() }).nullable(),
});
export const Runs = list('runs', Run);
export const RunRows = list('rows', Anything);
export const OneRun = z.looseObject({ run: Run });
export const Rhythm = z.looseObject({ targets: z.array(z.looseObject({ target: named, nextAt: time.nullable() })) });
export const Profile = z.looseObject({ set: Anything, profile: Anything });
export const Times = z.looseObject({ next: z.array(time) });
export const NoticeList = z.looseObject({ mailed: z.boolean(), recipients: z.array(Anything) });
export const Notices = z.looseObject({
  mailed: z.boolean(),
  notices: z.array(z.looseObject({ id, kind: z.string(), createdAt: time })),
  next,
});
export const Extensions = list('extensions', z.looseObject({ urn: z.string() }));
export const Hold = z.looseObject({
  id,
  state: z.string(),
  reason: z.string(),
  numbers: z.looseObject({ people: z.number(), active: z.number(), limit: z.number() }),
  needsTwo: z.boolean(),
  target: named,
  connection: named,
});
export const OneHold = Hold.extend({ members: z.array(Anything) });
export const Holds = list('holds', Hold);
export const Plan = z.looseObject({
  id,
  kind: z.string(),
  state: z.enum(['open', 'approved', 'applied', 'discarded', 'expired']),
  counts: z.record(z.string(), z.number()),
  items: z.array(Anything),
  reasons: z.array(z.string()),
});
export const Plans = list('plans', z.looseObject({ id, kind: z.string(), state: z.string() })).extend({ next });
export const Invite = z.looseObject({ id, channel: z.string(), state: z.string() });
export const Invites = list('invites', Invite);
export const Offers = list('targets', named.extend({ entities: z.array(z.string()), access: z.array(z.string()) }));

export const Standing = z.looseObject({
  targetId: id,
  syncState: z.enum(['synced', 'pending', 'held', 'error', 'staged', 'manual']),
  label: z.string().nullable(),
});
const PersonInList = z.looseObject({ id, userName: z.string() });
export const People = z.looseObject({
  people: z.array(PersonInList),
  next: next.optional(),
  previous: next.optional(),
  count: z.looseObject({ value: z.number(), exact: z.boolean() }).optional(),
});
export const Person = z.looseObject({
  id,
  userName: z.string(),
  active: z.boolean(),
  deleted: z.boolean(),
  absent: z.boolean(),
  said: Anything,
  groups: z.array(z.string()),
  connection: named,
  targets: z.array(Standing),
  actions: z.array(z.looseObject({ id, kind: z.string(), state: z.string(), summary: z.string() })),
});
export const Decided = z.looseObject({ id, userName: z.string() });
export const Memberships = list(
  'memberships',
  z.looseObject({ target: named, group: z.string(), owner: z.enum(['source', 'manual']), connection: named }),
);
export const Timeline = z.looseObject({
  events: z.array(
    z.looseObject({
      kind: z.enum(['source', 'action', 'hold', 'invite', 'decision', 'audit']),
      at: time,
      id: z.string(),
      what: z.string(),
      state: z.string().nullable(),
      answer: z.string().nullable(),
    }),
  ),
  next: z.looseObject({ before: time, seen: z.number() }).nullable(),
});
export const Group = z.looseObject({
  id,
  displayName: z.string(),
  externalId: z.string().nullable(),
  connection: named,
  modifiedAt: time,
});
export const Groups = z.looseObject({ groups: z.array(Group), next });
export const Members = z.looseObject({
  members: z.array(z.looseObject({ id, type: z.enum(['User', 'Group']), name: z.string().nullable() })),
  next,
});
export const Home = z.looseObject({
  needs: z.record(z.string(), z.number()),
  countedTo: z.number(),
  setup: z.array(
    z.looseObject({
      connection: named,
      done: z.array(z.string()),
      open: z.string(),
      words: z.string(),
      command: z.string(),
      href: z.string(),
    }),
  ),
  days: z.array(
    z.looseObject({
      day: z.string(),
      joiners: z.number(),
      movers: z.number(),
      leavers: z.number(),
      failed: z.number(),
    }),
  ),
  targets: z.array(named.extend({ downSince: time.nullable() })),
});
export const Events = z.looseObject({
  events: z.array(z.looseObject({ id, at: time, type: z.string() })),
  next: z.string(),
});
export const EventStream = z.looseObject({
  id,
  name: z.string(),
  kind: z.enum(['webhook', 'set-push', 'set-poll']),
  url: z.string(),
  types: z.array(z.string()).nullable(),
  state: z.enum(['active', 'paused']),
  after: z.string(),
  behind: z.number(),
  missed: z.number(),
  failures: z.number(),
  lastError: z.string().nullable(),
});
export const EventStreams = list('streams', EventStream);
export const NewEventStream = EventStream.extend({ secret: z.string().optional(), key: z.string().optional() });
export const SigningKeys = list(
  'keys',
  z.looseObject({ kid: z.string(), createdAt: time, retiredAt: time.nullable() }),
);
export const SigningKey = z.looseObject({ kid: z.string(), former: z.string().nullable() });
export const Audit = z.looseObject({
  entries: z.array(z.looseObject({ id, at: time, actor: z.string(), action: z.string(), subject: z.string() })),
  next,
});
