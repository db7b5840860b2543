import type { ConfigDocument, ConnectionConfig, Fields, TargetConfig } from './document.ts';
import { type Differing, differing, overlay } from './overlay.ts';

/** One thing that an import does, with the fields that it changes. */
export type Step = { readonly differs: readonly Differing[] } & (
  | { readonly kind: 'extension'; readonly urn: string; readonly extension: Fields }
  | { readonly kind: 'new-target'; readonly name: string; readonly target: TargetConfig }
  | { readonly kind: 'target'; readonly name: string; readonly settings: Fields }
  | {
      readonly kind: 'new-connection';
      readonly name: string;
      readonly profile: string;
      readonly targets: readonly string[];
    }
  | { readonly kind: 'profile'; readonly name: string; readonly profile: string }
  | { readonly kind: 'attach'; readonly name: string; readonly target: string }
  | { readonly kind: 'tenant-policy'; readonly policy: Fields }
  | { readonly kind: 'policy'; readonly name: string; readonly policy: Fields }
  | { readonly kind: 'mapping'; readonly name: string; readonly mapping: Fields }
  | { readonly kind: 'roster-profile'; readonly name: string; readonly profile: Fields }
);

/** What an import would do in its order, what is here alone and stays, and what somebody must do before. */
export type Steps = {
  readonly steps: readonly Step[];
  readonly stays: readonly Differing[];
  readonly first: readonly string[];
};

type Here = Required<ConfigDocument> & { readonly connections: Readonly<Record<string, ConnectionConfig>> };
const NEW: ConnectionConfig = { profile: 'generic', targets: [], policy: {}, mapping: {}, rosterProfile: {} };
/** Of a mapping, each attribute is a rule of its own. */
const OF_MAPPING = ['attributes'];

/**
 * The way from what is here to what a file says. Pure. Nothing that the file does not name is touched or taken away, and a
 * target of a test system never lends its address to one of a live system, nor the other way round.
 *
 *   in the file              here                      becomes
 *   extension, connection    no                        made
 *   target                   no, the same environment  made, with secrets that are given
 *   target                   no, another environment   somebody must make it first
 *   target                   yes, the same environment its settings as in the file
 *   target                   yes, another environment  left as it is
 *   anything                 yes                       as in the file, field by field
 *   no                       yes                       left as it is
 */
export function stepsFor(here: Here, file: ConfigDocument, secrets: readonly string[] = []): Steps {
  const targets = targetSteps(here, file, secrets);
  const parts = [
    extensionSteps(here, file),
    targets,
    documentSteps('policy', here.policy, file.policy, (policy) => ({ kind: 'tenant-policy', policy })),
    ...Object.entries(file.connections ?? {}).map(([name, wanted]) =>
      connectionSteps(name, here.connections[name], wanted, [...Object.keys(here.targets), ...targets.made]),
    ),
  ];
  return {
    steps: parts.flatMap(({ steps }) => steps),
    stays: parts.flatMap(({ stays }) => stays),
    first: parts.flatMap(({ first }) => first),
  };
}

type Part = { steps: Step[]; stays: Differing[]; first: string[] };
type Bare<Kind> = Kind extends unknown ? Omit<Kind, 'differs'> : never;

function extensionSteps(here: Here, { extensions = {} }: ConfigDocument): Part {
  const parts = Object.entries(extensions).map(([urn, extension]) =>
    documentSteps(`extensions.${urn}`, here.extensions[urn] ?? {}, extension, (merged) => ({
      kind: 'extension',
      urn,
      extension: merged,
    })),
  );
  return joined(parts);
}

function targetSteps(here: Here, file: ConfigDocument, secrets: readonly string[]): Part & { made: string[] } {
  const sameWorld = here.environment === file.environment;
  const made: string[] = [];
  const parts = Object.entries(file.targets ?? {}).map(([name, target]): Part => {
    const { settings = {} } = target;
    const before = here.targets[name];
    const path = `targets.${name}`;
    if (before) {
      if (!sameWorld) return nothing;
      return documentSteps(`${path}.settings`, before.settings, settings, (merged) => ({
        kind: 'target',
        name,
        settings: merged,
      }));
    }
    const lacking = (target.secrets ?? []).filter((secret) => !secrets.includes(`${name}.${secret}`));
    if (!sameWorld) {
      const why = `the file is of a ${file.environment} system, this is a ${here.environment} one`;
      return {
        ...nothing,
        first: [`target ${name} is not here (${why}): gangway target add ${name} --kind ${target.kind}`],
      };
    }
    made.push(name);
    const first = lacking.map((secret) => `target ${name} needs a secret: --secret ${name}.${secret}=env:VARIABLE`);
    const differs = [{ path, here: undefined, file: target.kind, changes: true }];
    return { steps: [{ kind: 'new-target', name, target: { ...target, settings }, differs }], stays: [], first };
  });
  return { ...joined(parts), made };
}

function connectionSteps(
  name: string,
  before: ConnectionConfig | undefined,
  wanted: Partial<ConnectionConfig>,
  known: readonly string[],
): Part {
  const here = before ?? NEW;
  const path = `connections.${name}`;
  const { profile = here.profile, targets = [] } = wanted;
  const unknown = targets.filter((target) => !known.includes(target));
  const there = targets.filter((target) => known.includes(target));
  const change = (what: string, was: unknown, file: unknown) => [
    { path: `${path}${what}`, here: was, file, changes: true },
  ];
  const begin: Step[] = before
    ? [
        ...(profile === here.profile
          ? []
          : [{ kind: 'profile', name, profile, differs: change('.profile', here.profile, profile) } as const]),
        ...there
          .filter((target) => !here.targets.includes(target))
          .map((target) => ({ kind: 'attach', name, target, differs: change('.targets', undefined, target) }) as const),
      ]
    : [{ kind: 'new-connection', name, profile, targets: there, differs: change('', undefined, profile) }];
  const stays = wanted.targets
    ? here.targets
        .filter((target) => !targets.includes(target))
        .map((target) => ({ path: `${path}.targets`, here: target, file: undefined, changes: false }))
    : [];
  return joined([
    {
      steps: begin,
      stays,
      first: unknown.map((target) => `connection ${name} is followed by ${target}, which is not here`),
    },
    documentSteps(`${path}.policy`, here.policy, wanted.policy, (policy) => ({ kind: 'policy', name, policy })),
    documentSteps(
      `${path}.mapping`,
      here.mapping,
      wanted.mapping,
      (mapping) => ({ kind: 'mapping', name, mapping }),
      OF_MAPPING,
    ),
    documentSteps(`${path}.rosterProfile`, here.rosterProfile, wanted.rosterProfile, (merged) => ({
      kind: 'roster-profile',
      name,
      profile: merged,
    })),
  ]);
}

/** The step that lays the file over one document; none where it changes nothing. */
function documentSteps(
  path: string,
  here: object,
  file: object | undefined,
  step: (merged: Fields) => Bare<Step>,
  nested: readonly string[] = [],
): Part {
  if (file === undefined) return nothing;
  const [before, wanted] = [here as Fields, file as Fields];
  const all = differing(path, before, wanted, nested);
  const changing = all.filter(({ changes }) => changes);
  const stays = all.filter(({ changes }) => !changes);
  if (changing.length === 0) return { steps: [], stays, first: [] };
  return { steps: [{ ...step(overlay(before, wanted, nested)), differs: changing } as Step], stays, first: [] };
}

const nothing: Part = { steps: [], stays: [], first: [] };

function joined(parts: readonly Part[]): Part {
  return {
    steps: parts.flatMap(({ steps }) => steps),
    stays: parts.flatMap(({ stays }) => stays),
    first: parts.flatMap(({ first }) => first),
  };
}
